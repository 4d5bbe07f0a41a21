"""Straight-line scalar code as lines of LLVM IR, over vectors of elements or over one.

Arithmetic has no flags, so it is that of IEEE 754, bit for bit what NumPy computes. Nothing of a
program's text is in here but its numbers.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.compiled.machine import symbol
from gradcli.ir.scalar import BOOL, DOUBLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradcli.ir.scalar import Code, Instruction

_LETTERS = {DOUBLE: "double", np.dtype(np.float32): "float", BOOL: "i1"}
_MANGLED = {"double": "f64", "float": "f32", "i8": "i8"}
_PLAIN = frozenset("fadd fsub fmul fdiv frem and or xor".split())
_COMPARED = frozenset("olt ole ogt oge oeq une".split())
_INTRINSIC = frozenset("sqrt floor ceil trunc rint fabs copysign fma".split())


def letter(dtype: np.dtype[Any]) -> str:
    """The type of an element."""
    return _LETTERS[dtype]


def mangled(element: str) -> str:
    """How the name of an intrinsic ends for a type of elements."""
    return _MANGLED[element]


def vector(dtype: np.dtype[Any], lanes: int) -> str:
    """The type of so many elements; one is a number, which LLVM treats much faster."""
    return _times(_LETTERS[dtype], lanes)


def _times(element: str, lanes: int) -> str:
    return element if lanes == 1 else f"<{lanes} x {element}>"


def bits(value: str, dtype: np.dtype[Any]) -> str:
    """A constant, which stands in hexadecimal so that nothing is rounded on the way."""
    number = float.fromhex(value)
    if dtype == BOOL:
        return "true" if number else "false"
    return f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016X}"


class Writer:
    """Lines of a function, of which the instructions of code are some.

    Values are vectors of so many `lanes`. With `notes`, by index of an instruction, they stand
    beside it as comments.
    """

    def __init__(self, code: Code, lanes: int, notes: dict[int, str] | None = None) -> None:
        self._code = code.instructions
        self.lanes = lanes
        self._notes = notes or {}
        self._declared: dict[str, str] = {}
        self._names: dict[int, str] = {}
        self._lines: list[str] = []
        self._block = ""
        self._count = 0

    def vector(self, dtype: np.dtype[Any]) -> str:
        """The type of as many elements as there are lanes."""
        return vector(dtype, self.lanes)

    # --- lines --------------------------------------------------------------------------------

    def _line(self, text: str) -> None:
        self._lines.append(f"  {text}")

    def _label(self, name: str) -> None:
        """Begins the block of that name."""
        self._block = name
        self._lines.append(f"{name}:")

    def _new(self, text: str) -> str:
        """A line that has a result, and what that is called."""
        self._count += 1
        self._line(f"%t{self._count} = {text}")
        return f"%t{self._count}"

    def _declare(self, name: str, result: str, parameters: Iterable[str]) -> None:
        self._declared.setdefault(name, f"declare {result} @{name}({', '.join(parameters)})")

    def _narrowed(self, value: str, dtype: np.dtype[Any]) -> str:
        if dtype == DOUBLE:
            return value
        if dtype == BOOL:
            return self._new(f"fcmp une double {value}, 0.0")
        return self._new(f"fptrunc double {value} to float")

    def _splat(self, value: str, element: str) -> str:
        if self.lanes == 1:
            return value
        kind = f"<{self.lanes} x {element}>"
        one = self._new(f"insertelement {kind} poison, {element} {value}, i64 0")
        spread = f"<{self.lanes} x i32> zeroinitializer"
        return self._new(f"shufflevector {kind} {one}, {kind} poison, {spread}")

    def constant(self, value: str, dtype: np.dtype[Any]) -> str:
        """A number in all lanes."""
        number = bits(value, dtype)
        return number if self.lanes == 1 else f"splat ({_LETTERS[dtype]} {number})"

    def _turned(self, name: str, dtype: np.dtype[Any], by: int) -> str:
        """The lanes of a vector, those that come later first."""
        kind = self.vector(dtype)
        mask = _mask([(i + by) % self.lanes for i in range(self.lanes)])
        return self._new(f"shufflevector {kind} {name}, {kind} poison, {mask}")

    # --- instructions -------------------------------------------------------------------------

    def _write(self, indices: Iterable[int]) -> None:
        """Lines for instructions, of which operands have names."""
        for index in indices:
            if index not in self._names:
                if index in self._notes:
                    self._line(f"; {self._notes[index]}")
                self._names[index] = self._instruction(self._code[index])

    def _instruction(self, instruction: Instruction) -> str:
        """The lines of an instruction, and what its result is called."""
        op, sources, dtype, data = instruction
        if op == "constant":
            return self.constant(data, dtype)
        names = [self._names[i] for i in sources]
        kinds = [self.vector(self._code[i].dtype) for i in sources]
        if op == "call":
            return self._call(data, dtype, names)
        if op in _INTRINSIC:
            return self._intrinsic(op, dtype, names)
        if op == "select":
            (mask, *both), (kind, *_) = names, kinds
            x, y = [f"{self.vector(dtype)} {name}" for name in both]
            return self._new(f"select {kind} {mask}, {x}, {y}")
        return self._simple(op, dtype, names, kinds)

    def _simple(self, op: str, dtype: np.dtype[Any], names: list[str], kinds: list[str]) -> str:
        kind = kinds[0]
        if op in _PLAIN:
            return self._new(f"{op} {kind} {names[0]}, {names[1]}")
        if op in _COMPARED:
            return self._new(f"fcmp {op} {kind} {names[0]}, {names[1]}")
        if op == "fneg":
            return self._new(f"fneg {kind} {names[0]}")
        if op == "not":
            return self._new(f"xor {kind} {names[0]}, {self.constant('1', BOOL)}")
        if op == "signbit":
            whole = _times("i64" if "double" in kind else "i32", self.lanes)
            as_whole = self._new(f"bitcast {kind} {names[0]} to {whole}")
            zero = "0" if self.lanes == 1 else "zeroinitializer"
            return self._new(f"icmp slt {whole} {as_whole}, {zero}")
        assert op == "cast", op
        if kind == self.vector(BOOL):
            return self._new(f"uitofp {kind} {names[0]} to {self.vector(dtype)}")
        way = "fpext" if dtype == DOUBLE else "fptrunc"
        return self._new(f"{way} {kind} {names[0]} to {self.vector(dtype)}")

    def _intrinsic(self, op: str, dtype: np.dtype[Any], names: list[str]) -> str:
        kind = self.vector(dtype)
        many = "" if self.lanes == 1 else f"v{self.lanes}"
        name = f"llvm.{op}.{many}{mangled(letter(dtype))}"
        self._declare(name, kind, [kind] * len(names))
        return self._new(f"call {kind} @{name}({', '.join(f'{kind} {x}' for x in names)})")

    def _call(self, function: str, dtype: np.dtype[Any], names: list[str]) -> str:
        """A function of the library, which takes as many elements at a time as it can."""
        name, width = symbol(function, dtype, len(names), self.lanes)
        kind = vector(dtype, width) if width > 1 else _LETTERS[dtype]
        self._declare(name, kind, [kind] * len(names))
        parts = []
        for first in range(0, self.lanes, width):
            lanes = range(first, first + width)
            pieces = [f"{kind} {self._piece(x, dtype, lanes)}" for x in names]
            parts.append(self._new(f"call {kind} @{name}({', '.join(pieces)})"))
        return self._joined(parts, dtype, width)

    def _piece(self, name: str, dtype: np.dtype[Any], lanes: Sequence[int]) -> str:
        """Some lanes of a vector."""
        kind = self.vector(dtype)
        if len(lanes) == self.lanes:
            return name
        if len(lanes) == 1:
            return self._new(f"extractelement {kind} {name}, i64 {lanes[0]}")
        return self._new(f"shufflevector {kind} {name}, {kind} poison, {_mask(lanes)}")

    def _joined(self, parts: list[str], dtype: np.dtype[Any], width: int) -> str:
        """Vectors, or single elements, joined to one vector."""
        if width == 1 < self.lanes:
            return self._joined_elements(parts, dtype)
        while len(parts) > 1:
            kind = vector(dtype, width)
            width *= 2
            parts = [
                self._new(f"shufflevector {kind} {a}, {kind} {b}, {_mask(range(width))}")
                for a, b in zip(parts[::2], parts[1::2], strict=True)
            ]
        return parts[0]

    def _joined_elements(self, parts: list[str], dtype: np.dtype[Any]) -> str:
        whole = "poison"
        for i, part in enumerate(parts):
            element = f"{_LETTERS[dtype]} {part}"
            whole = self._new(f"insertelement {self.vector(dtype)} {whole}, {element}, i64 {i}")
        return whole


def _mask(lanes: Sequence[int]) -> str:
    return f"<{len(lanes)} x i32> <{', '.join(f'i32 {i}' for i in lanes)}>"

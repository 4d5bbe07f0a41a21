"""Straight-line scalar code as lines of LLVM IR, over vectors of elements or over one.

Arithmetic has no flags, so it is that of IEEE 754, bit for bit what NumPy computes. Nothing of a
program's text is in here but its numbers.
"""

from __future__ import annotations

import math
import struct
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec.compiled.machine import is_longest, symbol
from gradcli.ir.scalar import BOOL, DOUBLE, SHORT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Self

    from gradcli.ir.scalar import Code, Instruction

MAGIC = {DOUBLE: 1.5 * 2.0**52, SHORT: 1.5 * 2.0**23}
"""Added to a number, it leaves the next whole one in the last bits."""

_RARELY = '!0 = !{!"branch_weights", i32 4096, i32 1}'
"""That a branch is not taken, as LLVM is told."""

LONGEST = 64
"""Bytes of the longest vector of a machine."""

WHOLE = np.dtype(np.int64)
"""What indices are."""

_LETTERS = {DOUBLE: "double", np.dtype(np.float32): "float", BOOL: "i1", WHOLE: "i64"}
_MANGLED = {"double": "f64", "float": "f32", "i8": "i8", "i64": "i64"}
_PLAIN = frozenset("fadd fsub fmul fdiv frem and or xor".split())
_COMPARED = frozenset("olt ole ogt oge oeq une".split())
_EXTREMES = {"larger": "ogt", "smaller": "olt"}
_ON_BITS = frozenset("scale exponent bit".split())


def _pattern(value: float, dtype: np.dtype[Any]) -> int:
    """The bits of a number, as a whole number."""
    return int.from_bytes(np.array(value, dtype.newbyteorder(">")).tobytes(), "big")


class Bits(NamedTuple):
    """The bits of numbers of a type: as what, how many are behind the exponent, and two patterns.

    The first is added to that of a number, so that the exponent counts from half a doubling below a
    power of two; the second then leaves it in the last bits of `MAGIC`.
    """

    whole: str
    behind: int
    raised: int
    held: int

    @staticmethod
    def of(dtype: np.dtype[Any], behind: int) -> Bits:
        """Those of a type."""
        middle = 1 << (8 * dtype.itemsize - 2 - behind)
        raised = (middle << behind) - _pattern(0.5**0.5, dtype)
        held = _pattern(MAGIC[dtype], dtype) - middle
        return Bits(f"i{8 * dtype.itemsize}", behind, raised, held)


_BITS = {DOUBLE: Bits.of(DOUBLE, 52), SHORT: Bits.of(SHORT, 23)}
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
        self.begin()

    def begin(self) -> None:
        """Nothing is written yet."""
        self._declared: dict[str, str] = {}
        self._names: dict[int, str] = {}
        self._lines: list[str] = []
        self._block = ""
        self._count = 0

    def begun(self) -> Self:
        """A writer of the same that has written nothing: what is broken off leaves no half text."""
        other = copy(self)
        other.begin()
        return other

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
        name = f"%{self._count}"  # LLVM finds a number sooner than a name
        self._lines.append(f"  {name} = {text}")
        return name

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

    def _chosen(self, mask: str, x: str, y: str, dtype: np.dtype[Any]) -> str:
        """Lanes of one vector where a mask holds, and of another elsewhere."""
        kind = self.vector(dtype)
        return self._new(f"select {self.vector(BOOL)} {mask}, {kind} {x}, {kind} {y}")

    def _whole_sum(self, total: str, lost: str, dtype: np.dtype[Any]) -> str:
        """Sums with what their rounding lost, which is of no use where one overflows."""
        kind = self.vector(dtype)
        gap = self._new(f"fsub {kind} {lost}, {lost}")
        is_known = self._new(f"fcmp ord {kind} {gap}, zeroinitializer")
        rest = self._chosen(is_known, lost, "zeroinitializer", dtype)
        return self._new(f"fadd {kind} {total}, {rest}")

    def _lane_numbers(self, step: int = 1, first: int = 0) -> str:
        """The numbers of lanes, so many apart."""
        return f"<{', '.join(f'i64 {first + step * lane}' for lane in range(self.lanes))}>"

    def _turned(self, name: str, dtype: np.dtype[Any], by: int) -> str:
        """The lanes of a vector, those that come later first."""
        kind = self.vector(dtype)
        mask = lane_order([(i + by) % self.lanes for i in range(self.lanes)])
        return self._new(f"shufflevector {kind} {name}, {kind} poison, {mask}")

    # --- loops --------------------------------------------------------------------------------

    def _repeat(
        self,
        start: str,
        stop: str,
        step: int | str,
        turn: Callable[[str, Sequence[str]], Sequence[str]],
        carried: Sequence[tuple[str, str]] = (),
    ) -> Sequence[str]:
        """Turns at places, one at least; each gives anew what it is given, at first by its type.

        What the last one gives.
        """
        self._count += 1
        n, before = self._count, self._block
        self._line(f"br label %loop{n}")
        self._label(f"loop{n}")
        first = len(self._lines)
        names = [f"%given{n}.{i}" for i in range(len(carried))]
        made = turn(f"%i{n}", names)
        end = self._block
        self._line(f"%next{n} = add i64 %i{n}, {step}")
        self._line(f"%again{n} = icmp slt i64 %next{n}, {stop}")
        self._line(f"br i1 %again{n}, label %loop{n}, label %done{n}")
        self._label(f"done{n}")
        ways = [("i64", start), *carried], [f"%i{n}", *names], [f"%next{n}", *made]
        self._lines[first:first] = [
            f"  {name} = phi {kind} [ {x}, %{before} ], [ {y}, %{end} ]"
            for (kind, x), name, y in zip(*ways, strict=True)
        ]
        return made

    # --- instructions -------------------------------------------------------------------------

    def _write(self, indices: Iterable[int]) -> None:
        """Lines for instructions, of which operands have names."""
        for index in indices:
            if index not in self._names:
                if index in self._notes:
                    self._line(f"; {self._notes[index]}")
                self._names[index] = self._made(index)

    def _made(self, index: int) -> str:
        """The lines of the instruction at an index, and what its result is called."""
        return self._instruction(self._code[index])

    def _instruction(self, instruction: Instruction) -> str:
        """The lines of an instruction, and what its result is called."""
        op, sources, dtype, data = instruction
        if op == "constant":
            return self.constant(data, dtype)
        names = [self._names[i] for i in sources]
        if op == "fdiv" and (over := _reciprocal(self._code[sources[1]])):
            op, names = "fmul", [names[0], self.constant(over, dtype)]
        if op in _PLAIN:
            return self._new(f"{op} {self.vector(dtype)} {names[0]}, {names[1]}")
        kinds = [self.vector(self._code[i].dtype) for i in sources]
        if op == "call":
            return self._call(data, dtype, names)
        if op in _ON_BITS:
            return self._on_bits(op, names, data, self._code[sources[0]].dtype)
        if op == "scalef":
            return self._scaled(*names, dtype=dtype)
        if op == "table":
            return self._looked_up(names[0], data)
        if op == "unless":
            return self._unless(data, dtype, *names)
        if op in _INTRINSIC:
            return self._intrinsic(op, dtype, names)
        if op in _EXTREMES:
            return self._extreme(op, dtype, *names)
        if op == "select":
            mask, x, y = names
            return self._chosen(mask, x, y, dtype)
        return self._simple(op, dtype, names, kinds)

    def _extreme(self, op: str, dtype: np.dtype[Any], x: str, y: str) -> str:
        """The larger or smaller of two numbers, the second one where neither is."""
        mask = self._new(f"fcmp {_EXTREMES[op]} {self.vector(dtype)} {x}, {y}")
        return self._chosen(mask, x, y, dtype)

    def _simple(self, op: str, dtype: np.dtype[Any], names: list[str], kinds: list[str]) -> str:
        kind = kinds[0]
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

    # --- bits of numbers ----------------------------------------------------------------------

    def _whole(self, number: int, kind: str = "i64") -> str:
        """A whole number in all lanes."""
        return str(number) if self.lanes == 1 else f"splat ({kind} {number})"

    def _as(self, kind: str, other: str, name: str) -> str:
        """The same bits as another type."""
        kind, other = _times(kind, self.lanes), _times(other, self.lanes)
        return self._new(f"bitcast {kind} {name} to {other}")

    def _on_bits(self, op: str, names: Sequence[str], data: Any, dtype: np.dtype[Any]) -> str:
        """A number by powers of two, its exponent, or one of its last bits."""
        element, bits_ = _LETTERS[dtype], _BITS[dtype]
        kind = _times(bits_.whole, self.lanes)

        def whole(number: int) -> str:
            return self._whole(number, bits_.whole)

        first, *others = [self._as(element, bits_.whole, name) for name in names]
        if op == "bit":
            one = self._new(f"and {kind} {first}, {whole(1 << data)}")
            return self._new(f"icmp ne {kind} {one}, {whole(0)}")
        if op == "scale":
            power = self._new(f"shl {kind} {others[0]}, {whole(bits_.behind)}")
            return self._as(bits_.whole, element, self._new(f"add {kind} {first}, {power}"))
        raised = self._new(f"add {kind} {first}, {whole(bits_.raised)}")
        power = self._new(f"lshr {kind} {raised}, {whole(bits_.behind)}")
        held = self._new(f"add {kind} {power}, {whole(bits_.held)}")
        return self._as(bits_.whole, element, held)

    def _in_longest(
        self, names: Sequence[str], dtype: np.dtype[Any], write: Callable[..., str]
    ) -> str:
        """What `write` gives of each of the longest vectors that others are made of, joined."""
        width = LONGEST // dtype.itemsize
        parts = []
        for first in range(0, self.lanes, width):
            lanes = range(first, first + width)
            parts.append(write(*[self._piece(name, dtype, lanes) for name in names]))
        return self._joined(parts, dtype, width)

    def _looked_up(self, held: str, numbers: Sequence[str]) -> str:
        """One of sixteen numbers, by the last bits of what is held; for the longest vectors."""
        name, kind, whole = "llvm.x86.avx512.vpermi2var.pd.512", "<8 x double>", "<8 x i64>"
        self._declare(name, kind, [kind, whole, kind])
        low, high = [
            f"{kind} <{', '.join(f'double {bits(x, DOUBLE)}' for x in numbers[i : i + 8])}>"
            for i in (0, 8)
        ]

        def look(part: str) -> str:
            pattern = self._new(f"bitcast {kind} {part} to {whole}")
            return self._new(f"call {kind} @{name}({low}, {whole} {pattern}, {high})")

        return self._in_longest([held], DOUBLE, look)

    def _scaled(self, x: str, whole: str, held: str, *, dtype: np.dtype[Any]) -> str:
        """A number by two to the `whole`, which the last bits of what is `held` are, too.

        In two steps where the machine has no instruction: the power may be too large or small.
        """
        width = LONGEST // dtype.itemsize
        if self.lanes % width == 0 and is_longest():
            part, masks = vector(dtype, width), f"i{width}"
            name = f"llvm.x86.avx512.mask.scalef.p{'d' if dtype == DOUBLE else 's'}.512"
            self._declare(name, part, [part, part, part, masks, "i32 immarg"])
            more = f"{part} zeroinitializer, {masks} -1, i32 4"

            def scale(x: str, power: str) -> str:
                return self._new(f"call {part} @{name}({part} {x}, {part} {power}, {more})")

            return self._in_longest([x, whole], dtype, scale)
        kind = self.vector(dtype)
        magic, half, one = [self.constant(x, dtype) for x in (MAGIC[dtype].hex(), "0.5", "1.0")]
        first = self._intrinsic("fma", dtype, [whole, half, magic])
        rest = self._new(f"fsub {kind} {first}, {magic}")
        second = self._new(f"fsub {kind} {held}, {rest}")
        for power in (first, second):
            x = self._new(f"fmul {kind} {x}, {self._on_bits('scale', [one, power], None, dtype)}")
        return x

    def _unless(self, function: str, dtype: np.dtype[Any], mask: str, fast: str, x: str) -> str:
        """What is known where a mask holds; elsewhere the library is called, if that is needed."""
        self._count += 1
        n, before = self._count, self._block
        kind, truths = self.vector(dtype), self.vector(BOOL)
        all_ = mask
        if self.lanes > 1:
            name = f"llvm.vector.reduce.and.v{self.lanes}i1"
            self._declare(name, "i1", [truths])
            all_ = self._new(f"call i1 @{name}({truths} {mask})")
        self._declared["!0"] = _RARELY  # so that registers are saved there and not in the loop
        self._line(f"br i1 {all_}, label %known{n}, label %asked{n}, !prof !0")
        self._label(f"asked{n}")
        called = self._call(function, dtype, [x])
        other = self._chosen(mask, fast, called, dtype)
        self._line(f"br label %known{n}")
        self._label(f"known{n}")
        return self._new(f"phi {kind} [ {fast}, %{before} ], [ {other}, %asked{n} ]")

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
        return self._new(f"shufflevector {kind} {name}, {kind} poison, {lane_order(lanes)}")

    def _joined(self, parts: list[str], dtype: np.dtype[Any], width: int) -> str:
        """Vectors, or single elements, joined to one vector."""
        if width == 1 < self.lanes:
            return self._joined_elements(parts, dtype)
        while len(parts) > 1:
            kind = vector(dtype, width)
            width *= 2
            parts = [
                self._new(f"shufflevector {kind} {a}, {kind} {b}, {lane_order(range(width))}")
                for a, b in zip(parts[::2], parts[1::2], strict=True)
            ]
        return parts[0]

    def _joined_elements(self, parts: list[str], dtype: np.dtype[Any]) -> str:
        whole = "poison"
        for i, part in enumerate(parts):
            element = f"{_LETTERS[dtype]} {part}"
            whole = self._new(f"insertelement {self.vector(dtype)} {whole}, {element}, i64 {i}")
        return whole


def _reciprocal(divisor: Instruction) -> str:
    """By what a number is multiplied in place of divided, with the same result: of powers of 2."""
    if divisor.op != "constant":
        return ""
    part, power = math.frexp(float.fromhex(divisor.data))
    return (2 * part * 2.0 ** (1 - power)).hex() if abs(part) == 0.5 and abs(power) < 100 else ""


def lane_order(lanes: Sequence[int]) -> str:
    """The lanes that a vector is made of."""
    return f"<{len(lanes)} x i32> <{', '.join(f'i32 {i}' for i in lanes)}>"

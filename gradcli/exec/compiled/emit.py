"""The emitter of regions: scalar code in a loop over vectors of elements, as text of LLVM IR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.exec.compiled.instructions import Writer, letter
from gradcli.ir.scalar import BOOL, DOUBLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from gradcli.ir.scalar import Code, Scalar

LANES = 8
"""Elements at a time: on AVX2 two registers of doubles, which beat one."""


class Ports(NamedTuple):
    """What goes in and out of code, by scalar.

    `singles` are operands of one value, `arrays` operands with an array; `results` are written to
    arrays, `totals` added up. Both kinds of operands know their number by the code.
    """

    singles: Sequence[Scalar]
    arrays: Sequence[Scalar]
    results: Sequence[Scalar]
    totals: Sequence[Scalar]


class Emitter(Writer):
    """The text of a function that runs code over elements of rows, from a start to a stop."""

    def __init__(self, code: Code, ports: Ports, notes: dict[int, str] | None = None) -> None:
        super().__init__(code, LANES, notes)
        self._ports = ports

    def text(self) -> str:
        """The module as text."""
        for part in (self._entry, self._head, self._body, self._foot):
            part()
        function = [f"define internal void @row({_PARAMETERS}) {{", *self._lines, "}"]
        return "\n".join([*self._declared.values(), *function, self._rows()])

    def _rows(self) -> str:
        """The function that is called: it runs the loop over the rows from one to another.

        `offsets` tell, for each row, where it begins in each array.
        """
        ports = self._ports
        count = len(self._wholes)
        return _ROWS.format(
            arrays=count,
            singles=len(ports.singles),
            sums=2 * LANES * len(ports.totals),
            bad=LANES * len(self._numbers),
            parameters=_PARAMETERS,
        )

    # --- the frame of the loop ----------------------------------------------------------------

    @property
    def _wholes(self) -> list[Scalar]:
        """What has an array, operands first."""
        return [*self._ports.arrays, *self._ports.results]

    @property
    def _numbers(self) -> list[Scalar]:
        """The results that may be infinite."""
        return [x for x in self._ports.results if x.dtype != BOOL]

    def _entry(self) -> None:
        """Before the loop: where arrays begin, the operands of one value, and room for a tail."""
        self._label("entry")
        for i, x in enumerate(self._wholes):
            slot = self._new(f"getelementptr ptr, ptr %arrays, i64 {i}")
            self._line(f"%base{i} = load ptr, ptr {slot}")
            self._line(f"%spare{i} = alloca [{LANES} x {_stored(x.dtype)}], align 64")
            self._line(f"store [{LANES} x {_stored(x.dtype)}] zeroinitializer, ptr %spare{i}")
        for i, x in enumerate(self._ports.singles):
            slot = self._new(f"getelementptr double, ptr %singles, i64 {i}")
            value = self._new(f"load double, ptr {slot}")
            self._names[x.index] = self._splat(self._narrowed(value, x.dtype), letter(x.dtype))
        self._line("br label %head")

    def _head(self) -> None:
        """The begin of a turn: elements in their arrays, or fewer than a vector beside them."""
        self._label("head")
        self._line("%i = phi i64 [ %start, %entry ], [ %next, %more ]")
        for i, x in enumerate(self._ports.totals):
            kind = self.vector(x.dtype)
            for name in ("sum", "rest"):
                begin = f"%{name}{i} = phi {kind} [ zeroinitializer, %entry ]"
                self._line(f"{begin}, [ %{name}n{i}, %more ]")
        for i, x in enumerate(self._numbers):
            begin = f"%bad{i} = phi {self.vector(x.dtype)} [ zeroinitializer, %entry ]"
            self._line(f"{begin}, [ %badn{i}, %more ]")
        self._line("%left = sub i64 %stop, %i")
        self._line(f"%whole = icmp sge i64 %left, {LANES}")
        for i, x in enumerate(self._wholes):
            self._line(f"%at{i} = getelementptr {_stored(x.dtype)}, ptr %base{i}, i64 %i")
        self._line("br i1 %whole, label %body, label %fill")
        self._label("fill")
        for i, x in enumerate(self._ports.arrays):
            self._copy(f"%spare{i}", f"%at{i}", x.dtype)
        self._line("br label %body")

    def _copy(self, target: str, source: str, dtype: np.dtype[Any]) -> None:
        size = self._new(f"mul i64 %left, {dtype.itemsize}")
        name = "llvm.memcpy.p0.p0.i64"
        self._declare(name, "void", ["ptr", "ptr", "i64", "i1 immarg"])
        self._line(f"call void @{name}(ptr {target}, ptr {source}, i64 {size}, i1 false)")

    def _body(self) -> None:
        self._label("body")
        for i in range(len(self._wholes)):
            self._line(f"%p{i} = phi ptr [ %at{i}, %head ], [ %spare{i}, %fill ]")
        lefts = self._splat("%left", "i64")
        numbers = ", ".join(f"i64 {i}" for i in range(LANES))
        self._line(f"%live = icmp slt <{LANES} x i64> <{numbers}>, {lefts}")
        for i, x in enumerate(self._ports.arrays):
            self._names[x.index] = self._load(f"%p{i}", x.dtype)
        self._write_instructions()
        for i, x in enumerate(self._ports.results, len(self._ports.arrays)):
            self._store(self._names[x.index], f"%p{i}", x.dtype)

    def _load(self, pointer: str, dtype: np.dtype[Any]) -> str:
        if dtype != BOOL:
            return self._new(f"load {self.vector(dtype)}, ptr {pointer}, align {dtype.itemsize}")
        loaded = self._new(f"load <{LANES} x i8>, ptr {pointer}, align 1")
        return self._new(f"icmp ne <{LANES} x i8> {loaded}, zeroinitializer")

    def _store(self, name: str, pointer: str, dtype: np.dtype[Any]) -> None:
        kind = self.vector(dtype)
        if dtype == BOOL:
            name = self._new(f"zext {kind} {name} to <{LANES} x i8>")
            kind = f"<{LANES} x i8>"
        self._line(f"store {kind} {name}, ptr {pointer}, align {dtype.itemsize}")

    def _foot(self) -> None:
        """The end of a turn: what is added up, what is not finite, and the way on."""
        for i, x in enumerate(self._ports.totals):
            self._add_up(i, self._names[x.index], x.dtype)
        for i, x in enumerate(self._numbers):
            self._find_bad(i, self._names[x.index], x.dtype)
        self._line("br i1 %whole, label %more, label %spill")
        self._label("more")
        self._line(f"%next = add i64 %i, {LANES}")
        self._line("%again = icmp slt i64 %next, %stop")
        self._line("br i1 %again, label %head, label %exit")
        self._label("spill")
        for i, x in enumerate(self._ports.results, len(self._ports.arrays)):
            self._copy(f"%at{i}", f"%spare{i}", x.dtype)
        self._line("br label %exit")
        self._label("exit")
        self._keep_totals()
        for i, x in enumerate(self._numbers):
            place = self._new(f"getelementptr <{LANES} x i8>, ptr %bad, i64 {i}")
            mask = self._new(f"fcmp uno {self.vector(x.dtype)} %badn{i}, zeroinitializer")
            wide = self._new(f"zext <{LANES} x i1> {mask} to <{LANES} x i8>")
            self._line(f"store <{LANES} x i8> {wide}, ptr {place}, align 1")
        self._line("ret void")

    def _keep_totals(self) -> None:
        for i, x in enumerate(self._ports.totals):
            for half, name in enumerate((f"%sumn{i}", f"%restn{i}")):
                wide = name
                if x.dtype != DOUBLE:
                    wide = self._new(
                        f"fpext {self.vector(x.dtype)} {name} to {self.vector(DOUBLE)}"
                    )
                place = self._new(f"getelementptr double, ptr %sums, i64 {(2 * i + half) * LANES}")
                self._line(f"store {self.vector(DOUBLE)} {wide}, ptr {place}, align 8")

    def _add_up(self, i: int, name: str, dtype: np.dtype[Any]) -> None:
        """A sum and what its rounding lost, which is known exactly (Knuth's two-sum)."""
        kind = self.vector(dtype)
        x = self._new(f"select <{LANES} x i1> %live, {kind} {name}, {kind} zeroinitializer")
        self._line(f"%sumn{i} = fadd {kind} %sum{i}, {x}")
        added = self._new(f"fsub {kind} %sumn{i}, %sum{i}")
        kept = self._new(f"fsub {kind} %sumn{i}, {added}")
        lost = [self._new(f"fsub {kind} %sum{i}, {kept}"), self._new(f"fsub {kind} {x}, {added}")]
        both = self._new(f"fadd {kind} {lost[0]}, {lost[1]}")
        self._line(f"%restn{i} = fadd {kind} %rest{i}, {both}")

    def _find_bad(self, i: int, name: str, dtype: np.dtype[Any]) -> None:
        """Which lanes have met a number that is not finite: they are NaN from then on."""
        kind = self.vector(dtype)
        gap = self._new(f"fsub {kind} {name}, {name}")
        live = self._new(f"select <{LANES} x i1> %live, {kind} {gap}, {kind} zeroinitializer")
        self._line(f"%badn{i} = fadd {kind} %bad{i}, {live}")


_PARAMETERS = "ptr %arrays, ptr %singles, i64 %start, i64 %stop, ptr %sums, ptr %bad"
_ROWS = """\
define void @run(ptr %offsets, i64 %first, i64 %last, {parameters}) {{
entry:
  %places = alloca [{arrays} x ptr]
  br label %head
head:
  %r = phi i64 [ %first, %entry ], [ %next, %placed ]
  %done = sub i64 %r, %first
  %row = mul i64 %r, {arrays}
  br label %place
place:
  %k = phi i64 [ 0, %head ], [ %k1, %place ]
  %cell = add i64 %row, %k
  %at_offset = getelementptr i64, ptr %offsets, i64 %cell
  %offset = load i64, ptr %at_offset
  %at_array = getelementptr ptr, ptr %arrays, i64 %k
  %array = load ptr, ptr %at_array
  %begin = getelementptr i8, ptr %array, i64 %offset
  %at_place = getelementptr ptr, ptr %places, i64 %k
  store ptr %begin, ptr %at_place
  %k1 = add i64 %k, 1
  %more = icmp slt i64 %k1, {arrays}
  br i1 %more, label %place, label %placed
placed:
  %s = mul i64 %r, {singles}
  %of_row = getelementptr double, ptr %singles, i64 %s
  %t = mul i64 %done, {sums}
  %sums_of = getelementptr double, ptr %sums, i64 %t
  %b = mul i64 %done, {bad}
  %bad_of = getelementptr i8, ptr %bad, i64 %b
  call void @row(ptr %places, ptr %of_row, i64 %start, i64 %stop, ptr %sums_of, ptr %bad_of)
  %next = add i64 %r, 1
  %again = icmp slt i64 %next, %last
  br i1 %again, label %head, label %exit
exit:
  ret void
}}
"""


def _stored(dtype: np.dtype[Any]) -> str:
    """The type of an element in memory."""
    return "i8" if dtype == BOOL else letter(dtype)

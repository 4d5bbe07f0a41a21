"""The emitter of a loop over the elements of a row, a vector at a time, as text of LLVM IR."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.exec.compiled.folds import NOTHING, FoldWriter
from gradcli.exec.compiled.forms import CALL
from gradcli.exec.compiled.functions import Expanded
from gradcli.exec.compiled.instructions import letter, mangled
from gradcli.exec.compiled.loops import Loops
from gradcli.exec.compiled.machine import fuses
from gradcli.ir.scalar import BOOL, DOUBLE, SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from gradcli.exec.compiled.loops import Loop
    from gradcli.ir.scalar import Code, Scalar

LANES = 8
"""Elements at a time: on AVX2 two registers of doubles, which beat one; twice as many if short."""

MOVE = 16
"""Instructions that take about as long as an element that is read or written."""

CHEAP = 20
"""Instructions that are worth as much of a thread as one step of the blocked executor.

So is an array that is read or written.
"""


class Way(Enum):
    """How a number goes in or out: for each element, or some of them, or once a row, or added up.

    What is added up over rows is a COLUMN of elements, over everything a TOTAL. By indices parts
    of an array are TAKEN and PUT, an INDEX for each; of an ARRAY single elements are. What is put
    is PILED where each block has an array for itself.
    """

    ELEMENT, BOX, ROW, COLUMN, TOTAL, INDEX, TAKEN, ARRAY, PUT, PILED = range(10)


EACH = Way.ELEMENT, Way.BOX, Way.TAKEN
"""What is read for each element."""

ADDED = Way.COLUMN, Way.TOTAL, Way.PILED
"""What is added up, over what blocks have for themselves."""

NAMED = Way.PUT, Way.PILED
"""What is added where indices say."""


class Port(NamedTuple):
    """A scalar that stands for what is in an array; `by` is the number of the port of indices."""

    scalar: Scalar
    way: Way
    by: int | None = None

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the array."""
        return self.scalar.dtype

    @property
    def instruction(self) -> int:
        """The index of the instruction whose result it is."""
        return self.scalar.index


class LoopEmitter(FoldWriter):
    """Lines of a function that runs over a row; `%base0` and so on are where it begins in arrays.

    `operands` are read, `results` written, or added up in cells that each block has for itself.
    """

    def __init__(
        self,
        code: Code,
        operands: Sequence[Port],
        results: Sequence[Port],
        notes: dict[int, str] | None = None,
    ) -> None:
        lanes = lanes_of([*operands, *results])
        wider = Expanded(code, lanes, by_table=True)
        listed = {wider.place(i): note for i, note in (notes or {}).items() if i < len(code)}
        super().__init__(wider.code, lanes, listed)
        operands, results = [
            [port._replace(scalar=wider.of(port.scalar)) for port in ports]
            for ports in (operands, results)
        ]
        self._operands = {port.instruction: i for i, port in enumerate(operands)}
        self._boxes: dict[int, list[int]] = {}
        for i, port in enumerate(operands):
            if port.way is Way.BOX:
                self._boxes.setdefault(port.instruction, []).append(i)
        self._inputs = len(operands)
        self._ports = [*operands, *results]
        self._results = range(len(operands), len(self._ports))
        self._numbers = [i for i in self._results if self._may_be_infinite(self._ports[i])]
        self._loops = Loops(
            wider.code,
            {port.instruction for port in operands if port.way in EACH},
            [port.instruction for port in results if port.way is not Way.ROW],
            [port.instruction for port in results if port.way is Way.ROW],
            wider.dear,
        )
        self._n = 0
        self.loops = [n for n, loop in enumerate(self._loops.all) if self._goes(n, loop)]
        kept = [i for loop in self._loops.all for i in loop.kept]
        self.slots = {index: slot for slot, index in enumerate(kept)}

    @property
    def is_folding(self) -> bool:
        """Whether the code needs all of a row at once."""
        return any(loop.folds or loop.scans for loop in self._loops.all)

    @property
    def weight(self) -> int:
        """How many simple instructions take about as long as all that is done to an element."""
        moved = sum(port.way in (Way.ELEMENT, Way.BOX) for port in self._ports)
        return MOVE * moved + sum(CALL if x.op == "call" else 1 for x in self._code)

    def _goes(self, n: int, loop: Loop) -> bool:
        """Whether there is anything to do in a loop."""
        return bool(loop.body or loop.folds or self._sinks(n, *ADDED, Way.ELEMENT, Way.PUT))

    @staticmethod
    def _may_be_infinite(port: Port) -> bool:
        return port.way in (Way.ELEMENT, Way.ROW) and port.dtype != BOOL

    def _sinks(self, number: int, *ways: Way) -> list[int]:
        """The ports of results of these ways that a loop feeds."""
        return [
            i
            for i in self._results
            if self._ports[i].way in ways
            and self._loops.loop_of[self._ports[i].instruction] == number
        ]

    # --- one loop -----------------------------------------------------------------------------

    def _write_loop(self, n: int, loop: Loop) -> None:
        """The loop of that number; behind it, what it has folded has a name."""
        stored, totals = self._sinks(n, Way.ELEMENT), self._sinks(n, Way.TOTAL)
        columns = self._sinks(n, Way.COLUMN)
        outside = dict(self._names)
        before = self._before(n, totals, loop.reverse)
        self._head(n, before, loop, stored, totals)
        self._n = n
        self._load_elements(n, loop, stored)
        for index in loop.read:
            place = self._beside(n, index)
            self._names[index] = self._load(place, self._code[index].dtype)
        self._write(loop.body)
        for index in loop.kept:
            self._store(self._names[index], self._beside(n, index), self._code[index].dtype)
        for index in loop.folds:
            self._fold(n, index)
        for i in totals:
            self._add_up(f"sum{i}", self._live(n, self._wide(self._ports[i].instruction)))
        for i in columns:
            self._add_to_column(n, i)
        for i in self._sinks(n, *NAMED):
            self._add_at(n, i)
        self._put(n, stored)
        self._names = outside
        self._end(n, loop, stored, totals)

    def _before(self, n: int, totals: list[int], reverse: bool) -> str:
        """What has been added up so far, and the way into the loop, from the block that is told."""
        vector = self.vector(DOUBLE)
        for i in totals:
            for half, name in enumerate((f"%sum{i}", f"%sum{i}rest")):
                self._line(f"{name}old = load {vector}, ptr {self._half(i, half)}, align 8")
        if reverse:
            self._line(f"%far{n} = sub i64 %stop, 1")
            self._line(f"%vectors{n} = sdiv i64 %far{n}, {self.lanes}")
            self._line(f"%begin{n} = mul i64 %vectors{n}, {self.lanes}")
        self._line(f"br label %head{n}")
        return self._block

    def _half(self, i: int, half: int) -> str:
        """Where the lanes of a sum are, or what their rounding lost."""
        return self._new(f"getelementptr double, ptr %base{i}, i64 {half * self.lanes}")

    def _head(self, n: int, before: str, loop: Loop, stored: list[int], totals: list[int]) -> None:
        """The begin of a turn: how far it is, what is found so far, and where its elements are."""
        self._label(f"head{n}")
        first = f"%begin{n}" if loop.reverse else "%start"
        self._line(f"%i{n} = phi i64 [ {first}, %{before} ], [ %next{n}, %more{n} ]")
        for index in loop.scans:
            self._begin_scan(n, index, before)
        for index in loop.folds:
            _, _, dtype, kind = self._code[index]
            if kind == "add":
                dtype = DOUBLE
            if kind != "add" or not self._counts(index):
                self._carry(n, f"fold{index}rest", dtype, before)
            self._carry(n, f"fold{index}", dtype, before, self.constant(NOTHING[kind], dtype))
        for i in totals:
            for name in (f"sum{i}", f"sum{i}rest"):
                self._carry(n, name, DOUBLE, before, f"%{name}old")
        for i in stored:
            if i in self._numbers:
                self._carry(n, f"bad{i}", self._ports[i].dtype, before)
        self._line(f"%left{n} = sub i64 %stop, %i{n}")
        self._line(f"%whole{n} = icmp sge i64 %left{n}, {self.lanes}")

    def _carry(
        self, n: int, name: str, dtype: Any, before: str, start: str = "zeroinitializer"
    ) -> None:
        kind = self.vector(dtype)
        self._line(f"%{name} = phi {kind} [ {start}, %{before} ], [ %{name}n, %more{n} ]")

    def _load_elements(self, n: int, loop: Loop, stored: list[int]) -> None:
        """A vector of each operand; behind the end of a row there are zeros."""
        elements = [i for i in loop.body if i in self._operands and i not in self._boxes]
        used = [(i, self._operands[i]) for i in elements]
        for i in [*[port for _, port in used], *stored]:
            kind = stored_as(self._ports[i].dtype)
            self._line(f"%at{n}_{i} = getelementptr {kind}, ptr %base{i}, i64 %i{n}")
        self._line(f"br i1 %whole{n}, label %full{n}, label %part{n}")
        self._label(f"full{n}")
        full = [self._load(f"%at{n}_{i}", self._ports[i].dtype) for _, i in used]
        self._line(f"br label %body{n}")
        self._label(f"part{n}")
        lefts = self._splat(f"%left{n}", "i64")
        mask = self._new(f"icmp slt <{self.lanes} x i64> {self._lane_numbers()}, {lefts}")
        part = [self._load(f"%at{n}_{i}", self._ports[i].dtype, mask) for _, i in used]
        self._line(f"br label %body{n}")
        self._label(f"body{n}")
        both = "phi {} [ {}, %full{n} ], [ {}, %part{n} ]"
        for (index, i), one, other in zip(used, full, part, strict=True):
            kind = self.vector(self._ports[i].dtype)
            self._names[index] = self._new(both.format(kind, one, other, n=n))
        kind, yes = self.vector(BOOL), self.constant("1", BOOL)
        self._line(f"%live{n} = {both.format(kind, yes, mask, n=n)}")
        for index in loop.body:
            if index in self._boxes:
                self._names[index] = self._load_boxes(n, index)

    def _load_boxes(self, n: int, index: int) -> str:
        """Elements of arrays that stand side by side, and zeros where there is none."""
        indices = f"<{self.lanes} x i64>"
        start = self._splat(f"%i{n}", "i64")
        place = self._new(f"add {indices} {start}, {self._lane_numbers()}")
        name, dtype = "zeroinitializer", self._code[index].dtype
        for i in self._boxes[index]:
            low, high = (self._splat(f"%{end}{i}", "i64") for end in ("low", "high"))
            above = self._new(f"icmp sge {indices} {place}, {low}")
            below = self._new(f"icmp slt {indices} {place}, {high}")
            mask = self._new(f"and {self.vector(BOOL)} {above}, {below}")
            element = stored_as(dtype)
            pointer = self._new(f"getelementptr {element}, ptr %base{i}, i64 %i{n}")
            name = self._load_masked(pointer, dtype, mask, name)
        return self._as_truth(name, dtype)

    def _put(self, n: int, stored: list[int]) -> None:
        """Elements to where they belong, and on."""
        names = [self._names[self._ports[i].instruction] for i in stored]
        for i, name in zip(stored, names, strict=True):
            if i in self._numbers:
                self._find_bad(n, i, name)
        if stored:
            self._line(f"br i1 %whole{n}, label %put{n}, label %putpart{n}")
            for block, mask in ((f"put{n}", ""), (f"putpart{n}", f"%live{n}")):
                self._label(block)
                for i, name in zip(stored, names, strict=True):
                    self._store(name, f"%at{n}_{i}", self._ports[i].dtype, mask)
                self._line(f"br label %more{n}")
        else:
            self._line(f"br label %more{n}")

    def _end(self, n: int, loop: Loop, stored: list[int], totals: list[int]) -> None:
        """The way on, and what there is behind the last turn."""
        self._label(f"more{n}")
        step, end = (
            (-self.lanes, "sge i64 {}, %start")
            if loop.reverse
            else (self.lanes, "slt i64 {}, %stop")
        )
        self._line(f"%next{n} = add i64 %i{n}, {step}")
        self._line(f"%again{n} = icmp {end.format(f'%next{n}')}")
        self._line(f"br i1 %again{n}, label %head{n}, label %exit{n}")
        self._label(f"exit{n}")
        for index in loop.folds:
            self._names[index] = self._folded(index)
        for i in totals:
            for half, name in enumerate((f"%sum{i}n", f"%sum{i}restn")):
                self._store(name, self._half(i, half), DOUBLE)
        for i in stored:
            if i in self._numbers:
                self._keep_bad(i, f"%bad{i}n")

    # --- memory -------------------------------------------------------------------------------

    def _beside(self, n: int, index: int) -> str:
        """Where what is kept of a row's elements is."""
        start = self._new(f"mul i64 %padded, {self.slots[index]}")
        place = self._new(f"add i64 {start}, %i{n}")
        return self._new(f"getelementptr double, ptr %beside, i64 {place}")

    def _load(self, pointer: str, dtype: np.dtype[Any], mask: str = "") -> str:
        element = stored_as(dtype)
        kind, align = f"<{self.lanes} x {element}>", dtype.itemsize
        if mask:
            loaded = self._load_masked(pointer, dtype, mask, "zeroinitializer")
        else:
            loaded = self._new(f"load {kind}, ptr {pointer}, align {align}")
        return self._as_truth(loaded, dtype)

    def _load_masked(self, pointer: str, dtype: np.dtype[Any], mask: str, others: str) -> str:
        """Elements where a mask holds, and others elsewhere, as they are in memory."""
        element = stored_as(dtype)
        name = f"llvm.masked.load.v{self.lanes}{mangled(element)}.p0"
        kind, masks = f"<{self.lanes} x {element}>", self.vector(BOOL)
        self._declare(name, kind, ["ptr", "i32 immarg", masks, kind])
        given = f"ptr {pointer}, i32 {dtype.itemsize}, {masks} {mask}, {kind} {others}"
        return self._new(f"call {kind} @{name}({given})")

    # --- by indices ---------------------------------------------------------------------------

    def _made(self, index: int) -> str:
        op, sources, dtype, data = self._code[index]
        if op == "gather":
            return self._gathered(self._names[sources[0]], dtype, data)
        if op == "put":  # the index has a name by now
            return self._names[sources[0]]
        return super()._made(index)

    def _gathered(self, indices: str, dtype: np.dtype[Any], array: int) -> str:
        """The elements of an array that indices name, one for each lane that is in the row."""
        kind, element = self.vector(dtype), letter(dtype)
        places, masks = f"<{self.lanes} x ptr>", self.vector(BOOL)
        pointers = self._new(
            f"getelementptr {element}, ptr %base{array}, <{self.lanes} x i64> {indices}"
        )
        name = f"llvm.masked.gather.v{self.lanes}{mangled(element)}.v{self.lanes}p0"
        self._declare(name, kind, [places, "i32 immarg", masks, kind])
        live = f"{masks} %live{self._n}"
        given = f"{places} {pointers}, i32 {dtype.itemsize}, {live}, {kind} zeroinitializer"
        return self._new(f"call {kind} @{name}({given})")

    def _add_at(self, n: int, i: int) -> None:
        """Adds elements to an array where they belong, in their order."""
        port = self._ports[i]
        dtype, name = port.dtype, self._names[port.instruction]
        kind = self.vector(dtype)
        op, sources, *_ = self._code[port.instruction]
        if op != "put":
            place = self._new(f"getelementptr {letter(dtype)}, ptr %base{i}, i64 %i{n}")
            before = self._load(place, dtype, f"%live{n}")
            self._store(self._new(f"fadd {kind} {before}, {name}"), place, dtype, f"%live{n}")
            return
        name = self._among(f"%live{n}", name, "-0.0", dtype)  # which changes nothing
        whole, element = f"<{self.lanes} x i64> {self._names[sources[1]]}", letter(dtype)
        for lane in range(self.lanes):
            index = self._new(f"extractelement {whole}, i64 {lane}")
            place = self._new(f"getelementptr {element}, ptr %base{i}, i64 {index}")
            before = self._new(f"load {element}, ptr {place}, align {dtype.itemsize}")
            one = self._piece(name, dtype, [lane])
            total = self._new(f"fadd {element} {before}, {one}")
            self._line(f"store {element} {total}, ptr {place}, align {dtype.itemsize}")

    def _as_truth(self, name: str, dtype: np.dtype[Any]) -> str:
        """Elements as they were in memory, truth values as bits."""
        if dtype != BOOL:
            return name
        return self._new(f"icmp ne <{self.lanes} x {stored_as(dtype)}> {name}, zeroinitializer")

    def _store(self, name: str, pointer: str, dtype: np.dtype[Any], mask: str = "") -> None:
        element = stored_as(dtype)
        kind, align = f"<{self.lanes} x {element}>", dtype.itemsize
        if dtype == BOOL:
            name = self._new(f"zext {self.vector(BOOL)} {name} to {kind}")
        if mask:
            function = f"llvm.masked.store.v{self.lanes}{mangled(element)}.p0"
            masks = f"<{self.lanes} x i1>"
            self._declare(function, "void", [kind, "ptr", "i32 immarg", masks])
            given = f"{kind} {name}, ptr {pointer}, i32 {align}, {masks} {mask}"
            self._line(f"call void @{function}({given})")
        else:
            self._line(f"store {kind} {name}, ptr {pointer}, align {align}")

    # --- what is folded and added up ----------------------------------------------------------

    def _add_to_column(self, n: int, i: int) -> None:
        """Adds to the sums of elements that have the same place in each row."""
        place = self._new(f"getelementptr double, ptr %base{i}, i64 %i{n}")
        beside = self._new(f"getelementptr double, ptr {place}, i64 %padded")
        kind, x = self.vector(DOUBLE), self._live(n, self._wide(self._ports[i].instruction))
        before, rest = self._load(place, DOUBLE), self._load(beside, DOUBLE)
        total = self._new(f"fadd {kind} {before}, {x}")
        self._store(total, place, DOUBLE)
        lost = self._lost(before, x, total)
        self._store(self._new(f"fadd {kind} {rest}, {lost}"), beside, DOUBLE)

    # --- what is not finite -------------------------------------------------------------------

    def _find_bad(self, n: int, i: int, name: str) -> None:
        """Which lanes have met a number that is not finite: they are NaN from then on."""
        kind, dtype = self.vector(self._ports[i].dtype), self._ports[i].dtype
        x, zero = self._live(n, name, dtype), self.constant("0", dtype)
        if fuses():
            name = f"llvm.fma.v{self.lanes}{mangled(letter(dtype))}"
            self._declare(name, kind, [kind] * 3)
            self._line(f"%bad{i}n = call {kind} @{name}({kind} {x}, {kind} {zero}, {kind} %bad{i})")
        else:
            gap = self._new(f"fsub {kind} {x}, {x}")
            self._line(f"%bad{i}n = fadd {kind} %bad{i}, {gap}")

    def _keep_bad(self, i: int, gap: str) -> None:
        """Notes which lanes have met such a number, for the whole block."""
        kind, marks = self.vector(self._ports[i].dtype), f"<{self.lanes} x i8>"
        place = self._new(f"getelementptr {marks}, ptr %bad, i64 {self._numbers.index(i)}")
        before = self._new(f"load {marks}, ptr {place}, align 1")
        mask = self._new(f"fcmp uno {kind} {gap}, zeroinitializer")
        wide = self._new(f"zext {self.vector(BOOL)} {mask} to {marks}")
        both = self._new(f"or {marks} {before}, {wide}")
        self._line(f"store {marks} {both}, ptr {place}, align 1")


def stored_as(dtype: np.dtype[Any]) -> str:
    """The type of an element in memory."""
    return "i8" if dtype == BOOL else letter(dtype)


def lanes_of(ports: Iterable[Port]) -> int:
    """The elements at a time of code that reads and writes these."""
    is_short = all(port.dtype.itemsize <= SHORT.itemsize for port in ports)
    return 2 * LANES if is_short else LANES

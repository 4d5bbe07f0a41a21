"""The turns of a loop over arrays as machine code: loop nests over one memory, turn after turn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exec.compiled import machine
from gradcli.exec.compiled.instructions import Writer, bits
from gradcli.exec.compiled.nests import Nests
from gradcli.exec.compiled.turns import AT_ONCE, CompiledTurns, flat
from gradcli.ir.scalar import BOOL, DOUBLE, Code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.exec.compiled.nests import Fold, Nest, Place, Port
    from gradcli.ir.loop import Turn

    Array = np.ndarray[Any, np.dtype[Any]]

SHORT = 1 << 25
"""Steps of all turns up to which compiling them well takes longer than it then saves."""

SMALL = 32
"""Elements of an array up to which loops over them are dearer than each by itself."""

TOGETHER = 8
"""Turns of the innermost loop that stand one behind the other, and their instructions, at most."""

HEAD = (
    "define i64 @run(ptr %memory, ptr %stacks, ptr %fixed, ptr %kept, ptr %which, "
    "i64 %start, i64 %step, i64 %count) {"
)


class NestEmitter(Writer):
    """The text of a function that runs turns of nests as long as their guards hold."""

    def __init__(self, turn: Turn, nests: Nests) -> None:
        super().__init__(Code(), 1)
        self._rows = nests.rows
        self._guards = [
            wanted
            for guard in turn.guards
            for wanted in _elements(nests.whole(guard.node), guard.value)
        ]
        self._kept = [nests.whole(x) for x in turn.kept]
        self._after = [_apart(nests, nests.whole(x), i) for i, x in _offsets(turn)]
        self._nests = nests.all

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        self._line("br label %head")
        self._label("head")
        self._line("%k = phi i64 [ 0, %entry ], [ %next, %more ]")
        self._take_rows()
        for nest in self._nests:
            self._nest(nest)
        self._line("br label %guard")
        self._label("guard")
        self._line(f"br i1 {self._holds()}, label %more, label %exit")
        self._foot()
        return "\n".join([*self._declared.values(), HEAD, *self._lines, "}"])

    # --- a turn -------------------------------------------------------------------------------

    def _take_rows(self) -> None:
        """The rows of stacks into the memory."""
        moved = self._new("mul i64 %k, %step")
        row = self._new(f"add i64 %start, {moved}")
        for i, place in enumerate(self._rows):
            source = self._row_of("%stacks", i, row, place.like.size)
            self._copy(self._address(place.offset), source, place.like.size)

    def _row_of(self, arrays: str, i: int, row: str, size: int) -> str:
        """Where a row of one of some arrays lies."""
        array = self._new(f"load ptr, ptr {self._new(f'getelementptr ptr, ptr {arrays}, i64 {i}')}")
        first = self._new(f"mul i64 {row}, {size}")
        return self._new(f"getelementptr double, ptr {array}, i64 {first}")

    def _address(self, offset: int) -> str:
        return (
            self._new(f"getelementptr double, ptr %memory, i64 {offset}") if offset else "%memory"
        )

    def _copy(self, target: str, source: str, size: int) -> None:
        name = "llvm.memcpy.p0.p0.i64"
        self._declare(name, "void", ["ptr", "ptr", "i64", "i1 immarg"])
        where = f"ptr {target}, ptr {source}, i64 {size * DOUBLE.itemsize}"
        self._line(f"call void @{name}({where}, i1 false)")

    def _holds(self) -> str:
        """Whether all guards hold."""
        all_ = "true"
        for offset, wanted in self._guards:
            value = self._new(f"load double, ptr {self._address(offset)}")
            one = self._new(f"fcmp oeq double {value}, {bits(wanted.hex(), DOUBLE)}")
            all_ = self._new(f"and i1 {all_}, {one}")
        return all_

    def _foot(self) -> None:
        """What a turn keeps and carries on, and the end of them all."""
        self._label("more")
        for i, place in enumerate(self._kept):
            target = self._row_of("%kept", i, "%k", place.like.size)
            self._copy(target, self._address(place.offset), place.like.size)
        for start, place in self._after:
            if start != place.offset:
                self._copy(self._address(start), self._address(place.offset), place.like.size)
        self._line("%next = add i64 %k, 1")
        self._line("%again = icmp slt i64 %next, %count")
        self._line("br i1 %again, label %head, label %exit")
        self._label("exit")
        self._line("%turns = phi i64 [ %k, %guard ], [ %next, %more ]")
        self._line("ret i64 %turns")

    # --- a nest -------------------------------------------------------------------------------

    def _nest(self, nest: Nest) -> None:
        """Loops over the axes that stay and, in them, over those that are folded."""
        self.lanes = nest.lanes
        kept = len(nest.lengths) - nest.folded
        body = self._elements if nest.fold is None else partial(self._folded, nest.fold)
        ports = [*nest.operands, *nest.results]
        begins = [self._address(port.offset) for port in ports]
        self._loops(nest, range(kept), begins, "", lambda at, _: body(nest, at))

    def _loops(
        self,
        nest: Nest,
        axes: range,
        at: Sequence[str],
        total: str,
        body: Callable[[Sequence[str], str], str],
    ) -> str:
        """A body in loops over axes; a total that goes through them comes out.

        `at` is where its elements lie, by port.
        """
        if not axes:
            return body(at, total)
        axis, rest = axes[0], axes[1:]
        step = nest.lanes if axis == nest.along else 1
        turns = -(-nest.lengths[axis] // step)
        together = _together(nest, axis, turns)

        def several(at: Sequence[str], total: str) -> str:
            for i in range(together):
                there = self._moved(nest, at, axis, i * step)
                total = self._loops(nest, rest, there, total, body)
            return total

        if together == turns:
            return several(at, total)
        return self._loop(nest, axis, step * together, at, total, several)

    def _loop(
        self,
        nest: Nest,
        axis: int,
        step: int,
        at: Sequence[str],
        total: str,
        body: Callable[[Sequence[str], str], str],
    ) -> str:
        """A body in a loop over an axis."""
        self._count += 1
        n, before = self._count, self._block
        self._line(f"br label %loop{n}")
        self._label(f"loop{n}")
        first = len(self._lines)
        inner = body(self._moved(nest, at, axis, f"%i{n}"), total and f"%sum{n}")
        end = self._block
        self._line(f"%next{n} = add i64 %i{n}, {step}")
        self._line(f"%again{n} = icmp slt i64 %next{n}, {nest.lengths[axis]}")
        self._line(f"br i1 %again{n}, label %loop{n}, label %done{n}")
        self._label(f"done{n}")
        heads = [f"  %i{n} = phi i64 [ 0, %{before} ], [ %next{n}, %{end} ]"]
        if total:
            kind = self.vector(DOUBLE)
            ways = f"[ {total}, %{before} ], [ {inner}, %{end} ]"
            heads.append(f"  %sum{n} = phi {kind} {ways}")
        self._lines[first:first] = heads
        return inner

    def _moved(self, nest: Nest, at: Sequence[str], axis: int, place: int | str) -> list[str]:
        """Where elements lie at a place of an axis."""
        ports = zip((*nest.operands, *nest.results), at, strict=True)
        return [self._step(pointer, port.strides[axis], place) for port, pointer in ports]

    def _step(self, pointer: str, stride: int, place: int | str) -> str:
        if not (stride and place):
            return pointer
        if stride > 0:
            return self._new(f"getelementptr [{stride} x double], ptr {pointer}, i64 {place}")
        back = self._new(f"mul i64 {stride}, {place}")
        return self._new(f"getelementptr double, ptr {pointer}, i64 {back}")

    def _elements(self, nest: Nest, at: Sequence[str]) -> str:
        """What is done to some elements."""
        self._begin(nest, at)
        self._write(range(len(self._code)))
        for port, pointer in zip(nest.results, at[len(nest.operands) :], strict=True):
            self._put(pointer, self._numbers(port), self.lanes)
        return ""

    def _folded(self, fold: Fold, nest: Nest, at: Sequence[str]) -> str:
        """What is added up, for some elements of the result or, in lanes, for one."""
        start = self.constant(float(fold.start).hex(), DOUBLE)
        kept = len(nest.lengths) - nest.folded
        (port,) = nest.results

        def added(at: Sequence[str], total: str) -> str:
            self._begin(nest, at)
            self._names[fold.total.index] = total
            self._write(range(len(self._code)))
            return self._names[port.scalar.index]

        total = self._loops(nest, range(kept, len(nest.lengths)), at, start, added)
        if nest.along < kept or self.lanes == 1:
            self._put(at[-1], total, self.lanes)
        else:
            self._put(at[-1], self._across(total, fold.kind), 1)
        return ""

    def _across(self, total: str, how: str) -> str:
        """What the lanes come to together."""
        kind, name = self.vector(DOUBLE), f"llvm.vector.reduce.fadd.v{self.lanes}f64"
        if how != "add":
            name = f"llvm.vector.reduce.f{how}imum.v{self.lanes}f64"
            self._declare(name, "double", [kind])
            return self._new(f"call double @{name}({kind} {total})")
        self._declare(name, "double", ["double", kind])
        return self._new(f"call double @{name}(double -0.0, {kind} {total})")

    def _begin(self, nest: Nest, at: Sequence[str]) -> None:
        """Begins the code of a nest, by its operands."""
        self._code = nest.code.instructions
        pairs = zip(nest.operands, at, strict=False)
        self._names = {port.scalar.index: self._operand(nest, port, x) for port, x in pairs}

    def _operand(self, nest: Nest, port: Port, pointer: str) -> str:
        is_row = self.lanes > 1 and port.strides[nest.along]
        kind = self.vector(DOUBLE) if is_row else "double"
        value = self._new(f"load {kind}, ptr {pointer}, align {DOUBLE.itemsize}")
        value = value if is_row else self._splat(value, "double")
        if port.scalar.dtype == DOUBLE:
            return value
        kind, zero = self.vector(DOUBLE), self.constant("0", DOUBLE)
        return self._new(f"fcmp une {kind} {value}, {zero}")

    def _numbers(self, port: Port) -> str:
        """A result as it stands in memory."""
        name = self._names[port.scalar.index]
        if port.scalar.dtype != BOOL:
            return name
        return self._new(f"uitofp {self.vector(BOOL)} {name} to {self.vector(DOUBLE)}")

    def _put(self, pointer: str, value: str, lanes: int) -> None:
        kind = "double" if lanes == 1 else self.vector(DOUBLE)
        self._line(f"store {kind} {value}, ptr {pointer}, align {DOUBLE.itemsize}")


def _together(nest: Nest, axis: int, turns: int) -> int:
    """How many turns of a loop stand one behind the other: some of a short one that adds up."""
    if axis < len(nest.lengths) - 1 or not nest.folded or len(nest.code) > TOGETHER:
        return 1
    return next(count for count in range(TOGETHER, 0, -1) if turns % count == 0)


class ArrayTurns(CompiledTurns):
    """Turns over arrays that all go one way as machine code; a TypeError if there is none."""

    def __init__(self, turn: Turn, turns: int) -> None:
        nests = Nests(turn)
        text = NestEmitter(turn, nests).text()
        steps = sum(nest.steps for nest in nests.all)
        level = machine.QUICK if steps * turns < SHORT else machine.GOOD
        self._kernel = machine.compiled(text, machine.OF_TURNS, level)
        self._at_once = max(AT_ONCE // max(steps, 1), 1)
        self._carried = turn.carried
        self._kept = turn.kept
        self._size = nests.size
        self._constants = nests.constants

    def _memory(self, carried: Sequence[Any], fixed: Sequence[Any]) -> tuple[Array, Array]:
        """What goes into the turns where their code expects it, and room for all that they make."""
        memory = np.zeros(self._size)
        given = flat([*carried, *fixed])
        memory[: given.size] = given
        for place, array in self._constants:
            memory[place.offset : place.offset + array.size] = array.reshape(-1)
        return memory, memory


def _elements(place: Place, value: Any) -> list[tuple[int, float]]:
    """Where the elements of an array lie, and which values they must have."""
    numbers = np.broadcast_to(value, place.like.shape).ravel()
    return [(place.offset + i, float(number)) for i, number in enumerate(numbers)]


def _offsets(turn: Turn) -> list[tuple[int, Any]]:
    """Where each result that is carried on belongs."""
    offsets = np.cumsum([0, *(x.size for x in turn.carried)]).tolist()
    return [*zip(offsets, turn.after, strict=False)]


def _apart(nests: Nests, place: Place, target: int) -> tuple[int, Place]:
    """Where a result goes and lies, which is not where another one goes."""
    moves = target != place.offset < nests.given
    return target, (nests.copied(place) if moves else place)


def machine_code(turns: Sequence[Turn], follows: bool, count: int) -> CompiledTurns | None:
    """The ways of turns as machine code that runs so often, if there is any for them."""
    for make in _makers(turns, follows, count):
        try:
            return make()
        except (TypeError, AttributeError, ValueError):  # of a kernel that has no scalar form
            continue
    return None


def _makers(turns: Sequence[Turn], follows: bool, count: int) -> list[Callable[[], CompiledTurns]]:
    """Ways to machine code, the better one first: small arrays as numbers one by one."""
    makers: list[Callable[[], CompiledTurns]] = [partial(CompiledTurns, turns, follows)]
    if len(turns) > 1:
        return makers
    makers.append(partial(ArrayTurns, turns[0], count))
    return makers if all(x.size <= SMALL for x in turns[0].body) else makers[::-1]

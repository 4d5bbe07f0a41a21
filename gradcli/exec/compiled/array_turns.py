"""The turns of a loop over arrays as machine code: loop nests over one memory, turn after turn."""

from __future__ import annotations

import math
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec.compiled import machine
from gradcli.exec.compiled.groups import WIDEST
from gradcli.exec.compiled.instructions import bits
from gradcli.exec.compiled.nests import Nests
from gradcli.exec.compiled.quick import QuickWriter
from gradcli.exec.compiled.turns import AT_ONCE, CompiledTurns, flat
from gradcli.ir.scalar import BOOL, DOUBLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gradcli.exec.compiled.nests import Fold, Nest, Place, Port
    from gradcli.ir.loop import Turn
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]
    Body = Callable[[list[list[str]], list[str]], list[str]]

SHORT = 1 << 25
"""Steps of all turns up to which compiling them well takes longer than it then saves."""

SMALL = 8
"""Elements of an array up to which loops over them are dearer than each by itself."""

TOGETHER = 8
"""Steps of the innermost loop that stand beside or behind one another, and their instructions."""

STEP = 1.5e-4
"""What a step more in a loop saves whenever it comes, as a share of what its lines take once."""

HEAD = (
    "define i64 @run(ptr %memory, ptr %stacks, ptr %kept, i64 %start, i64 %step, i64 %count) "
    "nounwind {"
)
"""As many parameters as there are registers for them, which LLVM knows where they are."""


class NestEmitter(QuickWriter):
    """The text of a function that runs turns of nests as long as their guards hold."""

    def __init__(self, turn: Turn, nests: Nests, turns: int, *, is_quick: bool) -> None:
        self._turns = turns
        self._rows = nests.rows
        self._guards = [
            wanted
            for guard in turn.guards
            for wanted in _elements(nests.whole(guard.node), guard.value)
        ]
        self._row = sum(x.size for x in turn.kept)
        kept = [(i, nests.whole(x), x in turn.carried) for i, x in _offsets(turn.kept, turn.kept)]
        self._kept_first, self._kept_last = [
            _moves((i, place) for i, place, is_carried in kept if is_carried is first)
            for first in (True, False)
        ]
        after = _offsets(turn.carried, turn.after)
        moved = [_apart(nests, nests.whole(x), i) for i, x in after]
        self._after = _moves(x for x in moved if x[0] != x[1].offset)
        self._nests = nests.all
        super().__init__(nests.size, is_quick=is_quick)

    def text(self) -> str:
        """The module as text."""
        self._label("entry")
        self._line("br label %head")
        self._label("head")
        self._line("%k = phi i64 [ 0, %entry ], [ %next, %latch ]")
        if self._rows:
            self._take_rows()
        self._keep(self._kept_first)
        for nest in self._nests:
            self._nest(nest)
        if self._guards:
            self._line("br label %guard")
            self._label("guard")
            self._line(f"br i1 {self._holds()}, label %more, label %exit")
            self._label("more")
        self._foot()
        return "\n".join([*self._declared.values(), HEAD, *self._lines, "}"])

    # --- a turn -------------------------------------------------------------------------------

    def _take_rows(self) -> None:
        """The rows of stacks into the memory."""
        moved = self._new("mul i64 %k, %step")
        row = self._new(f"add i64 %start, {moved}")
        for i, place in enumerate(self._rows):
            pointer = self._new(f"getelementptr ptr, ptr %stacks, i64 {i}")
            stack = self._new(f"load ptr, ptr {pointer}")
            source = self._row_of(stack, row, place.like.size)
            self.copy(self.address(place.offset), source, place.like.size)

    def _row_of(self, array: str, row: str, size: int) -> str:
        """Where a row of an array lies."""
        return self._at(array, self._new(f"mul i64 {row}, {size}"))

    def _keep(self, moves: Sequence[Move]) -> None:
        """Copies what a turn keeps into a row of all that: first what it is given, which may go."""
        row = self._row_of("%kept", "%k", self._row) if moves else ""
        for target, source, size in moves:
            self.copy(self._at(row, target), self.address(source), size)

    def _holds(self) -> str:
        """Whether all guards hold."""
        all_ = "true"
        for offset, wanted in self._guards:
            value = self._new(f"load double, ptr {self.address(offset)}")
            one = self._new(f"fcmp oeq double {value}, {bits(wanted.hex(), DOUBLE)}")
            all_ = self._new(f"and i1 {all_}, {one}")
        return all_

    def _foot(self) -> None:
        """What a turn keeps and carries on, and the end of them all."""
        self._keep(self._kept_last)
        for target, source, size in self._after:
            self.copy(self.address(target), self.address(source), size)
        self._line("br label %latch")
        self._label("latch")
        self._line("%next = add i64 %k, 1")
        self._line("%again = icmp slt i64 %next, %count")
        self._line("br i1 %again, label %head, label %exit")
        self._label("exit")
        fails = "[ %k, %guard ], " if self._guards else ""
        self._line(f"%turns = phi i64 {fails}[ %next, %latch ]")
        self._line("ret i64 %turns")

    # --- a nest -------------------------------------------------------------------------------

    def _nest(self, nest: Nest) -> None:
        """Loops over the axes that stay and, in them, over those that are folded."""
        self.lanes = nest.lanes
        kept = range(len(nest.lengths) - nest.folded)
        body = self._elements if nest.fold is None else partial(self._folded, nest.fold)
        ports = [*nest.operands, *nest.results]
        begins = [self.address(port.offset) for port in ports]
        steps = math.isqrt(int(nest.steps // len(nest.body) * self._turns * STEP) + 1)
        most = min(steps, TOGETHER) if self.is_quick else TOGETHER
        run = _Run(nest, _beside(nest, most), most)
        self._loops(run, kept, [begins], [], lambda places, _: body(run, places))

    def _loops(
        self, run: _Run, axes: range, places: list[list[str]], totals: list[str], body: Body
    ) -> list[str]:
        """A body in loops over axes; totals that go through them come out.

        A place says by port where elements lie; the body is for several at a time.
        """
        if not axes:
            return body(places, totals)
        axis, rest = axes[0], axes[1:]
        step, turns = run.step(axis), run.turns(axis)
        beside = run.beside.get(axis, 1)
        together = 1 if beside > 1 else run.together(axis)

        def several(places: list[list[str]], totals: list[str]) -> list[str]:
            for i in range(together):
                there = [
                    self._moved(run.nest, at, axis, (i + j) * step)
                    for at in places
                    for j in range(beside)
                ]
                totals = self._loops(run, rest, there, totals, body)
            return totals

        count = together * beside
        if count == turns:
            return several(places, totals)
        return self._loop(run.nest, axis, step * count, places, totals, several)

    def _loop(
        self,
        nest: Nest,
        axis: int,
        step: int,
        places: list[list[str]],
        totals: list[str],
        body: Body,
    ) -> list[str]:
        """A body in a loop over an axis."""
        self._count += 1
        n, before = self._count, self._block
        self._line(f"br label %loop{n}")
        self._label(f"loop{n}")
        first = len(self._lines)
        there = [self._moved(nest, at, axis, f"%i{n}") for at in places]
        inner = body(there, [f"%sum{n}.{j}" for j in range(len(totals))])
        end = self._block
        self._line(f"%next{n} = add i64 %i{n}, {step}")
        self._line(f"%again{n} = icmp slt i64 %next{n}, {nest.lengths[axis]}")
        self._line(f"br i1 %again{n}, label %loop{n}, label %done{n}")
        self._label(f"done{n}")
        kind = self.vector(DOUBLE)
        heads = [f"  %i{n} = phi i64 [ 0, %{before} ], [ %next{n}, %{end} ]"]
        for j, (start, total) in enumerate(zip(totals, inner, strict=True)):
            ways = f"[ {start}, %{before} ], [ {total}, %{end} ]"
            heads.append(f"  %sum{n}.{j} = phi {kind} {ways}")
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
            array = "double" if stride == 1 else f"[{stride} x double]"
            return self._once(
                (pointer, stride, place), f"getelementptr {array}, ptr {pointer}, i64 {place}"
            )
        back = self._new(f"mul i64 {stride}, {place}")
        return self._new(f"getelementptr double, ptr {pointer}, i64 {back}")

    def _elements(self, run: _Run, places: list[list[str]]) -> list[str]:
        """What is done to some elements."""
        nest = run.nest
        for at in places:
            self._begin(nest, at, {})
            self._write(nest.body)
            for port, pointer in zip(nest.results, at[len(nest.operands) :], strict=True):
                self._put(pointer, self._numbers(port), self.lanes)
        return []

    def _folded(self, fold: Fold, run: _Run, places: list[list[str]]) -> list[str]:
        """What is added up, for some elements of the result or, in lanes, for one."""
        nest = run.nest
        start = self.constant(float(fold.start).hex(), DOUBLE)
        kept = len(nest.lengths) - nest.folded
        (port,) = nest.results

        def added(places: list[list[str]], totals: list[str]) -> list[str]:
            read: dict[tuple[str, bool], str] = {}
            sums = []
            for at, total in zip(places, totals, strict=True):
                self._begin(nest, at, read)
                self._names[fold.total.index] = total
                self._write(nest.body)
                sums.append(self._names[port.scalar.index])
            return sums

        axes = range(kept, len(nest.lengths))
        totals = self._loops(run, axes, places, [start] * len(places), added)
        for at, total in zip(places, totals, strict=True):
            if nest.along < kept or self.lanes == 1:
                self._put(at[-1], total, self.lanes)
            else:
                self._put(at[-1], self.across(total, fold.kind), 1)
        return []

    def _begin(self, nest: Nest, at: Sequence[str], read: dict[tuple[str, bool], str]) -> None:
        """Begins the code of a nest, by its operands, of which some have been `read`."""
        self._code, self._names = nest.code.instructions, {}
        for port, pointer in zip(nest.operands, at, strict=False):
            key = pointer, bool(port.strides and port.strides[nest.along])
            if key not in read:
                read[key] = self._operand(nest, port, pointer)
            self._names[port.scalar.index] = read[key]

    def _operand(self, nest: Nest, port: Port, pointer: str) -> str:
        if self.lanes > 1 and port.strides[nest.along]:
            kind = self.vector(DOUBLE)
            value = self._new(f"load {kind}, ptr {pointer}, align {DOUBLE.itemsize}")
        else:
            value = self.spread(pointer)
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


class _Run(NamedTuple):
    """A nest, and how many places of each axis that stays are gone through beside one another.

    At `most` so many sums or steps stand in one turn of its innermost loop.
    """

    nest: Nest
    beside: Mapping[int, int]
    most: int

    def step(self, axis: int) -> int:
        """Elements of a step along an axis."""
        return self.nest.lanes if axis == self.nest.along else 1

    def turns(self, axis: int) -> int:
        """Steps along an axis."""
        return -(-self.nest.lengths[axis] // self.step(axis))

    def together(self, axis: int) -> int:
        """Steps that stand one behind the other: some of a short loop that adds up."""
        nest, most = self.nest, self.most // math.prod(self.beside.values())
        if axis < len(nest.lengths) - 1 or not nest.folded or len(nest.body) > TOGETHER:
            return 1
        return divisor(self.turns(axis), most)


def _beside(nest: Nest, most: int) -> dict[int, int]:
    """Sums that are added up at a time, by axis, where they have something in common."""
    beside: dict[int, int] = {}
    kept = len(nest.lengths) - nest.folded
    if nest.fold is None or len(nest.body) > TOGETHER or (nest.lanes > 1 and nest.along >= kept):
        return beside
    for axis in reversed(range(kept)):
        beside[axis] = divisor(_Run(nest, {}, 1).turns(axis), most)
        most //= beside[axis]
    return beside


def divisor(number: int, most: int) -> int:
    """The largest one up to a limit."""
    return next(count for count in range(max(most, 1), 0, -1) if number % count == 0)


class ArrayTurns(CompiledTurns):
    """Turns over arrays that all go one way as machine code; a TypeError if there is none."""

    def __init__(self, turn: Turn, turns: int) -> None:
        nests = Nests(turn)
        steps = sum(nest.steps for nest in nests.all)
        level = machine.QUICK if steps * turns < SHORT else machine.GOOD
        emitter = NestEmitter(turn, nests, turns, is_quick=level == machine.QUICK)
        text = emitter.text()
        self._kernel = machine.compiled(text, machine.OF_ARRAY_TURNS, level)
        self._at_once = max(AT_ONCE // max(steps, 1), 1)
        self._carried = turn.carried
        self._kept = turn.kept
        self._size = emitter.size
        self._fill = emitter.filled
        self._constants = nests.constants

    def _run(self, arrays: Sequence[Array], rows: range) -> int:
        memory, places, kept = [array.ctypes.data for array in arrays[:3]]
        count: int = self._kernel.run(memory, places, kept, rows.start, rows.step, len(rows))
        return count

    def _memory(self, carried: Sequence[Any], fixed: Sequence[Any]) -> tuple[Array, Array]:
        """What goes into the turns where their code expects it, and room for all that they make."""
        memory = _aligned(self._size)
        given = flat([*carried, *fixed])
        memory[: given.size] = given
        for place, array in self._constants:
            memory[place.offset : place.offset + array.size] = array.reshape(-1)
        self._fill(memory)
        return memory, memory


def _aligned(size: int) -> Array:
    """So many zeros, the first at the beginning of a line of the cache."""
    memory = np.zeros(size + WIDEST)
    first = -(memory.ctypes.data // DOUBLE.itemsize) % WIDEST
    return memory[first : first + size]


def _elements(place: Place, value: Any) -> list[tuple[int, float]]:
    """Where the elements of an array lie, and which values they must have."""
    numbers = np.broadcast_to(value, place.like.shape).ravel()
    return [(place.offset + i, float(number)) for i, number in enumerate(numbers)]


def _offsets(like: Sequence[Node], nodes: Sequence[Node]) -> list[tuple[int, Node]]:
    """Where each of some nodes belongs, if those that they are like lie behind one another."""
    return [*zip(accumulate((x.size for x in like), initial=0), nodes, strict=False)]


class Move(NamedTuple):
    """So many numbers that go to a place from another one."""

    target: int
    source: int
    size: int


def _moves(places: Iterable[tuple[int, Place]]) -> list[Move]:
    """What must go where if arrays lie elsewhere, those beside one another together."""
    moves: list[Move] = []
    for target, place in places:
        move = Move(target, place.offset, place.like.size)
        last = moves[-1] if moves else move
        if (last.target + last.size, last.source + last.size) == move[:2]:
            moves[-1] = last._replace(size=last.size + move.size)
        else:
            moves.append(move)
    return moves


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

"""The turns of loops that go the way of another: its cotangents, its tangents, a batch of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.ir.loop import Loop, Turn, full
from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Elementwise
from gradcli.ir.record import CONSTANT
from gradcli.passes.batch import batch, dependents
from gradcli.passes.forward import forward
from gradcli.passes.reverse import reverse
from gradcli.passes.traces import present

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    Maybe = Node | None


def zeros(like: Node, shape: Sequence[int] | None = None) -> Node:
    """Zeros of a node's shape, or of another."""
    return WORDS["spread"](like.graph.constant(0.0), like.shape if shape is None else tuple(shape))


def or_zeros(x: Node, slope: Maybe) -> Node:
    """What moves with x; zeros where nothing does."""
    return zeros(x) if slope is None else slope


FULL = Elementwise("full", full, lambda x, z: 1, analytic=True)
"""What is subnormal is 0; the slope is 1 everywhere, as of what was rounded."""


def carried_on(slopes: Sequence[Node], given: Collection[Maybe]) -> list[Node]:
    """Slopes as a turn passes them on: 0 for those that are subnormal.

    What shrinks from turn to turn would not get smaller than a few units of the smallest number,
    whose 0.9 is rounded to it, and each turn with such numbers takes a hundred times as long. Those
    that are `given` or constant do not shrink.
    """
    return [x if x in given or x.op is CONSTANT else FULL(x) for x in slopes]


def _fresh(nodes: Iterable[Node], name: str) -> dict[Node, Node]:
    """A new parameter for each node of numbers."""
    return {x: x.graph.input(name, x.shape) for x in nodes if not x.is_bool}


def _seed(x: Node) -> Node:
    return x.graph.input("cotangent", x.shape)


# --- loops that go the same way -------------------------------------------------------------------


def columns_of(loop: Loop) -> dict[int, Node]:
    """For the rows that turns use one each as some turn has it, by number."""
    columns: dict[int, Node] = {}
    for turn in loop.turns:
        for i, row in enumerate(turn.rows):
            if row is not None:
                columns.setdefault(i, row)
    return columns


class Follower:
    """A loop that goes the way of another: the same stacks and traces, and some more behind them.

    Turns get `more` rows: of the other loop's own histories, of more stacks, and of more traces.
    """

    def __init__(
        self, node: Node, stacks: Sequence[Node] = (), traces: Sequence[Node] = ()
    ) -> None:
        self.loop: Loop = node.attrs[0]
        loop = self.loop
        self.inputs = node.inputs
        self.starts, own_stacks, own_traces, _ = loop.parts(node.inputs)
        self.stacks = [*own_stacks, *stacks]
        self.traces = [node, *own_traces, *traces]
        if loop.followed:  # whose first is its course, which must stay the first
            self.traces = [own_traces[0], node, *own_traces[1:], *traces]

    def columns(self) -> dict[int, Node]:
        """The rows of the loop that some turn uses and that are numbers, by their number."""
        return {i: x for i, x in columns_of(self.loop).items() if not x.is_bool}

    def source(self, i: int) -> Node:
        """The stack or the trace that a row of the loop comes from."""
        traces = (trace for trace, _, stop in self.own_traces() if i < stop)
        node: Node = self.stacks[i] if i < self.loop.stacks else next(traces)
        return node

    def own_traces(self) -> Iterator[tuple[Node, int, int]]:
        """The traces that the loop itself follows, and which rows are those of their histories."""
        start = self.loop.stacks
        _, _, traces, _ = self.loop.parts(self.inputs)
        for trace, count in zip(traces, self.loop.followed, strict=True):
            yield trace, start, start + count
            start += count

    def rows(
        self,
        turn: Turn,
        kept: Sequence[Maybe],
        stacks: Sequence[Maybe] = (),
        traces: Sequence[Maybe] = (),
    ) -> list[Maybe]:
        """The rows of a turn: its own, and those of the loop's histories."""
        own, behind = list(turn.rows[: self.loop.stacks]), list(turn.rows[self.loop.stacks :])
        first = self.loop.followed[0] if self.loop.followed else 0
        return [*own, *stacks, *behind[:first], *kept, *behind[first:], *traces]

    def like(self, turns: Sequence[Turn], *, backwards: bool = False) -> Loop:
        """The loop of these turns, in the same order or in the opposite one."""
        loop = self.loop
        return Loop(
            turns,
            loop.run,
            stacks=len(self.stacks),
            followed=[len(present(t)) for t in self.traces],
            path=loop.path,
            backwards=loop.backwards is not backwards,
        )


# --- reverse mode ---------------------------------------------------------------------------------


class Backwards:
    """The parameters that the turns of a loop's way back share.

    `columns` are rows of which cotangents are kept; `histories` says which of those that the loop
    keeps have cotangents.
    """

    def __init__(
        self,
        follower: Follower,
        wanted: Collection[Node],
        columns: dict[int, Node],
        histories: Sequence[bool],
    ) -> None:
        loop = follower.loop
        self.follower = follower
        self.columns = columns
        self.seeds = [None if x.is_bool else _seed(x) for x in loop.carried]
        pairs = zip(loop.kept, histories, strict=False)
        self.kept = [_seed(x) if has else None for x, has in pairs]
        self.sums = _fresh([x for x in loop.captured if x in wanted], "cotangent")

    def turn(self, turn: Turn) -> Turn:
        """The way back through a turn: from the cotangents behind it to those before it."""
        carried = [x for x in turn.carried if not x.is_bool]
        rows = [turn.rows[i] for i in self.columns]
        pairs = [*zip(turn.after, self.seeds, strict=True)]
        pairs += zip(turn.kept[: len(self.kept)], self.kept, strict=True)
        seeded = [(y, s) for y, s in pairs if s is not None]
        xs = [x for x in (*carried, *rows, *self.sums) if x is not None]
        stops = [*(x for x in turn.rows if x is not None), *turn.captured]
        parts = reverse([y for y, _ in seeded], xs, [s for _, s in seeded], stops, whole=True)
        slopes: dict[Maybe, Maybe] = dict(zip(xs, parts, strict=True))
        after = carried_on([or_zeros(x, slopes[x]) for x in carried], self.seeds)
        sums = [_added(s, slopes[x]) for x, s in self.sums.items()]
        columns = zip(rows, self.columns.values(), strict=True)
        kept = [or_zeros(like, slopes.get(row)) for row, like in columns]
        own = [x for x in (*self.seeds, *self.sums.values()) if x is not None]
        none = [None] * (len(turn.kept) - len(turn.carried))
        given = self.follower.rows(turn, [*none, *turn.carried], traces=self.kept)
        return Turn(own, given, [*after, *sums], kept)


def _added(total: Node, part: Maybe) -> Node:
    return total if part is None else total + part


# --- forward mode ---------------------------------------------------------------------------------


class Moves:
    """The tangents that turns are given: of what is carried, of rows, and of what is captured."""

    def __init__(
        self,
        follower: Follower,
        of_stacks: Sequence[Maybe],
        of_traces: Sequence[Maybe],
        of_captured: Sequence[Maybe],
    ) -> None:
        loop = follower.loop
        self.follower = follower
        self.carried = list(_fresh(loop.carried, "tangent").values())
        there = [t is not None for t in of_stacks]
        for t, count in zip(of_traces, loop.followed, strict=True):
            there += [False] * count if t is None else present(t)
        columns = follower.columns()
        self.rows = [
            _tangent(columns[i]) if has and i in columns else None for i, has in enumerate(there)
        ]
        lengths = [*[1] * loop.stacks, *loop.followed]
        moving = [t is not None for t in (*of_stacks, *of_traces)]
        flags = [has for has, n in zip(moving, lengths, strict=True) for _ in range(n)]
        rows = [row for row, has in zip(self.rows, flags, strict=True) if has]
        count = sum(moving[: loop.stacks])
        self.of_stacks, self.of_traces = rows[:count], rows[count:]
        pairs = zip(loop.captured, of_captured, strict=True)
        self.captured = {x: t for x, t in pairs if t is not None}

    def turn(self, turn: Turn) -> Turn:
        """A turn that carries tangents along, and keeps those of what it kept."""
        tangents = dict(zip((x for x in turn.carried if not x.is_bool), self.carried, strict=True))
        pairs = zip(turn.rows, self.rows, strict=True)
        tangents |= {row: t for row, t in pairs if row is not None and t is not None}
        tangents |= {x: t for x, t in self.captured.items() if x in turn.captured}
        ys = [x for x in (*turn.after, *turn.kept) if not x.is_bool]
        stops = [*(x for x in turn.rows if x is not None), *turn.captured]
        parts = iter(forward(ys, [*tangents], [*tangents.values()], stops, whole=True))
        moved = [or_zeros(x, next(parts)) for x in turn.after if not x.is_bool]
        more = carried_on(moved, self.carried)
        kept = [zeros(x) if x.is_bool else or_zeros(x, next(parts)) for x in turn.kept]
        none = [None] * len(turn.kept)
        rows = self.follower.rows(turn, none, self.of_stacks, self.of_traces)
        return Turn([*turn.carried, *self.carried], rows, [*turn.after, *more], kept)


def _tangent(x: Node) -> Maybe:
    return None if x.is_bool else x.graph.input("tangent", x.shape)


# --- batches --------------------------------------------------------------------------------------


class BatchOfTurns:
    """The parameters that have a batch axis, by number: some of what is `carried`, and of rows.

    `starts` says which starts have one, `moves` which stacks and traces do.
    """

    def __init__(
        self,
        loop: Loop,
        size: int,
        starts: Sequence[bool],
        moves: Sequence[bool],
        captured: dict[Node, Node],
    ) -> None:
        def wide(x: Node) -> Node:
            return x.graph.input("row", (size, *x.shape), x.dtype)

        lengths = [*[1] * loop.stacks, *loop.followed]
        flags = [has for has, n in zip(moves, lengths, strict=True) for _ in range(n)]
        self.size = size
        self.captured = captured
        self.rows = {i: wide(x) for i, x in columns_of(loop).items() if flags[i]}
        self.carried = {i: wide(loop.carried[i]) for i, has in enumerate(starts) if has}
        count = -1
        while len(self.carried) != count:
            count = len(self.carried)
            for i in [i for turn in loop.turns for i in self._reached(turn)]:
                self.carried.setdefault(i, wide(loop.carried[i]))

    def _values(self, turn: Turn) -> dict[Node, Node]:
        """What has a batch axis in a turn."""
        values = {turn.carried[i]: x for i, x in self.carried.items()}
        rows = ((turn.rows[i], x) for i, x in self.rows.items())
        values |= {row: x for row, x in rows if row is not None}
        return values | {x: y for x, y in self.captured.items() if x in turn.captured}

    def _reached(self, turn: Turn) -> list[int]:
        """What a turn carries on that depends on that, and has no batch axis yet."""
        values = self._values(turn)
        reached = values.keys() | dependents(turn.after, tuple(values))
        return [i for i, x in enumerate(turn.after) if x in reached and i not in self.carried]

    def turn(self, turn: Turn) -> Turn:
        """A turn of the whole batch."""
        values, outputs = self._values(turn), [*turn.after, *turn.kept]
        wide = (
            batch(outputs, values)
            if values
            else [WORDS["spread"](y, (self.size, *y.shape)) for y in outputs]
        )
        carried = [self.carried.get(i, x) for i, x in enumerate(turn.carried)]
        after = [wide[i] if i in self.carried else x for i, x in enumerate(turn.after)]
        rows = [None if x is None else self.rows.get(i, x) for i, x in enumerate(turn.rows)]
        return Turn(carried, rows, after, wide[len(after) :])

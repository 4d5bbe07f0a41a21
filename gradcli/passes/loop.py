"""Loops as nodes: their cotangents, tangents and batches are loops again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import BatchError
from gradcli.ir.loop import Loop, Turn
from gradcli.ir.node import TRACE, WORDS, Node
from gradcli.ir.op import Structural, as_number, graph_of
from gradcli.passes.batch import batch, dependents
from gradcli.passes.forward import forward
from gradcli.passes.reverse import reverse
from gradcli.passes.traces import chosen, no_shape, present, rows_of, turned

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from gradcli.ir.loop import Piece

    Maybe = Node | None


def looped(loop: Loop, starts: Sequence[Node], stacks: Sequence[Node]) -> tuple[Node, list[Node]]:
    """The node of a loop whose turns keep what they are given, and what it carries at its end.

    The starts are of the carried values, the stacks of the rows that turns take.
    """
    node = _node(loop, starts, stacks)
    return node, _ends(node)


def follows(node: Node) -> bool:
    """Whether a node reads how a loop has gone, but for what it carries at its end."""
    if node.op is ENDS:
        return bool(node.inputs[0].attrs[0].followed)
    return node.op is not LOOP and any(x.dtype == TRACE for x in node.inputs)


def _node(
    loop: Loop, starts: Sequence[Node], stacks: Sequence[Node], traces: Sequence[Node] = ()
) -> Node:
    inputs = (*starts, *stacks, *traces, *loop.captured)
    return graph_of(inputs).node(LOOP, inputs, (loop,), (), TRACE)


def _ends(node: Node) -> list[Node]:
    """What a loop carries at its end."""
    loop: Loop = node.attrs[0]
    shape = (loop.size,)
    vector = node.graph.node(ENDS, (node, *node.inputs), (loop,), shape, node.graph.dtype)
    return [_piece(vector, piece) for piece in loop.ends]


def _piece(vector: Node, piece: Piece) -> Node:
    """An array out of the vector of what a loop carries."""
    part = WORDS["index"](vector, slice(piece.start, piece.stop))
    shaped = WORDS["reshape"](part, piece.shape)
    return WORDS["ne"](shaped, 0.0) if piece.is_bool else shaped


def _zeros(like: Node, shape: Sequence[int] | None = None) -> Node:
    return WORDS["spread"](like.graph.constant(0.0), like.shape if shape is None else tuple(shape))


def or_zeros(x: Node, slope: Maybe) -> Node:
    """What moves with x; zeros where nothing does."""
    return _zeros(x) if slope is None else slope


def _fresh(nodes: Iterable[Node], name: str) -> dict[Node, Node]:
    """A new parameter for each node of numbers."""
    return {x: x.graph.input(name, x.shape) for x in nodes if not x.is_bool}


def _seed(x: Node) -> Node:
    return x.graph.input("cotangent", x.shape)


# --- loops that go the same way -------------------------------------------------------------------


def _columns(loop: Loop) -> dict[int, Node]:
    """For the rows that turns use one each as some turn has it, by number."""
    columns: dict[int, Node] = {}
    for turn in loop.turns:
        for i, row in enumerate(turn.rows):
            if row is not None:
                columns.setdefault(i, row)
    return columns


class _Follower:
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
        return {i: x for i, x in _columns(self.loop).items() if not x.is_bool}

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

    def node(
        self, turns: Sequence[Turn], starts: Sequence[Node], *, backwards: bool = False
    ) -> Node:
        """The node of the loop of these turns, in the same order or in the opposite one."""
        loop = self.loop
        like = Loop(
            turns,
            loop.run,
            stacks=len(self.stacks),
            followed=[len(present(t)) for t in self.traces],
            path=loop.path,
            backwards=loop.backwards is not backwards,
        )
        return _node(like, starts, self.stacks, self.traces)


# --- reverse mode ---------------------------------------------------------------------------------


def _vjp(node: Node, g: Node, wanted: Collection[Node]) -> list[Maybe]:
    """Cotangents of what a loop starts from and uses, by a loop the other way round."""
    return _backwards(node, wanted, [None] * len(node.attrs[0].carried), g)


def _vjp_of_ends(node: Node, g: Node, wanted: Collection[Node]) -> list[Maybe]:
    ends = [None if piece.is_bool else _piece(g, piece) for piece in node.attrs[0].ends]
    return [None, *_backwards(node.inputs[0], wanted, ends, None)]


def _traced(node: Node) -> Node:
    """The same loop, which also keeps, last, what its turns are given."""
    loop: Loop = node.attrs[0]
    behind = len(loop.kept) - len(loop.carried)
    if all(turn.kept[max(behind, 0) :] == turn.carried for turn in loop.turns):
        return node
    follower = _Follower(node)
    none = [None] * len(loop.kept)
    turns = [
        Turn(t.carried, follower.rows(t, none), t.after, (*t.kept, *t.carried)) for t in loop.turns
    ]
    return follower.node(turns, follower.starts)


class _Backwards:
    """The parameters that the turns of a loop's way back share.

    `columns` are rows of which cotangents are kept; `histories` says which of those that the loop
    keeps have cotangents.
    """

    def __init__(
        self,
        follower: _Follower,
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
        after = [or_zeros(x, slopes[x]) for x in carried]
        sums = [_added(s, slopes[x]) for x, s in self.sums.items()]
        columns = zip(rows, self.columns.values(), strict=True)
        kept = [or_zeros(like, slopes.get(row)) for row, like in columns]
        own = [x for x in (*self.seeds, *self.sums.values()) if x is not None]
        none = [None] * (len(turn.kept) - len(turn.carried))
        given = self.follower.rows(turn, [*none, *turn.carried], traces=self.kept)
        return Turn(own, given, [*after, *sums], kept)


def _added(total: Node, part: Maybe) -> Node:
    return total if part is None else total + part


def _backwards(
    node: Node, wanted: Collection[Node], ends: Sequence[Maybe], g: Maybe
) -> list[Maybe]:
    """The cotangents of a loop's inputs from those of its ends and of what it keeps."""
    follower = _Follower(_traced(node), traces=[] if g is None else [g])
    loop = follower.loop
    columns = {i: x for i, x in follower.columns().items() if follower.source(i) in wanted}
    shared = _Backwards(follower, wanted, columns, () if g is None else present(g))
    pairs = zip(follower.starts, ends, strict=True)
    seeds = [or_zeros(x, t) for x, t in pairs if not x.is_bool]
    starts = [*seeds, *map(_zeros, shared.sums)]
    result = follower.node([*map(shared.turn, loop.turns)], starts, backwards=True)
    parts = iter(_ends(result))
    of_starts = [None if x.is_bool else next(parts) for x in follower.starts]
    sums = dict(zip(shared.sums, parts, strict=True))
    of_rows = [*map({i: k for k, i in enumerate(columns)}.get, range(len(loop.turns[0].rows)))]
    columned = zip(follower.stacks, of_rows[: loop.stacks], strict=True)
    of_stacks = [None if i is None else rows_of(result, i, x.shape) for x, i in columned]
    of_traces = [
        chosen(result, of_rows[start:stop])
        for trace, start, stop in follower.own_traces()
        if trace is not node
    ]
    captured = node.attrs[0].captured
    return [*of_starts, *of_stacks, *of_traces, *map(sums.get, captured)]


# --- forward mode ---------------------------------------------------------------------------------


def _jvp(node: Node, tangents: Sequence[Maybe]) -> Maybe:
    """The trace of the tangents, by a loop that carries them along."""
    loop: Loop = node.attrs[0]
    of_starts, of_stacks, of_traces, of_captured = loop.parts(tangents)
    moved = [[t for t in some if t is not None] for some in (of_stacks, of_traces)]
    follower = _Follower(node, *moved)
    moves = _Moves(follower, of_stacks, of_traces, of_captured)
    pairs = zip(follower.starts, of_starts, strict=True)
    more = [or_zeros(x, t) for x, t in pairs if not x.is_bool]
    return follower.node([*map(moves.turn, loop.turns)], [*follower.starts, *more])


class _Moves:
    """The tangents that turns are given: of what is carried, of rows, and of what is captured."""

    def __init__(
        self,
        follower: _Follower,
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
        more = [or_zeros(x, next(parts)) for x in turn.after if not x.is_bool]
        kept = [_zeros(x) if x.is_bool else or_zeros(x, next(parts)) for x in turn.kept]
        none = [None] * len(turn.kept)
        rows = self.follower.rows(turn, none, self.of_stacks, self.of_traces)
        return Turn([*turn.carried, *self.carried], rows, [*turn.after, *more], kept)


def ends_beside(
    node: Node,
    starts: Sequence[Node],
    stacks: Sequence[Node],
    beside: Callable[[Turn], tuple[list[Node], list[Maybe], list[Node]]],
) -> list[Node]:
    """What a loop carries at its end beside what another does, whose way it goes.

    `beside(turn)` says what a turn carries, takes of the stacks, and carries on.
    """
    follower = _Follower(node, stacks)
    none = [None] * len(follower.loop.kept)
    turns = []
    for turn in follower.loop.turns:
        carried, rows, after = beside(turn)
        given = follower.rows(turn, none, rows)
        turns.append(Turn([*turn.carried, *carried], given, [*turn.after, *after]))
    return _ends(follower.node(turns, [*follower.starts, *starts]))[len(follower.starts) :]


def _tangent(x: Node) -> Maybe:
    return None if x.is_bool else x.graph.input("tangent", x.shape)


def _jvp_of_ends(node: Node, tangents: Sequence[Maybe]) -> Maybe:
    if tangents[0] is None:
        return None
    loop: Loop = node.attrs[0]
    parts = iter(_ends(tangents[0])[len(loop.carried) :])
    ends = [_zeros(x) if x.is_bool else next(parts) for x in loop.carried]
    return WORDS["concat"](tuple(WORDS["reshape"](x, (x.size,)) for x in ends))


# --- batches --------------------------------------------------------------------------------------


def _batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    """A loop that carries a whole batch, of which every row goes the same way."""
    loop: Loop = node.attrs[0]
    if loop.path is None and not loop.followed:
        raise BatchError("rows may take a loop's turns in different ways", span=node.span)
    starts, stacks, traces, captured = loop.parts(inputs)
    own = loop.parts(node.inputs)
    moves = [x is not y for x, y in zip((*stacks, *traces), (*own[1], *own[2]), strict=True)]
    begins = [x is not y for x, y in zip(starts, own[0], strict=True)]
    batched = {y: x for x, y in zip(captured, own[3], strict=True) if x is not y}
    wider = _Batch(loop, size, begins, moves, batched)
    whole = Loop(
        [*map(wider.turn, loop.turns)],
        loop.run,
        stacks=loop.stacks,
        followed=loop.followed,
        path=loop.path,
        backwards=loop.backwards,
    )
    starts = [
        WORDS["spread"](x, (size, *y.shape)) if x is y and i in wider.carried else x
        for i, (x, y) in enumerate(zip(starts, own[0], strict=True))
    ]
    stacks = [x if x is y else turned(x) for x, y in zip(stacks, own[1], strict=True)]
    return _node(whole, starts, stacks, traces)


class _Batch:
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
        self.rows = {i: wide(x) for i, x in _columns(loop).items() if flags[i]}
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


def _batch_of_ends(node: Node, inputs: Sequence[Node], size: int) -> Node:
    pairs = zip(_ends(inputs[0]), node.attrs[0].ends, strict=True)
    wide = [
        x if x.ndim > len(own.shape) else WORDS["spread"](x, (size, *own.shape)) for x, own in pairs
    ]
    flat = [WORDS["reshape"](as_number(x), (size, x.size // size)) for x in wide]
    return WORDS["concat"](tuple(flat), 1)


# --- records --------------------------------------------------------------------------------------


LOOP = Structural(
    "loop",
    lambda *arrays: arrays[-1].run(arrays[-1], arrays[:-1]),
    no_shape,
    _vjp,
    _jvp,
    wanting=True,
    batch=_batch,
)
"""Turns run one after another; its value is a trace (`ir.loop`)."""

ENDS = Structural(
    "ends",
    lambda *arrays: arrays[-1].packed(arrays[0].state),
    lambda shapes, loop: (loop.size,),
    _vjp_of_ends,
    _jvp_of_ends,
    wanting=True,
    batch=_batch_of_ends,
)
"""What a loop carries at its end, of its trace and its inputs: the way back begins here."""

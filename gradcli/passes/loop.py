"""Loops as nodes: their cotangents, tangents and batches are loops again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import BatchError
from gradcli.ir.loop import Loop, Trace, Turn
from gradcli.ir.node import TRACE, WORDS, Node
from gradcli.ir.op import Structural, as_number, graph_of
from gradcli.passes.batch import batch
from gradcli.passes.forward import forward
from gradcli.passes.reverse import reverse

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


def turns_of(node: Node) -> Node:
    """How many turns a loop has taken."""
    return node.graph.node(COUNT, (node,), (), (), node.graph.dtype)


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


# --- traces ---------------------------------------------------------------------------------------


def _present(trace: Node) -> Sequence[bool]:
    """Which histories there are in a trace, that of a loop or one of derivatives."""
    if trace.op is LOOP:
        return [True] * len(trace.attrs[0].kept)
    present: Sequence[bool] = trace.attrs[-1]
    return present


def _rows(trace: Node, i: int, shape: tuple[int, ...]) -> Node:
    """A history as an array of so many rows, zeros behind the last turn."""
    return trace.graph.node(ROWS, (trace,), (i, shape), shape, trace.graph.dtype)


def _placed(rows: Node, present: Sequence[bool]) -> Node:
    """A trace with the rows of an array as its one history."""
    return rows.graph.node(PLACED, (rows,), (tuple(present),), (), TRACE)


def _chosen(trace: Node, which: Sequence[int | None]) -> Maybe:
    """Some of the histories, in another order; None for none."""
    there = _present(trace)
    which = tuple(i if i is not None and there[i] else None for i in which)
    present = tuple(i is not None for i in which)
    return trace.graph.node(CHOSEN, (trace,), (which, present), (), TRACE) if any(present) else None


def _add(x: Node, y: Node) -> Node:
    """The sum of two traces, history by history."""
    present = tuple(map(any, zip(_present(x), _present(y), strict=True)))
    return x.graph.node(SUM, (x, y), (present,), (), TRACE)


def _add_tangents(_: Node, tangents: Sequence[Maybe]) -> Maybe:
    x, y = tangents
    return _add(x, y) if x is not None and y is not None else x or y


def _choose_back(node: Node, g: Node) -> list[Maybe]:
    which = node.attrs[0]
    back = [which.index(i) if i in which else None for i in range(len(_present(node.inputs[0])))]
    return [_chosen(g, back)]


def _choose_tangent(node: Node, tangents: Sequence[Maybe]) -> Maybe:
    return None if tangents[0] is None else _chosen(tangents[0], node.attrs[0])


def _rows_back(node: Node, g: Node) -> list[Maybe]:
    own = node.attrs[0]
    return [_placed(g, [i == own for i in range(len(_present(node.inputs[0])))])]


def _rows_tangent(node: Node, tangents: Sequence[Maybe]) -> Maybe:
    i, shape = node.attrs
    (t,) = tangents
    return None if t is None or not _present(t)[i] else _rows(t, i, shape)


def _placed_back(node: Node, g: Node) -> list[Maybe]:
    i = node.attrs[0].index(True)
    return [_rows(g, i, node.inputs[0].shape) if _present(g)[i] else None]


def _placed_tangent(node: Node, tangents: Sequence[Maybe]) -> Maybe:
    return None if tangents[0] is None else _placed(tangents[0], node.attrs[0])


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
            followed=[len(_present(t)) for t in self.traces],
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
    shared = _Backwards(follower, wanted, columns, () if g is None else _present(g))
    pairs = zip(follower.starts, ends, strict=True)
    seeds = [or_zeros(x, t) for x, t in pairs if not x.is_bool]
    starts = [*seeds, *map(_zeros, shared.sums)]
    result = follower.node([*map(shared.turn, loop.turns)], starts, backwards=True)
    parts = iter(_ends(result))
    of_starts = [None if x.is_bool else next(parts) for x in follower.starts]
    sums = dict(zip(shared.sums, parts, strict=True))
    of_rows = [*map({i: k for k, i in enumerate(columns)}.get, range(len(loop.turns[0].rows)))]
    columned = zip(follower.stacks, of_rows[: loop.stacks], strict=True)
    of_stacks = [None if i is None else _rows(result, i, x.shape) for x, i in columned]
    of_traces = [
        _chosen(result, of_rows[start:stop])
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
            there += [False] * count if t is None else _present(t)
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
    wider = _Batch(
        loop, size, moves, {y: x for x, y in zip(captured, own[3], strict=True) if x is not y}
    )
    whole = Loop(
        [*map(wider.turn, loop.turns)],
        loop.run,
        stacks=loop.stacks,
        followed=loop.followed,
        path=loop.path,
        backwards=loop.backwards,
    )
    pairs = zip(starts, own[0], strict=True)
    starts = [WORDS["spread"](x, (size, *y.shape)) if x is y else x for x, y in pairs]
    stacks = [x if x is y else _turned(x) for x, y in zip(stacks, own[1], strict=True)]
    return _node(whole, starts, stacks, traces)


def _turned(x: Node) -> Node:
    """The first two axes the other way round: a batch of stacks, a stack of batches."""
    return WORDS["permute"](x, (1, 0, *range(2, x.ndim)))


class _Batch:
    """The parameters that have a batch axis; `moves` says which stacks and traces do."""

    def __init__(
        self, loop: Loop, size: int, moves: Sequence[bool], captured: dict[Node, Node]
    ) -> None:
        def wide(x: Node) -> Node:
            return x.graph.input("row", (size, *x.shape), x.dtype)

        lengths = [*[1] * loop.stacks, *loop.followed]
        flags = [has for has, n in zip(moves, lengths, strict=True) for _ in range(n)]
        columns = _columns(loop)
        self.carried = [wide(x) for x in loop.carried]
        self.rows = [
            wide(columns[i]) if has and i in columns else None for i, has in enumerate(flags)
        ]
        self.captured = captured

    def turn(self, turn: Turn) -> Turn:
        """A turn of the whole batch."""
        values = dict(zip(turn.carried, self.carried, strict=True))
        pairs = list(zip(turn.rows, self.rows, strict=True))
        values |= {row: x for row, x in pairs if row is not None and x is not None}
        values |= {x: y for x, y in self.captured.items() if x in turn.captured}
        outputs = batch([*turn.after, *turn.kept], values)
        n = len(turn.after)
        rows = [row if x is None or row is None else x for row, x in pairs]
        return Turn(self.carried, rows, outputs[:n], outputs[n:])


def _batch_of_ends(_node: Node, inputs: Sequence[Node], size: int) -> Node:
    ends = _ends(inputs[0])
    flat = [WORDS["reshape"](as_number(x), (size, x.size // size)) for x in ends]
    return WORDS["concat"](tuple(flat), 1)


def _batch_of_rows(node: Node, inputs: Sequence[Node], size: int) -> Node:
    i, (count, *shape) = node.attrs
    return _turned(_rows(inputs[0], i, (count, size, *shape)))


def _batch_of_placed(node: Node, inputs: Sequence[Node], _size: int) -> Node:
    return _placed(_turned(inputs[0]), node.attrs[0])


def _batch_of_chosen(node: Node, inputs: Sequence[Node], _size: int) -> Node:
    return node.graph.node(CHOSEN, tuple(inputs), node.attrs, (), TRACE)


def _batch_of_sum(node: Node, inputs: Sequence[Node], _size: int) -> Node:
    if not {*inputs}.isdisjoint(node.inputs):
        raise BatchError("only some of what a loop keeps has rows", span=node.span)
    return _add(*inputs)


def _refuse_batch(node: Node, _inputs: Sequence[Node], _size: int) -> Node:
    raise BatchError("rows may take different numbers of turns", span=node.span)


# --- records --------------------------------------------------------------------------------------


def _no_shape(*_: Any) -> tuple[int, ...]:
    return ()


LOOP = Structural(
    "loop",
    lambda *arrays: arrays[-1].run(arrays[-1], arrays[:-1]),
    _no_shape,
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

ROWS = Structural(
    "rows",
    Trace.rows,
    lambda shapes, i, shape: shape,
    _rows_back,
    _rows_tangent,
    batch=_batch_of_rows,
)
"""A history of a trace as an array."""

PLACED = Structural(
    "placed",
    lambda rows, present: Trace(histories=[rows if has else None for has in present]),
    _no_shape,
    _placed_back,
    _placed_tangent,
    batch=_batch_of_placed,
)
"""An array as the one history of a trace, the opposite of `ROWS`."""

CHOSEN = Structural(
    "chosen",
    lambda trace, which, _present: trace.chosen(which),
    _no_shape,
    _choose_back,
    _choose_tangent,
    batch=_batch_of_chosen,
)
"""Some of the histories of a trace."""

SUM = Structural(
    "sum of traces",
    lambda x, y, _present: x.plus(y),
    _no_shape,
    lambda _node, g: [g, g],
    _add_tangents,
    batch=_batch_of_sum,
)
"""The sum of two traces of derivatives."""

COUNT = Structural(
    "turns",
    lambda trace: np.float64(trace.count),
    _no_shape,
    lambda _node, _g: [None],
    lambda _node, _tangents: None,
    batch=_refuse_batch,
)
"""How many turns a loop has taken, from its trace."""

WORDS["add_traces"] = _add

"""Loops as nodes: their cotangents, tangents and batches are loops again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import BatchError
from gradcli.ir.loop import Turn
from gradcli.ir.node import TRACE, WORDS, Node, ancestors
from gradcli.ir.op import Structural, as_number, graph_of
from gradcli.passes.loop_turns import Backwards, BatchOfTurns, Follower, Moves, or_zeros, zeros
from gradcli.passes.traces import COUNT, chosen, no_shape, present, rows_of, turned

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gradcli.ir.loop import Loop, Piece

    Maybe = Node | None

LONG = 512
"""Numbers of a row that is worth a loop of its own without it."""


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


def unread(outputs: Sequence[Node]) -> list[Node]:
    """The same outputs, of loops that keep no rows where nobody reads them."""
    nodes = ancestors(outputs)
    read = {x for node in nodes if node.op not in (ENDS, COUNT) for x in node.inputs}
    made: dict[Node, Node] = {}
    for node in nodes:
        inputs, attrs = tuple([made.get(x, x) for x in node.inputs]), node.attrs
        if node.op is LOOP and node not in read and _keeps_much(attrs[0]):
            attrs = (_brief(attrs[0]),)
        if inputs != node.inputs or attrs is not node.attrs:
            made[node] = node.graph.node(node.op, inputs, attrs, node.shape, node.dtype)
    return [made.get(x, x) for x in outputs]


def _keeps_much(loop: Loop) -> bool:
    """Whether a loop that need not find its course keeps long rows."""
    return loop.path is not None and sum(x.size for x in loop.kept) >= LONG


def _brief(loop: Loop) -> Loop:
    """A loop that keeps no rows."""
    return loop.of([Turn(t.carried, t.rows, t.after, (), t.guards, t.steps) for t in loop.turns])


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


def _following(
    follower: Follower, turns: Sequence[Turn], starts: Sequence[Node], *, backwards: bool = False
) -> Node:
    """The node of a loop that goes the way of another."""
    loop = follower.like(turns, backwards=backwards)
    return _node(loop, starts, follower.stacks, follower.traces)


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
    follower = Follower(node)
    none = [None] * len(loop.kept)
    turns = [
        Turn(t.carried, follower.rows(t, none), t.after, (*t.kept, *t.carried)) for t in loop.turns
    ]
    return _following(follower, turns, follower.starts)


def _backwards(
    node: Node, wanted: Collection[Node], ends: Sequence[Maybe], g: Maybe
) -> list[Maybe]:
    """The cotangents of a loop's inputs from those of its ends and of what it keeps."""
    follower = Follower(_traced(node), traces=[] if g is None else [g])
    loop = follower.loop
    columns = {i: x for i, x in follower.columns().items() if follower.source(i) in wanted}
    shared = Backwards(follower, wanted, columns, () if g is None else present(g))
    pairs = zip(follower.starts, ends, strict=True)
    seeds = [or_zeros(x, t) for x, t in pairs if not x.is_bool]
    starts = [*seeds, *map(zeros, shared.sums)]
    result = _following(follower, [*map(shared.turn, loop.turns)], starts, backwards=True)
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
    follower = Follower(node, *moved)
    moves = Moves(follower, of_stacks, of_traces, of_captured)
    pairs = zip(follower.starts, of_starts, strict=True)
    more = [or_zeros(x, t) for x, t in pairs if not x.is_bool]
    return _following(follower, [*map(moves.turn, loop.turns)], [*follower.starts, *more])


def ends_beside(
    node: Node,
    starts: Sequence[Node],
    stacks: Sequence[Node],
    beside: Callable[[Turn], tuple[list[Node], list[Maybe], list[Node]]],
) -> list[Node]:
    """What a loop carries at its end beside what another does, whose way it goes.

    `beside(turn)` says what a turn carries, takes of the stacks, and carries on.
    """
    follower = Follower(node, stacks)
    none = [None] * len(follower.loop.kept)
    turns = []
    for turn in follower.loop.turns:
        carried, rows, after = beside(turn)
        given = follower.rows(turn, none, rows)
        turns.append(Turn([*turn.carried, *carried], given, [*turn.after, *after]))
    return _ends(_following(follower, turns, [*follower.starts, *starts]))[len(follower.starts) :]


def _jvp_of_ends(node: Node, tangents: Sequence[Maybe]) -> Maybe:
    trace = tangents[0]
    assert trace is not None  # it moves where anything does that the loop is given
    loop: Loop = node.attrs[0]
    parts = iter(_ends(trace)[len(loop.carried) :])
    ends = [zeros(x) if x.is_bool else next(parts) for x in loop.carried]
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
    wider = BatchOfTurns(loop, size, begins, moves, batched)
    whole = loop.of([*map(wider.turn, loop.turns)])
    starts = [
        WORDS["spread"](x, (size, *y.shape)) if x is y and i in wider.carried else x
        for i, (x, y) in enumerate(zip(starts, own[0], strict=True))
    ]
    stacks = [x if x is y else turned(x) for x, y in zip(stacks, own[1], strict=True)]
    return _node(whole, starts, stacks, traces)


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

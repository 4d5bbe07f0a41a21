"""Loops as nodes: their cotangents, tangents and batches are loops again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.loop import Loop, Turn
from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Structural, as_number
from gradcli.passes.batch import batch
from gradcli.passes.forward import forward
from gradcli.passes.reverse import reverse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gradcli.ir.loop import Piece

    Maybe = Node | None


def looped(loop: Loop, starts: Sequence[Node], stacks: Sequence[Node]) -> tuple[Node, list[Node]]:
    """The node of a loop whose turns keep what they are given, and what it carries at its end.

    The starts are of the carried values, the stacks of the rows that turns take.
    """
    node = loop_node(loop, starts, stacks)
    size = loop.ends[-1].stop
    ends = node.graph.node(ENDS, (node, *node.inputs), (size,), (size,), node.graph.dtype)
    return node, [piece_of(ends, piece) for piece in loop.ends]


def loop_node(loop: Loop, starts: Sequence[Node], stacks: Sequence[Node]) -> Node:
    """The node of a loop, whose value is a vector (`ir.loop`)."""
    graph = next(iter((*starts, *stacks))).graph
    inputs = (*starts, *stacks, *loop.captured)
    return graph.node(LOOP, inputs, (loop,), (loop.size,), graph.dtype)


def parts_of(loop: Loop, items: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """The starts, the stacks and the captured among what belongs to a loop's inputs."""
    n = len(loop.turns[0].carried)
    m = n + len(loop.turns[0].rows)
    return list(items[:n]), list(items[n:m]), list(items[m:])


def piece_of(vector: Node, piece: Piece) -> Node:
    """An array out of a loop's value."""
    part = WORDS["index"](vector, slice(piece.start, piece.stop))
    shaped = WORDS["reshape"](part, piece.shape)
    return WORDS["ne"](shaped, 0.0) if piece.is_bool else shaped


def joined(parts: Iterable[Node]) -> Node:
    """Arrays one behind the other, as a vector."""
    return WORDS["concat"](tuple(WORDS["reshape"](as_number(x), (x.size,)) for x in parts))


def zeros(like: Node, shape: Sequence[int] | None = None) -> Node:
    """Zeros of the shape of a node, or of another one."""
    return WORDS["spread"](like.graph.constant(0.0), like.shape if shape is None else tuple(shape))


def _fresh(nodes: Iterable[Node], name: str) -> dict[Node, Node]:
    """A new parameter for each node of numbers."""
    return {x: x.graph.input(name, x.shape) for x in nodes if not x.is_bool}


# --- reverse mode ---------------------------------------------------------------------------------


def _vjp(node: Node, g: Node, wanted: Collection[Node]) -> list[Maybe]:
    """Cotangents of what a loop starts from and uses, by a loop the other way round."""
    loop: Loop = node.attrs[0]
    ends, histories = _numbers(g, loop.ends), _numbers(g, loop.histories)
    return _backwards(_traced(node), node.inputs, wanted, ends, histories)


def _vjp_of_ends(node: Node, g: Node, wanted: Collection[Node]) -> list[Maybe]:
    traced = node.inputs[0]
    loop: Loop = traced.attrs[0]
    ends = _numbers(g, loop.ends)
    return [None, *_backwards(traced, node.inputs[1:], wanted, ends, [None] * len(loop.histories))]


def _numbers(g: Node, pieces: Iterable[Piece]) -> list[Maybe]:
    """The cotangents of the pieces of a loop's value; truth values have none."""
    return [None if piece.is_bool else piece_of(g, piece) for piece in pieces]


def _traced(node: Node) -> Node:
    """The same loop, which also keeps, last, what its turns are given."""
    loop: Loop = node.attrs[0]
    n = len(loop.turns[0].carried)
    if all(turn.kept[-n:] == turn.carried for turn in loop.turns):
        return node
    turns = [Turn(t.carried, t.rows, t.after, (*t.kept, *t.carried)) for t in loop.turns]
    starts, stacks, _ = parts_of(loop, node.inputs)
    return loop_node(loop.like(turns), starts, stacks)


class _Backwards:
    """The parameters that the turns of a loop's way back share."""

    def __init__(self, loop: Loop, wanted: Collection[Node], histories: Sequence[Maybe]) -> None:
        first = loop.turns[0]
        self.wanted = wanted
        self.seeds = [None if x.is_bool else _seed(x) for x in first.carried]
        kept = first.kept[: len(histories)]
        self.kept = [None if t is None else _seed(x) for x, t in zip(kept, histories, strict=True)]
        self.sums = _fresh([x for x in loop.captured if x in wanted], "cotangent")

    def turn(self, turn: Turn, stacks: Sequence[Node]) -> Turn:
        """The way back through a turn: from the cotangents behind it to those before it."""
        rows = [
            row if stack in self.wanted and row is not None and not row.is_bool else None
            for row, stack in zip(turn.rows, stacks, strict=True)
        ]
        carried = [x for x in turn.carried if not x.is_bool]
        pairs = [*zip(turn.after, self.seeds, strict=True)]
        pairs += zip(turn.kept[: len(self.kept)], self.kept, strict=True)
        seeded = [(y, s) for y, s in pairs if s is not None]
        xs = [x for x in (*carried, *rows, *self.sums) if x is not None]
        stops = [*(x for x in turn.rows if x is not None), *turn.captured]
        parts = reverse([y for y, _ in seeded], xs, [s for _, s in seeded], stops, whole=True)
        slopes = dict(zip(xs, parts, strict=True))
        after = [or_zeros(x, slopes[x]) for x in carried]
        sums = [_added(s, slopes[x]) for x, s in self.sums.items()]
        kept = [
            zeros(stack, stack.shape[1:]) if row is None else or_zeros(row, slopes[row])
            for row, stack in zip(rows, stacks, strict=True)
            if stack in self.wanted and not stack.is_bool
        ]
        own = [x for x in (*self.seeds, *self.sums.values()) if x is not None]
        given = [*turn.carried, *turn.rows, *(x for x in self.kept if x is not None)]
        return Turn(own, given, [*after, *sums], kept)


def _added(total: Node, part: Maybe) -> Node:
    return total if part is None else total + part


def _seed(x: Node) -> Node:
    return x.graph.input("cotangent", x.shape)


def or_zeros(x: Node, slope: Maybe) -> Node:
    """What moves with x; zeros where nothing does."""
    return zeros(x) if slope is None else slope


def _backwards(
    traced: Node,
    inputs: Sequence[Node],
    wanted: Collection[Node],
    ends: Sequence[Maybe],
    histories: Sequence[Maybe],
) -> list[Maybe]:
    """The cotangents of a loop's inputs from those of its ends and of what it keeps."""
    loop: Loop = traced.attrs[0]
    starts, stacks, captured = parts_of(loop, inputs)
    shared = _Backwards(loop, wanted, histories)
    back = loop.like([shared.turn(t, stacks) for t in loop.turns], backwards=not loop.backwards)
    seeds = [t for t in ends if t is not None]
    trace = [piece_of(traced, piece) for piece in loop.histories[-len(starts) :]]
    kept = [x for x in histories if x is not None]
    result = loop_node(back, [*seeds, *map(zeros, shared.sums)], [*trace, *stacks, *kept])
    found = iter([piece_of(result, piece) for piece in back.ends])
    of_starts = [None if x.is_bool else next(found) for x in starts]
    sums = dict(zip(shared.sums, found, strict=True))
    rows = iter([piece_of(result, piece) for piece in back.histories])
    of_stacks = [next(rows) if x in wanted and not x.is_bool else None for x in stacks]
    return [*of_starts, *of_stacks, *map(sums.get, captured)]


# --- forward mode ---------------------------------------------------------------------------------


def _jvp(node: Node, tangents: Sequence[Maybe]) -> Maybe:
    """The tangent of a loop's value, by a loop that carries tangents along."""
    loop: Loop = node.attrs[0]
    starts, stacks, captured = parts_of(loop, node.inputs)
    of_starts, of_stacks, of_captured = parts_of(loop, tangents)
    moves = _Moves(
        _fresh(loop.turns[0].carried, "tangent"),
        [
            None if t is None else x.graph.input("tangent", x.shape[1:])
            for x, t in zip(stacks, of_stacks, strict=True)
        ],
        {x: t for x, t in zip(captured, of_captured, strict=True) if t is not None},
    )
    moved = loop.like([moves.turn(turn) for turn in loop.turns])
    pairs = zip(starts, of_starts, strict=True)
    more = [or_zeros(x, t) for x, t in pairs if not x.is_bool]
    result = loop_node(moved, [*starts, *more], [*stacks, *(t for t in of_stacks if t is not None)])
    found = iter([piece_of(result, piece) for piece in moved.ends[len(starts) :]])
    ends = [zeros(x) if x.is_bool else next(found) for x in starts]
    return joined([*ends, *(piece_of(result, piece) for piece in moved.histories)])


class _Moves:
    """The tangents that turns are given: of what is carried, of rows, and of what is captured."""

    def __init__(
        self, carried: dict[Node, Node], rows: Sequence[Maybe], captured: dict[Node, Node]
    ) -> None:
        self.carried = list(carried.values())
        self.rows = rows
        self.captured = captured

    def turn(self, turn: Turn) -> Turn:
        """A turn that carries tangents along, and keeps those of what it kept."""
        tangents = dict(zip((x for x in turn.carried if not x.is_bool), self.carried, strict=True))
        pairs = [*zip(turn.rows, self.rows, strict=True)]
        tangents |= {row: t for row, t in pairs if row is not None and t is not None}
        tangents |= {x: t for x, t in self.captured.items() if x in turn.captured}
        ys = [x for x in (*turn.after, *turn.kept) if not x.is_bool]
        stops = [*(x for x in turn.rows if x is not None), *turn.captured]
        found = iter(forward(ys, [*tangents], [*tangents.values()], stops, whole=True))
        slopes = [x if x.is_bool else or_zeros(x, next(found)) for x in (*turn.after, *turn.kept)]
        n = len(turn.after)
        after = [s for x, s in zip(turn.after, slopes, strict=False) if not x.is_bool]
        kept = [zeros(s) if s.is_bool else s for s in slopes[n:]]
        rows = [*turn.rows, *(t for t in self.rows if t is not None)]
        return Turn([*turn.carried, *self.carried], rows, [*turn.after, *after], kept)


def _jvp_of_ends(node: Node, tangents: Sequence[Maybe]) -> Maybe:
    (size,) = node.attrs
    return None if tangents[0] is None else WORDS["index"](tangents[0], slice(0, size))


# --- batches --------------------------------------------------------------------------------------


def _batch(node: Node, inputs: Sequence[Node], size: int) -> Node:
    """A loop that carries a whole batch, of which every row goes the same way."""
    loop: Loop = node.attrs[0]
    starts, stacks, captured = parts_of(loop, inputs)
    own_starts, own_stacks, own_captured = parts_of(loop, node.inputs)
    wider = _Batch(
        [x.graph.input("row", (size, *x.shape), x.dtype) for x in loop.turns[0].carried],
        [
            None if x is own else x.graph.input("row", (size, *own.shape[1:]), own.dtype)
            for x, own in zip(stacks, own_stacks, strict=True)
        ],
        {own: x for x, own in zip(captured, own_captured, strict=True) if x is not own},
    )
    whole = loop.like([wider.turn(turn) for turn in loop.turns])
    starts = [
        WORDS["spread"](x, (size, *own.shape)) if x is own else x
        for x, own in zip(starts, own_starts, strict=True)
    ]
    stacks = [x if x is own else _turned(x) for x, own in zip(stacks, own_stacks, strict=True)]
    result = loop_node(whole, starts, stacks)
    ends = [piece_of(result, piece) for piece in whole.ends]
    histories = [_turned(piece_of(result, piece)) for piece in whole.histories]
    flat = [WORDS["reshape"](as_number(x), (size, x.size // size)) for x in (*ends, *histories)]
    return WORDS["concat"](tuple(flat), 1)


def _turned(x: Node) -> Node:
    """The first two axes the other way round: a batch of stacks, a stack of batches."""
    return WORDS["permute"](x, (1, 0, *range(2, x.ndim)))


class _Batch:
    """The parameters that have a batch axis."""

    def __init__(
        self, carried: Sequence[Node], rows: Sequence[Maybe], captured: dict[Node, Node]
    ) -> None:
        self.carried = carried
        self.rows = rows
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


def _batch_of_ends(node: Node, inputs: Sequence[Node], _size: int) -> Node:
    (size,) = node.attrs
    return WORDS["index"](inputs[0], slice(None), slice(0, size))


LOOP = Structural(
    "loop",
    lambda *arrays: arrays[-1].run(arrays[-1], arrays[:-1]),
    lambda shapes, loop: (loop.size,),
    _vjp,
    _jvp,
    wanting=True,
    batch=_batch,
)
"""Turns run one after another; its value is a vector (`ir.loop`)."""

ENDS = Structural(
    "ends",
    lambda *arrays: arrays[0][: arrays[-1]],
    lambda shapes, size: (size,),
    _vjp_of_ends,
    _jvp_of_ends,
    wanting=True,
    batch=_batch_of_ends,
)
"""What a loop carries at its end, of its value and its inputs: the way back begins here."""

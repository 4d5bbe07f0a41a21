"""Finite gradients where there is no derivative: whether to look for any, and what is said."""

from __future__ import annotations

from bisect import bisect
from functools import lru_cache, partial, reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.points.trace import Trace, arguments, decisions_on, special_of
from gradcli.engine.points.verdicts import Judge, told_always
from gradcli.ir.batching import repeated
from gradcli.ir.cells import Cells
from gradcli.ir.kinds import Ties
from gradcli.ir.node import WORDS
from gradcli.ir.op import Elementwise, Linear, Structural, nothing
from gradcli.ir.shapes import reduced_shape
from gradcli.passes.batch import dependents
from gradcli.passes.modes import is_elementwise, reverse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.engine.run import Run
    from gradcli.errors import Notice
    from gradcli.ir.kinds import Condition, Special
    from gradcli.ir.node import Node
    from gradcli.ir.record import Op
    from gradcli.lower.gradient import Differentiated


Meeting = tuple[tuple[str, int], ...]
"""The operations that meet at special points, by name and place in the program."""


class Suspect(NamedTuple):
    """What was differentiated, and what to ask along with it: questions, each yes of a weight.

    A question is a node that is 0 for no: whether an operation is used at its special points. It
    goes with that operation's node.
    """

    done: Differentiated
    weights: dict[Node, int]
    nodes: dict[Node, Node]

    def warnings(self, run: Run) -> list[Notice]:
        """What is to be said, once the questions are answered: after a walk back, of the sides."""
        if not are_met(self.weights.values(), map(run.evaluator, self.weights)):
            return []
        return next(filter(None, (_told(run, done) for done in self.done.parts())), [])


def _told(run: Run, done: Differentiated) -> list[Notice]:
    """What is to be said of one differentiation."""
    trace = Trace(run, done.xs, of=done)
    notices = told_always(trace)
    slopes = reverse(done.ys, done.xs, done.seeds, done.stops)
    for name, x, slope in zip(done.names, done.xs, slopes, strict=True):
        if slope is not None and x in trace.states:
            judge = Judge(trace, name, x, run.array(slope), done.gives)
            judge.look(and_undetermined=not notices)
            notices += judge.notices
    return notices


class Suspects:
    """All that was differentiated where conventions may pass for slopes, and all questions."""

    def __init__(self, suspects: Sequence[Suspect]) -> None:
        self.suspects = suspects
        self.weights = {node: w for suspect in suspects for node, w in suspect.weights.items()}
        self.questions = [*self.weights]
        self.nodes = {q: x for suspect in suspects for q, x in suspect.nodes.items()}

    def are_met(self, answers: Iterable[Any]) -> bool:
        """Whether so many points are met that it is worth a run of its own."""
        return are_met(self.weights.values(), answers)

    def met_in_rows(self, answers: Sequence[Any]) -> list[tuple[Meeting, Any]]:
        """The rows in which so many points are met, by which; answers are arrays over rows."""
        yes = [np.asarray(answer, bool) for answer in answers]
        if not any(answer.any() for answer in yes):
            return []
        total = sum(w * answer for w, answer in zip(self.weights.values(), yes, strict=True))
        rows = np.flatnonzero(total > 1)
        marks = np.stack([answer[rows] for answer in yes], axis=1)
        patterns, which = np.unique(marks, axis=0, return_inverse=True)
        return [
            (self._meeting(pattern), rows[which.ravel() == k]) for k, pattern in enumerate(patterns)
        ]

    def _meeting(self, pattern: Any) -> Meeting:
        nodes = [x for x, yes in zip(self.nodes.values(), pattern, strict=True) if yes]
        return tuple([(x.op.name, -1 if x.span is None else x.span.start) for x in nodes])

    def warnings(self, run: Run) -> list[Notice]:
        """What is to be said, each thing once."""
        notices = [notice for suspect in self.suspects for notice in suspect.warnings(run)]
        return list(dict.fromkeys(notices))


def are_met(weights: Iterable[int], answers: Iterable[Any]) -> bool:
    """Whether so many points are met that a finite gradient may be no slope: of weight 2."""
    return sum(w for w, yes in zip(weights, answers, strict=True) if yes) > 1


def suspects(run: Run, dropping: Sequence[Node]) -> Suspects | None:
    """What is to be asked; None where no gradient can go through such points unnoticed.

    `dropping` are the nodes whose conventions may pass for slopes.
    """
    orders = sorted([x.order for x in dropping])
    near = [done for done in run.differentiated if _are_between(run, done, orders)]
    asked = [suspect for done in near if (suspect := _suspect(run, done)) is not None]
    return Suspects(asked) if asked else None


def _are_between(run: Run, done: Differentiated, orders: Sequence[int]) -> bool:
    """Whether a node of these orders may be between the xs and the ys, or decide on them."""
    first = min([x.order for x in done.xs], default=0)
    last = max([y.order for y in (*done.ys, *decisions_on(run, done))], default=0)
    return bisect(orders, first) < bisect(orders, last)


def _suspect(run: Run, done: Differentiated) -> Suspect | None:
    """The questions about one differentiation, if there are any.

    One convention alone is no surprise. So two points must be met, or one that is always warned
    of, or one operation's at several elements that an x has a part in.
    """
    order = dependents([*done.ys, *decisions_on(run, done)], done.xs)
    moving = {*done.xs, *order}
    pairs = [(x, special) for x in order if (special := special_of(x, moving)) is not None]
    dropping = [x for x, special in pairs if special.drops]
    if not dropping or (len(pairs) == 1 and _is_lone(dropping[0], done.xs)):
        return None
    weights = {x: _weight(x, special) for x, special in pairs}
    if all(weights[x] > 1 for x in dropping):  # no need to ask where it is steep
        weights = {x: weights[x] for x in dropping}
    questions = {_of_ties(x, moving) or _question(x, moving): x for x in weights}
    return Suspect(done, {q: weights[x] for q, x in questions.items()}, questions)


def questions(body: Iterable[Node], moving: set[Node]) -> list[Node]:
    """What to ask of a body of nodes: 0 as long as none drops a slope at one of its points."""
    pairs = [(x, special_of(x, moving)) for x in body if x.op.drops]
    return [_question(x, moving) for x, special in pairs if special is not None and special.drops]


def _weight(node: Node, special: Special) -> int:
    return 2 if special.warning or (special.drops and node.size > 1) else 1


def _is_lone(node: Node, xs: Sequence[Node]) -> bool:
    """Whether each element of the inputs comes into an operation once, which warns of nothing."""
    assert node.op.special is not None
    once = node.size == 1 or all(is_elementwise(node, x) for x in xs)
    return once and not node.op.special.warning


def _question(node: Node, moving: set[Node]) -> Node:
    """Whether a node is used at one of its special points: how often, or a number that is not 0."""
    if node.size >= LARGE and isinstance(node.op, Linear) and _has_form(node):
        return WORDS["sum"](_marked(node, node.op))
    special = node.op.special
    if isinstance(special, Ties) and special.among and node.inputs[0].size >= LARGE:
        (x,) = node.inputs
        z = WORDS["reshape"](node, reduced_shape(x.shape, node.attrs[0], True))
        return WORDS["sum"](special.among(x, z) > 1.0)
    operands = tuple(i for i, x in enumerate(node.inputs) if x in moving)
    asking = _asking(node.op, operands, len(node.inputs) + 1)
    if isinstance(asking, Structural):
        return asking(*node.inputs, node, attrs=node.attrs)
    mask: Node = asking(*node.inputs, node)
    return WORDS["sum"](mask) if mask.shape else mask


LARGE = 256
"""Elements from which it is asked whether those that are tied move: relu leaves many zeros."""


def _of_ties(node: Node, moving: set[Node]) -> Node | None:
    """Whether a node is tied where one of the tied elements moves: of how many, or none.

    None for what selects no elements, or where all that it selects from move: then being tied is
    what is to be asked.
    """
    op = node.op
    if node.size < LARGE or not (isinstance(op, Linear) and isinstance(op.special, Ties)):
        return None
    path, source = [], node
    while isinstance(source.op, Linear) and len(source.inputs) == 1 + source.op.indices:
        path.append((source, source.op))
        source = source.inputs[0]
    moves = _moves(source, moving)
    if moves is None:
        return None
    held = _marked(node, op)
    for passed, linear in path:
        (held,) = linear.adjoint(passed, held)
    still = WORDS["spread"](node.graph.constant(0.0), held.shape)
    among: Node = WORDS["sum"](WORDS["where"](moves, held, still))
    return among


def _moves(node: Node, moving: set[Node]) -> Node | None:
    """Which elements of what selects among elements move with its inputs; None if it may be all."""
    if not isinstance(node.op, Elementwise):
        return None
    which: Node | None = None
    for x, select in zip(node.inputs, node.op.selects, strict=True):
        if x in moving:
            if select is None:
                return None
            chosen: Node = select(*node.inputs, node)
            which = chosen if which is None else WORDS["or"](which, chosen)
    return which


def _has_form(node: Node) -> bool:
    """Whether machine code can tell of each element of a result by itself if it is tied."""
    special = node.op.special
    return (
        isinstance(special, Ties) and special.form is not None and node.op.cells(node) is not None
    )


def _marked(node: Node, op: Linear) -> Node:
    """A node whose elements are 1 where those of the result are tied."""
    return _marking(op, len(node.inputs) + 1)(*node.inputs, node, attrs=node.attrs)


@lru_cache(64)
def _marking(op: Linear, count: int) -> Structural:
    """What marks the elements of a result that are tied by 1, of operands and result."""
    special = op.special
    assert isinstance(special, Ties)
    held = special.form

    def marked(*arrays: Any) -> Any:
        return special.mask(*arguments(op, arrays[:count], arrays[count:])).astype(float)

    def batch(_node: Node, inputs: Sequence[Node], _size: int) -> Node:
        *_, z = inputs
        assert z.op is op
        return _marking(op, count)(*z.inputs, z, attrs=z.attrs)

    def cells(node: Node) -> Cells | None:
        *_, z = node.inputs
        of_z = op.cells(z) if z.op is op else None
        if of_z is None or held is None:
            return None
        views = (*of_z.views, of_z.views[-1])
        return Cells(lambda *of: np.greater(held(*of), 1), of_z.axes, views, is_sure=True)

    def shape(shapes: Sequence[Any], *_: Any) -> Any:
        return shapes[count - 1]

    name = f"{op.name}_ties"
    return Structural(name, marked, shape, _none, _none, batch=batch, cells=cells)


def _of_each(mask: Condition, *arrays: Any) -> Any:
    """The marks of each element of a result; a condition of one operand alone may have fewer."""
    marks, shape = mask(*arrays), getattr(arrays[-1], "shape", ())
    return marks if getattr(marks, "shape", ()) == shape else np.broadcast_to(marks, shape)


@lru_cache(512)
def _asking(op: Op, moving: tuple[int, ...], count: int) -> Any:
    """What asks, of operands and result, whether an operation is at special points there."""
    assert op.special is not None
    special = op.special.along(moving)
    assert special is not None
    name, mask = f"{op.name}_points", special.mask
    if isinstance(op, Elementwise):  # asked by element, and so computed where the elements are
        each = mask if count == 1 else partial(_of_each, mask)
        return Elementwise(name, each, *[nothing] * count, result_bool=True, keeps_bool=True)

    def anywhere(*arrays: Any) -> Any:
        return np.any(mask(*arguments(op, arrays[:count], arrays[count:])))

    def form(*elements: Any) -> Any:
        operands = arguments(op, elements[:count], elements[count:])
        marks = np.frompyfunc(mask, len(operands), 1)(*operands)
        return reduce(np.logical_or, np.ravel(marks))

    batch = partial(_batched, op, mask, anywhere)
    return Structural(name, anywhere, lambda *_: (), _none, _none, batch=batch, form=form)


def _batched(
    op: Op,
    mask: Condition,
    anywhere: Callable[..., Any],
    node: Node,
    inputs: Sequence[Node],
    size: int,
) -> Node:
    """A question about whole arrays, of each row: of all at once if the batch is one operation."""

    def one_by_one(*arrays: Any) -> Any:
        columns = arrays[: len(inputs)]
        return np.array([anywhere(*row, *node.attrs) for row in zip(*columns, strict=True)])

    def asking(kernel: Callable[..., Any]) -> Structural:
        return Structural(node.op.name, kernel, lambda *_: (size,), _none, _none)

    z = inputs[-1]
    if z.op is op:
        at_once = partial(_at_once, op, mask, len(z.inputs) + 1, size)
        return asking(at_once)(*z.inputs, z, attrs=z.attrs)
    rows = [repeated(x, own, size) for x, own in zip(inputs, node.inputs, strict=True)]
    return asking(one_by_one)(*rows)


def _at_once(op: Op, mask: Condition, count: int, size: int, *arrays: Any) -> Any:
    """Of each row; a statement that has one answer for many rows has it for each of them."""
    asked = arguments(op, arrays[:count], arrays[count:])
    met = mask(*asked)
    if np.ndim(met) < asked[count - 1].ndim:
        return np.full(size, np.any(met))
    return np.broadcast_to(met.reshape(len(met), -1).any(axis=1), size)


def _none(*_: Any) -> Any:
    raise AssertionError("a question has no derivative")

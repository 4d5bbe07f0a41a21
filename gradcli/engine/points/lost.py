"""Answers that have lost their digits: by a small difference of large parts, or by an overflow.

An answer is accused where rounding on the way does far more to it than rounding of the inputs
would: then another formula knows it better. Where the inputs are to blame, as for a residual or
the slope at a minimum, there is nothing to be said.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.data.numbers import EXACT
from gradcli.engine.gradient import Gradient
from gradcli.engine.rounding import Flags, cancels
from gradcli.errors import GradcliError, Notice
from gradcli.exec.plain import Evaluator
from gradcli.ir.node import Node, ancestors, body_of
from gradcli.ir.record import CONSTANT, INPUT
from gradcli.ops.arithmetic import add, div, mul, neg, sub
from gradcli.ops.powers import cube, pow_, sqrt, square
from gradcli.passes import modes
from gradcli.passes.batch import dependents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gradcli.engine.run import Run

    Index = tuple[int, ...]
    Values = Mapping[Node, Any]
    Answers = Sequence[tuple[str, Node]]
    """What is printed, and what messages call it."""

LOST = 0.5
"""The share of the digits from which their loss is told."""

BEYOND = 100
"""How many times more than the inputs' own rounding must be lost."""

WITHIN = 1000
"""How many times its own rounding a difference may be off, by what it is made of."""

ELEMENTS = 4
"""Elements of an answer that are looked at."""

MOVES = ((1e-6, 1.0), (1e-3, 1.0), (0.1, 1.0), (3.0, 1.0), (1e3, 1.0), (1e6, 1.0), (1.0, 0.1))
"""By what inputs are multiplied once they are raised to a power, to see if an answer is 0 there."""

SMALLEST = 1e-250
"""A difference that is none, whatever an overflow has done."""


# --- small differences of large parts -----------------------------------------------------------


class Loss(NamedTuple):
    """How much of an element of an answer is rounding, and the difference it comes from."""

    share: float
    node: Node
    is_slope: bool
    """Whether that is a sum of what a derivative is made of, not a part of the program."""


def told_of_digits(run: Run, answers: Answers, suspects: Sequence[Node]) -> list[Notice]:
    """A notice for the first of the values, and of the derivatives, that has lost its digits."""
    ys = [y for _, y in answers if not y.is_bool]
    swayed = {x: _swayed(run, ys, x) for x in suspects}
    if not any(swayed.values()):
        return []
    elsewhere = Elsewhere(run)
    inexact = {x: some for x, some in swayed.items() if not elsewhere.are_0(x)}
    return list(_losses(run, answers, inexact, elsewhere))


class Elsewhere:
    """What evaluates a graph at other inputs, each made once it is asked for, and kept."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.inputs = _inputs(run)
        self.made: list[Evaluator] = []

    def __iter__(self) -> Iterator[Evaluator]:
        for number, move in enumerate(MOVES):
            if number == len(self.made):
                moved = {x: v if x.is_bool else _scaled(v, *move) for x, v in self.inputs.items()}
                self.made.append(Evaluator(moved))
            yield self.made[number]

    def are_0(self, node: Node) -> bool:
        """Whether a node is 0 for a reason, such as the difference of y + x and x + y."""
        if not _is_0(self.run.evaluator.values[node]):
            return False
        steps = [x for x in ancestors([node]) if x.op is not INPUT]
        for evaluator in self:
            evaluator.perform(steps)
            if not _is_0(evaluator.values[node]):
                return False
        return True


def _is_0(array: Any) -> bool:
    """Whether all of an array, or a number, is 0."""
    return not (array.any() if array.ndim else array)


def _losses(
    run: Run, answers: Answers, suspects: Mapping[Node, Sequence[Node]], elsewhere: Elsewhere
) -> Iterator[Notice]:
    """The notices about answers, where suspects sway some of them."""
    for what, y in answers:
        behind = {*ancestors([y])}
        own = [x for x in suspects if x in behind]
        if not any(y in suspects[x] for x in own):
            continue
        for index in _elements(run, y, own):
            loss = _loss(Rounding(run, y, index, elsewhere), own)
            if loss is not None:
                yield _notice(what, y, index, loss)
                break


def _swayed(run: Run, ys: Sequence[Node], node: Node) -> list[Node]:
    """The answers that can hang on how a difference is rounded, from computing them once more.

    That costs a fraction of what slopes do.
    """
    values = run.evaluator.values
    unit = float(np.finfo(node.dtype).eps) / 2
    moved = values[node] + (WITHIN * unit * abs(values[node.inputs[0]])).astype(node.dtype)
    again = Evaluator({})
    again.values = {**values, node: moved}
    again.perform(body_of([node], ys))
    return [y for y in ys if not _is_close(again.values[y], values[y], unit**LOST)]


def _is_close(after: Any, before: Any, share: float) -> bool:
    """Whether numbers are the same as before, to within this share of each."""
    close = abs(after - before) <= share * abs(before)
    return bool(close.all() if close.ndim else close)


def _elements(run: Run, y: Node, own: Iterable[Node]) -> list[Index]:
    """Those of an answer that such a difference may be in."""
    mask = np.zeros(y.shape, bool)
    for node in own:
        if node.shape != y.shape:
            mask[...] = True
        else:
            mask |= cancels(run.evaluator.values, node)
    return [tuple(i) for i in np.argwhere(mask)[:ELEMENTS].tolist()]


class Rounding:
    """What the rounding of nodes does to an element of an answer, to first order."""

    def __init__(self, run: Run, y: Node, index: Index, elsewhere: Elsewhere) -> None:
        self.run, self.y, self.index = run, y, index
        self.elsewhere = elsewhere
        self.unit = float(np.finfo(y.dtype).eps) / 2
        self.steps = [x for x in dependents([y], [*run.inputs.values()]) if not x.is_bool]
        self.givens = _givens(run, self.steps)
        seed = np.zeros(y.shape)
        seed[index] = 1.0
        nodes = [*self.steps, *self.givens]
        adjoints = modes.reverse([y], nodes, [run.graph.constant(seed)])
        self.slopes = {x: g for x, g in zip(nodes, adjoints, strict=True) if g is not None}

    def size(self, evaluator: Evaluator) -> float:
        """That of the element."""
        return abs(float(np.asarray(evaluator.reach(self.y))[self.index]))

    def of(self, evaluator: Evaluator, nodes: Iterable[Node]) -> float:
        """What that of these nodes does."""
        return self.unit * sum(self.part(evaluator, x) for x in nodes)

    def part(self, evaluator: Evaluator, x: Node) -> float:
        """What a relative change of 1 in a node does."""
        if x not in self.slopes:
            return 0.0
        size = float(np.add.reduce(abs(evaluator(x) * evaluator(self.slopes[x])), None))
        return size if math.isfinite(size) else 0.0

    def on_the_way(self, evaluator: Evaluator) -> float:
        """What that of all that is not exact does."""
        return self.of(evaluator, [x for x in self.steps if not _is_exact(evaluator, x)])

    def differs_elsewhere(self) -> bool:
        """Whether an answer that is nothing but rounding is another number at other inputs."""
        return any(map(self.is_little, self.elsewhere))

    def is_little(self, evaluator: Evaluator) -> bool:
        """Whether all that rounding does is less than a thousandth of the element."""
        left = self.size(evaluator) / (1e3 * self.unit)
        if not 0 < left < math.inf:
            return False
        for x in reversed(self.steps):  # large parts stand near the end
            left -= 0.0 if _is_exact(evaluator, x) else self.part(evaluator, x)
            if left <= 0:
                return False
        return True


def _inputs(run: Run) -> dict[Node, Any]:
    return {x: run.array(x) for x in run.inputs.values()}


def _scaled(array: Any, scale: float, power: float) -> Any:
    """An array moved, elements a little apart; equal ones stay equal, so that ties remain."""
    if not array.ndim:
        return array.dtype.type(math.copysign(abs(float(array)) ** power * scale, array))
    ranks = np.unique(array, return_inverse=True)[1].reshape(array.shape)
    sizes = np.abs(array) ** power * scale * (1 + 0.3 * (0.618 * ranks % 1))
    return np.copysign(sizes, array).astype(array.dtype)


def _loss(rounding: Rounding, own: Sequence[Node]) -> Loss | None:
    """What rounding does to an element of an answer, if that is too much."""
    run, evaluator = rounding.run, rounding.run.evaluator
    evaluator.run(rounding.slopes.values())
    size, lost = rounding.size(evaluator), rounding.on_the_way(evaluator)
    if not rounding.unit**LOST * size < lost < math.inf:
        return None
    if lost < BEYOND * rounding.of(evaluator, rounding.givens):
        return None
    if size <= lost and not rounding.differs_elsewhere():
        return None
    worst = max(own, key=lambda x: rounding.part(evaluator, x.inputs[0]))
    is_slope = worst not in ancestors(run.results)
    if is_slope and size == 0 and _is_nothing(run, rounding.y, rounding.index):
        return None
    return Loss(lost / size if size else math.inf, worst, is_slope)


def _is_nothing(run: Run, y: Node, index: Index) -> bool:
    """Whether an element is 0 in wider numbers, too, as a slope where functions saturate."""
    wide = in_wider_numbers(run, y)
    return wide is not None and not wide[index]


def _givens(run: Run, steps: Sequence[Node]) -> list[Node]:
    """The inputs, and the constants that are rounded as they are written."""
    constants = {x for step in steps for x in step.inputs if x.op is CONSTANT and not x.is_bool}
    rounded = [x for x in constants if not _is_whole(1024 * np.asarray(x.attrs[0]))]
    return [*(x for x in run.inputs.values() if not x.is_bool), *rounded]


_EXACT = frozenset(f.op for f in (add, sub, mul, div, neg, square, cube, sqrt, pow_))
"""Operations whose result is not rounded where it is whole, and what it is made of, too."""


def _is_exact(evaluator: Evaluator, node: Node) -> bool:
    """Whether an operation has rounded nothing, for it is arithmetic of whole numbers."""
    return node.op in _EXACT and all(_is_whole(evaluator(x)) for x in (node, *node.inputs))


def _is_whole(array: Any) -> bool:
    """Whether all of an array, or a number, is whole and held as it is."""
    if array.__class__ is np.float64:
        return math.fabs(array) < EXACT and bool(array.is_integer())
    return bool(((abs(array) < EXACT) & (array == np.floor(array))).all())


def _notice(what: str, y: Node, index: Index, loss: Loss) -> Notice:
    digits = math.floor(-math.log10(float(np.finfo(y.dtype).eps)) + 0.5)
    share = digits + math.log10(loss.share) if 0 < loss.share < math.inf else digits
    count = min(max(round(share), 1), digits)
    many = f"all {digits}" if count == digits else f"about {count} of {digits}"
    where = (
        f"its parts nearly cancel at {_written(loss.node)}"
        if loss.is_slope
        else f"{_written(loss.node)} is a small difference of large parts"
    )
    return Notice(
        f"{many} digits of {_element(what, index)} are lost: {where}",
        span=loss.node.span,
        help="a form without that difference keeps them",
        kind="numeric",
    )


def _written(node: Node) -> str:
    return node.op.word if node.span is None else node.span.cited(node.op.word)


def _element(what: str, index: Index) -> str:
    """An answer, or an element of it."""
    return f"element [{', '.join(map(str, index))}] of {what}" if index else what


# --- overflows ----------------------------------------------------------------------------------


class Capped(NamedTuple):
    """What a node does, and how large what is lost is beside the number that stands for it."""

    does: str
    scale: float


def told_of_overflow(run: Run, answers: Answers) -> list[Notice]:
    """A notice for the first finite answer that hangs on what overflows or underflows."""
    with np.errstate(all="ignore"):
        values, capped = _capped(run, [y for _, y in answers])
    for what, y in answers:
        behind = {*ancestors([y])} if capped else set()
        own = {x: cap for x, cap in capped.items() if x in behind}
        scale = max((cap.scale for cap in own.values()), default=0.0)
        index = _moved(run.array(y), np.asarray(values[y]), scale) if own else None
        if index is not None and not _holds(run, y):
            node, cap = next(iter(own.items()))
            number = f"{run.array(y)[index]:.6g}"
            message = (
                f"{_written(node)} {cap.does}, and {_element(what, index)} hangs on it: "
                f"{number} is not to be trusted"
            )
            return [Notice(message, span=node.span, kind="numeric")]
    return []


def _capped(run: Run, outputs: Sequence[Node]) -> tuple[Values, dict[Node, Capped]]:
    """All values with other numbers in the place of what overflows or underflows, and these nodes.

    That are the largest number that there is, and the smallest.
    """
    evaluator = Evaluator(_inputs(run))
    capped: dict[Node, Capped] = {}
    for node in ancestors(outputs):
        flags = Flags()
        with np.errstate(over="call", under="call", call=flags):
            evaluator.evaluate([node])
        if flags.raised and node.inputs and node.dtype.kind == "f":
            result = np.asarray(evaluator(node))
            overflows = np.isinf(result)
            scale = 1.0 if overflows.any() else _smallness(node, evaluator)
            if scale and (overflows | (result == 0)).any():
                capped[node] = Capped("overflows" if overflows.any() else "underflows", scale)
                limited = _limited(result)
                evaluator.values[node] = limited if limited.ndim else limited[()]
    return evaluator.values, capped


def _holds(run: Run, y: Node) -> bool:
    """Whether an answer is the same in wider numbers, in which nothing over- or underflows."""
    flags = Flags()
    with np.errstate(over="call", under="call", call=flags):
        wide = in_wider_numbers(run, y)
    if wide is None or flags.raised:
        return False
    before, after = run.array(y), wide.astype(y.dtype)
    close = np.abs(after - before) <= np.finfo(y.dtype).eps ** LOST * np.abs(after)
    return bool(np.all((after == before) | close))


def in_wider_numbers(run: Run, y: Node) -> Any:
    """A node computed in numbers with more digits and powers; None where kernels take none."""
    wide: dict[Node, Any] = {}
    try:
        for node in ancestors([y]):
            inputs = [wide[x] for x in node.inputs]
            result = node.op.kernel(*inputs, *node.attrs) if inputs else run.array(node)
            result = np.asarray(result)
            wide[node] = result.astype(np.longdouble) if node.dtype.kind == "f" else result
    except (TypeError, ValueError, AttributeError):  # not of such numbers
        return None
    return wide[y]


def _limited(result: Any) -> Any:
    """Numbers without infinities and zeros."""
    limits = np.finfo(result.dtype)
    bounded = np.clip(result, -limits.max, limits.max)
    tiny = np.copysign(limits.tiny, bounded)
    return np.where(np.abs(bounded) < limits.tiny, tiny, bounded).astype(result.dtype)


def _smallness(node: Node, evaluator: Evaluator) -> float:
    """How large what underflows is, beside the smallest number, if wider numbers hold it."""
    wide = [np.asarray(evaluator(x)).astype(np.longdouble) for x in node.inputs]
    try:
        sizes = np.abs(node.op.kernel(*wide, *node.attrs))
        largest = np.max(sizes[np.asarray(evaluator(node)) == 0], initial=0.0)
    except (TypeError, ValueError, AttributeError):  # not of such numbers
        return 1.0
    return float(largest / np.finfo(node.dtype).tiny)


def _moved(before: Any, after: Any, scale: float) -> Index | None:
    """The first element that is finite and another one after; differences count by that scale."""
    if before.dtype.kind != "f":
        return None
    with np.errstate(all="ignore"):
        gap = np.abs(after - before)
    same = gap <= np.finfo(before.dtype).eps ** LOST * np.maximum(np.abs(before), np.abs(after))
    moved = np.isfinite(before) & ~(same | (gap * min(scale, 1.0) <= SMALLEST))
    return tuple(np.argwhere(moved)[0].tolist()) if moved.any() else None


def told(
    run: Run, values: Sequence[Node], parts: Any, suspects: Sequence[Node], *, overflowed: bool
) -> list[Notice]:
    """What there is to say of values and derivatives; nothing where it cannot be found out.

    The `suspects` are differences that have few digits left.
    """
    answers = [("the value", y) for y in values] + _named(parts)
    notices: list[Notice] = []
    try:
        notices += told_of_digits(run, answers, suspects)
        if overflowed:
            notices += told_of_overflow(run, answers)
    except GradcliError:  # there are no slopes, or no values elsewhere
        return notices
    return notices


def _named(parts: Any, what: str = "the derivative") -> list[tuple[str, Node]]:
    """The derivatives of an answer, and what messages call them."""
    if isinstance(parts, dict):
        first = what == "the derivative"
        pairs = [(f"{what} by {name}" if first else what, part) for name, part in parts.items()]
        return [pair for name, part in pairs for pair in _named(part, name)]
    node = parts.node if isinstance(parts, Gradient) and parts.array is None else parts
    return [(what, node)] if isinstance(node, Node) else []

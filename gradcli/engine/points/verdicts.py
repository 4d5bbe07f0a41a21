"""What kind of point each element of a gradient stands at, with the slopes of both its sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.points.trace import Trace
from gradcli.errors import GradcliError, Notice
from gradcli.exec.plain import Evaluator
from gradcli.ir.kinds import (
    CONVENTIONS,
    DEGENERATE,
    DOMAIN,
    EDGE,
    INDETERMINATE,
    JUMP,
    KINK,
    NAN,
    OVERFLOW,
    POLE,
    SMOOTH,
    TIE,
    VERTICAL,
    WORDS_OF_KINDS,
    Ties,
)
from gradcli.ir.node import ancestors
from gradcli.ir.op import Reduction
from gradcli.lower.gradient import obstacle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.engine.points.trace import Use
    from gradcli.engine.run import Run
    from gradcli.ir.kinds import Special
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]
    Index = tuple[int, ...]


_TWO_SIDED = (EDGE, TIE, KINK, JUMP)
_STEEP = (VERTICAL, POLE, DEGENERATE)
"""Kinds to be verified by the sides where the gradient does not show them by being infinite."""


def verdicts(
    run: Run, gradients: Mapping[str, Array | None], frozen: Mapping[str, Any], dy: Any
) -> dict[str, Any]:
    """A word for each element of each gradient; a warning where several kinks meet."""
    wrt = [name for name in gradients if name not in frozen]
    trace = Trace(run, [run.inputs[name] for name in wrt], dy)
    words = {
        name: _words(trace, name, gradient, name in frozen) for name, gradient in gradients.items()
    }
    run.notices += told_always(trace)
    return words


def _words(trace: Trace, name: str, gradient: Array | None, is_frozen: bool) -> Any:
    """Those of one gradient, of which a word says all where nothing is differentiated by it."""
    x = trace.run.inputs[name]
    if is_frozen or x not in trace.states:
        return np.full(x.shape, "frozen" if is_frozen else "unused", dtype=object)
    judge = Judge(trace, name, x, gradient)
    words = judge.all()
    trace.run.notices += judge.notices
    return words


def told_always(trace: Trace) -> list[Notice]:
    """The warnings of operations whose gradient is never left uncommented at special points."""
    nodes = sorted((use.node for use in trace.uses), key=lambda node: node.order)
    notices = [
        Notice(node.op.special.warning, span=node.span, kind="convention")
        for node in nodes
        if node.op.special is not None and _is_told(trace, node, node.op.special)
    ]
    return list(dict.fromkeys(notices))


def _is_told(trace: Trace, node: Node, special: Special) -> bool:
    """Whether a node's warning holds for what depends on it."""
    if not special.warning or special.unless is None:
        return bool(special.warning)
    return not special.unless(trace.cotangent(node), *trace.arguments(node))


MOST_LOOKED_AT = 8
"""Elements of an input whose sides are looked at where nobody asked for verdicts."""

ENDLESS = 0.999
"""The ratio of differences, each a step nearer, from which slopes are taken to grow without end."""


class Side(NamedTuple):
    """The slope at one side of a point, infinite if it grows without end, and the value there."""

    slope: float
    value: float


class Beside:
    """The slope by an x, and the value, where x has other values.

    The graph serves for that unless it is the program's value and x decides on its course: then
    the program is run again.
    """

    def __init__(self, trace: Trace, name: str, x: Node) -> None:
        self.trace, self.name, self.x = trace, name, x
        self.decides = x in ancestors(trace.decisions)
        self.slope = None if self.decides else trace.slope(trace.ys, x)

    def __call__(self, moved: Array) -> tuple[Array, float]:
        """The slope for each element of x, and sum(value * seed)."""
        run, slope = self.trace.run, self.slope
        if self.decides:
            run = run.again(**{self.name: moved})
            slope = self.trace.slope(run.results, run.inputs[self.name])
            evaluator: Evaluator = run.evaluator
            total = self.trace.total(evaluator, run.results)
        else:
            known = {node: run.evaluator.values[node] for node in run.inputs.values()}
            evaluator = Evaluator({**known, self.x: moved.astype(self.x.dtype)})
            total = self.trace.total(evaluator)
        slopes = np.zeros(moved.shape) if slope is None else np.asarray(evaluator(slope), float)
        return slopes, total


def _largest(array: Array) -> float:
    """The largest of the finite sizes, 0 where there are none."""
    return float(np.max(np.abs(array[np.isfinite(array)]), initial=0.0))


class Judge:
    """The verdicts on the gradient by one x, which messages call `name`, and it `gives`.

    Its sides are looked at from `nudge` away, relative to the size of the element.
    """

    def __init__(
        self, trace: Trace, name: str, x: Node, gradient: Array | None, gives: str = "gradient"
    ) -> None:
        self.trace = trace
        self.run = trace.run
        self.name = name
        self.gives = gives
        self.x = x
        self.gradient = np.zeros(x.shape) if gradient is None else gradient
        self.beside = Beside(trace, name, x)
        self.state = trace.states[x]
        self.notices: list[Notice] = []
        self.nudge = float(np.finfo(self.run.graph.dtype).eps) ** 0.45
        self.scale = max(_largest(self.gradient), 1e-3)
        blocked = obstacle(trace.ys, x)
        self.through = None if blocked is None else f"only through {blocked.op.word}"

    def all(self) -> Any:
        """The word for each element."""
        words = np.empty(self.x.shape, dtype=object)
        for i in np.ndindex(self.x.shape):
            words[i] = self.one(i)
        return words

    def look(self, *, and_undetermined: bool) -> None:
        """Judges the elements at which a number may stand without a derivative, until one does."""
        steep = np.isin(self.state.kinds, (VERTICAL, POLE))
        suspects = np.isfinite(self.trace.value(self.x)) & np.isfinite(self.gradient)
        suspects &= steep | (self.state.met > 1) | (self.state.kinds == EDGE)
        if not and_undetermined:
            suspects &= self.state.kinds < DEGENERATE
        indices = np.argwhere(suspects & (self.state.kinds < DOMAIN))
        order = np.argsort([-self.state.kinds[tuple(i)] for i in indices], kind="stable")
        for i in indices[order[:MOST_LOOKED_AT]].tolist():
            self.one(tuple(i))
            if self.notices:
                return

    def one(self, i: Index) -> str:
        """The word for one element."""
        kind = self.kind(i)
        if kind == SMOOTH and not self.state.support[i]:
            return self.through or "not selected"
        two_sided = kind in _TWO_SIDED or (kind in _STEEP and np.isfinite(self.gradient[i]))
        if two_sided and np.isfinite(self.trace.value(self.x)[i]):
            return self.sides(i, kind)
        return WORDS_OF_KINDS[kind]

    def kind(self, i: Index) -> int:
        """The worst kind of point on the way, and what the gradient itself tells."""
        kind = int(self.state.kinds[i])
        slope = self.gradient[i]
        if np.isnan(self.trace.value(self.x)[i]):
            return NAN
        if np.isnan(slope) and kind < DOMAIN:
            return INDETERMINATE
        if np.isinf(slope) and kind < JUMP:
            return OVERFLOW
        return kind

    def sides(self, i: Index, kind: int) -> str:
        """A kink whose two sides agree is none; a value that jumps is worse than any kink."""
        try:
            left, right = self._side(i, -1.0), self._side(i, 1.0)
        except GradcliError:  # there is no value beside it, such as beside a symmetric matrix
            return WORDS_OF_KINDS[max(kind, DEGENERATE)]
        left = right if np.isnan(left.value) else left  # at the edge of what has values
        right = left if np.isnan(right.value) else right
        jumps = self._jumps(i, left, right)
        if kind == DEGENERATE:
            return self._undetermined(i, left, right, jumps)
        if not jumps and all(self._near(s.slope, self.gradient[i]) for s in (left, right)):
            return self._calm(i)
        if kind in _STEEP:
            return self._warned(i, WORDS_OF_KINDS[kind], left, right)
        return WORDS_OF_KINDS[JUMP] if jumps else self._kink(i, kind, left, right)

    def _kink(self, i: Index, kind: int, left: Side, right: Side) -> str:
        """The word where the sides go different ways, or both another way than the gradient."""
        if np.isinf([left.slope, right.slope]).all():
            return self._warned(i, WORDS_OF_KINDS[VERTICAL], left, right)
        is_edge = kind == EDGE and self.state.met[i] < 2
        if is_edge and self._near(left.slope, right.slope):
            return WORDS_OF_KINDS[EDGE]
        slopes = slopes_of_sides(left.slope, right.slope)
        if not is_edge and self._is_beyond(float(self.gradient[i]), left.slope, right.slope):
            return f"{self._warned(i, 'kinks meet', left, right)} {slopes}"
        return f"tie of {self._tied(i)} {slopes}" if kind == TIE else f"kink {slopes}"

    def _undetermined(self, i: Index, left: Side, right: Side, jumps: bool) -> str:
        """The word; with a warning where the gradient is neither side's slope nor between them."""
        word = WORDS_OF_KINDS[DEGENERATE]
        if not jumps and self._is_beyond(float(self.gradient[i]), left.slope, right.slope):
            return self._warned(i, word, left, right)
        return word

    def _calm(self, i: Index) -> str:
        if self.state.support[i] or self.gradient[i] != 0:
            return WORDS_OF_KINDS[SMOOTH]
        return self.through or WORDS_OF_KINDS[SMOOTH]

    # --- both sides -------------------------------------------------------------------------

    def _size(self, i: Index) -> float:
        return max(abs(float(self.trace.value(self.x)[i])), 1.0)

    def _side(self, i: Index, sign: float) -> Side:
        """The limit of the slopes at three distances, each a 16th of the one before."""
        far = self._nudged(i, sign * self.nudge)
        middle = self._nudged(i, sign * self.nudge / 16).slope
        if self._near(far.slope, middle):
            return Side(middle, far.value)
        near = self._nudged(i, sign * self.nudge / 256).slope
        return Side(_limit(far.slope, middle, near), far.value)

    def _nudged(self, i: Index, by: float) -> Side:
        """The slope a little beside the point, and the value there."""
        moved = self.trace.value(self.x).astype(float)
        moved[i] += by * self._size(i)
        slope, value = self.beside(moved)
        return Side(float(slope[i]), value)

    def _jumps(self, i: Index, left: Side, right: Side) -> bool:
        """Whether the value changes by more than the slopes and rounding account for."""
        here = self.trace.total(self.run.evaluator)
        steepest = max([1.0, *(min(abs(side.slope), 1e4) for side in (left, right))])
        allowed = 10 * self.nudge * self._size(i) * steepest + self.nudge**1.25 * abs(here)
        return any(abs(side.value - here) > allowed for side in (left, right))

    def _near(self, a: float, b: float) -> bool:
        return a == b or abs(a - b) <= 100 * self.nudge * max(abs(a), abs(b), self.scale) < np.inf

    def _is_beyond(self, slope: float, left: float, right: float) -> bool:
        """Whether a slope is neither that of a side nor between them."""
        low, high = min(left, right), max(left, right)
        return not (low <= slope <= high or self._near(slope, low) or self._near(slope, high))

    # --- what is said -----------------------------------------------------------------------

    def _tied(self, i: Index) -> int:
        """How many elements are tied with one another, at most."""
        counts = [self._count(use, i) for use in self.trace.uses if TIE in use.kinds]
        return max(counts, default=2)

    def _count(self, use: Use, i: Index) -> int:
        node, special = use.node, use.node.op.special
        assert isinstance(special, Ties)
        counts = np.asarray(special.counts(*self.trace.arguments(node)))
        if isinstance(node.op, Reduction) and node.inputs[0] is self.x:
            return int(counts[i])
        return int(np.max(np.where(use.kinds == TIE, counts, 0)))

    def _warned(self, i: Index, word: str, left: Side, right: Side) -> str:
        """The word for an element whose gradient is no slope of its sides, once with a warning."""
        if not self.notices:
            element = f"[{', '.join(map(str, i))}]" if i else ""
            slopes = f"{_short(left.slope)} and {_short(right.slope)}"
            gradient = _short(float(self.gradient[i]))
            text = (
                f"{word} at {self.name}{element}: its sides have the slopes {slopes}, "
                f"and the {self.gives} is {gradient} by convention"
            )
            use = next((u for u in self.trace.uses if np.any(u.kinds)), None)
            span = None if use is None else use.node.span
            self.notices.append(Notice(text, span=span, kind="convention"))
        return word


def _limit(far: float, middle: float, near: float) -> float:
    """Where slopes that approach a point like its distance to some power lead to.

    By Aitken; the last of them where they do not approach anything.
    """
    if not np.isfinite([far, middle, near]).all() or (middle - far) * (near - middle) <= 0:
        return near
    ratio = (near - middle) / (middle - far)
    if ratio >= ENDLESS:
        return float(np.copysign(np.inf, near))
    return near + (near - middle) * ratio / (1 - ratio)


def slopes_of_sides(left: float, right: float) -> str:
    """The slopes to the left and to the right of a point, as verdicts show them: `[-1, 1]`."""
    return f"[{_short(left)}, {_short(right)}]"


def _short(slope: float) -> str:
    text = f"{slope:.4g}"
    return "0" if text == "-0" else text


# --- --strict -----------------------------------------------------------------------------------


def strict(run: Run, wrt: list[str], dy: Any) -> list[Notice]:
    """A warning for each operation that was used where it has no derivative."""
    trace = Trace(run, [run.inputs[name] for name in wrt], dy)
    uses = sorted(trace.uses, key=lambda use: use.node.order)
    notices = [_convention(use) for use in uses if np.isin(use.kinds, CONVENTIONS).any()]
    return list(dict.fromkeys(notices))


def _convention(use: Use) -> Notice:
    first, *others = np.argwhere(np.isin(use.kinds, CONVENTIONS)).tolist()
    element = f", at element [{', '.join(map(str, first))}]" if first else ""
    more = f" and {len(others)} more" if others else ""
    kind = WORDS_OF_KINDS[int(use.kinds[tuple(first)])]
    return Notice(
        f"{use.node.op.word} has no derivative here ({kind}): its convention is "
        f"used{element}{more}",
        span=use.node.span,
        kind="convention",
    )

"""What kind of point each element of a gradient stands at, with the slopes of both its sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.points.trace import Trace
from gradcli.engine.points.vanishing import obstacle, word_of
from gradcli.errors import Notice
from gradcli.ir.kinds import (
    DOMAIN,
    EDGE,
    INDETERMINATE,
    JUMP,
    KINK,
    NAN,
    OVERFLOW,
    SMOOTH,
    TIE,
    VERTICAL,
    WORDS_OF_KINDS,
)
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.engine.points.trace import Use
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]
    Rerun = Callable[[Mapping[str, Any]], Run]

NUDGE = 1e-7
"""How far the sides of a point are looked at, relative to the size of the element."""


def verdicts(
    run: Run, found: Mapping[str, Array | None], frozen: Mapping[str, Any], dy: Any, rerun: Rerun
) -> dict[str, Any]:
    """A word for each element of each gradient."""
    wrt = [name for name in found if name not in frozen]
    trace = Trace(run, [run.inputs[name] for name in wrt], dy)
    answers: dict[str, Any] = {}
    for name, gradient in found.items():
        x = run.inputs[name]
        if name in frozen:
            answers[name] = np.full(x.shape, "frozen", dtype=object)
        elif x not in trace.states:
            answers[name] = np.full(x.shape, "unused", dtype=object)
        else:
            judge = _Judge(run, trace, name, gradient, dy, rerun)
            answers[name] = judge.all()
    return answers


class _Judge:
    """The verdicts on the gradient by one input."""

    def __init__(
        self, run: Run, trace: Trace, name: str, gradient: Array | None, dy: Any, rerun: Rerun
    ) -> None:
        self.run = run
        self.trace = trace
        self.name = name
        self.x: Node = run.inputs[name]
        self.gradient = np.zeros(self.x.shape) if gradient is None else gradient
        self.dy = dy
        self.rerun = rerun
        self.state = trace.states[self.x]

    def all(self) -> Any:
        """The word for each element."""
        words = np.empty(self.x.shape, dtype=object)
        blocked = obstacle(self.run.results, self.x)
        through = None if blocked is None else f"only through {word_of(blocked)}"
        for i in np.ndindex(self.x.shape):
            words[i] = self.one(i, through)
        return words

    def one(self, i: tuple[int, ...], through: str | None) -> str:
        """The word for one element."""
        kind = self.kind(i)
        if kind in (EDGE, TIE, KINK, JUMP):
            return self.sides(i, kind, through)
        if kind != SMOOTH:
            return WORDS_OF_KINDS[kind]
        if not self.state.support[i]:
            return through or "not selected"
        return WORDS_OF_KINDS[SMOOTH]

    def kind(self, i: tuple[int, ...]) -> int:
        """The worst kind of point on the way, and what the gradient itself tells."""
        kind = int(self.state.kinds[i])
        slope = self.gradient[i]
        if np.isnan(self.trace.value(self.x)[i]):
            return NAN
        if np.isnan(slope) and kind < DOMAIN:
            return INDETERMINATE
        if np.isinf(slope) and kind < VERTICAL:
            return OVERFLOW
        return kind

    def sides(self, i: tuple[int, ...], kind: int, through: str | None) -> str:
        """A kink whose two sides agree is none; a value that jumps is worse than any kink."""
        here = self.run.total(self.dy)
        left, below = self._side(i, -1.0)
        right, above = self._side(i, 1.0)
        step = NUDGE * max(abs(float(self.trace.value(self.x)[i])), 1.0)
        size = max(min(abs(left), 1e4), min(abs(right), 1e4), 1.0)
        if max(abs(above - here), abs(below - here)) > 10 * step * size + 1e-9 * abs(here):
            return WORDS_OF_KINDS[JUMP]
        known = np.abs(self.gradient[np.isfinite(self.gradient)])
        scale = max(float(np.max(known, initial=0.0)), 1e-3)
        if _near(left, right, scale):
            if _near(left, float(self.gradient[i]), scale):
                return self._calm(i, through)
            return WORDS_OF_KINDS[EDGE]
        slopes = f"[{_short(left)}, {_short(right)}]"
        return f"tie of {self._tied()} {slopes}" if kind == TIE else f"kink {slopes}"

    def _calm(self, i: tuple[int, ...], through: str | None) -> str:
        if self.state.support[i] or self.gradient[i] != 0:
            return WORDS_OF_KINDS[SMOOTH]
        return through or WORDS_OF_KINDS[SMOOTH]

    def _side(self, i: tuple[int, ...], sign: float) -> tuple[float, float]:
        """The slope at one side, infinite if it grows without end, and the value there."""
        slope, value = self._nudged(i, sign * NUDGE)
        nearer, _ = self._nudged(i, sign * NUDGE / 64)
        if abs(nearer) > 4 * abs(slope) and abs(nearer) > 1e3:
            return float(np.copysign(np.inf, nearer)), value
        return nearer, value

    def _nudged(self, i: tuple[int, ...], by: float) -> tuple[float, float]:
        """The slope a little beside the point, and the value there."""
        values = {n: self.trace.value(x) for n, x in self.run.inputs.items()}
        moved = values[self.name].astype(float)
        moved[i] += by * max(abs(float(moved[i])), 1.0)
        run = self.rerun({**values, self.name: moved})
        seeds = None if self.dy is None else [run.graph.constant(np.asarray(self.dy, float))]
        (slope,) = modes.reverse(run.results, [run.inputs[self.name]], seeds)
        found = 0.0 if slope is None else float(np.asarray(run.evaluator(slope))[i])
        return found, run.total(self.dy)

    def _tied(self) -> int:
        """How many elements are tied with one another, at most."""
        counts = [_count(self.trace, use) for use in self.trace.uses if TIE in use.kinds]
        return max(counts, default=2)


def _count(trace: Trace, use: Use) -> int:
    node = use.node
    if len(node.inputs) == 2:
        return 2
    x = trace.value(node.inputs[0])
    axes, _ = node.attrs
    z = trace.value(node)
    z = z if node.attrs[1] else np.expand_dims(z, axes)
    return int(np.max(np.sum(x == z, axis=axes), initial=2))


def _near(a: float, b: float, scale: float) -> bool:
    if np.isinf(a) or np.isinf(b):
        return a == b
    return bool(abs(a - b) <= 1e-5 * max(abs(a), abs(b), scale))


def _short(slope: float) -> str:
    text = f"{slope:.4g}"
    return "0" if text == "-0" else text


# --- --strict -----------------------------------------------------------------------------------

_CONVENTIONS = (EDGE, TIE, KINK, JUMP)


def strict(run: Run, wrt: list[str], dy: Any) -> list[Notice]:
    """A warning for each operation that was used where it has no derivative."""
    trace = Trace(run, [run.inputs[name] for name in wrt], dy)
    notices = []
    for use in sorted(trace.uses, key=lambda use: use.node.order):
        at = np.isin(use.kinds, _CONVENTIONS)
        if not np.any(at):
            continue
        i = tuple(int(k) for k in np.argwhere(at)[0])
        count = int(np.sum(at))
        place = f", at element [{', '.join(map(str, i))}]" if i else ""
        more = f" and {count - 1} more" if count > 1 else ""
        kind = WORDS_OF_KINDS[int(use.kinds[i])]
        notices.append(
            Notice(
                f"{word_of(use.node)} has no derivative here ({kind}): its convention is "
                f"used{place}{more}",
                span=use.node.span,
                kind="convention",
            )
        )
    return notices

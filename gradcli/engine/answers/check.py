"""Gradient checking: reverse and forward mode against differences, a complex step, and a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.report import Report
from gradcli.engine.answers.asked import sources
from gradcli.engine.answers.differences import Differences, differences
from gradcli.engine.answers.gradients import gradients
from gradcli.engine.program import Recording, Text
from gradcli.engine.settings import Settings
from gradcli.errors import InputError, ProgramTypeError, Span
from gradcli.ir.shapes import show_shape
from gradcli.lower.values import fits

if TYPE_CHECKING:
    from gradcli.engine.questions import Question

    Array = np.ndarray[Any, np.dtype[Any]]

OK = "ok"
DIFFERS = "differs"
KINK = "not differentiable here"


class Column:
    """The gradient by one input by every route; one that the program does not allow is None."""

    __slots__ = ("claim", "complex_step", "forward", "numeric", "reverse", "verdicts")

    def __init__(self, reverse: Array, forward: Array, numeric: Differences) -> None:
        self.reverse = reverse
        self.forward = forward
        self.numeric = numeric
        self.complex_step: Array | None = None
        self.claim: Array | None = None
        self.verdicts = np.full(reverse.shape, OK, dtype=object)

    def routes(self) -> dict[str, Array]:
        """The routes that there are, by name."""
        found = {"reverse": self.reverse, "forward": self.forward, "numeric": self.numeric.central}
        if self.complex_step is not None:
            found["complex-step"] = self.complex_step
        if self.claim is not None:
            found["claim"] = self.claim
        return found


def check(question: Question) -> Report:
    """Compares the routes element by element; the JSON form says whether they all agree."""
    question.check()
    wrt = sources(question.names, question.wrt)
    asks = question.asks
    recording = question.record()
    columns = {name: _column(question, recording, name) for name in wrt}
    for name, text in (asks.get("claim") or {}).items():
        if name not in columns:
            raise InputError(f"a claim is made for {name}, which is not differentiated by")
        columns[name].claim = _claimed(question, name, text, columns[name].reverse.shape)
    for column in columns.values():
        _judge(column, asks.get("rtol") or 1e-6, asks.get("atol") or 1e-8)
    return _report(columns, recording)


def _column(question: Question, recording: Recording, name: str) -> Column:
    """The gradient by one input by each route."""
    shape = recording.inputs[name].shape

    def by(method: str) -> Array:
        settings = Settings(dtype=question.settings.dtype, method=method)
        found = gradients(recording, [name], settings, question.dy, question.record)[name]
        return np.zeros(shape) if found is None else np.asarray(found, float)

    eps = question.asks.get("eps")
    numeric = differences(recording, name, question.dy, question.record, eps)
    column = Column(by("reverse"), by("forward"), numeric)
    try:
        column.complex_step = by("complex-step")
    except ProgramTypeError:
        column.complex_step = None
    return column


def _claimed(question: Question, name: str, text: str, shape: tuple[int, ...]) -> Array:
    """The formula that the user derived, at the same inputs."""
    claim = Text(text, f"--claim {name}")
    names = claim.names(question.values)
    for used, place in names.inputs.items():
        if used not in question.values:
            raise InputError(
                f"the claim for {name} uses '{used}', which is no variable of the program",
                span=Span(claim.source, place.start, place.end),
                help=f"it has {', '.join(question.names.inputs)}",
            )
    values = {n: question.values[n] for n in names.inputs}
    recording = Recording(claim, names, values, question.settings.silent())
    found = np.asarray(recording.arrays(recording.value), float)
    if not fits(found.shape, shape):
        raise InputError(
            f"the claim for {name} has shape {show_shape(found.shape)}, not {show_shape(shape)}"
        )
    return np.broadcast_to(found, shape)


# --- judgement ----------------------------------------------------------------------------------


def _judge(column: Column, rtol: float, atol: float) -> None:
    """The verdict on each element.

    Differences carry their own error, which widens the tolerance. Where the slopes of the two
    sides disagree there is no derivative to be wrong about.
    """
    for i in np.ndindex(column.reverse.shape):
        exact = [(n, a[i]) for n, a in column.routes().items() if n != "numeric"]
        near = all(_close(column.reverse[i], value, rtol, atol) for _, value in exact)
        slack = atol + 10 * column.numeric.error[i]
        agrees = _close(column.reverse[i], column.numeric.central[i], rtol, slack)
        kink = column.numeric.is_kink(i, rtol, atol)
        if near and agrees and not kink:
            continue
        claim_near = column.claim is None or _close(column.reverse[i], column.claim[i], rtol, atol)
        column.verdicts[i] = KINK if kink and claim_near else DIFFERS


def _close(a: Any, b: Any, rtol: float, atol: Any) -> bool:
    if np.isnan(a) or np.isnan(b) or np.isinf(a) or np.isinf(b):
        return bool(a == b or (np.isnan(a) and np.isnan(b)))
    return bool(abs(a - b) <= atol + rtol * max(abs(a), abs(b)))


def _report(columns: dict[str, Column], recording: Recording) -> Report:
    """The rows, and what they come to."""
    routes = ["reverse", "forward", "numeric"]
    routes += [
        r for r in ("complex-step", "claim") if any(r in c.routes() for c in columns.values())
    ]
    rows = []
    for name, column in columns.items():
        known = column.routes()
        for i in np.ndindex(column.reverse.shape):
            place = f"{name}[{', '.join(map(str, i))}]" if i else name
            values = [known[r][i] if r in known else None for r in routes]
            rows.append([place, *values, column.verdicts[i]])
    agree = all(row[-1] != DIFFERS for row in rows)
    whole = {
        "agree": agree,
        "check": {
            name: {**column.routes(), "verdict": column.verdicts}
            for name, column in columns.items()
        },
    }
    differing = sum(row[-1] == DIFFERS for row in rows)
    footer = "all agree" if agree else f"{differing} of {len(rows)} differ"
    return Report(
        ["element", *routes, "verdict"], rows, whole, footer=footer, warnings=recording.notices
    )

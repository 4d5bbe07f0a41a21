"""Gradient checking: reverse and forward mode against differences, a complex step, and a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.report import Report
from gradcli.engine.differences import Differences, differences
from gradcli.engine.gradient import gradients
from gradcli.engine.options import DY, FORMULAS, NUMBER, WRT, Option
from gradcli.engine.program import Text
from gradcli.engine.question import EVERYDAY, question
from gradcli.engine.run import Run
from gradcli.errors import InputError, ProgramTypeError, Span
from gradcli.ir.shapes import show_shape
from gradcli.lower.values import fits

if TYPE_CHECKING:
    from collections.abc import Mapping

    Array = np.ndarray[Any, np.dtype[Any]]

CLAIM = Option("claim", FORMULAS, 'A gradient derived by hand: x="1/(1+x^2)".', 'NAME="FORMULA"')
EPS = Option(
    "eps",
    NUMBER,
    "First step of the differences, relative.",
    "STEP",
    default=1e-2,
    above=True,
    in_jobs=False,
)
RTOL = Option("rtol", NUMBER, "Relative tolerance.", "TOL", default=1e-6, in_jobs=False)
ATOL = Option("atol", NUMBER, "Absolute tolerance.", "TOL", default=1e-8, in_jobs=False)

DISAGREES = 4
"""The exit status of a check that disagrees."""

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


@question(
    "check",
    group=EVERYDAY,
    rank=3,
    options=[CLAIM, EPS, RTOL, ATOL, WRT, DY],
    answers="check",
    examples=['check "atan(x)" --x 0,2', 'check "atan(x)" --x 0,2 --claim "x = 1/(1 + x^2)"'],
)
def check(
    run: Run,
    wrt: list[str],
    dy: Any,
    claim: Mapping[str, str] | None,
    eps: float,
    rtol: float,
    atol: float,
) -> Report:
    """Checks the gradient of PROGRAM: reverse and forward mode, finite differences, complex step.

    Ends with status 4 where they disagree. A kink is no mistake: it is reported as not
    differentiable.
    """
    columns = {name: _column(run, name, dy, eps) for name in wrt}
    for name, text in (claim or {}).items():
        if name not in columns:
            raise InputError(f"a claim is made for {name}, which is not differentiated by")
        columns[name].claim = _claimed(run, name, text, columns[name].reverse.shape)
    for column in columns.values():
        _judge(column, rtol, atol)
    return _report(columns)


def _column(run: Run, name: str, dy: Any, eps: float) -> Column:
    """The gradient by one input by each route."""
    shape = run.inputs[name].shape

    def by(method: str) -> Array:
        slope = gradients(run, [name], dy, method)[name]
        array = slope.array
        if array is None:
            array = np.zeros(shape) if slope.node is None else run.array(slope.node)
        return np.asarray(array, float)

    column = Column(by("reverse"), by("forward"), differences(run, name, dy, eps))
    try:
        column.complex_step = by("complex-step")
    except ProgramTypeError:
        column.complex_step = None
    return column


def _claimed(run: Run, name: str, text: str, shape: tuple[int, ...]) -> Array:
    """The formula that the user derived, at the same inputs."""
    claim = Text(text, f"--claim {name}")
    values = run.values()
    names = claim.names(values)
    for used, place in names.inputs.items():
        if used not in values:
            raise InputError(
                f"the claim for {name} uses '{used}', which is no variable of the program",
                span=Span(claim.source, place.start, place.end),
                help=f"it has {', '.join(run.inputs)}",
            )
    claimed = Run(claim, names, values, run.settings.silent())
    found = np.asarray(claimed.arrays(claimed.value), float)
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


def _report(columns: dict[str, Column]) -> Report:
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
        ["element", *routes, "verdict"],
        rows,
        whole,
        footer=footer,
        status=0 if agree else DISAGREES,
    )

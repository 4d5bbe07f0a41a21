"""Gradient checking: reverse and forward mode against differences, a complex step, and a claim."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.data.report import Report
from gradcli.engine.checking.claims import Claim, refuse_other_claims
from gradcli.engine.checking.differences import differences
from gradcli.engine.checking.judgement import DIFFERS, OK, UNKNOWN, Exact, verdicts
from gradcli.engine.checking.moves import Moves
from gradcli.engine.gradient import SETTLED, gradients
from gradcli.engine.options import DY, FORMULAS, NUMBER, WRT, Option
from gradcli.engine.points.trace import Trace
from gradcli.engine.points.verdicts import slopes_of_sides
from gradcli.engine.question import EVERYDAY, question
from gradcli.errors import ProgramTypeError
from gradcli.ir.kinds import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.engine.checking.differences import Differences
    from gradcli.engine.run import Run

    Array = np.ndarray[Any, np.dtype[Any]]
    Routes = dict[str, Array]

CLAIM = Option(
    "claim",
    FORMULAS,
    'A gradient derived by hand: x="1/(1+x^2)"; it may use the names that PROGRAM assigns.',
    'NAME="FORMULA"',
)
EPS = Option(
    "eps", NUMBER, "First step of the differences, relative.", "STEP", above=True, in_jobs=False
)
RTOL = Option("rtol", NUMBER, "Relative tolerance.", "TOL", in_jobs=False)
ATOL = Option("atol", NUMBER, "Absolute tolerance.", "TOL", in_jobs=False)

DISAGREES = 4
"""The exit status of a check that disagrees."""

CLOSE, NEAR_ZERO = 1e-7, (1e-11, 1e-13, 0.0)
"""How close slopes must be: relative to their size, or to what they are made of (up to 1), which
is for differences, for exact routes, and for claims.
"""

UNDERFLOW, TINY = 1e-290, 1e-100
"""Slopes as small as this are not held against one another, or against those by complex steps: what
they are made of is denormal, and complex quotients square their operands."""

ROUNDINGS, ROUNDINGS_OF_CLAIM = 2, 4
"""By how many units in the last place of all that goes into an exact slope it may be off."""

EPSILON = float(np.finfo(float).eps)

REVERSE, FORWARD, NUMERIC, COMPLEX, CLAIMED, VERDICT = ROUTES = (
    "reverse",
    "forward",
    "numeric",
    "complex-step",
    "claim",
    "verdict",
)


class Tolerances(NamedTuple):
    """What the command line says of steps and tolerances; None where it says nothing."""

    eps: float | None
    rtol: float | None
    atol: float | None


@question(
    "check",
    group=EVERYDAY,
    rank=4,
    options=[CLAIM, EPS, RTOL, ATOL, WRT, DY],
    answers="check",
    by_turns=True,
    examples=['check "atan(x)" --x 0,2', 'check "atan(x)" --x 0,2 --claim "x = 1/(1 + x^2)"'],
)
def check(
    run: Run,
    wrt: list[str],
    dy: Any,
    claim: Mapping[str, str] | None,
    eps: float | None,
    rtol: float | None,
    atol: float | None,
) -> Report:
    """Checks the gradient of PROGRAM: reverse and forward mode, finite differences, complex step.

    Ends with status 4 where they disagree. A kink is no mistake: its verdict shows the slopes of
    both sides; and where differences cannot tell, none is accused.
    """
    claims = claim or {}
    refuse_other_claims(claims, wrt)
    double, tolerances = run.in_double(), Tolerances(eps, rtol, atol)
    columns = {}
    for name in wrt:
        claimed = [Claim(r, name, claims[name]) if name in claims else None for r in (run, double)]
        routes = _routes(run, name, dy, claimed[0])
        exact = routes if double is run else _routes(double, name, dy, claimed[1])
        routes |= _judged(exact, Moves(double, name, dy), tolerances, claimed[1])
        if double is not run:
            fitting = np.isfinite(exact[REVERSE].astype(run.graph.dtype))
            lost = fitting & ~np.isfinite(routes[REVERSE]) & (routes[VERDICT] == OK)
            routes[VERDICT][lost] = UNKNOWN
        columns[name] = {route: routes[route] for route in ROUTES if route in routes}
    return _report(columns)


def _routes(run: Run, name: str, dy: Any, claim: Claim | None) -> Routes:
    """The gradient by one input by each exact route that the program allows, and as claimed."""

    def by(method: str) -> Array:
        slope = gradients(run, [name], dy, method)[name]
        array = run.array(slope.or_zeros()) if slope.array is None else slope.array
        return np.asarray(array, float)

    routes = {method: by(method) for method in (REVERSE, FORWARD)}
    with suppress(ProgramTypeError):
        routes[COMPLEX] = by(COMPLEX)
    if claim is not None:
        routes[CLAIMED] = claim.gradient
    return routes


# --- judgement ----------------------------------------------------------------------------------


def _judged(routes: Routes, moves: Moves, tolerances: Tolerances, claim: Claim | None) -> Routes:
    """The differences, and the verdict on each element.

    What is judged is the gradient in float64, whatever the working dtype: rounding is no mistake.
    Where the complex step agrees with both modes, no differences can refute them; where it does
    not, they may have the last word, since it fails at kinks and where numbers are extreme. A claim
    is held against the gradient to the digits that rounding leaves both.
    """
    rtol = CLOSE if tolerances.rtol is None else tolerances.rtol
    atol, of_routes, of_claim = (_absolute(moves, tolerances.atol, least) for least in NEAR_ZERO)
    slack = dict.fromkeys((FORWARD, COMPLEX), moves.lanes.spread(of_routes))
    slack[CLAIMED] = moves.lanes.spread(of_claim)
    exact = Exact(moves.lanes.mean(routes[REVERSE]), rtol, atol, moves.gradient)
    slopes = differences(moves.curves, exact.confirmed, tolerances.eps)
    apart = _apart(routes, rtol, slack)
    unsure = moves.lanes.mean(sum(apart.values())) + ~exact.confirmed(slopes)
    if np.any(unsure):
        rounding = _rounding(moves, np.nonzero(unsure)[0])
        of_slope = moves.lanes.spread(rounding)
        slack = {name: least + of_slope for name, least in slack.items()}
        slack[COMPLEX] += TINY + 1e3 * of_slope
        if claim is not None:
            slack[CLAIMED] += ROUNDINGS_OF_CLAIM * EPSILON * claim.magnitude()
        apart = _apart(routes, rtol, slack)
        exact = exact._replace(rounding=rounding, trusted=_trusted(routes, moves, apart))
    words = moves.lanes.spread(verdicts(exact, slopes))
    astray = apart[COMPLEX] & (words == UNKNOWN) & moves.finite()
    if np.any(words != OK):
        _name_meetings(words, routes[REVERSE], moves, slopes)
    words[apart[FORWARD] | apart[CLAIMED] | astray] = DIFFERS
    return {NUMERIC: moves.lanes.spread(slopes.central.value), VERDICT: words}


def _name_meetings(words: Array, gradient: Array, moves: Moves, slopes: Differences) -> None:
    """Says where kinks meet: each side has a slope there, and the gradient is no mistake."""
    state = Trace(moves.run, [moves.x], moves.dy).states.get(moves.x)
    if state is None or not np.any(state.met > 1):
        return
    spread = moves.lanes.spread
    left, right = spread(slopes.left.value), spread(slopes.right.value)
    error = spread(slopes.left.error + slopes.right.error)
    slack = error + CLOSE * np.maximum(np.abs(left), np.abs(right))
    beyond = (gradient < np.minimum(left, right) - slack) | (
        gradient > np.maximum(left, right) + slack
    )
    settled = error <= SETTLED * np.maximum(np.abs(left), np.abs(right)) + SETTLED
    meet = (state.met > 1) & (state.kinds < DOMAIN) & (words != OK) & beyond & settled
    for i in map(tuple, np.argwhere(meet).tolist()):
        words[i] = f"kinks meet {slopes_of_sides(left[i], right[i])}"


def _absolute(moves: Moves, asked: float | None, default: float) -> Array:
    """The absolute tolerance of each lane."""
    scale = moves.scale()
    return default * scale + UNDERFLOW if asked is None else np.full(scale.shape, asked)


def _rounding(moves: Moves, lanes: Array) -> Array:
    """What rounding may do to the exact slopes of some lanes."""
    rounding = np.zeros(moves.lanes.start.shape)
    rounding[lanes] = ROUNDINGS * EPSILON * moves.roughness(lanes)
    return rounding


def _trusted(routes: Routes, moves: Moves, apart: Routes) -> Array:
    """The lanes in which the complex step agrees, if it is a route of its own.

    It is none where a program stops the gradient, for there it stops as well.
    """
    if COMPLEX not in routes or moves.stops:
        return np.zeros(moves.lanes.start.shape, bool)
    finite = np.isfinite(routes[COMPLEX]) & np.isfinite(routes[REVERSE])
    trusted: Array = moves.lanes.mean(finite & ~apart[COMPLEX]) == 1
    return trusted


def _apart(routes: Routes, rtol: float, slack: Mapping[str, Array]) -> Routes:
    """Where the other routes are not the reverse mode's; one that there is not is apart nowhere.

    At poles and in overflow the modes may go different ways, and a complex step fails; it rounds
    more, too.
    """
    reverse = routes[REVERSE]
    apart = dict.fromkeys((FORWARD, COMPLEX, CLAIMED), np.zeros(reverse.shape, bool))
    for name in apart.keys() & routes.keys():
        other = routes[name]
        finite = np.isfinite(reverse) & np.isfinite(other)
        passed = ~finite
        if name == CLAIMED:
            passed = (other == reverse) | (np.isnan(other) & np.isnan(reverse))
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(other), np.abs(reverse))
            near = np.abs(other - reverse) <= rtol * size + slack[name]
        apart[name] = ~((near & finite) | passed)
    return apart


# --- the report ---------------------------------------------------------------------------------


def _report(columns: dict[str, Routes]) -> Report:
    """The rows, and what they come to."""
    optional = {COMPLEX, CLAIMED}.difference(*columns.values())
    routes = [route for route in ROUTES if route not in optional]
    rows = []
    for name, column in columns.items():
        for i in np.ndindex(column[REVERSE].shape):
            element = f"{name}[{', '.join(map(str, i))}]" if i else name
            rows.append([element, *(column[r][i] if r in column else None for r in routes)])
    words = [row[-1] for row in rows]
    whole = {"agree": DIFFERS not in words, "check": columns}
    status = DISAGREES if DIFFERS in words else 0
    return Report(["element", *routes], rows, whole, footer=_summary(words), status=status)


def _summary(words: list[Any]) -> str:
    differing, unknown = words.count(DIFFERS), words.count(UNKNOWN)
    if differing:
        return f"{differing} of {len(words)} differ"
    return f"none differs; at {unknown} of {len(words)} {UNKNOWN}" if unknown else "all agree"

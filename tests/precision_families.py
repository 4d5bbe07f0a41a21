"""How precise families of functions are: the dense search of `precision_search`, in figures.

`python -m tests.precision --update [FAMILY…]` measures these families, or all and the functions of
one number, keeps the figures in `precision.json`, and writes the tables of README and of
`gradcli help precision` by them.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.exec.executors import COMPILED, PLAIN
from tests.precision import SUBJECTS, errors, measured
from tests.precision_search import DIGITS, SEARCHES, answers, mp, points, reliable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.precision_search import Function

SMALL, LARGE = 1e-300, 1e300
"""Beyond these the page promises no digits, for a part on the way may be no number."""

USUAL = 100.0
"""Errors that may be those of a number near a zero, whose digits count beside its surroundings."""

ORDERS = ("value", "slopes", "second slopes")
EXECUTORS = (PLAIN, COMPILED)

_PLACED = "norm lognorm logistic cauchy laplace expon"


def _of(*words: str) -> list[str]:
    """The functions searched of several numbers whose names begin so, but quantiles."""
    starts = tuple(f"{word}_" for group in words for word in group.split())
    return [name for name in SEARCHES if name.startswith(starts) and not name.endswith("_ppf")]


FAMILIES: dict[str, list[str]] = {
    "two numbers": "hypot atan2 logaddexp logaddexp2 logsubexp xlogy xlog1py xdivy pow rel_entr "
    "kl_div entr boxcox boxcox1p".split(),
    "error functions": "erf erfc erfcx erfinv erfcinv ndtri log_ndtr dawsn owens_t fresnel_sin "
    "fresnel_cos".split(),
    "gamma functions": "gamma rgamma lgamma digamma trigamma factorial beta betaln binom poch "
    "zeta multigammaln(x,3)".split(),
    "incomplete gamma and beta": "gammainc gammaincc betainc betaincc".split(),
    "Bessel functions": "j0 j1 y0 y1 i0e i1e k0 k1 k0e k1e jv yv iv kv ive kve airy_ai "
    "airy_bi".split(),
    "integrals and hypergeometric": "sine_integral cosine_integral expi exp1 spence ellipk ellipe "
    "lambertw hyp1f1 hyp2f1 expn(2,x)".split(),
    "distributions by place and scale": _of(_PLACED),
}


class Worst(NamedTuple):
    """The largest error, and where."""

    error: float = 0.0
    call: str = ""
    at: Sequence[float] = ()


def of_family(name: str) -> dict[str, Any]:
    """The figures of a family: points, and the worst of each order by each executor."""
    count, missing = 0, 0
    worst = {by: dict.fromkeys(ORDERS, Worst()) for by in EXECUTORS}
    for function in FAMILIES[name]:
        at = points(function)
        count += len(at)
        for by, order, found in errors_of(function, at):
            missing += math.isinf(found.error) and by == PLAIN
            if math.isfinite(found.error):
                worst[by][order] = max(worst[by][order], found)
    return {"functions": len(FAMILIES[name]), "points": count, "missing": missing} | worst


def errors_of(
    name: str, at: list[tuple[float, ...]], executors: Sequence[str] = EXECUTORS
) -> Iterator[tuple[str, str, Worst]]:
    """The errors of a function at points, by executor and order."""
    f = SEARCHES[name].exact
    digits = [tuple(map(mp.mpf, point)) for point in at]
    values = [exact(f, high, ()) for high in digits]
    kept = [i for i, e in enumerate(values) if SMALL < abs(e) < LARGE]
    for asked in zip(*(answers(name, at, by) for by in executors), strict=True):
        axes = asked[0][0]
        slopes = {i: exact(f, digits[i], axes) for i in kept}
        inside = [i for i in kept if SMALL < abs(slopes[i]) < LARGE]
        for by, (_, call, found) in zip(executors, asked, strict=True):
            listed = errors([slopes[i] for i in inside], np.ravel(found)[inside])
            for i, error in zip(inside, listed, strict=True):
                fair = error if error < USUAL else error * share(f, digits[i], axes, slopes[i])
                yield by, ORDERS[len(axes)], Worst(fair, call, at[i])


def exact(f: Function, at: Sequence[Any], axes: Sequence[int]) -> Any:
    """The value, or a slope by these arguments; NaN where it is not to be had."""
    with mp.workdps(DIGITS):
        return mp.re(reliable(f, at, axes))


def share(f: Function, at: Sequence[Any], axes: Sequence[int], here: Any) -> float:
    """How small a number is beside those a percent away on both sides: what a zero leaves of it."""
    sides = []
    for step in (0.01, -0.01):
        beside = [x * (1 + step * (k + 1)) for k, x in enumerate(at)]
        try:
            sides.append(abs(exact(f, beside, axes)))
        except TypeError:  # outside of the domain numbers are complex, and have no order
            return 1.0
    least = min(sides)
    return float(min(abs(here) / least, 1)) if least > 0 else 1.0


def of_numbers() -> dict[str, Any]:
    """The figures of the functions of one number, each by each executor."""
    figures = {}
    for name in SUBJECTS:
        rows = [measured(name, by) for by in EXECUTORS]
        figures[name] = [error for row in rows for error in (row.value, row.slope)]
    return figures


# --- the tables -----------------------------------------------------------------------------------

ROOT = Path(__file__).parent.parent
FIGURES = ROOT / "tests" / "precision.json"
README = ROOT / "README.md"
PAGE = ROOT / "gradcli" / "cli" / "pages" / "precision.md"
START, END = "<!-- precision -->\n", "<!-- /precision -->\n"
FIRST = "| functions |"
"""How the tables of the page begin, which end it."""

ONE = "elementary functions of one number"

GROUPS: dict[str, list[str]] = {
    "of two numbers: `hypot`, `atan2`, `logaddexp`, `pow`, …": ["two numbers"],
    "`erf`, `ndtri`, gamma, beta and their like": ["error functions", "gamma functions"],
    "incomplete gamma and beta functions": ["incomplete gamma and beta"],
    "Bessel, hypergeometric, integrals": ["Bessel functions", "integrals and hypergeometric"],
    "distributions by place and scale": ["distributions by place and scale"],
}
"""The rows of README, and what families they are of."""


def size(error: float) -> str:
    """An error in units of the last place, or if it is many, beside the number."""
    share = error * 2**-52
    if error < 100:
        return f"{error:.1f} ulp"
    return f"{share:.0e}".replace("e-0", "e-") if share < 0.1 else "lost"


def cell(rows: Sequence[dict[str, Any]], by: str, order: str) -> str:
    """The largest error of families, those that were measured so."""
    found = [row[by][order][0] for row in rows if by in row]
    return size(max(found)) if found else ""


def readme(figures: dict[str, Any]) -> str:
    """The table of README."""
    lines = ["| functions | value | slopes | second slopes | machine code: value | slopes |"]
    lines.append("|---|---|---|---|---|---|")
    plain, slopes, compiled, its_slopes = map(max, zip(*figures["numbers"].values(), strict=True))
    ones = [size(plain), size(slopes), "", size(compiled), size(its_slopes)]
    lines.append(f"| {ONE} | {' | '.join(ones)} |")
    for name, families in GROUPS.items():
        cells = [
            cell([figures["families"][family] for family in families], by, order)
            for by, order in COLUMNS
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


COLUMNS = [*((PLAIN, order) for order in ORDERS), *((COMPILED, order) for order in ORDERS[:2])]


def page(figures: dict[str, Any]) -> str:
    """The tables of the page: families, and functions of one number."""
    heads = "points | value | slopes | second slopes | machine code: value | slopes | least right"
    lines = [f"{FIRST} {heads} |", "|---" * 8 + "|"]
    for name, row in figures["families"].items():
        cells = [cell([row], by, order) for by, order in COLUMNS]
        _, call, at = max(row[PLAIN].values())
        where = f"`{call}` at {', '.join(f'{x:.6g}' for x in at)}"
        count = f"{row['points']:,} of {row['functions']}"
        lines.append(f"| {name} | {count} | {' | '.join(cells)} | {where} |")
    lines += ["", "| function | value | derivative | value, machine code | derivative |"]
    lines.append("|---|---|---|---|---|")
    for name, row in figures["numbers"].items():
        lines.append(f"| `{name}` | {' | '.join(f'{error:.1f}' for error in row)} |")
    return "\n".join(lines) + "\n"


def written(figures: dict[str, Any]) -> dict[Path, str]:
    """The files that have a table, with that of these figures."""
    text = README.read_text("utf-8")
    before, rest = text.split(START)
    _, after = rest.split(END)
    top, _, _ = PAGE.read_text("utf-8").partition(FIRST)
    return {README: before + START + readme(figures) + END + after, PAGE: top + page(figures)}


def update(names: Sequence[str]) -> None:
    """Measures families, or everything, and writes figures and tables."""
    figures = json.loads(FIGURES.read_text("utf-8")) if names else {"families": {}}
    if not names:
        figures["numbers"] = of_numbers()
    for name in names or FAMILIES:
        figures["families"][name] = of_family(name)
        print(name, figures["families"][name])
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    for path, text in written(figures).items():
        path.write_text(text, "utf-8")

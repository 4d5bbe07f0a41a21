"""What is said of the points at which a derivative is not what it is elsewhere.

The records state them; the kernels, the verdicts, and the slopes of both sides are held together.
"""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcli import ops
from gradcli.data.report import Report
from gradcli.engine.api import Program
from gradcli.engine.points import silent
from gradcli.engine.points.trace import Trace
from gradcli.engine.program import Text
from gradcli.engine.question import find
from gradcli.engine.request import Request, ask
from gradcli.engine.settings import Settings
from gradcli.errors import GradcliError, Notice
from gradcli.ir.function import Function
from gradcli.ir.node import ancestors
from gradcli.ir.op import Elementwise, Reduction
from gradcli.ir.record import Op
from gradcli.ops.catalog import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable


def _records() -> dict[Op, str]:
    """Every record of an operation in the modules of `ops`, and what it is called there."""
    records: dict[Op, str] = {}
    for module in pkgutil.iter_modules(ops.__path__):
        for name, item in vars(importlib.import_module(f"gradcli.ops.{module.name}")).items():
            op = item.op if isinstance(item, Function) else item
            if isinstance(op, Op):
                records.setdefault(op, f"{module.name}.{name}")
    return records


RECORDS = _records()

# --- what the records state, against their kernels ----------------------------------------------

GRID = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 6.0)
STEP = 1e-7
PARAMETERS = {("bessel.iv", 0), ("bessel.jv", 0), ("bessel.ive", 0)}
"""Operands by which nothing is stated: at 0 these functions jump along their order."""

OF_NUMBERS = [
    pytest.param(op, name, id=name)
    for op, name in RECORDS.items()
    if isinstance(op, Elementwise) and not op.keeps_bool and op.partials and op.name != "cast"
]


BESIDE: dict[str, Callable[..., tuple[float, ...]]] = {
    "square_roots.ROOT": lambda x, c: (x, c),
    "square_roots.ROOT_SHARE": lambda x, c: (x, c, np.sqrt(x * x + c)),
    "distributions.LOG_HYPOT": lambda x: (1, x),  # a scale, which is above 0
    "large.INVERSE": lambda x: (x, 1),
    "large.OVER": lambda x: (x, 1),
    "large.LOG": lambda x: (x, 1),
    "root_differences.ROOTS_LESS": lambda w, x: (w, x, np.sqrt(x + w), np.sqrt(x)),
    "root_differences.ROOT_LESS": lambda w, b: (w, b, np.sqrt(b * b + w)),
    "root_differences.ROOT_LESS_ITS": lambda x, c: (x, c, np.sqrt(x * x + c)),
    "root_differences.SQUARE_LESS": lambda x: (x * x, 1, np.sqrt(x * x + 1), x, 1),
    "differences.LOGS_LESS": lambda w, x: (w, x, np.log(x + w), np.log(x), x + w),
    "differences.EXPS_LESS": lambda w, x: (w, x, np.exp(x + w), np.exp(x)),
    "differences.POWER_LESS": lambda u, n: (u, n, np.power(1 + u, n)),
    "differences.RAISED_LESS": lambda t: (t, np.exp(t)),
    "differences.LESS_INVERSE": lambda u: (u, 1 / (1 + u)),
}
"""All operands of records that stand beside what is computed anyway, from those that vary."""


def operands(name: str, point: tuple[float, ...]) -> list[Any]:
    """All operands of a record at a point of those that vary."""
    numbers = map(np.float64, point)
    return [*map(np.float64, BESIDE[name](*numbers) if name in BESIDE else numbers)]


def one_sided(op: Op, name: str, point: tuple[float, ...], i: int) -> list[list[float]]:
    """The slopes of a kernel by operand i, at the left and the right, by a step and a smaller."""

    def value(moved: float) -> float:
        return float(op.kernel(*operands(name, (*point[:i], moved, *point[i + 1 :]))))

    size = max(abs(point[i]), 1.0)
    steps = [(side * STEP * size, side * STEP * size / 16) for side in (-1, 1)]
    return [[(value(point[i] + h) - value(point[i])) / h for h in pair] for pair in steps]


@pytest.mark.parametrize(("op", "name"), OF_NUMBERS)
def test_records_state_their_points(op: Elementwise, name: str) -> None:
    """Where a record states nothing, the slopes of both sides agree, and do not grow."""
    count = BESIDE[name].__code__.co_argcount if name in BESIDE else len(op.partials)
    for point in itertools.product(GRID, repeat=count):
        with np.errstate(all="ignore"):
            arrays = [np.asarray(x) for x in operands(name, point)]
            z = np.asarray(op.kernel(*operands(name, point)))
            stated = op.special is not None and np.any(op.special(*arrays, z))
            if stated or np.isnan(z):
                continue
            assert np.isfinite(z), f"infinite at {point}"
            for i in range(len(point)):
                left, right = one_sided(op, name, point, i)
                if np.isnan([*left, *right]).any() or (name, i) in PARAMETERS:
                    continue
                size = max(map(abs, [*left, *right, 1.0]))
                assert abs(left[1] - right[1]) <= 1e-4 * size, f"a kink at {point}"
                assert all(abs(near) <= 2 * abs(far) + 1 for far, near in (left, right)), point


# --- the words ----------------------------------------------------------------------------------

Row = tuple[str, dict[str, Any], dict[str, Any]]

UP, DOWN = "tie of 2 [0, 1]", "tie of 2 [1, 0]"

# program, inputs, the verdicts on some of their gradients
# fmt: off
VERDICTS: list[Row] = [
    ("abs(x)", {"x": [-1, 0]}, {"x": ["smooth", "kink [-1, 1]"]}),
    ("abs(x)*x", {"x": 0}, {"x": "smooth"}),
    ("relu(x)", {"x": 0}, {"x": "kink [0, 1]"}),
    ("relu6(x)", {"x": [0, 6]}, {"x": ["kink [0, 1]", "kink [1, 0]"]}),
    ("relu(x) - relu(-x)", {"x": 0}, {"x": "kinks meet [1, 1]"}),
    ("relu(x) - 2*relu(-x)", {"x": 0}, {"x": "kinks meet [2, 1]"}),
    ("sign(x)*abs(x)", {"x": 0}, {"x": "kinks meet [1, 1]"}),
    ("sum(relu([x, -x])*[1, -1])", {"x": 0}, {"x": "kinks meet [1, 1]"}),
    ("clip(x, 0, 1) + clip(x, -1, 0)", {"x": 0}, {"x": "kinks meet [1, 1]"}),
    ("where(x > 0, x, 0) - where(x < 0, -x, 0)", {"x": 0}, {"x": "kinks meet [1, 1]"}),
    ("abs(x)^1.5", {"x": 0}, {"x": "smooth"}),
    ("median(x)", {"x": [2, 2, 2]}, {"x": ["kinks meet [0, 0]"] * 3}),
    ("elu(x)", {"x": 0}, {"x": "smooth"}),
    ("elu(x, 2)", {"x": 0}, {"x": "kink [2, 1]"}),
    ("leaky_relu(x)", {"x": 0}, {"x": "kink [0.01, 1]"}),
    ("hard_tanh(x)", {"x": [-1, 1]}, {"x": ["kink [0, 1]", "kink [1, 0]"]}),
    ("clip(x, lo, hi)", {"x": 1, "lo": 0, "hi": 1}, {"x": "kink [1, 0]", "hi": "kink [1, 0]"}),
    ("clip(x, lo, hi)", {"x": 1, "lo": 3, "hi": 2}, {"x": "not selected", "lo": "not selected"}),
    ("copysign(x, y)", {"x": 0, "y": 2}, {"x": "kink [-1, 1]", "y": "only through copysign"}),
    ("copysign(x, y)", {"x": 2, "y": 0}, {"x": "smooth", "y": "jump"}),
    ("i0e(x)", {"x": 0}, {"x": "kink [1, -1]"}),
    ("ive(0, x)", {"x": 0}, {"x": "kink [1, -1]"}),
    ("interp(x, [0, 1], [0, 1])", {"x": [0, 0.5]}, {"x": ["kink [0, 1]", "smooth"]}),
    # ties
    ("max(x)", {"x": [1, 3, 3]}, {"x": ["not selected", UP, UP]}),
    ("min(x)", {"x": [1, 1, 1]}, {"x": ["tie of 3 [1, 0]"] * 3}),
    ("min(x) + max(x)", {"x": [1, 1]}, {"x": ["smooth", "smooth"]}),
    ("max(x, axis=1)", {"x": [[1, 1], [2, 3]]},
     {"x": [[UP] * 2, ["not selected", "smooth"]]}),
    ("max(x, axis=1)", {"x": [[1, 1, 0], [2, 2, 2]]},
     {"x": [[UP] * 2 + ["not selected"], ["tie of 3 [0, 1]"] * 3]}),
    ("nanmax(x)", {"x": [1, 3, 3]}, {"x": ["not selected"] + [UP] * 2}),
    ("nanmin(x)", {"x": [1, 1, 3]}, {"x": [DOWN] * 2 + ["not selected"]}),
    ("maximum(x, y)", {"x": 2, "y": 2}, {"x": UP, "y": UP}),
    ("minimum(x, y)", {"x": 2, "y": 2}, {"x": DOWN, "y": DOWN}),
    ("fmax(x, y)", {"x": 2, "y": 2}, {"x": UP, "y": UP}),
    ("fmin(x, y)", {"x": 2, "y": 2}, {"x": DOWN, "y": DOWN}),
    ("sum(cummax(x))", {"x": [1, 3, 3]}, {"x": ["smooth", "tie of 2 [1, 2]", UP]}),
    ("cummin(x)[1]", {"x": [1, 1]}, {"x": [DOWN] * 2}),
    ("segment_max(x, [0, 0, 1])", {"x": [2, 2, 3]}, {"x": [UP] * 2 + ["smooth"]}),
    ("segment_min(x, [0, 0, 1])", {"x": [2, 2, 3]}, {"x": [DOWN] * 2 + ["smooth"]}),
    ("sort(x)*[1, 2, 3]", {"x": [2, 1, 2]},
     {"x": ["tie of 2 [2, 3]", "smooth", "tie of 2 [2, 3]"]}),
    ("sort(x)[0]", {"x": [1, 2, 2]}, {"x": ["smooth", "not selected", "not selected"]}),
    ("sort(x, axis=1)[:, 0]", {"x": [[1, 1], [1, 2]]},
     {"x": [[DOWN] * 2, ["smooth", "not selected"]]}),
    ("topk(x, 1)", {"x": [3, 1, 3]}, {"x": [UP, "not selected", UP]}),
    ("kthvalue(x, 2)", {"x": [1, 2, 2]}, {"x": ["not selected"] + [DOWN] * 2}),
    ("partition(x, 1)[1]", {"x": [1, 2, 2]}, {"x": ["not selected"] + [DOWN] * 2}),
    ("max_pool1d(x, 2)", {"x": [[[1], [1], [2], [3]]]},
     {"x": [[[UP]] * 2 + [["not selected"], ["smooth"]]]}),
    ("median(x)", {"x": [1, 2, 2]}, {"x": ["not selected"] + [DOWN] * 2}),
    ("quantile(x, 1)", {"x": [1, 2, 2]}, {"x": ["not selected"] + [UP] * 2}),
    ("norm(x, inf)", {"x": [3, -3]}, {"x": [UP, "tie of 2 [-1, 0]"]}),
    # norms
    ("norm(x)", {"x": [0, 0]}, {"x": ["kink [-1, 1]"] * 2}),
    ("norm(x, 3)", {"x": [0, 0]}, {"x": ["kink [-1, 1]"] * 2}),
    ("norm(x, 1)", {"x": [0, 2]}, {"x": ["kink [-1, 1]", "smooth"]}),
    ("norm(x, 1.5)", {"x": [0, 2]}, {"x": ["smooth", "smooth"]}),
    ("norm(x, 0.5)", {"x": [0, 2]}, {"x": ["vertical tangent", "smooth"]}),
    ("norm(x, inf)", {"x": [0, 0]}, {"x": ["kink [-1, 1]"] * 2}),
    ("hypot(x, y)", {"x": 0, "y": 0}, {"x": "kink [-1, 1]", "y": "kink [-1, 1]"}),
    ("std(x)", {"x": [2, 2]}, {"x": ["kink [-0.5, 0.5]"] * 2}),
    ("sum(normalize(x))", {"x": [0, 0]}, {"x": ["jump"] * 2}),
    # jumps and edges
    ("sign(x)", {"x": [0, 1]}, {"x": ["jump", "only through sign"]}),
    ("frexp(x)[1]", {"x": [4, 5]}, {"x": ["jump", "only through exponent"]}),
    ("floor(x)", {"x": [1, 1.5]}, {"x": ["jump", "only through floor"]}),
    ("ceil(x)", {"x": 1}, {"x": "jump"}),
    ("trunc(x)", {"x": [0, 1]}, {"x": ["only through trunc", "jump"]}),
    ("round(x)", {"x": [0.5, 1]}, {"x": ["jump", "only through round"]}),
    ("x*floor(x)", {"x": 0}, {"x": "kink [-1, 0]"}),
    ("x // y", {"x": 6, "y": 3}, {"x": "jump", "y": "jump"}),
    ("x % y", {"x": 6, "y": 3}, {"x": "jump", "y": "jump"}),
    ("fmod(x, y)", {"x": 6, "y": 3}, {"x": "jump", "y": "jump"}),
    ("fmod(x, y)", {"x": 0, "y": 3}, {"x": "smooth", "y": "smooth"}),
    ("multiply_no_nan(x, y)", {"x": 2, "y": 0}, {"x": "not selected", "y": "smooth"}),
    ("divide_no_nan(x, y)", {"x": 1, "y": 0}, {"x": "smooth", "y": "jump"}),
    ("argmax(x)", {"x": [1, 1]}, {"x": ["jump", "jump"]}),
    ("argmin(x)", {"x": [1, 1]}, {"x": ["jump", "jump"]}),
    ("argsort(x)[0]", {"x": [1, 1]}, {"x": ["jump", "jump"]}),
    ("argpartition(x, 0)[0]", {"x": [1, 1]}, {"x": ["jump", "jump"]}),
    ("searchsorted([1, 3], x)", {"x": [1, 2]}, {"x": ["jump", "only through searchsorted"]}),
    ("gammasgn(x)", {"x": 0}, {"x": "jump"}),
    ("where(signbit(x), 1, 2)", {"x": 0.0}, {"x": "jump"}),
    ("where(x == 0, 1, sin(x)/x)", {"x": 0}, {"x": "smooth"}),
    ("where(x == 0, 0, x)", {"x": 0}, {"x": "branch edge"}),
    ("where(x > 0, sqrt(x), 0)", {"x": [-1, 0]}, {"x": ["not selected", "kink [0, inf]"]}),
    ("where(x < 0, -x, x)", {"x": 0}, {"x": "kink [-1, 1]"}),
    ("where(x >= 0, x, 2*x)", {"x": 0}, {"x": "kink [2, 1]"}),
    ("where(x <= 0, x, 2*x)", {"x": 0}, {"x": "kink [1, 2]"}),
    ("where(x != 0, abs(x), 0)", {"x": 0}, {"x": "kink [-1, 1]"}),
    ("(x > 1)*x", {"x": 1}, {"x": "jump"}),
    ("if x > 0 { x } else { -2*x }", {"x": 0}, {"x": "kink [-2, 1]"}),
    # steep
    ("sqrt(x)", {"x": 0}, {"x": "vertical tangent"}),
    ("cbrt(x)", {"x": 0}, {"x": "vertical tangent"}),
    ("x^0.5", {"x": 0}, {"x": "vertical tangent"}),
    ("x^-1", {"x": 0}, {"x": "pole"}),
    ("x^0", {"x": 0}, {"x": "smooth"}),
    ("x^y", {"x": 0, "y": 0}, {"x": "smooth", "y": "jump"}),
    ("x^x", {"x": 0}, {"x": "vertical tangent"}),
    ("x*log(x)", {"x": 0}, {"x": "vertical tangent"}),
    ("xlogy(x, y)", {"x": 0, "y": 0}, {"x": "vertical tangent", "y": "smooth"}),
    ("xlogy(x, y)", {"x": 1, "y": 0}, {"y": "pole"}),
    ("xlog1py(x, y)", {"x": 0, "y": -1}, {"x": "vertical tangent", "y": "smooth"}),
    ("xdivy(x, y)", {"x": 1, "y": 0}, {"y": "pole"}),
    ("1/x", {"x": 0}, {"x": "pole"}),
    ("reciprocal(x)", {"x": 0}, {"x": "pole"}),
    ("rsqrt(x)", {"x": 0}, {"x": "pole"}),
    ("log(x)", {"x": [0, -1]}, {"x": ["pole", "domain"]}),
    ("log2(x)", {"x": 0}, {"x": "pole"}),
    ("log10(x)", {"x": 0}, {"x": "pole"}),
    ("log1p(x)", {"x": -1}, {"x": "pole"}),
    ("log(abs(x))", {"x": 0}, {"x": "pole"}),
    ("sqrt(abs(x))", {"x": 0}, {"x": "vertical tangent"}),
    ("log(norm(x))", {"x": [0, 0]}, {"x": ["pole", "pole"]}),
    ("log1mexp(x)", {"x": 0}, {"x": "pole"}),
    ("log(exp(x) - 1)", {"x": 0}, {"x": "pole"}),
    ("1/sinh(x)", {"x": 0}, {"x": "pole"}),
    ("x/exp(y)", {"x": 1, "y": -800}, {"x": "pole", "y": "pole"}),
    ("grad(cosine_integral(x), x)", {"x": 0}, {"x": "pole"}),
    ("log(1 - exp(x))", {"x": 0}, {"x": "pole"}),
    ("logsubexp(x, y)", {"x": 1, "y": 1}, {"x": "pole", "y": "pole"}),
    ("csc(x)", {"x": 0}, {"x": "pole"}),
    ("cot(x)", {"x": 0}, {"x": "pole"}),
    ("csch(x)", {"x": 0}, {"x": "pole"}),
    ("coth(x)", {"x": 0}, {"x": "pole"}),
    ("asin(x)", {"x": [1, -1]}, {"x": ["vertical tangent"] * 2}),
    ("acos(x)", {"x": [1, -1]}, {"x": ["vertical tangent"] * 2}),
    ("acosh(x)", {"x": 1}, {"x": "vertical tangent"}),
    ("acot(x)", {"x": 0}, {"x": "jump"}),
    ("asec(x)", {"x": 1}, {"x": "vertical tangent"}),
    ("acsc(x)", {"x": -1}, {"x": "vertical tangent"}),
    ("acoth(x)", {"x": 1}, {"x": "pole"}),
    ("asech(x)", {"x": 1}, {"x": "vertical tangent"}),
    ("acsch(x)", {"x": 0}, {"x": "pole"}),
    ("hyp1f1(1, x, 2)", {"x": [0.5, -1]}, {"x": ["smooth", "pole"]}),
    ("hyp2f1(1, 2, 4, x)", {"x": [0.5, 1]}, {"x": ["smooth", "vertical tangent"]}),
    ("atanh(x)", {"x": [1, -1]}, {"x": ["pole"] * 2}),
    ("lgamma(x)", {"x": 0}, {"x": "pole"}),
    ("poisson_pmf(x, 0)", {"x": [0, 1, 0.3]}, {"x": ["jump", "smooth", "smooth"]}),
    ("gamma(x)", {"x": 0}, {"x": "pole"}),
    ("beta(x, 1)", {"x": 0}, {"x": "pole"}),
    ("asin(x)/x", {"x": 1}, {"x": "vertical tangent"}),
    ("sqrt(x^2 - 4)", {"x": [2, -2]}, {"x": ["vertical tangent"] * 2}),
    ("x/sqrt(x^2 - 4)", {"x": [2, -2]}, {"x": ["pole"] * 2}),
    ("x - sqrt(x^2 - 4)", {"x": [2, -2]}, {"x": ["vertical tangent"] * 2}),
    ("sqrt(x + 1) - sqrt(x)", {"x": [0, -1]}, {"x": ["vertical tangent", "domain"]}),
    ("sqrt(x^2 + y) - x", {"x": 1, "y": -1}, {"x": "vertical tangent", "y": "vertical tangent"}),
    ("log(x + 1) - log(x)", {"x": [0, -1]}, {"x": ["pole", "domain"]}),
    ("(1 + x)^0.5 - 1", {"x": -1}, {"x": "vertical tangent"}),
    ("1 - 1/(1 + x)", {"x": -1}, {"x": "pole"}),
    ("asin(x) - x", {"x": 1}, {"x": "vertical tangent"}),
    ("log(1 + x) - x", {"x": -1}, {"x": "pole"}),
    ("x - atanh(x)", {"x": 1}, {"x": "pole"}),
    ("tan(x)/x", {"x": 0}, {"x": "smooth"}),
    ("y0(x)", {"x": 0}, {"x": "pole"}),
    ("exp1(x)", {"x": 0}, {"x": "pole"}),
    ("expn(2, x)", {"x": 0}, {"x": "vertical tangent"}),
    ("lambertw(x)", {"x": -0.36787944117144233}, {"x": "vertical tangent"}),
    ("ellipk(x)", {"x": 1}, {"x": "pole"}),
    ("ellipe(x)", {"x": 1}, {"x": "vertical tangent"}),
    ("spence(x)", {"x": 0}, {"x": "vertical tangent"}),
    ("logit(x)", {"x": [0, 1]}, {"x": ["pole"] * 2}),
    ("entr(x)", {"x": 0}, {"x": "vertical tangent"}),
    ("ndtri(x)", {"x": [0, 1]}, {"x": ["pole"] * 2}),
    ("gammainc(0.5, x)", {"x": 0}, {"x": "vertical tangent"}),
    ("betainc(0.5, 2, x)", {"x": 0}, {"x": "vertical tangent"}),
    ("digamma(x)", {"x": 0}, {"x": "pole"}),
    ("binom(x, 0.5)", {"x": -1}, {"x": "domain"}),
    ("poch(x, y)", {"x": -1, "y": 1}, {"y": "jump"}),
    ("betaln(x, 2)", {"x": 0}, {"x": "pole"}),
    ("y1(x)", {"x": 0}, {"x": "pole"}),
    ("yv(2, x)", {"x": 0}, {"x": "pole"}),
    ("k0(x)", {"x": 0}, {"x": "pole"}),
    ("k1(x)", {"x": 0}, {"x": "pole"}),
    ("kv(2, x)", {"x": 0}, {"x": "pole"}),
    ("k0e(x)", {"x": 0}, {"x": "pole"}),
    ("k1e(x)", {"x": 0}, {"x": "pole"}),
    ("kve(2, x)", {"x": 0}, {"x": "pole"}),
    ("jv(0.5, x)", {"x": 0}, {"x": "vertical tangent"}),
    ("iv(0.5, x)", {"x": 0}, {"x": "vertical tangent"}),
    ("jv(0, x)", {"x": 0}, {"x": "smooth"}),
    ("expi(x)", {"x": 0}, {"x": "pole"}),
    ("sici(x)[1]", {"x": 0}, {"x": "pole"}),
    ("erfinv(x)", {"x": [-1, 1]}, {"x": ["pole"] * 2}),
    ("erfcinv(x)", {"x": [0, 2]}, {"x": ["pole"] * 2}),
    ("rel_entr(x, y)", {"x": 0, "y": 1}, {"x": "vertical tangent"}),
    ("kl_div(x, y)", {"x": 1, "y": 0}, {"y": "pole"}),
    ("grad(kl_div(x, y), y)", {"x": 1, "y": 0}, {"x": "pole", "y": "pole"}),
    ("log(abs(expm1(x)))", {"x": 0}, {"x": "pole"}),
    ("boxcox(x, y)", {"x": 0, "y": 0.5}, {"x": "vertical tangent"}),
    ("boxcox1p(x, y)", {"x": -1, "y": -1}, {"x": "pole"}),
    ("gammaincc(0.5, x)", {"x": 0}, {"x": "vertical tangent"}),
    ("gammaincinv(2, x)", {"x": [0, 1]}, {"x": ["vertical tangent", "pole"]}),
    ("gammainccinv(2, x)", {"x": [0, 1]}, {"x": ["pole", "vertical tangent"]}),
    ("betaincc(0.5, 2, x)", {"x": 0}, {"x": "vertical tangent"}),
    ("betaincinv(2, 2, x)", {"x": 0}, {"x": "vertical tangent"}),
    ("t_ppf(x, 3)", {"x": 0}, {"x": "pole"}),
    ("poisson_ppf(x, 1.5)", {"x": 0.22313016014842982}, {"x": "jump"}),
    # undetermined
    ("atan2(y, x)", {"y": 0, "x": 0}, {"y": "degenerate", "x": "degenerate"}),
    ("atan2(y, x)", {"y": 0, "x": -1}, {"y": "jump", "x": "smooth"}),
    ("sqrt(x)*y", {"x": 0, "y": 0}, {"x": "indeterminate"}),
    ("exp(x)", {"x": 1000}, {"x": "overflow"}),
    ("x + y", {"x": np.nan, "y": 1}, {"x": "nan"}),
    # matrices
    ("sum(svdvals(x))", {"x": [[0, 0], [0, 0]]}, {"x": [["kink [-1, 1]"] * 2] * 2}),
    ("sum(svdvals(x))", {"x": [[1, 0], [0, 1]]}, {"x": [["smooth"] * 2] * 2}),
    ("svdvals(x)[0]", {"x": [[1, 0], [0, 1]]},
     {"x": [["kink [0, 1]", "kink [-0.5, 0.5]"], ["kink [-0.5, 0.5]", "kink [0, 1]"]]}),
    ("eigvalsh([[x, y], [y, x]])[0]", {"x": 1, "y": 0}, {"x": "smooth", "y": "kink [1, -1]"}),
    ("sum(eigvalsh(x))", {"x": [[1, 0], [0, 1]]},
     {"x": [["smooth", "degenerate"], ["degenerate", "smooth"]]}),
    ("matrix_rank(x)", {"x": [[0]]}, {"x": [["jump"]]}),
    ("sum(pinv(x))", {"x": [[0]]}, {"x": [["jump"]]}),
    ("slogdet(x)[0]", {"x": [[0]]}, {"x": [["jump"]]}),
    ("eigh(x)[1][0, 0]", {"x": [[1, 0], [0, 1]]}, {"x": [["degenerate"] * 2] * 2}),
    ("svd(x)[0][0, 0]", {"x": [[1, 0], [0, 1]]}, {"x": [["degenerate"] * 2] * 2}),
    ("w, v = eigh(x); (v @ diag(w^2) @ v.T)[0, 1]", {"x": [[2, 0], [0, 2]]},
     {"x": [["smooth", "degenerate"], ["degenerate", "smooth"]]}),
    ("w, v = eigh(x); (v @ diag([1, 2]) @ v.T)[0, 1]", {"x": [[2, 0], [0, 2]]},
     {"x": [["degenerate"] * 2] * 2}),
    ("u, s, v = svd(x); (u @ v)[0, 0]", {"x": [[0, -1], [1, 0]]}, {"x": [["degenerate"] * 2] * 2}),
    # slopes
    ("grad(maximum(x, y), x)", {"x": 1, "y": 1}, {"x": "jump"}),
    ("grad(fmax(x, y), x)", {"x": 1, "y": 1}, {"x": "jump"}),
    ("grad(fmod(x, y), y)", {"x": 6, "y": 3}, {"y": "jump"}),
    ("grad(abs(x), x)", {"x": 0}, {"x": "jump"}),
    ("grad(log(x), x)", {"x": 0}, {"x": "pole"}),
    ("grad(expi(x), x)", {"x": 0}, {"x": "pole"}),
    ("grad(logit(x), x)", {"x": 0}, {"x": "pole"}),
    ("grad(log1mexp(x), x)", {"x": 0}, {"x": "pole"}),
    ("grad(rel_entr(x, y), x)", {"x": 1, "y": 0}, {"y": "pole"}),
    ("grad(hypot(x, y), x)", {"x": 0, "y": 0}, {"x": "jump"}),
    ("grad(gammainc(a, x), x)", {"a": 0.5, "x": 0}, {"x": "pole"}),
    ("grad(betainc(0.5, 2, x), x)", {"x": 0}, {"x": "pole"}),
    # what stands between the points and the result
    ("stop_gradient(abs(x)) + x", {"x": 0}, {"x": "smooth"}),
    ("abs(floor(x) - 1)", {"x": 1.5}, {"x": "only through floor"}),
    ("x*(y + 0*y)", {"x": 1, "y": 2}, {"x": "smooth"}),
    ("u = x; 3*y", {"x": 1, "y": 2}, {"x": "unused"}),
]
# fmt: on

ROWS = [pytest.param(*row, id=f"{row[0]} {row[1]}") for row in VERDICTS]
EXAMPLES: list[tuple[str, dict[str, Any]]] = [
    (f"{record.name}({', '.join(at)})", at)
    for record in FUNCTIONS.values()
    for at in (dict(zip("xy", np.ravel(point).tolist(), strict=False)) for point in record.points)
]
"""The points that the records of functions give as examples."""


def asked(text: str, inputs: dict[str, Any]) -> Any:
    """The answer with verdicts, and with every warning there is."""
    values = {name: np.asarray(x, float) for name, x in inputs.items()}
    return ask("grads", text, values, Settings(verdict=True, strict=True))


@pytest.mark.parametrize(("text", "inputs", "words"), ROWS)
def test_verdict(text: str, inputs: dict[str, Any], words: dict[str, Any]) -> None:
    """The word for each element; and --strict speaks where a convention is used."""
    answer = asked(text, inputs)
    assert {name: answer.verdicts[name].tolist() for name in words} == words
    said = " ".join(word for name in words for word in np.ravel(answer.verdicts[name]))
    convention = any(kind in said for kind in ("kink", "tie", "jump", "edge", "degenerate"))
    assert convention <= any(notice.kind == "convention" for notice in answer.warnings)


SIDES = re.compile(r"\[(.*), (.*)\]")


def value_beside(text: str, inputs: dict[str, Any], name: str, i: Any, step: float) -> float:
    """The sum of the value, with one element of an input moved."""
    moved = np.array(inputs[name], float)
    moved[i] += step
    with np.errstate(all="ignore"):
        return float(np.sum(Program(text)({**inputs, name: moved})))


MEASURED = [(text, at) for text, at, _ in VERDICTS if "stop_gradient" not in text] + EXAMPLES


@pytest.mark.parametrize(("text", "inputs"), MEASURED, ids=str)
def test_verdicts_hold(text: str, inputs: dict[str, Any]) -> None:
    """The slopes that a verdict names, or leaves out, are those of the values beside the point."""
    answer = asked(text, inputs)
    for name, gradient in answer.parts.items():
        for i, word in np.ndenumerate(answer.verdicts[name]):
            if word in ("unused", "degenerate", "nan", "domain", "indeterminate", "overflow"):
                continue
            here, *beside = (
                value_beside(text, inputs, name, i, step) for step in (0.0, -1e-6, 1e-6)
            )
            left, right = ((v - here) / step for v, step in zip(beside, (-1e-6, 1e-6), strict=True))
            _check(word, 0.0 if gradient is None else float(gradient[i]), left, right)


def _check(word: str, printed: float, left: float, right: float) -> None:
    if word == "jump":
        assert max(abs(left), abs(right)) > 1e4 or not np.isfinite([left, right]).all()
    elif word in ("pole", "vertical tangent"):
        assert not (abs(left) < 10 and abs(right) < 10)
    elif (named := SIDES.search(word)) is not None:
        for text, slope in zip(named.groups(), (left, right), strict=True):
            assert float(text) == pytest.approx(slope, abs=1e-3) or "inf" in text
    elif word != "branch edge":
        assert word in ("smooth", "not selected") or word.startswith("only through")
        same = pytest.approx(printed, abs=1e-3)
        assert all(slope == same for slope in (left, right) if not np.isnan(slope))


# --- what is said although nobody asked ---------------------------------------------------------

ZERO: dict[str, Any] = {"x": 0}
EQUAL = {"x": [[2, 0], [0, 2]]}

# program, inputs, how the one warning begins, and what it underlines
# fmt: off
SPOKEN: list[tuple[str, dict[str, Any], str, str]] = [
    ("log(abs(x))", ZERO, "pole at x", "log(abs(x))"),
    ("log(relu(x))", ZERO, "pole at x", "log(relu(x))"),
    ("log(norm(x))", {"x": [0, 0]}, "pole at x[0]", "log(norm(x))"),
    ("sum(log(abs(x)))", {"x": [1, 0]}, "pole at x[1]", "log(abs(x))"),
    ("log(std(x))", {"x": [1, 1]}, "pole at x[0]", "log(std(x))"),
    ("atanh(1 - abs(x))", ZERO, "pole at x", "atanh(1 - abs(x))"),
    ("sqrt(abs(x))", ZERO, "vertical tangent at x", "sqrt(abs(x))"),
    ("3*sqrt(abs(x)) + x", ZERO, "vertical tangent at x", "sqrt(abs(x))"),
    ("sqrt(hypot(x, 0))", ZERO, "vertical tangent at x", "sqrt(hypot(x, 0))"),
    ("abs(x)^0.3", ZERO, "vertical tangent at x", "abs(x)^0.3"),
    ("cbrt(relu(x))", ZERO, "vertical tangent at x", "cbrt(relu(x))"),
    ("asin(abs(x) - 1)", ZERO, "vertical tangent at x", "asin(abs(x) - 1)"),
    ("acosh(1 + abs(x))", ZERO, "vertical tangent at x", "acosh(1 + abs(x))"),
    ("relu(x) - relu(-x)", ZERO, "kinks meet at x", "relu(-x)"),
    ("abs(x) - 3*relu(x)", ZERO, "kinks meet at x", "relu(x)"),
    ("sign(x)*abs(x)", ZERO, "kinks meet at x", "abs(x)"),
    ("sign(x)*log(abs(x) + sqrt(x^2 + 1))", ZERO, "kinks meet at x", "abs(x)"),
    ("sum(relu([x, -x])*[1, -1])", ZERO, "kinks meet at x", "relu([x, -x])"),
    ("clip(x, 0, 1) + clip(x, -1, 0)", ZERO, "kinks meet at x", "clip(x, -1, 0)"),
    ("sqrt(sort([x, 0])[1])", ZERO, "vertical tangent at x", "sqrt(sort([x, 0])[1])"),
    ("min([cummax([0, 2*x])[1], 0])", ZERO, "kinks meet at x", "min([cummax([0, 2*x])[1], 0])"),
    ("atan2(x, 0)*relu(x) - median([-x, 0, 1])", ZERO, "degenerate at x", "median([-x, 0, 1])"),
    ("hypot(x, y)*cos(atan2(y, x))", {"x": 0, "y": 0}, "degenerate at x", "atan2(y, x)"),
    ("w, v = eigh(x); (v @ diag(w^2) @ v)[0, 1]", EQUAL, "eigenvectors of equal", "eigh(x)"),
    ("u, s, v = svd(x); (u @ v)[0, 0]", EQUAL, "singular vectors of equal", "svd(x)"),
    ("eigvalsh(x)[0]", EQUAL, "equal eigenvalues have no derivatives", "eigvalsh(x)"),
    ("eigvalsh(x) @ [1, 2]", EQUAL, "equal eigenvalues have no derivatives", "eigvalsh(x)"),
    ("w, v = eigh(x); 3*w[1]", EQUAL, "equal eigenvalues have no derivatives", "eigh(x)"),
    ("svdvals(x)[0]", EQUAL, "equal singular values have no derivatives", "svdvals(x)"),
    ("u, s, v = svd(x); s[1]/2", EQUAL, "equal singular values have no derivatives", "svd(x)"),
    ("sum(pinv(x))", {"x": [[1, 2], [1, 2]]}, "the pseudoinverse jumps", "pinv(x)"),
]

# programs at whose points a convention stands for the slope, as everybody expects, or a slope is
UNSPOKEN: list[tuple[str, dict[str, Any]]] = [
    ("abs(x)", ZERO), ("relu(x)", ZERO), ("exp(abs(sin(x)))", ZERO), ("x*relu(x)", ZERO),
    ("1/(1 + abs(x))", ZERO), ("sqrt(1 + relu(x))", ZERO), ("abs(x)^1.5", ZERO),
    ("norm(x)", {"x": [0, 0]}), ("max(x)", {"x": [1, 1]}), ("sort(x)*[1, 2]", {"x": [1, 1]}),
    ("maximum(x, 0) + minimum(x, 0)", ZERO), ("abs(x) + relu(x)", ZERO), ("floor(x)*x", ZERO),
    ("where(x > 0, log(x), 0)", ZERO), ("where(x == 0, 1, sin(x)/x)", ZERO), ("x^0", ZERO),
    ("log(relu(x))", {"x": -1}), ("if x > 0 { sqrt(x) } else { 0 }", ZERO),
    ("sum(relu(a @ x))", {"a": [[1, 2], [3, 4]], "x": [0, 0]}),
    ("sum(eigh(x)[0]^2)", EQUAL), ("sum(svd(x)[1])", EQUAL), ("prod(eigvalsh(x))", EQUAL),
    ("logsumexp(eigvalsh(x))", EQUAL), ("max(svdvals(x))", EQUAL), ("norm(x, 2)", EQUAL),
    ("eigvalsh(x)[0]", {"x": [[2, 0, 0], [0, 3, 0], [0, 0, 3]]}),
    ("w = eigvalsh(x); w[1]*w[2]", {"x": [[2, 0, 0], [0, 3, 0], [0, 0, 3]]}),
    ("svdvals(x)[1]", {"x": [[1, 2], [1, 2]]}),
    ("w, v = eigh(x); v[0, 0]*w[1]", {"x": [[2, 1], [1, 3]]}),
    ("sum(pinv(x))", {"x": [[1, 2], [3, 4]]}),
]
# fmt: on


def said(question: str, text: str, inputs: dict[str, Any], **options: Any) -> list[Notice]:
    """The warnings of an answer."""
    values = {name: np.asarray(x, float) for name, x in inputs.items()}
    return ask(question, text, values, **options).warnings


@pytest.mark.parametrize(("text", "inputs", "start", "underlined"), SPOKEN)
def test_never_silent(text: str, inputs: dict[str, Any], start: str, underlined: str) -> None:
    """A number where there is no derivative comes with a warning, whatever is asked, and again."""
    for question in ("grads", "value-and-grads", "jacobian", "grads", "grads", "vjp"):
        dy = {"dy": np.ones(())} if question == "vjp" else {}
        notices = [n for n in said(question, text, inputs, **dy) if n.message.startswith(start)]
        assert [n.span.text for n in notices if n.span] == [underlined], question


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("grads", {}),
        ("vjp", {}),
        ("jacobian", {}),
        ("hessian", {}),
        ("derivative", {}),
        ("jvp", {"tangent": 1}),
        ("hvp", {"tangent": 1}),
        ("directional", {"tangent": 1}),
    ],
)
def test_zero_everywhere(question: str, options: dict[str, Any]) -> None:
    """A derivative that is zero because of one operation, or of none, says so once."""
    for text, reason in (("2*floor(x)", "only through floor"), ("y = x; 3", "does not depend")):
        (notice,) = said(question, text, {"x": 1.5}, **options)
        assert reason in notice.message
    assert said(question, "x*floor(x)", {"x": 1.5}, **options) == []


def test_a_jacobian_has_a_slope_for_each_element() -> None:
    """Kinks of different elements do not meet; where they do, the slopes are that element's."""
    assert said("jacobian", "[relu(x), -relu(-x)]", ZERO) == []
    assert said("eval", "jacobian([relu(x), -relu(-x)], x)", ZERO) == []
    (notice,) = said("jacobian", f"[relu(x), {MEET}]", ZERO)
    assert "slopes 1 and 1" in notice.message


MEET = "relu(x) - relu(-x)"

# question, program, options, how the one warning begins
# fmt: off
ASKED_OTHERWISE: list[tuple[str, str, dict[str, Any], str]] = [
    ("tape", "u = 2*x; y = relu(u) - relu(-u); 3*y", {"ask": ["dy/du"]}, "kinks meet at u"),
    ("tape", "y = log(abs(x)); 3*x", {"ask": ["dy/dx"]}, "pole at x"),
    ("tape", f"y = {MEET}", {"ask": ["d2y/dx2"]}, "kinks meet at x"),
    ("tape", "y = abs(x)^1.5", {"ask": ["d2y/dx2"]}, "vertical tangent at x"),
    ("gradients", "u = x + 1; v = u - 1; y = sign(v)*abs(v); y + 1",
     {"ys": ["y"], "xs": ["v"]}, "kinks meet at v"),
    ("gradients", f"a = 2*x; {MEET}", {"xs": ["x"], "stop": ["a"]}, "kinks meet at x"),
    ("backward", f"h = x*1; y = {MEET.replace('x', 'h')}; backward(y)",
     {"retain": ["h"]}, "kinks meet at h"),
    ("backward", MEET, {}, "kinks meet at x"),
    ("variable-grads", MEET, {}, "kinks meet at x"),
    ("hessian", MEET, {}, "kinks meet at x"),
    ("hessian", "abs(x)^1.5", {}, "vertical tangent at x"),
    ("hvp", MEET, {"tangent": 1}, "kinks meet at x"),
    ("jvp", MEET, {"tangent": 1}, "kinks meet at x"),
    ("jacobian", "[sqrt(abs(x)), x]", {}, "vertical tangent at x"),
    ("derivative", MEET, {"order": 1}, "kinks meet at x"),
    ("derivative", "abs(x)^2.5", {"order": 3}, "vertical tangent at x"),
    ("eval", f"y = {MEET}; grad(y, x)", {}, "kinks meet at x"),
    ("eval", f"grad(t => {MEET.replace('x', 't')})(x)", {}, "kinks meet at t"),
    ("eval", f"f(t) = {MEET.replace('x', 't')}; value_and_grad(f)(x)[1]", {}, "kinks meet at t"),
    ("eval", "jacobian(t => log(abs(t)))(x)", {}, "pole at t"),
    ("eval", "y = log(abs(x)); hessian(y, x)", {}, "pole at x"),
    ("eval", f"y = {MEET}; jvp(y, x, 1)", {}, "kinks meet at x"),
    ("eval", f"y = {MEET}; hvp(y, x, 1)", {}, "kinks meet at x"),
    ("eval", f"y = {MEET}; vjp(y, x, 2)", {}, "kinks meet at x"),
    ("eval", f"y = {MEET}; backward(y); x.grad", {}, "kinks meet at x"),
    ("eval", "vmap(grad(t => sqrt(abs(t))))([1, x])", {}, "vertical tangent at t[1]"),
    ("grads", "y = log(abs(x)); x*grad(y, x)", {}, "pole at x"),
]

# the same, with nothing to say
NOT_ASKED_FOR: list[tuple[str, str, dict[str, Any]]] = [
    ("tape", "y = relu(x); 3*y", {"ask": ["dy/dx"]}),
    ("tape", f"z = {MEET}; y = x^2; z", {"ask": ["dy/dx"]}),
    ("gradients", f"u = {MEET}; y = u^2", {"ys": ["y"], "xs": ["u"]}),
    ("jvp", f"{MEET} + 0*y", {"tangent": {"y": 1}}),
    ("vjp", f"[{MEET}, x]", {"dy": [0, 1]}),
    ("hessian", "relu(x)^2", {}), ("hessian", "abs(x)*x", {}), ("hessian", "abs(x)^2.5", {}),
    ("eval", "y = abs(x); grad(y, x)", {}), ("eval", MEET, {}),
    ("eval", "grad(t => relu(t))(x) + grad(t => abs(t))(x)", {}),
]
# fmt: on


def _said_otherwise(question: str, text: str, options: dict[str, Any]) -> list[Notice]:
    inputs = {"x": 0.0, "y": 1.0} if "0*y" in text else ZERO
    arrays = {key: np.asarray(x) if key == "dy" else x for key, x in options.items()}
    return [n for n in said(question, text, inputs, **arrays) if n.kind == "convention"]


@pytest.mark.parametrize(("question", "text", "options", "start"), ASKED_OTHERWISE)
def test_never_silent_however_asked(
    question: str, text: str, options: dict[str, Any], start: str
) -> None:
    """Whatever was differentiated, by the question or in the program, speaks up once."""
    messages = [notice.message for notice in _said_otherwise(question, text, options)]
    assert len([message for message in messages if message.startswith(start)]) == 1


@pytest.mark.parametrize(("question", "text", "options"), NOT_ASKED_FOR)
def test_nothing_to_say_however_asked(question: str, text: str, options: dict[str, Any]) -> None:
    """Only what was differentiated is warned of."""
    assert _said_otherwise(question, text, options) == []


@pytest.mark.parametrize(("text", "inputs"), UNSPOKEN)
def test_nothing_to_say(text: str, inputs: dict[str, Any]) -> None:
    """A lone convention is what everybody expects; so is a slope that both sides have."""
    assert [n for n in said("grads", text, inputs) if n.kind == "convention"] == []


def test_known_steps_are_no_way_around() -> None:
    """What is computed by known steps at other values speaks up as soon as it has to."""
    at = [1.0, 2.0, 3.0, 0.0, 4.0]
    warned = [len(said("grads", "sqrt(abs(x)) + x", {"x": x})) for x in at]
    assert warned == [0, 0, 0, 1, 0]


@pytest.mark.parametrize(("text", "inputs"), MEASURED, ids=str)
def test_no_notice_where_differences_agree(text: str, inputs: dict[str, Any]) -> None:
    """Where a check says ok of every element, there is nothing to warn of."""
    values = {name: np.asarray(x, float) for name, x in inputs.items()}
    try:
        question = find("check")
        assert question is not None
        request = Request(question, Text.of(text), values)
        report = request.answer()
    except GradcliError:
        return
    assert isinstance(report, Report)
    if all(row[-1] == "ok" for row in report.rows):
        assert [n for n in said("grads", text, inputs) if n.kind == "convention"] == []


def test_every_statement_is_met() -> None:
    """Each record that states special points is used at one above, one that only selects at all."""
    runs = [Program(text).record(inputs) for text, inputs in MEASURED]
    used = {node.op for run in runs for node in ancestors(run.results)}
    traces = [Trace(run, list(run.inputs.values())) for run in runs]
    met = {use.node.op for trace in traces for use in trace.uses}
    missing = [op for op in RECORDS if op.special and op not in met]
    missing += [op for op in RECORDS if _selects(op) and op not in used]
    assert sorted(RECORDS[op] for op in missing) == []


def _selects(op: Op) -> bool:
    if isinstance(op, Reduction):
        return op.select is not None
    return isinstance(op, Elementwise) and any(select is not None for select in op.selects)


POWERS_OF_MATRICES = [
    ("A^-1 @ b", ["for the inverse of the matrix write inv(A)", None]),
    ("(A @ A)⁻¹ @ b", ["for the inverse of the matrix write inv(A @ A)", None]),
    ("sum(A^-1)", ["for the inverse of the matrix write inv(A)"]),
    ("b @ A^2", ["for the product of matrices write A @ A"]),
    ("A³ @ b", ["for the product of matrices write A @ A @ A"]),
    ("A**2 @ b", []),
    ("A^2 * b", []),
    ("A[:1]^2 @ b", []),
]


@pytest.mark.parametrize(("expr", "helps"), POWERS_OF_MATRICES)
def test_powers_of_matrices_go_by_elements(expr: str, helps: list[str | None]) -> None:
    """What mathematics means by one is said where it is not finite, and beside a product."""
    values = {"A": np.diag([2.0, 4.0]), "b": np.array([1.0, 2.0])}
    used = {name: value for name, value in values.items() if name in expr}
    assert [notice.help for notice in ask("eval", expr, used).warnings] == helps


POOLED = "max_pool2d({}, 2, layout='NCHW')"


@pytest.mark.parametrize(
    ("text", "is_looked_into"),
    [
        (f"sum({POOLED.format('relu(x)')}^2)", False),
        (f"sum({POOLED.format('relu(x)')})", False),
        (f"sum({POOLED.format('concat((relu(x), relu(y)), 1)')}^2)", True),
        (f"sum({POOLED.format('exp(0*x) + y*0')}^2)", True),
    ],
)
def test_ties_of_what_does_not_move(
    text: str, is_looked_into: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zeros that relu leaves are tied everywhere, and are no reason to walk back."""
    walks: list[Any] = []
    trace = silent.Trace
    monkeypatch.setattr(silent, "Trace", lambda *a, **k: walks.append(a) or trace(*a, **k))
    x, y = np.random.default_rng(0).normal(size=(2, 1, 2, 32, 32))
    program = Program(text.replace("'", '"'))
    values = {name: value for name, value in {"x": x, "y": y}.items() if name in program.inputs}
    answers = [program.value_and_grads(**values)[1] for _ in range(3)]
    assert bool(walks) == is_looked_into
    for name, slope in answers[0].items():
        np.testing.assert_array_equal(slope, answers[2][name])

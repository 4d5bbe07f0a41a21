"""The normal distribution and those of the same shape: density, probability, quantile.

The names and the order of the parameters are those of scipy.stats. A density outside its support
is 0 and its logarithm -inf; what lies outside has no part in a gradient.
"""

from __future__ import annotations

import math
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import Function, Parameter
from gradcli.ir.op import Binary, Elementwise
from gradcli.ir.record import CONSTANT
from gradcli.ops import student
from gradcli.ops.compare import TAINT, abs_, choose, clip, gt, le, lt, repaired
from gradcli.ops.entropy import logit
from gradcli.ops.error_functions import HALF_GAUSS, OVER_ROOT_TAU, log_ndtr, ndtr, ndtri
from gradcli.ops.exponential import (
    SIGMOID_SLOPE,
    TANH_HALF,
    exp,
    expm1,
    log,
    log1mexp,
    log1p,
    log_sigmoid,
    sigmoid,
)
from gradcli.ops.kernels import doubled
from gradcli.ops.powers import hypot, square
from gradcli.ops.tails import log_or_tail, log_student_tail
from gradcli.ops.trigonometry import ATAN_SLOPE, atan2, cot, tan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.ir.node import Node
    from gradcli.ops.records import Interval

    Form = Callable[..., Node]

LOG_ROOT_TAU = 0.5 * math.log(math.tau)

# --- what all distributions have in common ------------------------------------------------------

# fmt: off
_KINDS: dict[str, tuple[str, str, Callable[[Node, Node], Node]]] = {
    "pdf":    ("x", "The density of {full}.", lambda y, scale: y / scale),
    "logpdf": ("x", "The logarithm of the density of {variable}.", lambda y, scale: y - log(scale)),
    "cdf":    ("x", "The probability that {variable} is below x.", lambda y, scale: y),
    "logcdf": ("x", "The logarithm of {name}_cdf{note}.", lambda y, scale: y),
    "sf":     ("x", "The probability that {variable} is above x.", lambda y, scale: y),
    "ppf":    ("q", "The number below which {variable} is with probability q{back}.",
               lambda y, scale: y * scale),
}
# fmt: on
"""Of each function the first parameter, the sentence, and what a scale makes of the answer."""


def _of_place(
    name: str,
    built: Callable[..., Node],
    names: Sequence[str],
    doc: str,
    point: tuple[float, ...],
    domain: tuple[Interval, ...] | None,
) -> Function:
    """One function of a distribution, which takes its place and scale behind `names`."""
    parameters = (*(Parameter(n, "Array") for n in names), *_PLACE)
    example = f"{name}({', '.join(map(str, point))})"
    return Function(name, built, parameters, doc=doc, example=example, domain=domain)


def distribution(
    name: str,
    variable: str,
    forms: Mapping[str, Form],
    *,
    full: str = "",
    note: str = "",
    shapes: str = "",
    at: tuple[float, ...] = (),
    domain: tuple[Interval, ...] = (),
    chances: Interval = (0.1, 0.9),
    chance: float = 0.5,
    width: float = 1.0,
    outside: Form | None = None,
    far: Form | None = None,
    spread: Mapping[str, Form] = MappingProxyType({}),
) -> tuple[Function, ...]:
    """The functions of a distribution, each from its form for a standard variable and shapes.

    The form "tail" is the logarithm of a probability that underflows, or of an x below that of the
    form "near". `full` names the variable
    with its shapes; `at` are the shapes of the examples, and `chance` the probability in that of
    the quantile, which is smooth for `chances`; `width` is that of a variable whose scale is 1.
    `outside(z)` says where the density is 0, `far(z)` where it is 0 to floating-point numbers,
    whatever its formula makes of so large a z; `spread` has forms of x and a scale, where those of
    x / scale lose digits.
    """
    functions = []
    nowhere = {"pdf": outside or far, "logpdf": outside}
    said = {"name": name, "variable": variable, "full": full or variable, "note": note}
    said["back"] = "; second slopes by a shape are right to 1e-8" if shapes else ""
    for kind, (first, doc, _) in _KINDS.items():
        is_quantile = first == "q"
        form = forms.get(kind) or _log_of(forms)
        point = (chance if is_quantile else 0.5, *at)
        names = [first, *shapes.split()]
        built = _built(kind, form, len(names), width, nowhere.get(kind), spread.get(kind))
        where = ((chances, *domain[1:]) if is_quantile else domain) or None
        functions.append(
            _of_place(f"{name}_{kind}", built, names, doc.format(**said), point, where)
        )
    return tuple(functions)


_OUTSIDE = {"pdf": 0.0, "logpdf": -math.inf}
"""What densities are outside the support, whatever the scale."""

_PLACE = (Parameter("loc", "Array", None), Parameter("scale", "Array", None))


def _log_of(forms: Mapping[str, Form]) -> Form:
    """The logarithm of a probability, by that of its complement where it is near 1."""
    below, above = forms["cdf"], forms["sf"]
    tail, near = forms.get("tail"), forms.get("near")

    def form(*args: Node) -> Node:
        probability = below(*args)
        small = log(probability)
        if tail:
            least = near and near(*args)
            small = log_or_tail(probability, args[0], lambda x: tail(x, *args[1:]), least)
        return choose(gt(probability, 0.5), log1p(-above(*args)), small)

    return form


def _built(
    kind: str, form: Form, count: int, width: float, outside: Form | None, spread: Form | None
) -> Callable[..., Node]:
    at = _at_chance if _KINDS[kind][0] == "q" else partial(_at_number, outside, spread)

    def build(*args: Any) -> Node:
        (x, *shapes), (loc, scale) = args[:count], args[count:]
        shapes = [above_zero(shape) for shape in shapes]
        scale = None if scale is None else above_zero(scale)
        if width != 1.0:
            scale = x.graph.lift(width) if scale is None else width * scale
        z = at(kind, lambda y: form(y, *shapes), x, loc, scale)
        return valid(z, *shapes)

    return build


def valid(z: Node, *parameters: Node) -> Node:
    """What is NaN where a parameter of its distribution is."""
    for parameter in parameters:
        if parameter.op is not CONSTANT:
            z = TAINT(z, parameter)
    return z


def _at_chance(kind: str, form: Form, q: Node, loc: Node | None, scale: Node | None) -> Node:
    y = form(q)
    y = y if scale is None else _KINDS[kind][2](y, scale)
    return y if loc is None else y + loc


def _at_number(
    outside: Form | None,
    spread: Form | None,
    kind: str,
    form: Form,
    x: Node,
    loc: Node | None,
    scale: Node | None,
) -> Node:
    x = x if loc is None else x - loc
    if spread and scale is not None:
        is_bounded = scale.op is CONSTANT and bool(np.isfinite(scale.attrs[0]).all())
        return spread(x, scale) if is_bounded else valid(spread(x, scale), x / scale)
    z = x if scale is None else x / scale
    y = form(z) if scale is None else _KINDS[kind][2](form(z), scale)
    return y if outside is None else choose(outside(z), _OUTSIDE[kind], y)


def below_zero(z: Node) -> Node:
    """Where a variable that is never negative is not."""
    return lt(z, 0.0)


def beyond_unit(z: Node) -> Node:
    """Where a variable between 0 and 1 is not."""
    return lt(z, 0.0) | lt(1.0, z)


CHANCE = Elementwise(
    "chance",
    lambda q: repaired(+q, (q < 0) | (q > 1), np.nan),
    lambda q, z: TAINT(1.0, z),
    notation=("{0}", 10),
)
"""A probability; NaN outside of 0 to 1."""


POSITIVE = Elementwise(
    "positive",
    lambda s: repaired(+s, s <= 0, np.nan),
    lambda s, z: TAINT(1.0, z),
    notation=("{0}", 10),
)
"""A scale or a shape; NaN unless it is above 0."""

MEAN = Elementwise(
    "mean_count",
    lambda m: repaired(+m, m < 0, np.nan),
    lambda m, z: TAINT(1.0, z),
    notation=("{0}", 10),
)
"""A mean of counts; NaN below 0."""


def above_zero(s: Node) -> Node:
    """A scale or a shape, which is NaN where it is none; a constant that is one as it is."""
    is_one = s.op is CONSTANT and bool(np.all(np.asarray(s.attrs[0]) > 0))
    return s if is_one else POSITIVE(s)


def within(z: Node) -> Node:
    """What is held between 0 and 1."""
    return clip(z, z.graph.lift(0.0), z.graph.lift(1.0))


# --- on the whole line --------------------------------------------------------------------------

NORMAL = distribution(
    "norm",
    "a normal variable",
    {
        "pdf": lambda z: OVER_ROOT_TAU * HALF_GAUSS(z),
        "logpdf": lambda z: -0.5 * square(z) - LOG_ROOT_TAU,
        "cdf": ndtr,
        "logcdf": log_ndtr,
        "sf": lambda z: ndtr(-z),
        "ppf": ndtri,
    },
    note=", exact in both tails",
    chances=(0.05, 0.95),
    far=lambda z: gt(abs_(z), 40.0),
)


def _student_logcdf(z: Node, df: Node) -> Node:
    below = log_or_tail(student.BELOW(z, df), z, lambda far: log_student_tail(far, df))
    return choose(lt(z, 0.0), below, log1p(-student.BELOW(-z, df)))


STUDENT = distribution(
    "t",
    "Student's t",
    {
        "pdf": student.density,
        "logpdf": student.log_density,
        "cdf": student.BELOW,
        "logcdf": _student_logcdf,
        "sf": lambda z, df: student.BELOW(-z, df),
        "ppf": student.QUANTILE,
    },
    full="Student's t with df degrees of freedom",
    note="; its slopes are right to 1e-10, second ones to 1e-8",
    shapes="df",
    at=(3,),
    domain=((-3.0, 3.0), (1.0, 6.0)),
    chances=(0.1, 0.45),
    chance=0.9,
)
LOGISTIC_LOG_DENSITY = Elementwise(
    "logistic_log_density",
    lambda z: -np.abs(z) - 2 * np.log1p(np.exp(-np.abs(z))),
    lambda x, z: -TANH_HALF(x),
    notation=("log_sigmoid({0}) + log_sigmoid(-{0:7})", 5),
)
"""The logarithm of sigmoid(z) sigmoid(-z)."""

LOGISTIC = distribution(
    "logistic",
    "a logistic variable",
    {
        "pdf": SIGMOID_SLOPE,
        "logpdf": LOGISTIC_LOG_DENSITY,
        "cdf": sigmoid,
        "logcdf": log_sigmoid,
        "sf": lambda z: sigmoid(-z),
        "ppf": logit,
    },
)


def _cauchy_logpdf(z: Node) -> Node:
    spread = choose(lt(abs_(z), 1.0), log1p(square(z)), 2.0 * log(hypot(1.0, z)))
    return -spread - math.log(math.pi)


def _over_squares(x: Any, y: Any) -> Any:
    whole = np.hypot(x, y)
    return repaired(x / whole / whole, np.isinf(whole), 0)


def _difference_of_squares(x: Node, y: Node) -> Node:
    """y^2 - x^2, by their sum: where one is small, neither it nor its slopes cancel."""
    narrow, wide = square(x), square(y)
    middle = choose(lt(wide, 0.25), 2.0 * wide - 1.0, (y - x) * (y + x))
    return choose(lt(narrow, 0.25), 1.0 - 2.0 * narrow, middle)


def _slopes_of_over_squares(x: Node, y: Node) -> tuple[Node, Node]:
    whole = hypot(x, y)
    x, y = x / whole, y / whole
    return _difference_of_squares(x, y) / whole / whole, -2.0 * x * y / whole / whole


OVER_SQUARES = Binary(
    "over_squares",
    doubled(_over_squares),
    lambda x, y, z: _slopes_of_over_squares(x, y)[0],
    lambda x, y, z: _slopes_of_over_squares(x, y)[1],
    notation=("{0:6}/hypot({0}, {1})^2", 6),
)
"""x/(x^2 + y^2), whatever their size."""

LOG_HYPOT = Binary(
    "log_hypot",
    doubled(lambda x, y: np.log(np.hypot(x, y))),
    lambda x, y, z: OVER_SQUARES(x, y),
    lambda x, y, z: OVER_SQUARES(y, x),
    notation=("log(hypot({0}, {1}))", 10),
)
"""The logarithm of the root of x^2 + y^2, with slopes that do not overflow before they must."""


def _cauchy_logcdf(z: Node) -> Node:
    far = choose(lt(z, -(2.0**27)), -log(-z) - math.log(math.pi), _log_below(z, 1.0))
    return choose(lt(z, 0.0), far, _log_below(z, 1.0))


def _log_below(x: Node, scale: Any) -> Node:
    below = log(atan2(scale, -x) / math.pi)
    return choose(lt(x, 0.0), below, log1p(atan2(scale, x) / -math.pi))


_CAUCHY_WITH_SCALE: dict[str, Form] = {
    "pdf": lambda x, scale: OVER_SQUARES(scale, x) / math.pi,
    "logpdf": lambda x, scale: log(scale) - 2.0 * LOG_HYPOT(scale, x) - math.log(math.pi),
    "cdf": lambda x, scale: atan2(scale, -x) / math.pi,
    "logcdf": _log_below,
    "sf": lambda x, scale: atan2(scale, x) / math.pi,
}
"""Slopes by x/scale would be small differences of large numbers far from 0."""


def _cauchy_ppf(q: Node) -> Node:
    q = CHANCE(q)
    tail = choose(gt(q, 0.5), cot(math.pi * (1.0 - q)), -cot(math.pi * q))
    return choose(lt(abs_(q - 0.5), 0.25), tan(math.pi * (q - 0.5)), tail)


CAUCHY = distribution(
    "cauchy",
    "a Cauchy variable",
    {
        "pdf": lambda z: ATAN_SLOPE(z) / math.pi,
        "logpdf": _cauchy_logpdf,
        "cdf": lambda z: atan2(1.0, -z) / math.pi,
        "logcdf": _cauchy_logcdf,
        "sf": lambda z: atan2(1.0, z) / math.pi,
        "ppf": _cauchy_ppf,
    },
    note="; its second slopes are right to 1e-8",
    chances=(0.1, 0.45),
    chance=0.75,
    spread=_CAUCHY_WITH_SCALE,
)


def _laplace_cdf(z: Node) -> Node:
    return choose(lt(z, 0.0), 0.5 * exp(z), 1.0 - 0.5 * exp(-z))


LAPLACE = distribution(
    "laplace",
    "a Laplace variable",
    {
        "pdf": lambda z: 0.5 * exp(-abs_(z)),
        "logpdf": lambda z: -abs_(z) - math.log(2.0),
        "cdf": _laplace_cdf,
        "logcdf": lambda z: choose(lt(z, 0.0), z - math.log(2.0), log1p(-0.5 * exp(-z))),
        "sf": lambda z: _laplace_cdf(-z),
        "ppf": lambda q: choose(lt(q, 0.5), log(2.0 * q), -log(2.0 * (1.0 - q))),
    },
    chance=0.75,
)

# --- on a part of the line ----------------------------------------------------------------------

EXPONENTIAL = distribution(
    "expon",
    "an exponential variable",
    {
        "pdf": lambda z: exp(-z),
        "logpdf": lambda z: -z,
        "cdf": lambda z: choose(lt(z, 0.0), 0.0, -expm1(-z)),
        "logcdf": lambda z: choose(lt(z, 0.0), -math.inf, log1mexp(z)),
        "sf": lambda z: choose(lt(z, 0.0), 1.0, exp(-z)),
        "ppf": lambda q: -log1p(-CHANCE(q)),
    },
    note="; its second slope by x and the scale loses digits near x = loc",
    domain=((0.1, 3.0),),
    outside=below_zero,
)


def _lognormal(form: Form, below: float) -> Form:
    """The form of a normal variable, of the logarithm over the shape; what there is below 0."""
    return lambda z, s: choose(le(z, 0.0), below, form(log(z) / s))


LOG_NORMAL = distribution(
    "lognorm",
    "a log-normal variable",
    {
        "pdf": lambda z, s: OVER_ROOT_TAU * HALF_GAUSS(log(z) / s) / (s * z),
        "logpdf": lambda z, s: -0.5 * square(log(z) / s) - LOG_ROOT_TAU - log(s) - log(z),
        "cdf": _lognormal(ndtr, 0.0),
        "logcdf": _lognormal(log_ndtr, -math.inf),
        "sf": _lognormal(lambda y: ndtr(-y), 1.0),
        "ppf": lambda q, s: exp(s * ndtri(q)),
    },
    full="a variable whose logarithm is normal, with a deviation of s",
    shapes="s",
    at=(1,),
    domain=((0.3, 3.0), (0.5, 2.0)),
    chances=(0.1, 0.9),
    outside=lambda z: le(z, 0.0),
)

UNIFORM = distribution(
    "uniform",
    "a uniform variable",
    {
        "pdf": lambda z: 1.0 + 0.0 * z,
        "logpdf": lambda z: 0.0 * z,
        "cdf": within,
        "sf": lambda z: 1.0 - within(z),
        "ppf": CHANCE,
    },
    full="a variable that is uniform from loc to loc + scale",
    domain=((0.1, 0.9),),
    outside=beyond_unit,
)

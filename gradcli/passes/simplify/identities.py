"""The table of identities: what functions are made of, and what functions of functions come to."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.passes.simplify.written import read

if TYPE_CHECKING:
    from gradcli.passes.simplify.written import Tree

POWERS = """
sqrt(x) = x^(1/2)
rsqrt(x) = x^(-1/2)
square(x) = x^2
cube(x) = x^3
hypot(x, y) = (x^2 + y^2)^(1/2)
squared_difference(x, y) = (x - y)^2
one_less_square(x) = 1 - x^2
"""

TRIGONOMETRY = """
tan(x) = sin(x)/cos(x)
cot(x) = cos(x)/sin(x)
sec(x) = 1/cos(x)
csc(x) = 1/sin(x)
fresnel_wave_sin(x) = sin(pi/2*x^2)
fresnel_wave_cos(x) = cos(pi/2*x^2)
sin(asin(x)) = x
cos(acos(x)) = x
tan(atan(x)) = x
sin(acos(x)) = sqrt(1 - x^2)
cos(asin(x)) = sqrt(1 - x^2)
sin(atan(x)) = x/sqrt(1 + x^2)
cos(atan(x)) = 1/sqrt(1 + x^2)
"""

HYPERBOLIC = """
tanh(x) = sinh(x)/cosh(x)
coth(x) = cosh(x)/sinh(x)
sech(x) = 1/cosh(x)
csch(x) = 1/sinh(x)
sinh(asinh(x)) = x
cosh(asinh(x)) = sqrt(1 + x^2)
cosh(acosh(x)) = x
sinh(acosh(x)) = sqrt(x - 1)*sqrt(x + 1)
sinh(atanh(x)) = x/sqrt(1 - x^2)
cosh(atanh(x)) = 1/sqrt(1 - x^2)
"""

LOGARITHMS = """
log1p(x) = log(1 + x)
expm1(x) = exp(x) - 1
exp2(x) = 2^x
exp10(x) = 10^x
half_gauss(x) = exp(-x^2/2)
bose(x) = 1/(exp(x) - 1)
log(exp(x)) = x
"""

SPECIAL = """
polygamma_1(x) = polygamma(1, x)
polygamma_2(x) = polygamma(2, x)
polygamma_3(x) = polygamma(3, x)
dawsn_1(x) = 1 - 2*x*dawsn(x)
gamma_density(x, y) = y^(x - 1)*exp(-y)/gamma(x)
psi_less_0(x, y) = digamma(x + y) - digamma(x)
log_ratio(x, y) = log(x/y)
erfcx_1(x) = 2*x*erfcx(x) - 2/sqrt(pi)
sinc_1(x) = (cos(pi*x) - sinc(x))/x
sinc_2(x) = -pi*sin(pi*x)/x - 2*(cos(pi*x) - sinc(x))/x^2
rgamma(x) = 1/gamma(x)
rgamma_1(x) = -digamma(x)/gamma(x)
rgamma_2(x) = (digamma(x)^2 - polygamma(1, x))/gamma(x)
log_quotient_0(x) = log(x)/(1 - x)
log_quotient_1(x) = 1/(x*(1 - x)) + log(x)/(1 - x)^2
boxcox_1(x, y) = x*exp(x*y)/y - (exp(x*y) - 1)/y^2
log_power_0(x, y) = exp(x*y)
log_power_1(x, y) = x*exp(x*y)
log_power_2(x, y) = x^2*exp(x*y)
ellipk_1(x) = (ellipe(x) - (1 - x)*ellipk(x))/(2*x*(1 - x))
ellipe_1(x) = (ellipe(x) - ellipk(x))/(2*x)
ellipk_2(x) = ellipk(x)/(4*x*(1 - x)) - (1 - 2*x)*(ellipe(x) - (1 - x)*ellipk(x))/(2*x^2*(1 - x)^2)
ellipe_2(x) = (ellipk(x) - ellipe(x))/(2*x^2) - ellipe(x)/(4*x*(1 - x))
"""

PROBABILITY = """
gammainc_1(x, y) = igamma_grad_a(x, y)
poisson_density(x, y) = y^x*exp(-y)/gamma(x + 1)
beta_density(x, y, z) = z^(x - 1)*(1 - z)^(y - 1)*gamma(x + y)/(gamma(x)*gamma(y))
t_below(x, y) = t_cdf(x, y)
t_quantile(x, y) = t_ppf(x, y)
t_log_density_0(x, y) = t_logpdf(x, y)
t_log_density_1(x, y) = (digamma(y/2 + 1/2) - digamma(y/2) - log(1 + x^2/y) + (x^2 - 1)/(x^2 + y))/2
t_log_slope(x, y) = -(y + 1)*x/(y + x^2)
"""

CHOICES = """
gate(x, y) = where(x, y, 0)
"""

GROUPS = (POWERS, TRIGONOMETRY, HYPERBOLIC, LOGARITHMS, SPECIAL, PROBABILITY, CHOICES)
"""All groups; x and y stand for anything for which the left side is defined."""

VALUES = {
    ("cos", 0): 1,
    ("cosh", 0): 1,
    ("abs", 0): 0,
    ("log", 1): 0,
    **{("gamma", n): math.factorial(n - 1) for n in range(1, 7)},
}
"""Values that are whole numbers; odd functions of 0 are 0."""

QUARTER_TURNS = (("sin", 1), ("cos", 1), ("sin", -1), ("cos", -1))
"""What sin(x + n*pi/2) is of x for n = 0, 1, 2, 3: a function and a sign."""

ADDITION = {
    "sin": "sin(x)*cos(y) + cos(x)*sin(y)",
    "cos": "cos(x)*cos(y) - sin(x)*sin(y)",
    "sinh": "sinh(x)*cosh(y) + cosh(x)*sinh(y)",
    "cosh": "cosh(x)*cosh(y) + sinh(x)*sinh(y)",
}
"""Functions of x + y."""


RECURRENCES = {
    "poch": (1, "z*(x + y - 1)"),
    "binom": (1, "z*(x - y + 1)/y"),
    "psi_less_0": (0, "z + 1/(x + y - 1)"),
}
"""Functions of x and a whole number y: their value for y = 0, and by z for y - 1."""

REFLECTED = {"sigmoid": 1, "ndtr": 1, "erfc": 2}
"""Functions f with f(-x) = c - f(x), with c."""

SIGNED_ORDERS = {"jv": -1, "yv": -1, "iv": 1, "kv": 1}
"""Functions of a whole order n that are sign^n times those of order -n; the sign is (-1)^n or 1."""

THREE_ORDERS = {"jv": (1, 1), "yv": (1, 1), "iv": (1, -1), "kv": (-1, -1)}
"""Functions with f(n - 1, x) + s*f(n + 1, x) = c*2*n/x*f(n, x): c and s."""

SHIFTED = {"gamma": ("x*z", "z/x"), "digamma": ("z + 1/x", "z - 1/x")}
"""Functions whose f(x + 1) is said by z = f(x); and their f(x) by z = f(x + 1)."""

MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""Comparisons, and those that say the same of their operands the other way round."""

EXCLUDED = {"<": ">", ">": "<"}
"""Comparisons of which one excludes the other."""

LARGER = {"minimum": "<", "maximum": ">", "relu": ">"}
"""Which comparison of its operands says that a function is the first of them; relu has 0, too."""


class Pair(NamedTuple):
    """A function's partner p, and which of the two it is.

    Its square is a + b*p(x)^2, and (c + d*p(2*x))/2 with the partner that is even.
    """

    partner: str
    square: tuple[int, int]
    doubled: tuple[int, int]
    side: int


PAIRS = {
    "sin": Pair("cos", (1, -1), (1, -1), 0),
    "cos": Pair("sin", (1, -1), (1, 1), 1),
    "sinh": Pair("cosh", (-1, 1), (-1, 1), 0),
    "cosh": Pair("sinh", (1, 1), (1, 1), 1),
}
"""Functions whose squares stand for one another."""


EVEN = frozenset("cos cosh abs".split())
ODD = frozenset(
    "sin sinh asin atan asinh atanh erf sine_integral fresnel_sin fresnel_cos sign".split()
)
_EULER_GAMMA = 0.5772156649015329

POSITIVE = frozenset("exp cosh abs sigmoid softplus ndtr erfc".split())
DEFINED_FOR_POSITIVE = frozenset({"log"})

CONSTANTS = {
    **{
        value - k: f"{name} - {k}" if k else name
        for name, value in {"pi": math.pi, "exp(1)": math.e, "euler_gamma": _EULER_GAMMA}.items()
        for k in range(4)
    },
    math.log10(math.e): "1/log(10)",
    1 / math.log(2): "1/log(2)",
    1 / math.log(10): "1/log(10)",
    math.log(2): "log(2)",
    math.log(10): "log(10)",
    math.pi / 180: "pi/180",
    -math.pi / 180: "-pi/180",
    180 / math.pi: "180/pi",
    2 / math.sqrt(math.pi): "2/sqrt(pi)",
    -2 / math.sqrt(math.pi): "-2/sqrt(pi)",
    1 / math.sqrt(math.pi): "1/sqrt(pi)",
    1 / math.sqrt(2 * math.pi): "1/sqrt(2*pi)",
    math.sqrt(2): "sqrt(2)",
    1 / math.sqrt(2): "1/sqrt(2)",
    math.pi / 2: "pi/2",
    2 * math.pi: "2*pi",
    1 / math.pi: "1/pi",
}
"""Numbers that are written as what they are rounded from."""


@cache
def table() -> tuple[dict[str, Any], dict[tuple[str, str], Tree]]:
    """What functions are (parameters, tree), and what functions of functions are."""
    plain: dict[str, Any] = {}
    nested: dict[tuple[str, str], Tree] = {}
    for line in "\n".join(GROUPS).strip().splitlines():
        if not line:
            continue
        left, right = map(read, line.split(" = "))
        _, head, *operands = left
        if operands[0][0] == "call":
            nested[head, operands[0][1]] = right
        else:
            plain[head] = ([operand[1] for operand in operands], right)
    return plain, nested

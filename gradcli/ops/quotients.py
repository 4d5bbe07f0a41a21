"""Quotients with a limit at 0, to any order: sin(x)/x, x/tan(x), (1 - cos(x))/x^2.

Near 0 the derivatives are power series; further out they follow by recursion, where it loses
nothing.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import POLE, VERTICAL, at
from gradcli.ir.op import Closed, Elementwise
from gradcli.ops.arithmetic import reciprocal
from gradcli.ops.compare import abs_, choose, lt
from gradcli.ops.exponential import expm1, log1p
from gradcli.ops.kernels import derivatives, wave
from gradcli.ops.powers import square
from gradcli.ops.trigonometry import asin, asinh, atan, atanh, sin, sinh, tan, tanh

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Function
    from gradcli.ir.kinds import Special
    from gradcli.ir.node import Node
    from gradcli.ir.record import Op

    Kernel = Callable[[int, Any], Any]
    Coefficient = Callable[[int], float]


class Quotient:
    """What builds f(x)/x^power, which has a limit at 0, from x."""

    def __init__(self, of: Callable[[Node], Node], power: int) -> None:
        self.of = of
        self.power = power


def _by_parts(near: Kernel, far: Kernel, reach: float) -> Kernel:
    """The kernel that is `near` for sizes below 1 + n and some more, and `far` elsewhere."""

    def kernel(n: int, x: Any) -> Any:
        inner = np.abs(x) < reach + n
        values = np.array(far(n, x))
        if inner.any():
            values[inner] = near(n, x[inner])
        return values

    return kernel


# --- of waves -----------------------------------------------------------------------------------


_LARGEST = 170
"""The last number whose factorial is one of float64."""


def _wave_series(weight: Callable[[int], float]) -> Kernel:
    """The n-th derivative of the sum of (-1)^k x^2k / (2k)! weight(k)."""

    def kernel(n: int, x: Any) -> Any:
        square, total = x * x, np.zeros_like(x)
        first = (n + 1) // 2
        last = min(first + 14 + 2 * n, (n + _LARGEST) // 2)
        for k in range(last, first - 1, -1):
            total = total * square + (-1) ** k * weight(k) / math.factorial(2 * k - n)
        return total * x + 0.0 if n % 2 else total  # at 0 the sign of a slope is no news

    return kernel


def _sin_far(n: int, x: Any) -> Any:
    """By x f⁽ⁿ⁾ = sin⁽ⁿ⁾ - n f⁽ⁿ⁻¹⁾."""
    value = np.sin(x) / x
    for k in range(1, n + 1):
        value = (wave(k, x) - k * value) / x
    return value


def _cos_far(n: int, x: Any) -> Any:
    """By x^2 f⁽ⁿ⁾ = (1 - cos)⁽ⁿ⁾ - 2 n x f⁽ⁿ⁻¹⁾ - n (n - 1) f⁽ⁿ⁻²⁾; x^2 might overflow."""
    before, value = np.zeros_like(x), 2 * (np.sin(x / 2) / x) ** 2
    for k in range(1, n + 1):
        lower = 2 * k * value + k * (k - 1) * (before / x)
        before, value = value, (wave(k - 1, x) / x - lower) / x
    return value


_sin_over = _by_parts(_wave_series(lambda k: 1 / (2 * k + 1)), _sin_far, 0.5)
_cos_over = _by_parts(_wave_series(lambda k: 1 / ((2 * k + 1) * (2 * k + 2))), _cos_far, 1.5)

# --- of the exponential function ----------------------------------------------------------------


def _exp_near(n: int, u: Any) -> Any:
    """The integral of t^n exp(u t) from 0 to 1: a series of positive terms.

    For u < 0 it is exp(u) times one in -u.
    """
    size = np.abs(u)
    term = behind = np.full_like(u, 1 / (n + 1))
    power, ahead = np.ones_like(u), behind
    for k in range(1, 24 + 3 * n):
        term = term * size / (n + 1 + k)
        behind = behind + term
        power = power * size / k
        ahead = ahead + power / (n + 1 + k)
    return np.where(u < 0, np.exp(u) * behind, ahead)


def _exp_far(n: int, u: Any) -> Any:
    """By u f⁽ⁿ⁾ = exp(u) - n f⁽ⁿ⁻¹⁾."""
    raised, value = np.exp(u), np.expm1(u) / u
    for k in range(1, n + 1):
        value = np.where(np.isposinf(raised), raised, (raised - k * value) / u)
    return value


exp_quotient = _by_parts(_exp_near, _exp_far, 1.0)
"""The n-th derivative of (exp(u) - 1)/u, over arrays."""

# --- the operations -----------------------------------------------------------------------------


def _at_zero(quotient: Callable[[Any], Any], limit: float, far: float = math.nan) -> Any:
    """The quotient with its limits at 0 and, where a wave dies away, at infinity."""

    def kernel(x: Any) -> Any:
        values = quotient(x)
        unknown = values != values
        if not unknown.any():
            return values
        at_ends = np.where(x == 0, limit, np.where(np.isinf(x), far, np.nan))
        return np.where(unknown, at_ends, values).astype(values.dtype, copy=False)

    return kernel


sin_over_order = derivatives("sin_over", _sin_over)
cos_over_order = derivatives("cos_over", _cos_over)
exp_over_order = derivatives("exp_over", exp_quotient)

SIN_OVER = Elementwise(
    "sin_over",
    _at_zero(lambda x: np.sin(x) / x, 1.0, 0.0),
    lambda x, z: sin_over_order(1)(x),
    notation=("sin({0})/{0:7}", 6),
)
"""sin(x)/x, and 1 at 0."""

EXP_OVER = Elementwise(
    "exp_over",
    _at_zero(lambda x: np.expm1(x) / x, 1.0),
    lambda x, z: exp_over_order(1)(x),
    notation=("(exp({0}) - 1)/{0:7}", 6),
)
"""(exp(x) - 1)/x, and 1 at 0."""

COS_OVER = Elementwise(
    "cos_over",
    _at_zero(lambda x: 2 * np.square(np.sin(x / 2) / x), 0.5, 0.0),
    lambda x, z: cos_over_order(1)(x),
    notation=("(1 - cos({0}))/{0:9}^2", 6),
)
"""(1 - cos(x))/x^2, and 1/2 at 0."""

# --- of other functions that are 0 at 0 ---------------------------------------------------------

NEAR, TERMS = 0.6, 128
"""The size below which series are used, and of how many terms at most."""


def _polynomial(coefficient: Coefficient, n: int, reach: float) -> Any:
    """The n-th derivative of a series, without what is nothing where it is used; highest first."""
    falling = [math.perm(k, n) * coefficient(k) for k in range(n, TERMS + 2 * n)]
    sizes = [abs(c) * reach**k for k, c in enumerate(falling)]
    while len(sizes) > 2 and max(sizes[-2:]) < 1e-19 * max(sizes[:2]):
        sizes.pop()
    return np.array(falling[: len(sizes)][::-1])


def _series(
    name: str, coefficient: Coefficient, reach: float = NEAR
) -> Callable[[int], Elementwise]:
    """The derivatives, for sizes within reach, of a sum of x^k coefficient(k)."""
    polynomial = cache(lambda n: _polynomial(coefficient, n, reach))

    def kernel(n: int, x: Any) -> Any:
        values = np.zeros_like(x)
        inner = np.abs(x) < reach
        if inner.any():
            values[inner] = np.polyval(polynomial(n), x[inner])
        return values

    return derivatives(name, kernel)


def _near(x: Node, near: Node, far: Node, reach: float = NEAR) -> Node:
    return choose(lt(abs_(x), reach), near, far)


def _slope_of(f: Elementwise, x: Node) -> Node | float:
    return f.partials[0](x, f(x))


def _record(function: Function) -> Elementwise:
    assert isinstance(function.op, Elementwise)
    return function.op


def _special(f: Elementwise, steep: int) -> Special | None:
    """The points of f, each a kind of point of a quotient with it."""
    if f.special is None:
        return None
    special = f.special
    return at(steep, lambda x, z: special.mask(x, f.kernel(x)))


def over(function: Function, coefficient: Coefficient) -> Elementwise:
    """f(x)/x for an f that is 0 at 0; the coefficients are those of the quotient's series."""
    f, order = _record(function), _series(f"{function.name}_over", coefficient)
    return Elementwise(
        f"{f.name}_over",
        _at_zero(lambda x: f.kernel(x) / x, coefficient(0)),
        lambda x, z: _near(x, order(1)(x), (_slope_of(f, x) - z) / x),
        notation=(f"{function.name}({{0}})/{{0:7}}", 6),
        special=_special(f, VERTICAL if function is asin else POLE),
    )


def _under(function: Function, quotient: Elementwise) -> Elementwise:
    """x/f(x) for an f that is 0 at 0 with the slope 1."""
    f = _record(function)
    return Elementwise(
        f"over_{f.name}",
        _at_zero(lambda x: x / f.kernel(x), 1.0),
        lambda x, z: _near(
            x,
            -(square(z) * quotient.partials[0](x, quotient(x))),
            (1.0 - z * _slope_of(f, x)) / f(x),
        ),
        notation=(f"{{0:6}}/{function.name}({{0}})", 6),
        special=_special(f, VERTICAL),
        series=Closed(lambda x, z: None, form=lambda x: reciprocal(quotient(x))),
    )


def reach_of(function: Function) -> float:
    """The size below which the series of a function is used for what is left without its line."""
    return 2.0 if function in _ENTIRE else NEAR


def _less(function: Function, coefficient: Coefficient) -> Quotient:
    """(f(x) - x)/x^k for an f with the slope 1 at 0, where k is the power that is left."""
    f, s = _record(function), 1 if coefficient(1) else 2
    reach = reach_of(function)
    order = _series(f"{function.name}_less", lambda k: coefficient(k + s), reach)

    def kernel(x: Any) -> Any:
        inner = np.abs(x) < reach
        far = (f.kernel(x) - x) / x / x**s
        return np.where(inner, order(0).kernel(x), far) if inner.any() else far

    def slope(x: Node, z: Node) -> Node:
        far = ((_slope_of(f, x) - 1.0) / x ** float(s) - float(1 + s) * z) / x
        return _near(x, order(1)(x), far, reach)

    notation = (f"({function.name}({{0}}) - {{0:6}})/{{0:9}}^{1 + s}", 6)
    special = _special(f, POLE)
    return Quotient(
        Elementwise(f"{f.name}_less", kernel, slope, notation=notation, special=special), 1 + s
    )


@cache
def _tangents() -> list[float]:
    """The coefficients of tan(x)/x by powers of x^2: t_n = (sum of t_k t_(n-1-k)) / (2n + 1)."""
    t = [1.0]
    for n in range(1, TERMS):
        t.append(sum(t[k] * t[n - 1 - k] for k in range(n)) / (2 * n + 1))
    return t


@cache
def _arcsine(m: int) -> float:
    """The coefficient of x^2m in asin(x)/x."""
    return math.comb(2 * m, m) / 4**m / (2 * m + 1)


def even(coefficient: Coefficient, sign: int = 1) -> Coefficient:
    """Coefficients by powers of x^2, of alternating signs perhaps, as those by powers of x."""
    return lambda k: 0.0 if k % 2 else sign ** (k // 2) * coefficient(k // 2)


_SERIES: dict[Function, Coefficient] = {
    sin: even(lambda m: 1 / math.factorial(2 * m + 1), -1),
    expm1: lambda k: 1 / math.factorial(k + 1),
    log1p: lambda k: (-1) ** k / (k + 1),
    tan: even(lambda m: _tangents()[m] if m else 1.0),
    tanh: even(lambda m: _tangents()[m] if m else 1.0, -1),
    sinh: even(lambda m: 1 / math.factorial(2 * m + 1)),
    asin: even(_arcsine),
    asinh: even(_arcsine, -1),
    atan: even(lambda m: 1 / (2 * m + 1), -1),
    atanh: even(lambda m: 1 / (2 * m + 1)),
}
"""Functions that are 0 at 0 with the slope 1, and the coefficients of f(x)/x by powers of x."""

_ENTIRE = (sin, sinh, expm1)
"""Those whose series converge everywhere."""

OVER: dict[Function, Elementwise] = {
    f: {sin: SIN_OVER, expm1: EXP_OVER}.get(f) or over(f, c) for f, c in _SERIES.items()
}
"""f(x)/x by f."""

UNDER: dict[Op, Elementwise] = {_record(f): _under(f, q) for f, q in OVER.items()}
"""x/f(x) by the record of f."""

LESS: dict[Op, Quotient] = {_record(f): _less(f, c) for f, c in _SERIES.items()}
"""(f(x) - x)/x^k by the record of f."""

ONE_MINUS_COS = Elementwise(
    "one_minus_cos",
    lambda x: 2 * np.square(np.sin(x / 2)),
    lambda x, z: sin(x),
    notation=("1 - cos({0})", 5),
    analytic=True,
)
"""1 - cos(x), exact for small x."""

COSH_MINUS_ONE = Elementwise(
    "cosh_minus_one",
    lambda x: 2 * np.square(np.sinh(x / 2)),
    lambda x, z: sinh(x),
    notation=("cosh({0}) - 1", 5),
    analytic=True,
)
"""cosh(x) - 1, exact for small x."""

VANISHING: dict[Op, Quotient] = {
    **{_record(f): Quotient(q, 1) for f, q in OVER.items()},
    ONE_MINUS_COS: Quotient(COS_OVER, 2),
    COSH_MINUS_ONE: Quotient(lambda x: 0.5 * square(OVER[sinh](0.5 * x)), 2),
}
"""What vanishes at 0, by its record; modules of other such functions add theirs."""

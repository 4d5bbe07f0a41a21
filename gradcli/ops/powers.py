"""Powers and roots."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import JUMP, KINK, POLE, VERTICAL, at, at_zero, either
from gradcli.ir.node import Node, literal
from gradcli.ir.op import PRODUCT, Closed, Elementwise, spell
from gradcli.ir.record import CONSTANT
from gradcli.ops.compare import choose, eq, ne
from gradcli.ops.exponential import log
from gradcli.ops.records import binary, unary

if TYPE_CHECKING:
    from gradcli.ir.kinds import Special

# --- of one number ------------------------------------------------------------------------------


def _cbrt(x: Any) -> Any:
    root = np.cbrt(x)
    with np.errstate(all="ignore"):
        step = (root * root * root - x) / (3 * root * root)
    return np.where(np.isfinite(step), root - step, root)


# fmt: off
square = unary("square", np.square, lambda x, z: 2.0 * x, "x^2.",
               notation=("{0:9}^2", 8), points=(0.0,), series=PRODUCT,
               signatures="scipy.signal.square(t, duty=0.5)")
cube = unary("cube", lambda x: x * x * x, lambda x, z: 3.0 * square(x), "x^3.",
             notation=("{0:9}^3", 8), analytic=True,
             into=lambda x, out: np.multiply(np.multiply(x, x, out), x, out))
sqrt = unary("sqrt", lambda x: np.sqrt(x) + 0.0, lambda x, z: 0.5 / z, "The square root of x.",
             special=at_zero(VERTICAL), domain=(0.2, 4.0), analytic=True,
             into=lambda x, out: np.add(np.sqrt(x, out), 0.0, out))
rsqrt = unary("rsqrt", lambda x: 1 / (np.sqrt(x) + 0.0), lambda x, z: -0.5 * (z / x),
              "1 / sqrt(x).", special=at_zero(POLE), domain=(0.2, 4.0), analytic=True)
cbrt = unary("cbrt", _cbrt, lambda x, z: 1.0 / (3.0 * square(z)), "The cube root of x.",
             special=at_zero(VERTICAL), domain=(0.2, 4.0))
# fmt: on

# --- of two numbers -----------------------------------------------------------------------------

HYPOT_SHARE = Elementwise(
    "hypot_share",
    lambda x, y: x / np.hypot(x, y),
    lambda x, y, z: square(HYPOT_SHARE(y, x)) / hypot(x, y),
    lambda x, y, z: -(z * HYPOT_SHARE(y, x)) / hypot(x, y),
    notation=("{0:6}/hypot({0}, {1})", 6),
)
"""x / hypot(x, y), whose slopes would cancel as a quotient."""

hypot = binary(
    "hypot",
    np.hypot,
    (lambda x, y, z: HYPOT_SHARE(x, y), lambda x, y, z: HYPOT_SHARE(y, x)),
    "sqrt(x^2 + y^2), without overflow.",
    "hypot(3, 4)",
    selects=(lambda x, y, z: ne(z, 0.0),) * 2,
    special=at(KINK, lambda x, y, z: z == 0),
    points=((0.0, 0.0),),
    hint="of several numbers write norm([a, b, c])",
)


_NEGATIVE = "a negative number has real powers only of whole exponents; cbrt(x) is the cube root"


def _power_slope(x: Node, y: Node, _z: Node) -> Node | float:
    """y * x^(y-1); simpler where y is a literal and y - 1 exact."""
    n = literal(y)
    if n is None:
        return choose(eq(x, 0.0) & eq(y, 0.0), 0.0, y * power_less(1)(x, y))
    if n == 0.0:
        return 0.0
    return n * (pow_(x, n - 1.0) if (n - 1.0) + 1.0 == n else power_less(1)(x, y))


def _root(k: int) -> Special:
    """The points of x^(y-k) at x = 0; with an exponent of 0 it jumps along the exponent."""
    return either(
        at(JUMP, lambda x, y, z: (x == 0) & (y == k), by=1),
        at(VERTICAL, lambda x, y, z: (x == 0) & (k < y) & (y < k + 1)),
        at(POLE, lambda x, y, z: (x == 0) & (y < k)),
    )


def _power_less(k: int, x: Any, y: Any) -> Any:
    exact = ((y - k) + k == y) | (x == 0)
    return np.where(exact, power(x, y - k), power(x, y) / x**k)


@cache
def power_less(k: int) -> Elementwise:
    """x^(y-k), computed as x^y / x^k where y - k loses digits; all orders of a power's slope."""

    def by_base(x: Node, y: Node, _z: Node) -> Node:
        at_corner = eq(x, 0.0) & eq(y, float(k))
        return choose(at_corner, 0.0, (y - float(k)) * power_less(k + 1)(x, y))

    return Elementwise(
        f"power_less_{k}",
        partial(_power_less, k),
        by_base,
        lambda x, y, z: power_log(k)(x, y),
        notation=(f"{{0:9}}^({{1:5}} - {k})", 8),
        special=_root(k),
        undefined=_NEGATIVE,
    )


def _power_log(k: int, x: Any, y: Any) -> Any:
    raised = power(x, y - k)
    slope = np.where(x == 0, np.where(y >= k, 0, np.nan), raised * np.log(x))
    return slope.astype(raised.dtype, copy=False)


@cache
def power_log(k: int) -> Elementwise:
    """x^(y-k) * log(x), the slope of a power by its exponent; 0 at x = 0 while y >= k."""
    return Elementwise(
        f"power_log_{k}",
        partial(_power_log, k),
        lambda x, y, z: (y - float(k)) * power_log(k + 1)(x, y) + power_less(k + 1)(x, y),
        lambda x, y, z: z * log(x),
        selects=(None, lambda x, y, z: ne(x, 0.0)),
        notation=(f"{{0:9}}^({{1:5}} - {k})*log({{0}})" if k else "{0:9}^{1:8}*log({0})", 6),
        special=_root(k),
        undefined=_NEGATIVE,
    )


def _pow_rewrite(x: Node, y: Node) -> Node | None:
    n = literal(y)
    if x.is_bool or n is None or y.shape:
        return None
    return square(x) if n == 2.0 else x if n == 1.0 else None


def power(x: Any, y: Any) -> Any:
    """x^y over arrays; -0 counts as 0. Cubes are products, which are quicker."""
    if y.ndim == 0 and y == 3:
        return x * x * x + 0.0
    return _raised(x + 0.0, y)


def _raised(x: Any, y: Any, out: Any = None) -> Any:
    """x^y without signs: NumPy raises negative numbers one by one, and others many at once."""
    if x.__class__ is not np.ndarray:  # a number, or what notes down what is done to it
        return np.power(x, y) if out is None else np.power(x, y, out)
    below = x < 0
    if not (below.ndim and below.any()) or "c" in (x.dtype.kind, np.asarray(y).dtype.kind):
        return np.power(x, y, out)
    size = np.power(np.abs(x), y, out)
    whole, odd = np.floor(y) == y, np.abs(np.fmod(y, 2)) == 1
    sign = np.where(whole, np.where(odd, -1.0, 1.0), np.nan).astype(size.dtype)
    return np.multiply(size, sign, size, where=below & (whole | np.isfinite(x)))


def _base(x: Node, y: Node, _z: Node) -> Node | None:
    """What may not be 0 for the slopes y*(z/x) and z*log(x); a small whole power needs them not."""
    return None if literal(y) in _SMALL else x


_SMALL = range(2, 65)


def _power_into(x: Any, y: Any, out: Any) -> None:
    if y.ndim == 0 and y == 3:
        np.add(np.multiply(np.multiply(x, x, out), x, out), 0.0, out)
    else:
        _raised(x + 0.0, y, out)


pow_ = binary(
    "pow",
    power,
    (_power_slope, lambda x, y, z: power_log(0)(x, y)),
    "x to the power y.",
    "pow(2, 10)",
    "power float_power integer_pow pow_strict",
    rewrite=_pow_rewrite,
    of=(CONSTANT,),
    notation=("{0:9}^{1:8}", 8),
    special=_root(0),
    domain=((0.3, 3.0), (-3.0, 3.0)),
    analytic=True,
    into=_power_into,
    undefined=_NEGATIVE,
    series=Closed(_base, lambda x, y, z: y * (z / x), lambda x, y, z: z * log(x)),
)

spell({"pow": pow_.build})

"""Bessel and Airy functions, by SciPy; their derivatives are neighbours in the same family."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.kinds import KINK, POLE, VERTICAL, at, at_zero, either
from gradcli.ir.op import Binary, Closed, Elementwise
from gradcli.ops.bessel_forms import modified_form, oscillating_form
from gradcli.ops.bessel_orders import SLOPES, by_order
from gradcli.ops.compare import TAINT, abs_, choose, eq, isinf, lt, nowhere, repaired, sign, trunc
from gradcli.ops.kernels import doubled, scipy_kernel, scipy_part
from gradcli.ops.quotients import Quotient, even, over
from gradcli.ops.records import binary, unary
from gradcli.ops.vanishing import vanishes

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Array, Function
    from gradcli.ir.kinds import Special
    from gradcli.ir.node import Node
    from gradcli.ir.op import Partial

# --- of any order -------------------------------------------------------------------------------


_ROOTS = either(
    at(VERTICAL, lambda v, x, z: (x == 0) & (v > 0) & (v < 1)),
    at(POLE, lambda v, x, z: (x == 0) & np.isinf(z)),
)
"""A function that behaves as x^v at 0."""


def _unscaled(name: str, turn: float, scaled: Any = None) -> Callable[..., Any]:
    """SciPy's function, or where it loses a number its scaled one times exp(turn |x|)."""
    plain, scaled = scipy_kernel(name), scaled or scipy_kernel(f"{name}e")

    def kernel(*arrays: Any) -> Any:
        z, size = plain(*arrays), np.abs(arrays[-1])
        ends = np.isinf(size) & np.isnan(z)
        lost = (size > 600) & (z == 0 if turn < 0 else ~np.isfinite(z)) & np.isfinite(size) | ends
        if nowhere(lost):
            return z
        half, rest = np.exp(turn * size / 2), scaled(*arrays)
        found = np.where(np.isinf(half) & (rest == 0), np.copysign(half, rest), half * rest * half)
        return np.where(lost, found, z).astype(z.dtype)

    return kernel


_FAR = math.exp(3.0)
"""From here on the asymptotic series of order 0 holds: a number that is not met by chance."""


def _far(name: str, n: int, v: Any, x: Any) -> Any:
    """The n-th derivative by x of the asymptotic series of ive or kve, term by term."""
    size = np.where(np.abs(x) < _FAR, np.inf, np.abs(x))
    turn = -1 if name == "ive" else 1
    term, total = np.ones_like(size), np.zeros_like(size)
    for k in range(40):
        total = total + term * math.prod(-(k + 0.5 + j) for j in range(n))
        term = term * turn * (4 * v * v - (2 * k + 1) ** 2) / (8 * (k + 1) * size)
    scale = 1 / np.sqrt(math.tau * size) if name == "ive" else np.sqrt(math.pi / (2 * size))
    mirrored = np.where(v == np.rint(v), (-1.0) ** n * np.cos(np.pi * v), np.nan)
    return np.where(x < 0, mirrored, 1) * total * scale / size**n


def _scaled(name: str) -> Callable[..., Any]:
    """SciPy's function, which gives up at huge arguments."""
    plain = scipy_kernel(name)

    def kernel(v: Any, x: Any) -> Any:
        z = plain(v, x)
        lost = np.isnan(z) & np.isfinite(x) & (np.abs(x) > 1e6 + v * v)
        lost = lost & (x > 0) if name == "kve" else lost
        return repaired(z, lost, _far(name, 0, v, x)) if lost.any() else z

    return kernel


def _hankel_sums(v: Any, size: Any) -> list[Any]:
    """The two series that multiply the waves, of the even and of the odd terms."""
    parts, term = [np.ones_like(size), np.zeros_like(size)], np.ones_like(size)
    for k in range(1, 30):
        term = term * (4 * v * v - (2 * k - 1) ** 2) / (8 * k * size)
        parts[k % 2] = parts[k % 2] + (-1) ** (k // 2) * term
    return parts


def _waves(name: str, v: Any, x: Any) -> Any:
    """jv or yv where x is large beside v^2: by Hankel's series (DLMF 10.17.3 and 10.17.4)."""
    size = np.where(np.abs(x) < _far_wave(v), np.inf, np.abs(x))
    parts = _hankel_sums(v, size)
    turn = np.pi / 2 * (np.mod(v, 4) + 0.5)
    cosine, sine = np.cos(size), np.sin(size)
    along = cosine * np.cos(turn) + sine * np.sin(turn)
    across = sine * np.cos(turn) - cosine * np.sin(turn)
    wave = along * parts[0] - across * parts[1]
    if name.startswith("y"):
        wave = across * parts[0] + along * parts[1]
    mirrored = np.where(v == np.rint(v), np.cos(np.pi * v), np.nan)
    return np.where(x < 0, mirrored, 1) * wave * np.sqrt(2 / np.pi / size)


def _far_wave(v: Any) -> Any:
    return 25.0 + v * v


def _oscillating(name: str, order: float | None = None) -> Callable[..., Any]:
    """SciPy's function, which loses digits and then gives up where x is large."""
    plain = scipy_kernel(name)

    def kernel(*arrays: Any) -> Any:
        v, x = (order, *arrays) if order is not None else arrays
        size = x if name.startswith("y") else np.abs(x)
        far = (size > _far_wave(v)) & np.isfinite(x)
        z = plain(*arrays)
        return repaired(z, far, _waves(name, v, x)) if np.any(far) else z

    return kernel


@cache
def _far_order(name: str, n: int) -> Binary:
    return Binary(
        f"{name}_far_{n}",
        doubled(lambda v, x: _far(name, n, v, x)),
        lambda v, x, z: math.nan,
        lambda v, x, z: _far_order(name, n + 1)(v, x),
    )


def _or_far(name: str, v: Any, x: Node, near: Node) -> Node:
    """A slope by x; where the difference of neighbours would cancel, by the asymptotic series."""
    size = abs_(x) if name == "ive" else x
    return choose(lt(size, _FAR + v * v), near, _far_order(name, 1)(v, x))


def _or_pole(x: Node, z: Node, slope: Node | float) -> Node:
    """A slope by x; at a pole at 0 it goes the other way than the value, as the neighbours do."""
    return choose(eq(x, 0.0) & isinf(z), -z, slope)


def _of_order(
    name: str,
    doc: str,
    aliases: str,
    special: Special = _ROOTS,
    *,
    kernel: Callable[..., Any] | None = None,
    scaled: bool = False,
    poles: bool = False,
) -> Function:
    def slope(v: Node, x: Node, z: Node) -> Node:
        near = SLOPES[name](record, v, x, z)
        by_size = _or_far(name, v, x, near) if scaled else near
        return _or_pole(x, z, by_size) if poles else by_size

    record: Function = binary(
        name,
        kernel or scipy_kernel(name),
        (lambda v, x, z: by_order(name, 1)(v, x), slope),
        doc,
        f"{name}(2, 1.5)",
        aliases,
        names="v x",
        special=special,
        domain=((0.5, 3.0), (0.5, 6.0)),
    )
    return record


_ABSOLUTE = "; where it is nearly 0 it is right to 1e-15, not to its last digits"
_NEAR_ZEROS = f"{_ABSOLUTE}, and its second slopes by the order are right to 1e-10."

# fmt: off
jv = _of_order("jv", f"The Bessel function of the first kind of order v{_NEAR_ZEROS}",
               "jn bessel_jn besselj",
               kernel=_oscillating("jv"))
yv = _of_order("yv", f"The Bessel function of the second kind of order v{_NEAR_ZEROS}",
               "yn bessel_yn bessely",
               kernel=_oscillating("yv"), poles=True)
iv = _of_order("iv", "The modified Bessel function of the first kind of order v.", "besseli",
               kernel=_unscaled("iv", 1.0, _scaled("ive")))
kv = _of_order("kv", "The modified Bessel function of the second kind of order v.", "kn besselk",
               kernel=_unscaled("kv", -1.0, _scaled("kve")))
ive = _of_order("ive", "exp(-abs(x)) iv(v, x), without overflow; its second slopes are "
              "right to 1e-11.", "bessel_ive",
                either(_ROOTS, at(KINK, lambda v, x, z: (x == 0) & (v == 0))),
                kernel=_scaled("ive"), scaled=True)
kve = _of_order("kve", "exp(x) kv(v, x), without underflow.", "bessel_kve",
                kernel=_scaled("kve"), scaled=True, poles=True)
# fmt: on


@function(example="kv_whole(2, 1.5)", domain=((0.5, 3.0), (0.5, 6.0)))
def kv_whole(n: Array, x: Array) -> Node:
    """kv of an order whose fraction is cut off: SciPy's kn."""
    return kv(trunc(n), x)


@function(example="yv_whole(2, 1.5)", domain=((0.5, 3.0), (0.5, 6.0)))
def yv_whole(n: Array, x: Array) -> Node:
    """yv of an order whose fraction is cut off: SciPy's yn."""
    return yv(trunc(n), x)


# --- orders 0 and 1 -----------------------------------------------------------------------------


def _bessel(
    name: str, slope: Partial, doc: str, alias: str = "", *, kernel: Any = None, **more: Any
) -> Function:
    kernel = kernel or scipy_kernel(name)
    return unary(name, kernel, slope, doc, f"bessel_{name} {alias}", **more)


def _of_positive(
    name: str, slope: Partial, doc: str, alias: str = "", closed: Partial | None = None, **more: Any
) -> Function:
    """A function of positive numbers, whose slope is NaN where it is.

    `closed`, where given, is the slope by the function itself and that of order 0.
    """

    def tainted(x: Node, z: Node) -> Node:
        return TAINT(_or_pole(x, z, slope(x, z)), z)

    more |= {"domain": (0.3, 4.0), "special": at_zero(POLE)}
    return _bessel(
        name, tainted, doc, alias, series=Closed(lambda x, z: x, closed or slope), **more
    )


# fmt: off
j0 = _bessel("j0", lambda x, z: -j1(x),
             f"The Bessel function of the first kind of order 0{_NEAR_ZEROS}",
             kernel=_oscillating("j0", 0.0), form=oscillating_form(0))
j1 = _bessel("j1", lambda x, z: 0.5 * (j0(x) - jv(2.0, x)),
             f"The Bessel function of the first kind of order 1{_NEAR_ZEROS}",
             kernel=_oscillating("j1", 1.0), form=oscillating_form(1))
y0 = _of_positive("y0", lambda x, z: -y1(x),
                  f"The Bessel function of the second kind of order 0{_NEAR_ZEROS}",
                  kernel=_oscillating("y0", 0.0))
y1 = _of_positive("y1", lambda x, z: 0.5 * (y0(x) - yv(2.0, x)),
                  f"The Bessel function of the second kind of order 1{_NEAR_ZEROS}",
                  kernel=_oscillating("y1", 1.0), closed=lambda x, z: y0(x) - z / x)
i0 = _bessel("i0", lambda x, z: i1(x),
             "The modified Bessel function of order 0.", "modified_bessel_i0",
             kernel=_unscaled("i0", 1.0), form=modified_form(0))
i1 = _bessel("i1", lambda x, z: 0.5 * (i0(x) + iv(2.0, x)),
             "The modified Bessel function of order 1.", "modified_bessel_i1",
             kernel=_unscaled("i1", 1.0), form=modified_form(1))
i0e = _bessel("i0e", lambda x, z: _or_far("ive", 0.0, x, i1e(x) - sign(x) * z),
              "exp(-abs(x)) i0(x), without overflow.", special=at_zero(KINK), points=(0.0,),
              form=modified_form(0, scaled=True))
i1e = _bessel("i1e", lambda x, z: _or_far("ive", 1.0, x,
                                          0.5 * (i0e(x) + ive(2.0, x)) - sign(x) * z),
              "exp(-abs(x)) i1(x), without overflow.", points=(0.0,),
              form=modified_form(1, scaled=True))
k0 = _of_positive("k0", lambda x, z: -k1(x),
                  "The modified Bessel function of the second kind of order 0.",
                  "modified_bessel_k0")
k1 = _of_positive("k1", lambda x, z: -0.5 * (k0(x) + kv(2.0, x)),
                  "The modified Bessel function of the second kind of order 1.",
                  "modified_bessel_k1", closed=lambda x, z: -(k0(x) + z / x))
k0e = _of_positive("k0e", lambda x, z: _or_far("kve", 0.0, x, z - k1e(x)),
                   "exp(x) k0(x), without underflow.", "scaled_modified_bessel_k0",
                   closed=lambda x, z: z - k1e(x))
k1e = _of_positive("k1e", lambda x, z: _or_far("kve", 1.0, x, z - 0.5 * (k0e(x) + kve(2.0, x))),
                   "exp(x) k1(x), without underflow.", "scaled_modified_bessel_k1",
                   closed=lambda x, z: z - k0e(x) - z / x)
# fmt: on


def _half_series(m: int) -> float:
    """The coefficient of x^2m in i1(x)/x."""
    return 0.5 * (1 / (4**m * math.factorial(m) * math.factorial(m + 1)))


vanishes(j1, Quotient(over(j1, even(_half_series, -1)), 1))
vanishes(i1, Quotient(over(i1, even(_half_series)), 1))

# --- Airy functions -----------------------------------------------------------------------------

AIRY_AI_SLOPE = Elementwise("airy_ai_slope", scipy_part("airy", 1), lambda x, z: x * airy_ai(x))
AIRY_BI_SLOPE = Elementwise("airy_bi_slope", scipy_part("airy", 3), lambda x, z: x * airy_bi(x))
airy_ai = unary(
    "airy_ai",
    scipy_part("airy", 0),
    lambda x, z: AIRY_AI_SLOPE(x),
    f"The Airy function Ai{_ABSOLUTE}.",
)
airy_bi = unary(
    "airy_bi",
    scipy_part("airy", 2),
    lambda x, z: AIRY_BI_SLOPE(x),
    f"The Airy function Bi{_ABSOLUTE}.",
)


@function(example="airy(0.5)")
def airy(x: Array) -> tuple[Node, ...]:
    """The Airy functions and their derivatives: Ai, Ai', Bi, Bi'."""
    return airy_ai(x), AIRY_AI_SLOPE(x), airy_bi(x), AIRY_BI_SLOPE(x)

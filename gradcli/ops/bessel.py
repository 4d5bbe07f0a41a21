"""Bessel and Airy functions, by SciPy; their derivatives are neighbours in the same family.

The order of a Bessel function is a parameter: the function is not differentiated by it (the slope
by an order that is asked for is NaN).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.kinds import KINK, POLE, VERTICAL, at, at_zero, either
from gradcli.ir.op import Elementwise
from gradcli.ops.compare import TAINT, sign
from gradcli.ops.kernels import scipy_kernel, scipy_part
from gradcli.ops.records import binary, unary

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Array, Function
    from gradcli.ir.kinds import Special
    from gradcli.ir.node import Node

    Slope = Callable[..., Node]

# --- of any order -------------------------------------------------------------------------------


_ROOTS = either(
    at(VERTICAL, lambda v, x, z: (x == 0) & (v > 0) & (v < 1)),
    at(POLE, lambda v, x, z: (x == 0) & np.isinf(z)),
)
"""A function that behaves as x^v at 0."""


def _of_order(
    name: str, slope: Slope, doc: str, aliases: str, special: Special = _ROOTS
) -> Function:
    return binary(
        name,
        scipy_kernel(name),
        (lambda v, x, z: math.nan, slope),
        doc,
        f"{name}(2, 1.5)",
        aliases,
        names="v x",
        special=special,
        domain=((0.5, 3.0), (0.5, 6.0)),
    )


# fmt: off
jv = _of_order("jv", lambda v, x, z: 0.5 * (jv(v - 1.0, x) - jv(v + 1.0, x)),
               "The Bessel function of the first kind of order v.", "jn bessel_jn besselj")
yv = _of_order("yv", lambda v, x, z: 0.5 * (yv(v - 1.0, x) - yv(v + 1.0, x)),
               "The Bessel function of the second kind of order v.", "yn bessel_yn bessely")
iv = _of_order("iv", lambda v, x, z: 0.5 * (iv(v - 1.0, x) + iv(v + 1.0, x)),
               "The modified Bessel function of the first kind of order v.", "besseli")
kv = _of_order("kv", lambda v, x, z: -0.5 * (kv(v - 1.0, x) + kv(v + 1.0, x)),
               "The modified Bessel function of the second kind of order v.", "kn besselk")
ive = _of_order("ive", lambda v, x, z: 0.5 * (ive(v - 1.0, x) + ive(v + 1.0, x)) - sign(x) * z,
                "exp(-abs(x)) iv(v, x), without overflow.", "bessel_ive",
                either(_ROOTS, at(KINK, lambda v, x, z: (x == 0) & (v == 0))))
kve = _of_order("kve", lambda v, x, z: z - 0.5 * (kve(v - 1.0, x) + kve(v + 1.0, x)),
                "exp(x) kv(v, x), without underflow.", "bessel_kve")
# fmt: on

# --- orders 0 and 1 -----------------------------------------------------------------------------


def _bessel(name: str, slope: Slope, doc: str, alias: str = "", **more: Any) -> Function:
    return unary(name, scipy_kernel(name), slope, doc, f"bessel_{name} {alias}", **more)


def _of_positive(name: str, slope: Slope, doc: str, alias: str = "") -> Function:
    """A function of positive numbers, whose slope is NaN where it is."""

    def tainted(x: Node, z: Node) -> Node:
        return TAINT(slope(x, z), z)

    return _bessel(name, tainted, doc, alias, domain=(0.3, 4.0), special=at_zero(POLE))


# fmt: off
j0 = _bessel("j0", lambda x, z: -j1(x), "The Bessel function of the first kind of order 0.")
j1 = _bessel("j1", lambda x, z: 0.5 * (j0(x) - jv(2.0, x)),
             "The Bessel function of the first kind of order 1.")
y0 = _of_positive("y0", lambda x, z: -y1(x), "The Bessel function of the second kind of order 0.")
y1 = _of_positive("y1", lambda x, z: 0.5 * (y0(x) - yv(2.0, x)),
                  "The Bessel function of the second kind of order 1.")
i0 = _bessel("i0", lambda x, z: i1(x),
             "The modified Bessel function of order 0.", "modified_bessel_i0")
i1 = _bessel("i1", lambda x, z: 0.5 * (i0(x) + iv(2.0, x)),
             "The modified Bessel function of order 1.", "modified_bessel_i1")
i0e = _bessel("i0e", lambda x, z: i1e(x) - sign(x) * z,
              "exp(-abs(x)) i0(x), without overflow.", special=at_zero(KINK), points=(0.0,))
i1e = _bessel("i1e", lambda x, z: 0.5 * (i0e(x) + ive(2.0, x)) - sign(x) * z,
              "exp(-abs(x)) i1(x), without overflow.", points=(0.0,))
k0 = _of_positive("k0", lambda x, z: -k1(x),
                  "The modified Bessel function of the second kind of order 0.",
                  "modified_bessel_k0")
k1 = _of_positive("k1", lambda x, z: -0.5 * (k0(x) + kv(2.0, x)),
                  "The modified Bessel function of the second kind of order 1.",
                  "modified_bessel_k1")
k0e = _of_positive("k0e", lambda x, z: z - k1e(x),
                   "exp(x) k0(x), without underflow.", "scaled_modified_bessel_k0")
k1e = _of_positive("k1e", lambda x, z: z - 0.5 * (k0e(x) + kve(2.0, x)),
                   "exp(x) k1(x), without underflow.", "scaled_modified_bessel_k1")
# fmt: on

# --- Airy functions -----------------------------------------------------------------------------

AIRY_AI_SLOPE = Elementwise("airy_ai_slope", scipy_part("airy", 1), lambda x, z: x * airy_ai(x))
AIRY_BI_SLOPE = Elementwise("airy_bi_slope", scipy_part("airy", 3), lambda x, z: x * airy_bi(x))
airy_ai = unary(
    "airy_ai", scipy_part("airy", 0), lambda x, z: AIRY_AI_SLOPE(x), "The Airy function Ai."
)
airy_bi = unary(
    "airy_bi", scipy_part("airy", 2), lambda x, z: AIRY_BI_SLOPE(x), "The Airy function Bi."
)


@function(example="airy(0.5)")
def airy(x: Array) -> tuple[Node, ...]:
    """The Airy functions and their derivatives: Ai, Ai', Bi, Bi'."""
    return airy_ai(x), AIRY_AI_SLOPE(x), airy_bi(x), AIRY_BI_SLOPE(x)

"""Bessel and Airy functions, by SciPy; their derivatives are neighbours in the same family.

The order of a Bessel function is a parameter: the function is not differentiated by it (the slope
by an order that is asked for is NaN).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import Function, Parameter, function
from gradcli.ir.op import Binary, Elementwise
from gradcli.ops.compare import TAINT, sign
from gradcli.ops.quadrature import scipy_kernel
from gradcli.ops.records import unary

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Array
    from gradcli.ir.node import Node


def _family(name: str, slope: Callable[..., Node], doc: str, aliases: str, far: Any) -> Function:
    op = Binary(name, scipy_kernel(name), lambda v, x, z: math.nan, slope)
    names = (Parameter("v", "Array"), Parameter("x", "Array"))
    return Function(
        name, op, names, doc=doc, example=f"{name}(2, 1.5)", aliases=aliases, op=op, domain=far
    )


_FAR: Any = ((0.5, 3.0), (0.5, 6.0))

jv = _family(
    "jv",
    lambda v, x, z: 0.5 * (jv(v - 1.0, x) - jv(v + 1.0, x)),
    "The Bessel function of the first kind of order v.",
    "jn bessel_jn besselj",
    _FAR,
)
yv = _family(
    "yv",
    lambda v, x, z: 0.5 * (yv(v - 1.0, x) - yv(v + 1.0, x)),
    "The Bessel function of the second kind of order v.",
    "yn bessel_yn bessely",
    _FAR,
)
iv = _family(
    "iv",
    lambda v, x, z: 0.5 * (iv(v - 1.0, x) + iv(v + 1.0, x)),
    "The modified Bessel function of the first kind of order v.",
    "besseli",
    _FAR,
)
kv = _family(
    "kv",
    lambda v, x, z: -0.5 * (kv(v - 1.0, x) + kv(v + 1.0, x)),
    "The modified Bessel function of the second kind of order v.",
    "kn besselk",
    _FAR,
)
ive = _family(
    "ive",
    lambda v, x, z: 0.5 * (ive(v - 1.0, x) + ive(v + 1.0, x)) - sign(x) * z,
    "exp(-abs(x)) iv(v, x), without overflow.",
    "bessel_ive",
    _FAR,
)
kve = _family(
    "kve",
    lambda v, x, z: z - 0.5 * (kve(v - 1.0, x) + kve(v + 1.0, x)),
    "exp(x) kv(v, x), without underflow.",
    "bessel_kve",
    _FAR,
)

# --- orders 0 and 1 -------------------------------------------------------------------------------

j0 = unary(
    "j0",
    scipy_kernel("j0"),
    lambda x, z: -j1(x),
    doc="The Bessel function of the first kind of order 0.",
    aliases="bessel_j0",
)
j1 = unary(
    "j1",
    scipy_kernel("j1"),
    lambda x, z: 0.5 * (j0(x) - jv(2.0, x)),
    doc="The Bessel function of the first kind of order 1.",
    aliases="bessel_j1",
)
y0 = unary(
    "y0",
    scipy_kernel("y0"),
    lambda x, z: TAINT(-y1(x), z),
    domain=(0.3, 4.0),
    doc="The Bessel function of the second kind of order 0.",
    aliases="bessel_y0",
)
y1 = unary(
    "y1",
    scipy_kernel("y1"),
    lambda x, z: TAINT(0.5 * (y0(x) - yv(2.0, x)), z),
    doc="The Bessel function of the second kind of order 1.",
    aliases="bessel_y1",
    domain=(0.3, 4.0),
)
i0 = unary(
    "i0",
    scipy_kernel("i0"),
    lambda x, z: i1(x),
    doc="The modified Bessel function of order 0.",
    aliases="bessel_i0 modified_bessel_i0",
)
i1 = unary(
    "i1",
    scipy_kernel("i1"),
    lambda x, z: 0.5 * (i0(x) + iv(2.0, x)),
    doc="The modified Bessel function of order 1.",
    aliases="bessel_i1 modified_bessel_i1",
)
i0e = unary(
    "i0e",
    scipy_kernel("i0e"),
    lambda x, z: i1e(x) - sign(x) * z,
    special=(0.0,),
    doc="exp(-abs(x)) i0(x), without overflow.",
    aliases="bessel_i0e",
)
i1e = unary(
    "i1e",
    scipy_kernel("i1e"),
    lambda x, z: 0.5 * (i0e(x) + ive(2.0, x)) - sign(x) * z,
    doc="exp(-abs(x)) i1(x), without overflow.",
    aliases="bessel_i1e",
    special=(0.0,),
)
k0 = unary(
    "k0",
    scipy_kernel("k0"),
    lambda x, z: TAINT(-k1(x), z),
    domain=(0.3, 4.0),
    doc="The modified Bessel function of the second kind of order 0.",
    aliases="bessel_k0 modified_bessel_k0",
)
k1 = unary(
    "k1",
    scipy_kernel("k1"),
    lambda x, z: TAINT(-0.5 * (k0(x) + kv(2.0, x)), z),
    doc="The modified Bessel function of the second kind of order 1.",
    aliases="bessel_k1 modified_bessel_k1",
    domain=(0.3, 4.0),
)
k0e = unary(
    "k0e",
    scipy_kernel("k0e"),
    lambda x, z: TAINT(z - k1e(x), z),
    domain=(0.3, 4.0),
    doc="exp(x) k0(x), without underflow.",
    aliases="bessel_k0e scaled_modified_bessel_k0",
)
k1e = unary(
    "k1e",
    scipy_kernel("k1e"),
    lambda x, z: TAINT(z - 0.5 * (k0e(x) + kve(2.0, x)), z),
    doc="exp(x) k1(x), without underflow.",
    domain=(0.3, 4.0),
    aliases="bessel_k1e scaled_modified_bessel_k1",
)

# --- Airy functions -------------------------------------------------------------------------------


def _airy(which: int) -> Callable[[Any], Any]:
    def kernel(x: Any) -> Any:
        import scipy.special

        return np.asarray(scipy.special.airy(x)[which], x.dtype)

    return kernel


AIRY_AI_SLOPE = Elementwise("airy_ai_slope", _airy(1), lambda x, z: x * airy_ai(x))
AIRY_BI_SLOPE = Elementwise("airy_bi_slope", _airy(3), lambda x, z: x * airy_bi(x))
airy_ai = unary("airy_ai", _airy(0), lambda x, z: AIRY_AI_SLOPE(x), doc="The Airy function Ai.")
airy_bi = unary("airy_bi", _airy(2), lambda x, z: AIRY_BI_SLOPE(x), doc="The Airy function Bi.")


@function(example="airy(0.5)")
def airy(x: Array) -> tuple[Node, ...]:
    """The Airy functions and their derivatives: Ai, Ai', Bi, Bi'."""
    return airy_ai(x), AIRY_AI_SLOPE(x), airy_bi(x), AIRY_BI_SLOPE(x)

"""Functions in arithmetic of NumPy's alone, over blocks that stay in the cache.

A call of a library for each element takes as long as fifty operations on arrays.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.polynomials import COS, SIN
from gradcli.ops.error_forms import SCALED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Array = np.ndarray[Any, np.dtype[Any]]

MAGIC = 1.5 * 2.0**52
"""A number that, added, leaves the next whole one in the last bits."""

SIGN = np.int64(-(2**63))
"""The bit of a sign."""


def horner(x: Array, coefficients: Sequence[float], out: Array) -> None:
    """What a polynomial is beyond its constant: x times all others, the lowest first."""
    *rest, highest = coefficients
    np.multiply(x, highest, out=out)
    for coefficient in reversed(rest):
        np.add(out, coefficient, out=out)
        np.multiply(out, x, out=out)


# --- sine and cosine ------------------------------------------------------------------------------

QUARTER = (
    float.fromhex("0x1.921fb5444p+0"),
    float.fromhex("0x1.68c234c4cp-39"),
    float.fromhex("0x1.98a2e03707345p-77"),
)
"""A quarter of a turn in three parts: multiples of the first two, up to 2^16, are exact."""

FAR = 1e5
"""Beyond, there are more quarters than that."""


def sine_and_cosine(x: Array, results: Sequence[Array | None], spare: Array) -> None:
    """Both, or one of them; of what is far, as the library has them."""
    if not (np.minimum.reduce(x) >= -FAR and np.maximum.reduce(x) <= FAR):
        _near_and_far(x, results, spare)
        return
    held, rest, square, less = spare[:4]
    sine, cosine = [spare[4 + i] if a is None else a for i, a in enumerate(results)]
    _reduce(x, held, rest, less, square, cosine)
    np.multiply(rest, rest, out=square)
    horner(square, SIN, sine)
    np.multiply(sine, rest, out=sine)
    np.subtract(less, sine, out=sine)  # in this order the sign of a zero is kept
    np.subtract(rest, sine, out=sine)
    horner(square, COS, cosine)
    np.multiply(cosine, square, out=cosine)
    np.multiply(less, rest, out=less)
    np.add(cosine, less, out=cosine)
    np.multiply(square, 0.5, out=square)
    np.subtract(cosine, square, out=cosine)
    np.add(cosine, 1.0, out=cosine)
    _turn(results, *[a.view(np.int64) for a in (held, sine, cosine, square, less)])


def _reduce(x: Array, held: Array, rest: Array, less: Array, a: Array, b: Array) -> None:
    """How many quarters of a turn are in x, in the last bits of what is held; the rest of it.

    The latter is rounded: what it is less than that is right to as many digits again.
    """
    np.multiply(x, 2 / math.pi, out=held)
    np.add(held, MAGIC, out=held)
    np.subtract(held, MAGIC, out=less)
    np.multiply(less, QUARTER[0], out=b)
    np.subtract(x, b, out=b)
    np.multiply(less, QUARTER[1], out=a)
    np.subtract(b, a, out=rest)
    np.subtract(rest, b, out=b)
    np.add(b, a, out=b)
    np.multiply(less, QUARTER[2], out=less)
    np.add(less, b, out=less)


def _turn(
    results: Sequence[Array | None],
    held: Array,
    sine: Array,
    cosine: Array,
    odd: Array,
    sign: Array,
) -> None:
    """The bits of sine and cosine of the rest, for all of x: swapped where the number is odd."""
    np.bitwise_and(held, 1, out=odd)
    np.negative(odd, out=odd)
    np.left_shift(held, 62, out=sign)
    np.bitwise_and(sign, SIGN, out=sign)
    np.bitwise_xor(sine, cosine, out=held)
    np.bitwise_and(held, odd, out=held)
    if results[0] is not None:
        np.bitwise_xor(sine, held, out=sine)
        np.bitwise_xor(sine, sign, out=sine)
    if results[1] is not None:
        np.bitwise_xor(cosine, held, out=cosine)
        np.bitwise_and(odd, SIGN, out=odd)
        np.bitwise_xor(sign, odd, out=sign)
        np.bitwise_xor(cosine, sign, out=cosine)


def _near_and_far(x: Array, results: Sequence[Array | None], spare: Array) -> None:
    """Each element as it would be without the others."""
    near = np.abs(x) <= FAR
    places = np.flatnonzero(near)
    some = [None if a is None else np.empty(len(places)) for a in results]
    if len(places):
        sine_and_cosine(x[places], some, spare[:, : len(places)])
    far = x[~near]
    for function, found, array in zip((np.sin, np.cos), some, results, strict=True):
        if array is not None:
            array[places] = found
            array[~near] = function(far)


# --- Gaussians and their tails --------------------------------------------------------------------

GRID = 1.5 * 2.0**32
"""A number that, added, leaves the next multiple of 2^-20: squares of those are exact."""


def _gaussian(x: Array, over: float, far: float, out: Array, spare: Array) -> None:
    """exp(-x^2/over), the square split so that its rounding does not grow with x.

    The size of x, no further than that, is left in the first row that is spare.
    """
    size, step, rest = spare
    np.abs(x, out=size)
    np.minimum(size, far, out=size)
    np.add(size, GRID, out=step)
    np.subtract(step, GRID, out=step)
    np.subtract(size, step, out=rest)
    np.add(size, step, out=out)
    np.multiply(rest, out, out=rest)
    np.multiply(rest, -1 / over, out=rest)
    horner(rest, (1.0, 1 / 2, 1 / 6), out)
    np.multiply(step, step, out=step)
    np.multiply(step, -1 / over, out=step)
    np.exp(step, out=step)
    np.multiply(out, step, out=out)
    np.add(out, step, out=out)


def _tails(
    over: float, far: float, whole: float, *, rises: bool
) -> Callable[[Array, Sequence[Array | None], Array], None]:
    """What computes an integral of a Gaussian from either end, `whole` over all, and that itself.

    It is the Gaussian times the scaled error function of what is no smaller than 0, a polynomial.
    """
    root, bits = math.sqrt(over), np.float64(whole).view(np.int64)
    constant, *others = [0.5 * whole * root * x for x in SCALED]

    def into(x: Array, results: Sequence[Array | None], spare: Array) -> None:
        tail, density = results
        density = spare[3] if density is None else density
        _gaussian(x, over, far, density, spare[:3])
        if tail is None:
            return
        size, q = spare[:2]
        np.subtract(size, 4 * root, out=q)
        np.add(size, 4 * root, out=tail)
        np.divide(q, tail, out=q)
        horner(q, others, tail)
        np.add(tail, constant, out=tail)
        np.add(size, root, out=size)
        np.divide(tail, size, out=tail)
        np.multiply(tail, density, out=tail)
        _from_whole(x, tail, bits, spare[:2].view(np.int64), rises=rises)

    return into


def _from_whole(x: Array, tail: Array, bits: Any, spare: Array, *, rises: bool) -> None:
    """The whole less the tail on the side of x where it is most of that."""
    sign, more = spare
    if rises:
        np.invert(x.view(np.int64), out=sign)
        np.bitwise_and(sign, SIGN, out=sign)
    else:
        np.bitwise_and(x.view(np.int64), SIGN, out=sign)
    np.bitwise_xor(tail.view(np.int64), sign, out=tail.view(np.int64))
    np.right_shift(sign, 63, out=more)
    np.bitwise_and(more, bits, out=more)
    np.add(tail, more.view(np.float64), out=tail)


ndtr_and_density = _tails(2.0, 60.0, 1.0, rises=True)
"""The normal distribution, and exp(-x^2/2)."""

erfc_and_density = _tails(1.0, 40.0, 2.0, rises=False)
"""The complement of the error function, and exp(-x^2)."""

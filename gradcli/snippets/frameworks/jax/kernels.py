"""Functions in single precision as XLA computes them on a processor, to the last digit.

Each is the polynomial of XLA's own, with a product and a sum rounded once where the machine does
both in one instruction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops import (
    arithmetic,
    entropy,
    error_functions,
    exponential,
    powers,
    reduce,
    softmax,
    trigonometry,
)
from gradcli.ops.matmul import MATMUL
from gradcli.ops.matrix_functions import DET
from gradcli.snippets.arrays.lapack import MATRICES
from gradcli.snippets.arrays.nearest import rounded_once
from gradcli.snippets.frameworks.jax.circular import CIRCULAR

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Numbers = np.ndarray[Any, np.dtype[np.float32]]

SINGLE = np.float32


def polynomial(x: Numbers, coefficients: Sequence[float]) -> Numbers:
    """A polynomial by Horner's rule, the highest power first."""
    total: Any = SINGLE(coefficients[0])
    for c in coefficients[1:]:
        total = rounded_once(total, x, SINGLE(c))
    made: Numbers = total
    return made


def coefficients(words: str) -> list[float]:
    """Numbers in single precision by their bits."""
    return [float(x) for x in np.array([int(w, 16) for w in words.split()], np.uint32).view(SINGLE)]


# --- exponentials ---------------------------------------------------------------------------------

LOG2_HIGH, LOG2_LOW, LOG2_E = (SINGLE(x) for x in coefficients("3F318000 B95E8083 3FB8AA3B"))
EXP = coefficients("39506967 3AB743CE 3C088908 3D2AA9C1 3E2AAAAA 3F000000")


def exp(x: Numbers) -> Numbers:
    """The exponential."""
    within = np.clip(x, SINGLE(-87.8), SINGLE(88.8))
    power = np.clip(np.floor(rounded_once(within, LOG2_E, 0.5)), SINGLE(-127), SINGLE(127))
    rest = rounded_once(-LOG2_HIGH, power, within)
    rest = rounded_once(-LOG2_LOW, power, rest)
    series = rounded_once(polynomial(rest, EXP), rest * rest, rest) + SINGLE(1)
    bits = (np.nan_to_num(power).astype(np.int32) + 127) << 23
    made: Numbers = series * bits.view(SINGLE)
    return made


TANH_ABOVE = coefficients("A59F25C0 2A61337E AEBD37FF 335C0041 3779434A 3A270DED 3BA059DC")
TANH_BELOW = coefficients("35A0D3D8 38F895D6 3B14AA05 3BA059DD")
(TANH_END,) = coefficients("40FFF644")


def tanh(x: Numbers) -> Numbers:
    """The hyperbolic tangent."""
    within = np.clip(x, SINGLE(-TANH_END), SINGLE(TANH_END))
    square = within * within
    quotient = within * polynomial(square, TANH_ABOVE) / polynomial(square, TANH_BELOW)
    made: Numbers = np.where(abs(x) < SINGLE(4e-4), x, quotient)
    return np.where(abs(x) >= 20, np.copysign(SINGLE(1), x), made)


def expm1(x: Numbers) -> Numbers:
    """exp(x) - 1."""
    power, half = exp(x), x * SINGLE(0.5)
    made: Numbers = np.where(abs(x) > 0.5, power - SINGLE(1), tanh(half) * (power + SINGLE(1)))
    return np.where(half == 0, x, made)


def logistic(x: Numbers) -> Numbers:
    """1 / (1 + exp(-x))."""
    made: Numbers = SINGLE(1) / (exp(-x) + SINGLE(1))
    return made


# --- logarithms -----------------------------------------------------------------------------------

LOG = [
    coefficients(words)
    for words in (
        "3D9021BB BDEBD1B8 3DEF251A",
        "BDFE5D4F 3E11E9BF BE2AAE50",
        "3E4CCEAC BE7FFFFC 3EAAAAAA",
    )
]
(ROOT,) = coefficients("3F3504F3")


def log(x: Numbers) -> Numbers:
    """The logarithm."""
    bits = np.maximum(x, np.finfo(SINGLE).tiny).view(np.int32)
    part = ((bits & -2139095041) | 1056964608).view(SINGLE)
    power = ((bits >> 23) - 127).astype(SINGLE) + SINGLE(1)
    is_low = part < ROOT
    power = power - is_low.astype(SINGLE)
    m = (part - SINGLE(1)) + np.where(is_low, part, SINGLE(0))
    square = m * m
    cube = square * m
    a, b, c = (polynomial(m, row) for row in LOG)
    y = rounded_once(rounded_once(rounded_once(a, cube, b), cube, c), cube, LOG2_LOW * power)
    total: Numbers = rounded_once(LOG2_HIGH, power, rounded_once(-0.5, square, m) + y)
    total = np.where(x == np.inf, SINGLE(np.inf), np.where(x == 0, SINGLE(-np.inf), total))
    return np.where(x >= 0, total, SINGLE(np.nan))


LOG1P_ABOVE = coefficients("383DE04B 3EFF40C5 40D284FA 41EF4B9C 4273CC76 426473AD 41A05101")
LOG1P_BELOW = coefficients("3F800000 417101AD 42A6185B 435DC32D 439A8CA3 43586D8A 42707982")
(NEAR,) = coefficients("3ED413CD")


def log1p(x: Numbers) -> Numbers:
    """log(1 + x)."""
    square = x * x
    quotient = polynomial(x, LOG1P_ABOVE) / polynomial(x, LOG1P_BELOW)
    near = x + rounded_once(square, -0.5, (x * square) * quotient)
    made: Numbers = np.where(abs(x) < NEAR, near, log(x + SINGLE(1)))
    return made


# --- the error function ---------------------------------------------------------------------------

ERF_ABOVE = coefficients("39702D51 3B5F5DA2 3D50B6EB 3E3DA740 3F906EBA")
ERF_BELOW = coefficients("B3FD3906 37C588DF 3A856D28 3C6687D4 3DE34C21 3EFEB44A 3F800000")
(ERF_END,) = coefficients("407547CB")


def erf(x: Numbers) -> Numbers:
    """The error function."""
    square = x * x
    quotient = x * polynomial(square, ERF_ABOVE) / polynomial(square, ERF_BELOW)
    made: Numbers = np.where(abs(x) >= ERF_END, np.copysign(SINGLE(1), x), quotient)
    return made


# --- what is made of them -------------------------------------------------------------------------


AT_ONCE = 8
"""Numbers that XLA computes with at once."""


def in_loops(at_once: Callable[[Numbers], Numbers], alone: Any) -> Callable[[Numbers], Numbers]:
    """A function of a whole array, which is one of C for what a short vector has left over.

    XLA computes with eight numbers at once, or 1, 2 or 4; of others it makes no vector.
    """

    def kernel(x: Numbers) -> Numbers:
        made = at_once(x)
        if x.ndim != 1 or len(x) >= 2 * AT_ONCE or len(x) % AT_ONCE in (0, 1, 2, 4):
            return made
        start = len(x) // AT_ONCE * AT_ONCE
        return np.concatenate([made[:start], alone(x[start:].astype(float)).astype(SINGLE)])

    return kernel


HALF_LOG = SINGLE(np.log(0.5))


def cosh(x: Numbers) -> Numbers:
    """The hyperbolic cosine."""
    made: Numbers = exp(x + HALF_LOG) + exp(HALF_LOG - x)
    return made


def sinh(x: Numbers) -> Numbers:
    """The hyperbolic sine."""
    small = expm1(x)
    near = SINGLE(0.5) * (small + small / (small + SINGLE(1)))
    return np.where(abs(x) < 1, near, exp(x + HALF_LOG) - exp(HALF_LOG - x))


LN2, PER_LN2, PER_LN10 = SINGLE(np.log(2)), SINGLE(1 / np.log(2)), SINGLE(1 / np.log(10))


def asinh(x: Numbers) -> Numbers:
    """The inverse of the hyperbolic sine."""
    size, square = abs(x), x * x
    behind = square / (np.sqrt(rounded_once(x, x, 1.0)) + SINGLE(1))
    made: Numbers = np.sign(x) * log1p(size + behind)
    return made


def acosh(x: Numbers) -> Numbers:
    """The inverse of the hyperbolic cosine."""
    root = np.sqrt(x - SINGLE(1))
    return log1p(root * (np.sqrt(x + SINGLE(1)) + root))


def atanh(x: Numbers) -> Numbers:
    """The inverse of the hyperbolic tangent."""
    made: Numbers = (log1p(x) - log1p(-x)) * SINGLE(0.5)
    return made


CUBE_ROOT = (0.492659620528969547, 0.697570460207922770, -0.191502161678719066)
REMAINDERS = 2.0 ** (np.arange(-2, 3) / 3)


def cbrt(x: Numbers) -> Numbers:
    """The cube root, of the C library: a polynomial, and a step in double precision."""
    part, power = np.frexp(np.abs(np.asarray(x, float)))
    start = CUBE_ROOT[0] + (CUBE_ROOT[1] + CUBE_ROOT[2] * part) * part
    start = start.astype(SINGLE)
    cube = np.asarray(start * start * start, float)
    thirds = np.trunc(power / 3).astype(np.int64)
    root = start * (cube + 2.0 * part) / (2.0 * cube + part) * REMAINDERS[power - 3 * thirds + 2]
    made: Numbers = np.copysign(np.ldexp(root.astype(SINGLE), thirds), x)
    return np.where((x == 0) | ~np.isfinite(x), x, made)


def hypot(x: Numbers, y: Numbers) -> Numbers:
    """The length of a vector of two numbers."""
    x, y = abs(x), abs(y)
    most = np.maximum(x, y)
    share = np.minimum(x, y) / np.where(most == 0, SINGLE(1), most)
    made: Numbers = most * np.sqrt(rounded_once(share, share, 1.0))
    return np.where(np.isinf(x) | np.isinf(y), SINGLE(np.inf), np.where(most == 0, most, made))


def times_log(x: Numbers, y: Numbers) -> Numbers:
    """x times the logarithm of y, and 0 where x is."""
    made: Numbers = np.where((x == 0) & ~np.isnan(y), SINGLE(0), x * log(y))
    return made


def logaddexp(x: Numbers, y: Numbers) -> Numbers:
    """log(exp(x) + exp(y))."""
    apart = x - y
    made: Numbers = np.maximum(x, y) + log1p(exp(-abs(apart)))
    return np.where(np.isnan(apart), x + y, made)


MOST = 32
"""Whole exponents up to which a power is a product."""


def power(x: Any, y: Any) -> Any:
    """A power, of either precision; one of a whole exponent is a product of squares."""
    n = float(y) if not np.ndim(y) else 0.5
    if not n.is_integer() or abs(n) > MOST:
        return np.power(x.astype(float), y.astype(float)).astype(x.dtype)
    total, factor, rest = np.ones_like(x), x, int(abs(n))
    while rest:
        if rest & 1:
            total = total * factor
        rest >>= 1
        factor = factor * factor if rest else factor
    return x.dtype.type(1) / total if n < 0 else total


def quotient(x: Numbers, y: Numbers) -> Numbers:
    """A quotient; what several elements are divided by is turned over once, and multiplied with."""
    made: Numbers = x / y
    return x * (SINGLE(1) / y) if y.size < made.size else made


def shares(x: Numbers, axes: Sequence[int]) -> Numbers:
    """The softmax."""
    raised = in_loops(exp, np.exp)(x - np.max(x, axis=tuple(axes), keepdims=True))
    return quotient(raised, total(raised, axes, keepdims=True))


# --- sums -----------------------------------------------------------------------------------------

WINDOW = 32
"""Elements of an axis that are added up one after another; a longer one is added up in parts."""

LONGEST = 1024
"""Elements of an axis up to which it is known how they are added up."""

TERMS, FEW = 32, 8
"""Terms of a product of vectors, and of a matrix and a vector, that are added one by one."""


def product(x: Numbers, y: Numbers) -> Numbers:
    """A product of matrices; of a matrix and a vector each term is added as it is made."""
    terms = x.shape[-1]
    sides = x.shape[-2], y.shape[-1]
    if min(sides) != 1 or not 0 < terms <= (TERMS if max(sides) == 1 else FEW):
        return np.matmul(x, y)
    total: Any = x[..., :, :1] * y[..., :1, :]
    for i in range(1, terms):
        total = rounded_once(x[..., :, i : i + 1], y[..., i : i + 1, :], total)
    made: Numbers = total
    return made


def total(x: Numbers, axes: Sequence[int], keepdims: bool) -> Numbers:
    """A sum, one element after another."""
    lengths = [x.shape[axis] for axis in axes]
    if not axes or max(lengths) > LONGEST or not all(lengths):
        return np.asarray(np.sum(x, axis=tuple(axes), keepdims=keepdims))
    kept = [axis for axis in range(x.ndim) if axis not in axes]
    rows = x.transpose(*kept, *sorted(axes))
    rows = rows.reshape(*rows.shape[: len(kept)], -1)
    if len(axes) == x.ndim == 2 and lengths[0] == 2 and lengths[1] in (2, 3, 4):
        rows = np.add.accumulate(x, axis=1)[:, -1]
    while len(axes) == 1 and rows.shape[-1] > WINDOW:
        rows = _in_windows(rows)
    whole = np.add.accumulate(rows, axis=-1)[..., -1]
    made: Numbers = np.expand_dims(whole, tuple(sorted(axes))) if keepdims else whole
    return made


def _in_windows(rows: Numbers) -> Numbers:
    """The sums of windows of rows, which zeros before and after fill up."""
    length = rows.shape[-1]
    lacking = -length % WINDOW
    pads = [(0, 0)] * (rows.ndim - 1) + [(lacking // 2, lacking - lacking // 2)]
    parts = np.pad(rows, pads).reshape(*rows.shape[:-1], -1, WINDOW)
    made: Numbers = np.add.accumulate(parts, axis=-1)[..., -1]
    return made


UNROLLED = 3
"""Rows of a matrix up to which all of it is added up by one instruction after another."""


def is_short(shape: Sequence[int], axes: Sequence[int]) -> bool:
    """Whether what is added up over axes is compiled into one instruction after another."""
    lengths = [shape[axis] for axis in axes]
    if 1 in lengths:  # which is no axis for the compiler
        lengths = [n for n in lengths if n != 1] or [1]
    is_whole = len(axes) == len(shape) == 2
    is_one = len(lengths) == 1 or (is_whole and lengths[0] <= UNROLLED)
    return is_one and all(lengths) and lengths[-1] <= WINDOW


def products(x: Any, y: Any, axes: Sequence[int], keepdims: bool) -> Any:
    """The sum of products, each rounded once with what there is before it."""
    x, y = np.broadcast_arrays(x, y)
    pairs = zip(_first(x, axes), _first(y, axes), strict=True)
    made: Any = SINGLE(0)
    for a, b in pairs:
        made = rounded_once(a, b, made)
    return np.expand_dims(made, tuple(sorted(axes))) if keepdims else made


def squares(x: Any, axes: Sequence[int], keepdims: bool) -> Any:
    """The same of one array with itself: where it is a row, the first two are added at once."""
    if sum(x.shape[axis] != 1 for axis in axes) != 1:
        return products(x, x, axes, keepdims)
    first, second, *rest = _first(x, axes)
    made = rounded_once(first, first, np.asarray(second * second, SINGLE))
    for a in rest:
        made = rounded_once(a, a, made)
    return np.expand_dims(made, tuple(sorted(axes))) if keepdims else made


def _first(x: Any, axes: Sequence[int]) -> Any:
    """An array with the axes that are added over as the first one."""
    kept = [axis for axis in range(x.ndim) if axis not in axes]
    return x.transpose(*sorted(axes), *kept).reshape(-1, *(x.shape[axis] for axis in kept))


def length(x: Numbers, axes: Sequence[int], keepdims: bool) -> Numbers:
    """A norm: the root of the sum of squares."""
    whole = squares if is_short(x.shape, axes) else lambda x, *how: total(x * x, *how)
    return np.asarray(np.sqrt(whole(x, axes, keepdims)))


def determinant(a: Numbers) -> Numbers:
    """The determinant; of two and of three rows it is compiled as it is written."""
    x = np.moveaxis(a, (-2, -1), (0, 1))
    if len(x) == 2:
        return rounded_once(x[0, 0], x[1, 1], -(x[0, 1] * x[1, 0]))
    if len(x) != 3:
        return np.asarray(DET.kernel(a))
    total = rounded_once(x[0, 0] * x[1, 1], x[2, 2], x[0, 1] * x[1, 2] * x[2, 0])
    total = rounded_once(x[0, 2] * x[1, 0], x[2, 1], total)
    for i, j, k in ((2, 1, 0), (0, 2, 1), (1, 0, 2)):
        total = rounded_once(-(x[0, i] * x[1, j]), x[2, k], total)
    return total


KERNELS: dict[Any, Callable[..., Numbers]] = {
    arithmetic.div.op: quotient,
    softmax.SOFTMAX: shares,
    exponential.SOFTPLUS: lambda x: logaddexp(x, np.zeros_like(x)),
    exponential.exp.op: in_loops(exp, np.exp),
    exponential.expm1.op: expm1,
    exponential.log.op: in_loops(log, np.log),
    exponential.log1p.op: log1p,
    exponential.sigmoid.op: logistic,
    exponential.exp2.op: lambda x: exp(x * LN2),
    exponential.log2.op: lambda x: log(x) * PER_LN2,
    exponential.log10.op: lambda x: log(x) * PER_LN10,
    exponential.xlogy.op: times_log,
    entropy.logit.op: lambda x: log(x / (SINGLE(1) - x)),
    entropy.entr.op: lambda x: np.where(x < 0, SINGLE(-np.inf), -times_log(x, x)),
    exponential.logaddexp.op: logaddexp,
    trigonometry.tanh.op: tanh,
    **CIRCULAR,
    trigonometry.sinh.op: sinh,
    trigonometry.cosh.op: cosh,
    trigonometry.asinh.op: asinh,
    trigonometry.acosh.op: acosh,
    trigonometry.atanh.op: atanh,
    powers.cbrt.op: cbrt,
    powers.hypot.op: hypot,
    error_functions.erf.op: erf,
    powers.pow_.op: power,
    MATMUL: product,
    reduce.sum_.op: total,
    reduce.NORM: length,
    **MATRICES,
    DET: determinant,
}
"""For each operation, its kernel in single precision as XLA has it."""

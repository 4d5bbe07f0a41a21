"""Functions in single precision as TensorFlow computes them on a processor, to the last digit.

Eigen computes eight numbers of an array at once by polynomials of its own, without instructions
that multiply and add, and the rest of the array by the functions of C. The softmax is oneDNN's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops import arithmetic, exponential, powers, reduce, softmax, trigonometry
from gradcli.ops.matmul import MATMUL
from gradcli.snippets.arrays.nearest import rounded_once
from gradcli.snippets.frameworks.tensorflow import sums

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Numbers = np.ndarray[Any, np.dtype[np.float32]]
    Kernel = Callable[[Numbers], Numbers]

SINGLE = np.float32

AT_ONCE = 8
"""Numbers that Eigen computes with at once."""


def polynomial(x: Numbers, coefficients: Sequence[float]) -> Numbers:
    """A polynomial by Horner's rule, the highest power first."""
    total: Any = SINGLE(coefficients[0])
    for c in coefficients[1:]:
        total = total * x + SINGLE(c)
    made: Numbers = total
    return made


TANH_ABOVE = (1.394553628e-8, 2.102733560e-5, 3.520756727e-3, 1.340216100e-1)
TANH_BELOW = (8.015776984e-7, 3.326951409e-4, 2.597254514e-2, 4.673548340e-1, 1.0)
TANH_END = SINGLE(7.90738964080810547)


def tanh(x: Numbers) -> Numbers:
    """The hyperbolic tangent."""
    within = np.clip(x, -TANH_END, TANH_END)
    square = within * within
    above = square * within * polynomial(square, TANH_ABOVE) + within
    return above / polynomial(square, TANH_BELOW)


LOG2_E, LOG2_HIGH, LOG2_LOW = (
    SINGLE(c) for c in (1.44269504088896341, 0.693359375, -2.12194440e-4)
)
LEAST, EXP_END, SIGMOID_END = SINGLE(-104.0), SINGLE(88.723), SINGLE(16.6355324)
EXP_ODD = (8.36894474923610687255859375e-3, 0.16666518151760101318359375)
EXP_EVEN = (
    1.37449637986719608306884765625e-3,
    4.166965186595916748046875e-2,
    0.49999988079071044921875,
)
SIGMOID_ODD = (8.33471305668354034423828125e-3, 0.16666877269744873046875)
SIGMOID_EVEN = (4.1898667812347412109375e-2, 0.49999141693115234375)


def in_parts(at_once: Kernel, alone: Kernel) -> Kernel:
    """A function of eight numbers at once, and of those that are left one by one."""

    def kernel(x: Numbers) -> Numbers:
        flat = x.reshape(-1)
        whole = flat.size - flat.size % AT_ONCE
        return np.concatenate([at_once(flat[:whole]), alone(flat[whole:])]).reshape(x.shape)

    return kernel


def _reduced(x: Numbers) -> tuple[Numbers, Numbers]:
    """The whole number of times that x has the logarithm of 2, and what is left."""
    count = np.floor(x * LOG2_E + SINGLE(0.5))
    return count, count * -LOG2_LOW + (count * -LOG2_HIGH + x)


def _raised(rest: Numbers, even: Sequence[float], odd: Sequence[float]) -> Numbers:
    """exp(x) of what is left, by polynomials of even and of odd powers."""
    square = rest * rest
    series = rest * polynomial(square, odd) + polynomial(square, even)
    made: Numbers = square * series + (rest + SINGLE(1))
    return made


def _scaled(x: Numbers, power: Numbers) -> Numbers:
    """x * 2^power."""
    made: Numbers = np.ldexp(x, np.nan_to_num(power).astype(np.int32))
    return made


def _exp_alone(x: Numbers) -> Numbers:
    return np.exp(x.astype(float)).astype(SINGLE)


def _exp_at_once(x: Numbers) -> Numbers:
    power, rest = _reduced(np.minimum(x, EXP_END))
    return np.where(x < LEAST, SINGLE(0), _scaled(_raised(rest, EXP_EVEN, EXP_ODD), power))


def _sigmoid_alone(x: Numbers) -> Numbers:
    power = _exp_alone(x)
    return np.where(np.isinf(power), SINGLE(1), power / (SINGLE(1) + power))


def _sigmoid_at_once(x: Numbers) -> Numbers:
    power, rest = _reduced(np.minimum(x, SIGMOID_END) * SINGLE(0.5))
    root = _scaled(_raised(rest, SIGMOID_EVEN, SIGMOID_ODD), power)
    whole = root * root
    return np.where(x < LEAST, SINGLE(0), whole / (SINGLE(1) + whole))


# --- sines ----------------------------------------------------------------------------------------

SINE = (-1.959234114083703e-4, 8.332687365561685e-3, -0.16666662039829826)
COSINE = (2.437226611283204e-5, -1.3886520173400640e-3, 4.1666619479656219e-2, -0.5, 1.0)
QUARTER = (-1.5703125, -4.83989715576171875e-4, 1.62865035235881805e-7, 5.564431544167711e-11)
FAR = SINGLE(25_966), SINGLE(18_838)


def _circular(shift: int) -> Kernel:
    """The sine, or the cosine, which is that a quarter further on, of eight numbers at once."""

    def kernel(x: Numbers) -> Numbers:
        nearest = _nearest((np.sin, np.cos)[shift])(x)
        known = abs(x) < FAR[shift]
        rest: Any = np.where(known, abs(x), SINGLE(0))
        turns = np.rint(rest * SINGLE(2 / np.pi))
        for part in QUARTER:
            rest = turns * SINGLE(part) + rest
        square = rest * rest
        quarter = turns.astype(int) + shift
        sine = polynomial(square, SINE) * square * rest + rest
        made = np.where(quarter % 2, polynomial(square, COSINE), sine)
        is_below = (quarter // 2 % 2 == 1) ^ (np.signbit(x) & (shift == 0))
        return np.where(known, np.where(is_below, -made, made), nearest)

    return kernel


def _nearest(function: Callable[..., Any]) -> Kernel:
    """A function as C has it, to the nearest number."""
    return lambda x: np.asarray(function(x.astype(float)), SINGLE)


# --- logarithms -----------------------------------------------------------------------------------

LOG_2, ROOT = SINGLE(np.log(2)), SINGLE(0.707106781186547524)
LOG_ABOVE = (0.18256296349849254, 1.0000000190281063, 1.0000000190281136, 0.0)
LOG_BELOW = (0.049616247954120038, 0.59923249590823520, 1.4999999999999927, 1.0)


def _log_at_once(x: Numbers) -> Numbers:
    part, power = np.frexp(x)
    is_low = part < ROOT
    m = (part - SINGLE(1)) + np.where(is_low, part, SINGLE(0))
    power = power.astype(SINGLE) - is_low
    made: Numbers = power * LOG_2 + polynomial(m, LOG_ABOVE) / polynomial(m, LOG_BELOW)
    return np.where((x > 0) & np.isfinite(x), made, _log_alone(x))


def _log_alone(x: Numbers) -> Numbers:
    return np.log(x.astype(float)).astype(SINGLE)


def _log1p_at_once(x: Numbers) -> Numbers:
    more = x + SINGLE(1)
    rounded = x * (_log_at_once(more) / (more - SINGLE(1)))
    return np.where((more == 1) | np.isinf(more), x, rounded)


def _log1p_alone(x: Numbers) -> Numbers:
    return np.log1p(x.astype(float)).astype(SINGLE)


def _expm1_at_once(x: Numbers) -> Numbers:
    power = _exp_at_once(x)
    less = power - SINGLE(1)
    turns = _log_at_once(power)
    made = np.where(np.isinf(turns), power, less * (x / turns))
    return np.where(power == 1, x, np.where(less == -1, less, made))


def _softplus(exp: Kernel, log1p: Kernel) -> Kernel:
    def kernel(x: Numbers) -> Numbers:
        end = SINGLE(np.log(np.finfo(SINGLE).eps) + 2)
        power = exp(x)
        return np.where(x > -end, x, np.where(x < end, power, log1p(power)))

    return kernel


# --- powers ---------------------------------------------------------------------------------------


def power(x: Numbers, y: Numbers) -> Numbers:
    """x^y: eight at once by an exact logarithm and the exponential, the rest to the nearest."""
    left, right = (each.astype(float) for each in np.broadcast_arrays(x, y))
    nearest = np.power(left, right).astype(SINGLE)
    turns = right * np.log2(abs(left))
    known = np.isfinite(turns) & (right != 1)
    turns = np.where(known, turns, 0)
    whole = np.round(turns)
    raised = _exp_at_once((turns - whole).astype(SINGLE) * LOG_2)
    size = _scaled(raised, whole.astype(SINGLE))
    found = np.where(known, np.copysign(size, nearest), nearest)
    found = np.where(np.isnan(nearest), nearest, found).reshape(-1)
    start = found.size - found.size % AT_ONCE
    found[start:] = nearest.reshape(-1)[start:]
    return found.reshape(nearest.shape)


# --- softmax --------------------------------------------------------------------------------------

WORDS = "3C07CFCE 3D2B9D0D 3E2AAD40 3EFFFEE3 3F7FFFFB 3F800000 3F317218 C2AEAC50"
*SERIES, LOG2, LOWEST = np.array([int(w, 16) for w in WORDS.split()], np.uint32).view(SINGLE)


def exp_of_rows(x: Numbers) -> Numbers:
    """oneDNN's exponential, which multiplies and adds in one instruction."""
    within = np.maximum(x, LOWEST)
    power = np.floor(rounded_once(within, LOG2_E, SINGLE(0.5)))
    rest = rounded_once(-power, LOG2, within)
    total: Any = SERIES[0]
    for c in SERIES[1:]:
        total = rounded_once(total, rest, c)
    return np.where(x < LOWEST, SINGLE(0), _scaled(total, power))


def softmax_of(x: Numbers, axes: Sequence[int]) -> Numbers:
    """The softmax: each row is added up by halves."""
    if len(axes) != 1 or not x.size or not np.isfinite(x).all():
        made: Numbers = softmax.SOFTMAX.kernel(x.astype(float), axes).astype(SINGLE)
        return made
    rows: Any = np.moveaxis(x, axes[0], -1)
    raised = exp_of_rows(rows - np.max(rows, axis=-1, keepdims=True))
    lacking = -raised.shape[-1] % sums.LANES
    lanes = np.pad(raised, [(0, 0)] * (raised.ndim - 1) + [(0, lacking)])
    total = np.add.accumulate(lanes.reshape(*rows.shape[:-1], -1, sums.LANES), axis=-2)[..., -1, :]
    shares: Any = raised * (SINGLE(1) / sums.halved(total)[..., None])
    return np.moveaxis(shares, -1, axes[0])


KERNELS: dict[Any, Callable[..., Numbers]] = {
    arithmetic.squared_difference.op: lambda x, y: (x - y) * (x - y),
    exponential.exp.op: in_parts(_exp_at_once, _exp_alone),
    exponential.log.op: in_parts(_log_at_once, _log_alone),
    exponential.expm1.op: in_parts(_expm1_at_once, _nearest(np.expm1)),
    exponential.log1p.op: in_parts(_log1p_at_once, _log1p_alone),
    exponential.SOFTPLUS: in_parts(
        _softplus(_exp_at_once, _log1p_at_once), _softplus(_exp_alone, _log1p_alone)
    ),
    exponential.sigmoid.op: in_parts(_sigmoid_at_once, _sigmoid_alone),
    MATMUL: sums.product,
    reduce.sum_.op: sums.total,
    powers.pow_.op: power,
    powers.rsqrt.op: lambda x: SINGLE(1) / np.sqrt(x),
    softmax.SOFTMAX: softmax_of,
    trigonometry.tanh.op: tanh,
    trigonometry.sin.op: in_parts(_circular(0), _nearest(np.sin)),
    trigonometry.cos.op: in_parts(_circular(1), _nearest(np.cos)),
}
"""For each operation, its kernel in single precision as TensorFlow has it."""

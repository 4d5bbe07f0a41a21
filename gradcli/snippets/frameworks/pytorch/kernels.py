"""Functions in single precision as PyTorch computes them on a processor, to the last digit.

Sums go by the levels of a cascade, over vectors of eight; exponentials within other functions are
SLEEF's, of 32 elements at once, and those of C where fewer are left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops import exponential, powers, reduce, softmax
from gradcli.ops.matmul import MATMUL
from gradcli.snippets.arrays.nearest import rounded_once
from gradcli.snippets.frameworks.pytorch.matrices import OF_PYTORCH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Numbers = np.ndarray[Any, np.dtype[np.float32]]

SINGLE = np.float32

# --- sums -----------------------------------------------------------------------------------------

VECTOR = 8
"""Elements that are added up beside one another."""

CHAINS = 4
"""Sums that are kept apart, as one addition need not wait for another."""

LEVELS, STEP = 4, 4
"""Levels of a cascade, and the least power of two of terms that each takes up."""


def one_by_one(rows: Numbers) -> Numbers:
    """The sum of rows, one after another."""
    made: Numbers = np.add.accumulate(rows)[-1] if len(rows) > 1 else rows[0]
    return made


def cascade(rows: Numbers) -> Numbers:
    """The sum of rows: what a level has added up goes into the next one when that is full."""
    count = len(rows)
    power = max(STEP, (count - 1).bit_length() // LEVELS)
    left = [np.zeros(rows.shape[1:], SINGLE)]
    for _ in range(LEVELS - 1):
        whole = len(rows) >> power << power
        if whole < len(rows):
            left.append(one_by_one(rows[whole:]))
        if not whole:
            break
        groups = rows[:whole].reshape(whole >> power, 1 << power, *rows.shape[1:])
        rows = np.add.accumulate(groups, axis=1)[:, -1]
    else:
        left.append(one_by_one(rows))
    return sum(left[1:], left[0])


def in_chains(rows: Numbers) -> Numbers:
    """The sum of rows, each fourth for itself."""
    count = len(rows) // CHAINS
    if not count:
        return one_by_one(np.concatenate([np.zeros_like(rows[:1]), rows]))
    chains = cascade(rows[: count * CHAINS].reshape(count, CHAINS, *rows.shape[1:]))
    return one_by_one(np.concatenate([chains[:1], rows[count * CHAINS :], chains[1:]]))


def of_rows(x: Numbers) -> Numbers:
    """The sums over the last axis."""
    columns: Any = np.moveaxis(x, -1, 0) if x.ndim > 1 else x
    if len(columns) < VECTOR:
        return in_chains(columns)
    whole = len(columns) // VECTOR
    parts = in_chains(columns[: whole * VECTOR].reshape(whole, VECTOR, *columns.shape[1:]))
    rest = columns[whole * VECTOR :]
    return one_by_one(np.concatenate([np.zeros_like(columns[:1]), rest, parts]))


def of_columns(x: Numbers) -> Numbers:
    """The sums of columns, of which several go beside one another."""
    width = CHAINS * VECTOR if x.shape[1] >= VECTOR else CHAINS
    whole = x.shape[1] // width * width
    return np.concatenate([cascade(x[:, :whole]), in_chains(x[:, whole:])])


def total(x: Numbers, axes: Sequence[int], keepdims: bool) -> Numbers:
    """A sum of an array whose elements lie one after another."""
    summed = [axis in axes for axis in range(x.ndim)]
    shape = [n for n, is_summed in zip(x.shape, summed, strict=True) if not is_summed]
    if keepdims:
        shape = [1 if is_summed else n for n, is_summed in zip(x.shape, summed, strict=True)]
    groups: list[tuple[bool, int]] = []
    for is_summed, n in zip(summed, x.shape, strict=True):
        if n != 1 and groups and groups[-1][0] == is_summed:
            groups[-1] = (is_summed, groups[-1][1] * n)
        elif n != 1:
            groups.append((is_summed, n))
    kinds, lengths = [is_summed for is_summed, _ in groups], [n for _, n in groups]
    flat = x.reshape(lengths)
    if not any(kinds) or not x.size:
        made: Any = np.add.reduce(x, axis=tuple(axes))
    elif kinds[-1] and len(kinds) < 3:
        made = of_rows(flat)
    elif kinds == [True, False]:
        made = of_columns(flat)
    elif kinds == [False, True, False]:
        made = np.stack([of_columns(part) for part in flat])
    elif kinds == [True, False, True]:
        made = np.add.accumulate(of_rows(flat))[-1]
    else:
        made = np.add.reduce(x.astype(float), axis=tuple(axes)).astype(SINGLE)
    whole: Numbers = np.asarray(made).reshape(shape)
    return whole


def length(x: Numbers, axes: Sequence[int], keepdims: bool) -> Numbers:
    """A norm: the root of the sum of squares, which go by eights along rows."""
    kept = [axis for axis in range(x.ndim) if axis not in axes]
    rows = x.transpose([*kept, *axes]).reshape(*(x.shape[axis] for axis in kept), -1)
    in_rows = all(axis < min(axes) for axis in kept)
    columns = np.moveaxis(rows, -1, 0)
    if not len(columns):
        squares = np.zeros(rows.shape[:-1], SINGLE)
    else:
        squares = squares_of_rows(columns) if in_rows else one_by_one(columns * columns)
    shape = [1 if axis in axes else n for axis, n in enumerate(x.shape)]
    root = np.sqrt(squares)
    return np.asarray(root.reshape(shape) if keepdims else root)


def squares_of_rows(columns: Numbers) -> Numbers:
    """Squares of rows added up: eight sums, then four terms, then one multiplied and added."""
    eights, fours = (len(columns) // n * n for n in (VECTOR, CHAINS))
    made = np.zeros_like(columns[0])
    if eights:
        parts = columns[:eights].reshape(-1, VECTOR, *columns.shape[1:])
        made = one_by_one(one_by_one(parts * parts))
    for column in columns[eights:fours]:
        made = made + column * column
    for column in columns[fours:]:
        made = rounded_once(column, column, made)
    return made


# --- exponentials ---------------------------------------------------------------------------------

AT_ONCE = 32
"""Elements that functions of one number compute with at once."""

LANES = 16
"""Elements that a row's shares are added up beside one another."""

LOG2_E, LOG2_HIGH, LOG2_LOW = (
    SINGLE(c) for c in (1.4426950408889634, 0.693145751953125, 1.428606765330187e-06)
)
SERIES = [
    SINGLE(c)
    for c in (
        0.00019852761761285365,
        0.001393043552525341,
        0.00833336077630520,
        0.041666485369205475,
        0.16666667163372040,
        0.5,
    )
]


def exp_at_once(x: Numbers) -> Numbers:
    """SLEEF's exponential."""
    power = np.rint(x * LOG2_E)
    rest = rounded_once(power, -LOG2_LOW, rounded_once(power, -LOG2_HIGH, x))
    series: Any = SERIES[0]
    for c in SERIES[1:]:
        series = rounded_once(series, rest, c)
    series = SINGLE(1) + rounded_once(rest * rest, series, rest)
    made: Numbers = np.ldexp(series, np.nan_to_num(power).clip(-1000, 1000).astype(np.int32))
    return np.where(x < -104, SINGLE(0), np.where(x > 100, SINGLE(np.inf), made))


def exp_alone(x: Numbers) -> Numbers:
    """The exponential of C."""
    made: Numbers = np.exp(x.astype(float)).astype(SINGLE)
    return made


def log_of(x: Any) -> Any:
    """The logarithm."""
    return np.log(np.asarray(x, float)).astype(SINGLE)


def logistic(x: Numbers) -> Numbers:
    """1 / (1 + exp(-x))."""
    flat = -x.reshape(-1)
    whole = flat.size // AT_ONCE * AT_ONCE
    raised = np.concatenate([exp_at_once(flat[:whole]), exp_alone(flat[whole:])])
    made: Numbers = (SINGLE(1) / (SINGLE(1) + raised)).reshape(x.shape)
    return made


def log_logistic(x: Numbers) -> Numbers:
    """The logarithm of the same."""
    raised = exp_at_once(-abs(x)).astype(float)
    made: Numbers = np.minimum(x, SINGLE(0)) - np.log1p(raised).astype(SINGLE)
    return made


def _raised(x: Numbers, axes: Sequence[int]) -> tuple[Numbers, Numbers]:
    """What is raised of rows less their largest, and its sums."""
    rows: Any = np.moveaxis(x, axes[0], -1)
    raised = exp_at_once(rows - np.max(rows, axis=-1, keepdims=True))
    length = raised.shape[-1]
    if length < LANES:
        sums = np.add.accumulate(raised, axis=-1)[..., -1:]
        return raised, sums
    lacking = -length % LANES
    lanes = np.pad(raised, [(0, 0)] * (raised.ndim - 1) + [(0, lacking)])
    sums = np.add.accumulate(lanes.reshape(*rows.shape[:-1], -1, LANES), axis=-2)[..., -1, :]
    while sums.shape[-1] > 1:
        half = sums.shape[-1] // 2
        sums = sums[..., :half] + sums[..., half:]
    return raised, sums


def shares(x: Numbers, axes: Sequence[int]) -> Numbers:
    """The softmax."""
    if len(axes) != 1 or not x.size or not np.isfinite(x).all():
        made: Numbers = softmax.SOFTMAX.kernel(x.astype(float), axes).astype(SINGLE)
        return made
    raised, sums = _raised(x, axes)
    turned: Any = raised * (SINGLE(1) / sums)
    return np.moveaxis(turned, -1, axes[0])


def log_shares(x: Numbers, total: Numbers) -> Numbers:
    """The logarithm of the softmax: rows less their largest, less the logarithm of the sum."""
    axes = [i for i, (m, n) in enumerate(zip(x.shape, total.shape, strict=True)) if m != n]
    if len(axes) != 1 or not np.isfinite(x).all():
        made: Numbers = softmax.LOG_SHARE.kernel(x, total)
        return made
    _, sums = _raised(x, axes)
    rows: Any = np.moveaxis(x, axes[0], -1)
    less: Any = rows - np.max(rows, axis=-1, keepdims=True) - log_of(sums)
    return np.moveaxis(less, -1, axes[0])


def log_sum(x: Numbers, axes: Any, keepdims: bool) -> Numbers:
    """The logarithm of the sum of what is raised."""
    over = tuple(range(x.ndim)) if axes is None else tuple(axes)
    top = np.max(x, axis=over, keepdims=True)
    if not np.isfinite(top).all():
        made: Numbers = softmax.LOGSUMEXP.kernel(x, axes, keepdims)
        return made
    logs: Any = log_of(total(exp_alone(x - top), over, keepdims))
    return logs + top.reshape(logs.shape)


# --- powers ---------------------------------------------------------------------------------------


def cube(x: Numbers) -> Numbers:
    """x^3: two products."""
    made: Numbers = x * x * x
    return made


def power(x: Numbers, y: Numbers) -> Numbers:
    """A power, which of some exponents is a product or a quotient."""
    n = float(y) if not np.ndim(y) else 0.0
    if n == 3:
        return cube(x)
    if n in (-2, -0.5):
        turned: Any = SINGLE(1) / (x * x if n == -2 else np.sqrt(x))
        return np.asarray(turned)
    made: Numbers = np.power(x.astype(float), y.astype(float)).astype(SINGLE)
    return made


# --- products of matrices -------------------------------------------------------------------------

MOST = 200_000
"""Products of numbers from which the order is not followed any more."""

DEEPEST, SHORTEST = 256, 20
"""Terms of an element up to which columns are known to be added so, and rows."""

DOTTED, OF_FOUR = 8, 4
"""Elements of vectors whose product is known, and sums that are kept apart there."""


def product(x: Numbers, y: Numbers) -> Numbers:
    """A product of matrices, added up in the order that suits how the second one lies in memory."""
    if x.ndim == y.ndim == 2 and x.shape[0] * y.size <= MOST:
        (m, k), n = x.shape, y.shape[1]
        if m == n == 1 and 1 < k <= DOTTED:
            return dotted(x[0], y[:, 0]).reshape(1, 1)
        if n == 1 and m > 1 and 1 < k <= OF_FOUR and x.flags.c_contiguous:
            return by_short_rows(x, y[:, 0]).reshape(m, 1)
        if m == 1 and n > 1 and 1 < k <= OF_FOUR and not y.flags.c_contiguous:
            return by_short_rows(y.T, x[0]).reshape(1, n)
        if k == 1 and n > 1 and m > 1:
            return x * y
        if n > 1 and k <= DEEPEST and (y.flags.c_contiguous or is_packed(x, n)):
            return one_after_another(x, y)
        if n > 1 and m > 1 and k <= SHORTEST:
            return beside_one_another(x, y)
    made: Numbers = (x.astype(float) @ y.astype(float)).astype(SINGLE)
    return made


def is_packed(x: Numbers, n: int) -> bool:
    """Whether a second matrix of so many columns that lies in rows is turned first.

    That is done where it is worth it, and where the first one lies in columns.
    """
    m, k = x.shape
    if m == 1:
        return False
    is_narrow = OF_FOUR <= n < VECTOR and k > OF_FOUR
    return not x.flags.c_contiguous or max(m, n) >= LANES or OF_FOUR <= n <= m or is_narrow


def one_after_another(x: Numbers, y: Numbers) -> Numbers:
    """Each element added up by instructions that multiply and add at once."""
    made: Any = np.zeros((len(x), y.shape[1]), SINGLE)
    for column, row in zip(x.T, y, strict=True):
        made = rounded_once(column[:, None], row, made)
    return np.asarray(made)


def beside_one_another(x: Numbers, y: Numbers) -> Numbers:
    """Each element as sixteen sums beside one another, which are added up by halves."""
    sums: list[Any] = [np.zeros((len(x), y.shape[1]), SINGLE)] * LANES
    for i, (column, row) in enumerate(zip(x.T, y, strict=True)):
        sums[i % LANES] = rounded_once(column[:, None], row, sums[i % LANES])
    while len(sums) > 1:
        half = len(sums) // 2
        sums = [a + b for a, b in zip(sums[:half], sums[half:], strict=True)]
    return np.asarray(sums[0])


def by_short_rows(x: Numbers, y: Numbers) -> Numbers:
    """A vector by rows of up to four elements: four rows at once, those that are left alone."""
    terms = np.zeros((OF_FOUR, len(x)), SINGLE)
    terms[: len(y)] = (x * y).T
    first, second, third, last = terms
    made = rounded_once(x[:, 1], y[1], first) + last + third
    rest = len(x) // OF_FOUR * OF_FOUR
    made[rest:] = ((second + last) + third + first)[rest:]
    return np.asarray(made)


def dotted(x: Numbers, y: Numbers) -> Numbers:
    """The product of two short vectors: four sums beside one another, which are paired."""
    terms = np.zeros(DOTTED, SINGLE)
    terms[: len(x)] = x * y
    a, b, c, d = terms[:OF_FOUR] + terms[OF_FOUR:]
    return np.asarray((a + b) + (c + d))


KERNELS: dict[Any, Callable[..., Numbers]] = {
    MATMUL: product,
    reduce.sum_.op: total,
    reduce.NORM: length,
    **OF_PYTORCH,
    exponential.sigmoid.op: logistic,
    exponential.log_sigmoid.op: log_logistic,
    softmax.SOFTMAX: shares,
    softmax.LOG_SHARE: log_shares,
    softmax.LOGSUMEXP: log_sum,
    powers.cube.op: cube,
    powers.pow_.op: power,
    powers.rsqrt.op: lambda x: SINGLE(1) / np.sqrt(x),
}
"""For each operation, its kernel in single precision as PyTorch has it."""

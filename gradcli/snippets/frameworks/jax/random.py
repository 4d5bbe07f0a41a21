"""`jax.random`: keys and the numbers that they stand for, by the same generator as JAX's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from gradcli.snippets.arrays.dtypes import BOOL, FLOAT32, FLOAT64, INT32, INT64, DType
from gradcli.snippets.arrays.nearest import rounded_once
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.jax import kernels
from gradcli.snippets.frameworks.jax.array import KeyArray, keys
from gradcli.snippets.values import Array, Native

if TYPE_CHECKING:
    from collections.abc import Callable

    Words = np.ndarray[Any, np.dtype[np.uint32]]

WORD = np.dtype(np.uint32)
"""The type of the two words of a key."""

_TURNS = ((13, 15, 26, 6), (17, 29, 16, 24))


def threefry(key: Words, counts: Words) -> Words:
    """Twenty rounds of Threefry on pairs of words."""
    first, second = np.split(counts, 2)
    keys = (key[0], key[1], key[0] ^ key[1] ^ np.uint32(0x1BD11BDA))
    x, y = first + keys[0], second + keys[1]
    for turn in range(5):
        for bits in _TURNS[turn % 2]:
            x = x + y
            y = (y << np.uint32(bits)) | (y >> np.uint32(32 - bits))
            y = x ^ y
        x = x + keys[(turn + 1) % 3]
        y = y + keys[(turn + 2) % 3] + np.uint32(turn + 1)
    return np.concatenate([x, y])


def _pairs(key: Words, count: int) -> tuple[Words, Words]:
    """Two random words for each number from 0 on."""
    numbers = np.arange(count, dtype=np.uint64)
    halves = (numbers >> np.uint64(32)).astype(np.uint32), numbers.astype(np.uint32)
    first, second = np.split(threefry(key, np.concatenate(halves)), 2)
    return first, second


def _bits(key: Words, shape: tuple[int, ...], size: int) -> Any:
    """Words of so many bytes of random bits."""
    first, second = _pairs(key, int(np.prod(shape, dtype=int)))
    if size == 4:
        return (first ^ second).reshape(shape)
    return (first.astype(np.uint64) << np.uint64(32) | second).reshape(shape)


def _split(key: Words, count: int) -> Words:
    return np.stack(_pairs(key, count), 1)


def _uniform(key: Words, shape: tuple[int, ...], dtype: DType, low: Any, high: Any) -> Any:
    """Numbers between two bounds, with as many random bits as there are after the point."""
    one = dtype.type(1)
    bits = _bits(key, shape, dtype.itemsize)
    unused = bits.dtype.type(8 * dtype.itemsize - np.finfo(dtype).nmant)
    floats = (bits >> unused | one.view(bits.dtype)).view(dtype) - one
    start, stop = dtype.type(low), dtype.type(high)
    moved = rounded_once if dtype == FLOAT32 else _moved
    return np.maximum(start, moved(floats, stop - start, start))


def _moved(x: Any, factor: Any, start: Any) -> Any:
    return x * factor + start


def _normal(key: Words, shape: tuple[int, ...], dtype: DType) -> Any:
    """Numbers of a normal distribution."""
    low = np.nextafter(dtype.type(-1), dtype.type(0))
    uniform = _uniform(key, shape, dtype, low, 1.0)
    inverse = _erfinv if dtype == FLOAT32 else special.erfinv
    return dtype.type(np.sqrt(2)) * inverse(uniform)


def _randint(key: Words, shape: tuple[int, ...], dtype: DType, low: int, high: int) -> Any:
    """Whole numbers from `low` up to, but without, `high`."""
    word = np.dtype(f"u{dtype.itemsize}").type
    high_bits, low_bits = (_bits(half, shape, dtype.itemsize) for half in _split(key, 2))
    span = word(max(high - low, 1))
    half = word((1 << 4 * dtype.itemsize) % int(span))
    scale = half * half % span
    steps = (high_bits % span * scale + low_bits % span) % span
    return low + steps.astype(dtype)


def _permuted(key: Words, count: int) -> Any:
    """The whole numbers up to one in another order: sorted by random words, now and again."""
    order = np.arange(count)
    rounds = int(np.ceil(3 * np.log(max(1, count)) / np.log(2**32 - 1)))
    for _ in range(rounds):
        key, own = _split(key, 2)
        order = order[np.argsort(_bits(own, (count,), 4), kind="stable")]
    return order


def _gumbel(key: Words, shape: tuple[int, ...], dtype: DType) -> Any:
    """Numbers of a Gumbel distribution."""
    log = kernels.log if dtype == FLOAT32 else np.log
    return -log(-log(_uniform(key, shape, dtype, np.finfo(dtype).tiny, 1.0)))


_MIDDLE = """2.81022636e-08 3.43273939e-07 -3.5233877e-06 -4.39150654e-06 0.00021858087
-0.00125372503 -0.00417768164 0.246640727 1.50140941""".split()
_TAILS = """-0.000200214257 0.000100950558 0.00134934322 -0.00367342844 0.00573950773
-0.0076224613 0.00943887047 1.00167406 2.83297682""".split()


def _erfinv(x: Any) -> Any:
    """The inverse of erf in single precision (Giles 2010), of which XLA makes normal numbers."""
    w = -kernels.log1p(-x * x)
    is_middle = w < 5
    v = np.where(is_middle, w - np.float32(2.5), np.sqrt(w) - np.float32(3))
    p = np.zeros_like(x)
    for middle, tail in zip(_MIDDLE, _TAILS, strict=True):
        p = rounded_once(p, v, np.where(is_middle, np.float32(middle), np.float32(tail)))
    return p * x


def _truncated(key: Words, shape: tuple[int, ...], dtype: DType, lower: float, upper: float) -> Any:
    """Numbers of a normal distribution between two bounds, neither of which is reached."""
    root = dtype.type(np.sqrt(2))
    bounds = (dtype.type(lower), dtype.type(upper))
    erf = kernels.erf if dtype == FLOAT32 else special.erf
    low, high = (erf(bound / root) for bound in bounds)
    inverse = _erfinv if dtype == FLOAT32 else special.erfinv
    found = root * inverse(_uniform(key, shape, dtype, low, high))
    return np.clip(found, *(np.nextafter(b, -b - b, dtype=dtype) for b in bounds))


def _laplace(key: Words, shape: tuple[int, ...], dtype: DType) -> Any:
    """Numbers of a Laplace distribution."""
    uniform = _uniform(key, shape, dtype, -1.0 + np.finfo(dtype).epsneg, 1.0)
    return np.sign(uniform) * _log1p(dtype)(-np.abs(uniform))


def _cauchy(key: Words, shape: tuple[int, ...], dtype: DType) -> Any:
    """Numbers of a Cauchy distribution."""
    uniform = _uniform(key, shape, dtype, np.finfo(dtype).eps, 1.0)
    return np.tan(dtype.type(np.pi) * (uniform - dtype.type(0.5)))


def _logistic(key: Words, shape: tuple[int, ...], dtype: DType) -> Any:
    """Numbers of a logistic distribution."""
    uniform = _uniform(key, shape, dtype, np.finfo(dtype).tiny, 1.0)
    log = kernels.log if dtype == FLOAT32 else np.log
    return log(uniform) - _log1p(dtype)(-uniform)


def _exponential(key: Words, shape: tuple[int, ...], dtype: DType) -> Any:
    """Numbers of an exponential distribution."""
    return -_log1p(dtype)(-_uniform(key, shape, dtype, 0.0, 1.0))


def _log1p(dtype: DType) -> Any:
    return kernels.log1p if dtype == FLOAT32 else np.log1p


PLAIN = {
    "normal": _normal,
    "exponential": _exponential,
    "gumbel": _gumbel,
    "laplace": _laplace,
    "cauchy": _cauchy,
    "logistic": _logistic,
}
"""Distributions that have no parameters."""


class Random:
    """`jax.random` of a framework, which makes the arrays."""

    def __init__(self, home: Any) -> None:
        self._home = home

    def members(self) -> dict[str, Any]:
        """The functions by their paths."""
        rows: dict[str, Callable[..., Any]] = {
            "PRNGKey": self.words,
            "key": lambda seed, **named: keys(self.words(seed, **named)),
            "key_data": lambda keys: self._made(self._words(keys), WORD),
            "wrap_key_data": lambda key_bits_array, **_named: keys(key_bits_array),
            "clone": lambda key: key,
            "split": self.split,
            "fold_in": self.fold_in,
            "uniform": self.uniform,
            "randint": self.randint,
            "bernoulli": self.bernoulli,
            "permutation": self.permutation,
            "choice": self.choice,
            "categorical": self.categorical,
            "rademacher": self.rademacher,
            "truncated_normal": self.truncated_normal,
            "multivariate_normal": self.multivariate_normal,
            **{name: partial(self.plain, make) for name, make in PLAIN.items()},
        }
        return {f"random.{name}": Native(name, row) for name, row in rows.items()}

    def words(self, seed: Any, **_named: Any) -> Array:
        """`PRNGKey(0)`: the words of a key."""
        number = int(self._home.number(seed)) if isinstance(seed, Array) else int(seed)
        words = np.array([number >> 32 & 0xFFFFFFFF, number & 0xFFFFFFFF], np.uint32)
        return self._made(words, WORD)

    def split(self, key: Array, num: int = 2) -> Array:
        """As many keys."""
        return self._again(_split(self._words(key), *self._home.room(num)), key)

    def fold_in(self, key: Array, data: int) -> Array:
        """A key for a number."""
        words = threefry(self._words(key), np.array([0, data & 0xFFFFFFFF], np.uint32))
        return self._again(words, key)

    def uniform(
        self, key: Array, shape: Any = (), dtype: Any = None, minval: Any = 0.0, maxval: Any = 1.0
    ) -> Array:
        """Numbers between two bounds."""
        wish = self._type(dtype, self._home.default, (FLOAT32, FLOAT64))
        lengths = self._home.room(*shape)
        return self._made(_uniform(self._words(key), lengths, wish, minval, maxval), wish)

    def plain(
        self, make: Callable[..., Any], key: Array, shape: Any = (), dtype: Any = None
    ) -> Array:
        """Numbers of a distribution without parameters."""
        wish = self._type(dtype, self._home.default, (FLOAT32, FLOAT64))
        return self._made(make(self._words(key), self._home.room(*shape), wish), wish)

    def randint(self, key: Array, shape: Any, minval: int, maxval: int, dtype: Any = None) -> Array:
        """Whole numbers from `minval` up to, but without, `maxval`."""
        wish = self._type(dtype, self._home.whole, (INT32, INT64))
        lengths = self._home.room(*shape)
        return self._made(_randint(self._words(key), lengths, wish, minval, maxval), wish)

    def bernoulli(self, key: Array, p: Any = 0.5, shape: Any = ()) -> Array:
        """Truth values, true as often as `p` says."""
        uniform = _uniform(self._words(key), tuple(shape), self._home.default, 0.0, 1.0)
        return self._made(uniform < p, BOOL)

    def permutation(self, key: Array, x: Any, axis: int = 0, independent: bool = False) -> Array:
        """The rows of an array, or the whole numbers up to one, in another order."""
        if axis or independent:
            raise Refusal("permutation along another axis, or of each row apart")
        home = self._home
        array = home.constant(np.arange(x), home.whole) if isinstance(x, int) else home.asarray(x)
        order = home.constant(_permuted(self._words(key), array.shape[0]))
        made: Array = home.item(array, order)
        return made

    def choice(
        self, key: Array, a: Any, shape: Any = (), replace: bool = True, p: Any = None
    ) -> Array:
        """Some of the rows of an array, or of the whole numbers up to one."""
        home, words, sizes = self._home, self._words(key), tuple(shape)
        array = home.constant(np.arange(a), home.whole) if isinstance(a, int) else home.asarray(a)
        count, wanted = array.shape[0], int(np.prod(sizes, dtype=int))
        if p is not None:
            if not replace:
                raise Refusal("choice by weights without replacement")
            sums = np.cumsum(home.recorder.array(home.asarray(p)))
            uniform = _uniform(words, sizes, home.default, 0.0, 1.0)
            chosen = np.searchsorted(sums, sums[-1] * (home.default.type(1) - uniform))
        elif replace:
            chosen = _randint(words, sizes, home.whole, 0, count)
        else:
            if wanted > count:
                text = "Cannot take a larger sample than population when 'replace=False'"
                raise Raised("ValueError", text)
            chosen = _permuted(words, count)[:wanted].reshape(sizes)
        made: Array = home.item(array, home.constant(chosen) if sizes else int(chosen))
        return made

    def categorical(self, key: Array, logits: Any, axis: int = -1, shape: Any = None) -> Array:
        """The number of a class, as often as its logit says."""
        home = self._home
        numbers = home.recorder.array(home.asarray(logits))
        if axis not in (-1, numbers.ndim - 1):
            raise Refusal("categorical along another axis than the last")
        batch = numbers.shape[:-1]
        sizes = batch if shape is None else tuple(shape)
        lead = sizes[: len(sizes) - len(batch)]
        noise = _gumbel(self._words(key), (*lead, *numbers.shape), home.default)
        return self._made(np.argmax(noise + numbers, -1), home.whole)

    def rademacher(self, key: Array, shape: Any = (), dtype: Any = None) -> Array:
        """1 or -1, one as often as the other."""
        wish = self._type(dtype, self._home.whole, (INT32, INT64, FLOAT32, FLOAT64))
        heads = self._home.recorder.array(self.bernoulli(key, 0.5, shape))
        return self._made(np.where(heads, 1, -1), wish)

    def truncated_normal(
        self, key: Array, lower: float, upper: float, shape: Any = (), dtype: Any = None
    ) -> Array:
        """Numbers of a normal distribution between two bounds."""
        wish = self._type(dtype, self._home.default, (FLOAT32, FLOAT64))
        return self._made(_truncated(self._words(key), tuple(shape), wish, lower, upper), wish)

    def multivariate_normal(
        self, key: Array, mean: Any, cov: Any, shape: Any = (), dtype: Any = None
    ) -> Array:
        """Rows of a normal distribution of several variables."""
        wish = self._type(dtype, self._home.default, (FLOAT32, FLOAT64))
        centre, spread = (self._home.recorder.array(self._home.asarray(x)) for x in (mean, cov))
        if centre.ndim != 1 or spread.ndim != 2:
            raise Refusal("multivariate_normal of several distributions at once")
        samples = _normal(self._words(key), (*shape, len(centre)), wish)
        return self._made(centre + samples @ np.linalg.cholesky(spread).astype(wish).T, wish)

    def _again(self, words: Words, like: Array) -> Array:
        """Words as keys, if those they come of are."""
        made = self._made(words, WORD)
        return keys(made) if isinstance(like, KeyArray) else made

    def _made(self, numbers: Any, dtype: DType) -> Array:
        array: Array = self._home.constant(numbers, dtype)
        return array

    def _words(self, key: Array) -> Words:
        array: Words = self._home.recorder.array(key).astype(np.uint32)
        return array

    def _type(self, wish: Any, default: DType, allowed: tuple[DType, ...]) -> DType:
        dtype: DType = default if wish is None else self._home.dtype_of(wish)
        if dtype not in allowed:
            raise Refusal("random numbers of this type are not part of the subset")
        return dtype


def random(home: Any) -> dict[str, Any]:
    """What stands behind `jax.random`, by paths."""
    return Random(home).members()

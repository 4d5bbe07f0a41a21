"""`jax.random`: keys and the numbers that they stand for, by the same generator as JAX's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.values import Array, Native

if TYPE_CHECKING:
    from collections.abc import Callable

    Words = np.ndarray[Any, np.dtype[np.uint32]]

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


def _bits(key: Words, shape: tuple[int, ...]) -> Words:
    """Words of 32 random bits: each from the two halves of its own number."""
    count = int(np.prod(shape, dtype=int))
    numbers = np.arange(count, dtype=np.uint64)
    counts = np.concatenate(
        [(numbers >> np.uint64(32)).astype(np.uint32), numbers.astype(np.uint32)]
    )
    first, second = np.split(threefry(key, counts), 2)
    return (first ^ second).reshape(shape)


def _split(key: Words, count: int) -> Words:
    numbers = np.arange(count, dtype=np.uint64)
    counts = np.concatenate(
        [(numbers >> np.uint64(32)).astype(np.uint32), numbers.astype(np.uint32)]
    )
    first, second = np.split(threefry(key, counts), 2)
    return np.stack([first, second], 1)


def _uniform(key: Words, shape: tuple[int, ...], low: float, high: float) -> Any:
    """Numbers between two bounds, of 23 random bits."""
    bits = (_bits(key, shape) >> np.uint32(9)) | np.uint32(0x3F800000)
    floats = bits.view(np.float32) - np.float32(1)
    span = np.float32(high) - np.float32(low)
    return np.maximum(np.float32(low), floats * span + np.float32(low))


def _normal(key: Words, shape: tuple[int, ...]) -> Any:
    """Numbers of a normal distribution."""
    low = np.nextafter(np.float32(-1), np.float32(0), dtype=np.float32)
    uniform = _uniform(key, shape, float(low), 1.0)
    return np.float32(np.sqrt(2)) * _erfinv(uniform)


_MIDDLE = """2.81022636e-08 3.43273939e-07 -3.5233877e-06 -4.39150654e-06 0.00021858087
-0.00125372503 -0.00417768164 0.246640727 1.50140941""".split()
_TAILS = """-0.000200214257 0.000100950558 0.00134934322 -0.00367342844 0.00573950773
-0.0076224613 0.00943887047 1.00167406 2.83297682""".split()


def _erfinv(x: Any) -> Any:
    """The inverse of erf in single precision (Giles 2010), of which XLA makes normal numbers."""
    w = -np.log1p(-x * x)
    is_middle = w < 5
    v = np.where(is_middle, w - np.float32(2.5), np.sqrt(w) - np.float32(3))
    p = np.zeros_like(x)
    for middle, tail in zip(_MIDDLE, _TAILS, strict=True):
        p = np.where(is_middle, np.float32(middle), np.float32(tail)) + p * v
    return p * x


def random(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    whole = np.dtype(np.uint32)

    def made(numbers: Any, dtype: Any = None) -> Array:
        array: Array = home.constant(numbers, dtype or home.default)
        return array

    def key_of(seed: Any, **_named: Any) -> Array:
        number = int(home.number(seed)) if isinstance(seed, Array) else int(seed)
        words = np.array([number >> 32 & 0xFFFFFFFF, number & 0xFFFFFFFF], np.uint32)
        return made(words, whole)

    def words(key: Array) -> Words:
        array: Words = home.recorder.array(key).astype(np.uint32)
        return array

    def split(key: Array, num: int = 2) -> Array:
        return made(_split(words(key), num), whole)

    def fold_in(key: Array, data: int) -> Array:
        seed = np.array([0, data & 0xFFFFFFFF], np.uint32)
        return made(threefry(words(key), seed), whole)

    def uniform(
        key: Array, shape: Any = (), dtype: Any = None, minval: Any = 0.0, maxval: Any = 1.0
    ) -> Array:
        del dtype
        return made(_uniform(words(key), tuple(shape), minval, maxval))

    def normal(key: Array, shape: Any = (), dtype: Any = None) -> Array:
        del dtype
        return made(_normal(words(key), tuple(shape)))

    rows: dict[str, Callable[..., Any]] = {
        "PRNGKey": key_of, "key": key_of, "split": split, "fold_in": fold_in,
        "uniform": uniform, "normal": normal,
    }  # fmt: skip
    return {f"random.{name}": Native(name, row) for name, row in rows.items()}

"""PyTorch's generator of random numbers, to the bit: the same seed gives the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]

BLOCK = 16
"""Normal numbers that are made together, of a tensor that has as many."""


class Generator:
    """A Mersenne twister as PyTorch uses it on the CPU."""

    def __init__(self, seed: int | None) -> None:
        self.state: Any = None
        self.spare: float | None = None
        self.start = seed or 0
        self.given = seed is not None

    def seed(self, seed: int) -> None:
        """Starts anew."""
        self.start, self.state, self.spare = int(seed), None, None
        self.given = True

    @property
    def is_seeded(self) -> bool:
        """Whether somebody has given a seed."""
        return self.given

    def words(self, count: int) -> Numbers:
        """Whole numbers of 32 bits."""
        if self.state is None:
            self.state = np.random.RandomState(self.start & 0xFFFFFFFF)
        whole: Numbers = self.state.randint(0, 2**32, count, np.uint32)
        return whole

    def uniform(
        self, shape: tuple[int, ...], dtype: Any, low: float = 0.0, high: float = 1.0
    ) -> Numbers:
        """Numbers between two bounds."""
        count = int(np.prod(shape, dtype=int))
        if dtype == np.float64:
            numbers = self.doubles(count)
        else:
            numbers = (self.words(count) & np.uint32(2**24 - 1)).astype(np.float32)
            numbers = numbers * np.float32(2.0**-24)
        kind = np.dtype(dtype).type
        return (numbers * kind(high - low) + kind(low)).astype(dtype).reshape(shape)

    def doubles(self, count: int) -> Numbers:
        """Numbers of 53 random bits between 0 and 1."""
        words = self.words(2 * count).astype(np.uint64)
        whole = (words[::2] << np.uint64(32)) | words[1::2]
        return (whole & np.uint64(2**53 - 1)).astype(np.float64) * 2.0**-53

    def normal(
        self, shape: tuple[int, ...], dtype: Any, mean: float = 0.0, std: float = 1.0
    ) -> Numbers:
        """Numbers of a normal distribution."""
        count = int(np.prod(shape, dtype=int))
        made = self.many(count, dtype, mean, std) if count >= BLOCK else self.few(count, mean, std)
        return made.astype(dtype).reshape(shape)

    def few(self, count: int, mean: float, std: float) -> Numbers:
        """One after another; of the two that are made together one waits for the next call."""
        numbers = []
        for _ in range(count):
            if self.spare is not None:
                number, self.spare = self.spare, None
            else:
                first, second = self.doubles(2)
                radius = np.sqrt(-2.0 * np.log1p(-second))
                angle = 2.0 * np.pi * first
                self.spare = float(radius * np.sin(angle))
                number = float(radius * np.cos(angle))
            numbers.append(number * std + mean)
        return np.array(numbers, dtype=float)

    def many(self, count: int, dtype: Any, mean: float, std: float) -> Numbers:
        """Sixteen at a time, from sixteen uniform numbers; the last ones are made anew."""
        data = self.uniform((count,), dtype)
        whole = count - count % BLOCK
        for start in range(0, whole, BLOCK):
            data[start : start + BLOCK] = _normal_block(data[start : start + BLOCK], mean, std)
        if count % BLOCK:
            data[-BLOCK:] = _normal_block(self.uniform((BLOCK,), dtype), mean, std)
        return data


def _normal_block(uniform: Numbers, mean: float, std: float) -> Numbers:
    """Normal numbers made of as many uniform ones."""
    kind = uniform.dtype.type
    half = BLOCK // 2
    first, second = kind(1) - uniform[:half], uniform[half:]
    radius = np.sqrt(kind(-2) * np.log(first))
    angle = kind(2.0 * np.pi) * second
    pair = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])
    return pair * kind(std) + kind(mean)


def randoms(home: Any) -> dict[str, Any]:
    """The functions of random numbers."""
    generator = home.generator

    def made(numbers: Any, dtype: Any) -> Any:
        return home.random(numbers, dtype, is_seeded=generator.is_seeded)

    def shaped(make: Any) -> Any:
        def function(
            *size: Any, dtype: Any = None, requires_grad: bool = False, **named: Any
        ) -> Any:
            nested = len(size) == 1 and isinstance(size[0], (list, tuple))
            shape = tuple(size[0]) if nested else size
            shape = tuple(named.get("size", shape))
            wish = home.default if dtype is None else home.dtype_of(dtype)
            numbers = made(make(shape, wish), wish)
            return home.require(numbers) if requires_grad else numbers

        return function

    def like(make: Any) -> Any:
        return lambda x, **_named: made(make(x.shape, x.dtype), x.dtype)

    def whole(low: Any, high: Any = None, size: Any = (), **named: Any) -> Any:
        if isinstance(high, (tuple, list)):
            low, high, size = 0, low, high
        elif high is None:
            low, high = 0, low
        count = int(np.prod(size, dtype=int))
        numbers = generator.words(count).astype(np.int64) % (high - low) + low
        wish = home.whole if named.get("dtype") is None else home.dtype_of(named["dtype"])
        return made(numbers.reshape(tuple(size)), wish)

    def normal(mean: Any = 0.0, std: Any = 1.0, size: Any = (), **_named: Any) -> Any:
        return made(generator.normal(tuple(size), home.default, mean, std), home.default)

    def permutation(count: int, **_named: Any) -> Any:
        order = np.arange(count)
        for i in range(count - 1):
            other = i + int(generator.words(1)[0]) % (count - i)
            order[[i, other]] = order[[other, i]]
        return made(order, home.whole)

    def seed(number: int) -> None:
        generator.seed(number)

    return {
        "manual_seed": seed,
        "random.manual_seed": seed,
        "cuda.manual_seed": lambda number: None,
        "cuda.manual_seed_all": lambda number: None,
        "rand": shaped(generator.uniform),
        "randn": shaped(generator.normal),
        "rand_like": like(generator.uniform),
        "randn_like": like(generator.normal),
        "randint": whole,
        "normal": normal,
        "randperm": permutation,
        "empty": lambda *size, **named: made(
            np.zeros(size[0] if size and isinstance(size[0], (tuple, list)) else size),
            home.default if named.get("dtype") is None else home.dtype_of(named["dtype"]),
        ),
    }

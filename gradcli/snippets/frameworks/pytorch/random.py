"""PyTorch's generator of random numbers, to the bit: the same seed gives the same numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.nearest import rounded_once
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.pytorch import checks
from gradcli.snippets.frameworks.pytorch.tensor import shape_of
from gradcli.snippets.frameworks.pytorch.vmap import refuse_random
from gradcli.snippets.values import Array, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Numbers = np.ndarray[Any, np.dtype[Any]]

BLOCK = 16
"""Normal numbers that are made together, of a tensor that has as many."""


NEAR_ONE = 0.99999, 1.00001
"""Sums of chances that are left as they are."""


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
        width = kind(high) - kind(low)
        if kind is np.float32:
            return rounded_once(numbers, width, kind(low)).reshape(shape)
        return (numbers * width + kind(low)).astype(dtype).reshape(shape)

    def chances(self, shape: tuple[int, ...], share: float) -> Numbers:
        """Truth values of which this share holds."""
        numbers: Numbers = self.doubles(int(np.prod(shape, dtype=int))) < share
        return numbers.reshape(shape)

    def exponential(self, shape: tuple[int, ...], dtype: Any) -> Numbers:
        """Numbers of the exponential distribution of the rate 1."""
        count = int(np.prod(shape, dtype=int))
        return (-np.log1p(-self.doubles(count))).astype(dtype).reshape(shape)

    def outcomes(self, chances: Numbers, count: int, *, replaces: bool) -> Numbers:
        """Numbers of columns by the chances in each row, so many a row."""
        if replaces and count > 1:
            return np.stack([self.outcomes_of(row, count) for row in chances])
        shares = chances / self.exponential(chances.shape, chances.dtype)
        return np.argsort(-shares, axis=-1, kind="stable")[:, :count]

    def outcomes_of(self, chances: Numbers, count: int) -> Numbers:
        """Numbers of columns by the chances in a row, one after another."""
        sums = np.add.accumulate(chances)
        if not NEAR_ONE[0] <= sums[-1] <= NEAR_ONE[1]:
            sums = sums / sums[-1]
        sums[-1] = 1
        return np.searchsorted(sums.astype(float), self.doubles(count))

    def permuted(self, count: int) -> Numbers:
        """The whole numbers below `count` in a random order."""
        order = np.arange(count)
        for i in range(count - 1):
            other = i + int(self.words(1)[0]) % (count - i)
            order[[i, other]] = order[[other, i]]
        return order

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


class SeededGenerator(Object):
    """`torch.Generator()`."""

    kind = "Generator"

    def __init__(self, home: Any) -> None:
        self._home = home
        self.inner = Generator(home.machine.seed)

    @exposed
    def manual_seed(self, seed: int) -> SeededGenerator:
        """Starts anew."""
        self.inner.seed(seed)
        return self


class Random:
    """The functions of random numbers of a framework, which makes the tensors."""

    def __init__(self, home: Any) -> None:
        self._home = home
        self._generator: Generator = home.generator

    def members(self) -> dict[str, Callable[..., Any]]:
        """The functions by their paths."""
        return {
            "Generator": lambda device=None: SeededGenerator(self._home),
            "bernoulli": self.bernoulli,
            "multinomial": self.multinomial,
            "manual_seed": self.seed,
            "random.manual_seed": self.seed,
            "cuda.manual_seed": lambda number: None,
            "cuda.manual_seed_all": lambda number: None,
            "rand": lambda *size, **named: self._shaped(Generator.uniform, size, **named),
            "randn": lambda *size, **named: self._shaped(Generator.normal, size, **named),
            "rand_like": lambda x, **named: self._shaped(
                Generator.uniform, x.shape, **{"dtype": x.dtype, **named}
            ),
            "randn_like": lambda x, **named: self._shaped(
                Generator.normal, x.shape, **{"dtype": x.dtype, **named}
            ),
            "randint": self.randint,
            "normal": self.normal,
            "randperm": self.randperm,
            "nn.functional.dropout": self.dropout,
            "dropout": self.dropout,
            "empty": self.empty,
        }

    def seed(self, number: int) -> None:
        """`torch.manual_seed`."""
        self._generator.seed(number)

    def randint(self, low: Any, high: Any = None, size: Any = (), **named: Any) -> Any:
        """`torch.randint`, whose lower bound may be left out."""
        if isinstance(high, (tuple, list)):
            low, high, size = 0, low, high
        elif high is None:
            low, high = 0, low
        own = self._of(named.get("generator"))
        words = own.words(int(np.prod(size, dtype=int)))
        numbers = words.astype(np.int64) % (high - low) + low
        wish = self._type(named.get("dtype"), self._home.whole)
        return self._made(numbers.reshape(tuple(size)), wish, own)

    def normal(
        self,
        mean: Any = 0.0,
        std: Any = 1.0,
        size: Any = (),
        *,
        generator: Any = None,
        requires_grad: bool = False,
    ) -> Any:
        """`torch.normal`."""
        made = self._normal(mean, std, size, self._of(generator))
        return self._home.require(made) if requires_grad else made

    def _normal(self, mean: Any, std: Any, size: Any, own: Generator) -> Any:
        default = self._home.default
        if isinstance(mean, Array) or isinstance(std, Array):
            x, y = self._home.asarray(mean), self._home.asarray(std)
            shape = np.broadcast_shapes(x.shape, y.shape)
            drawn = self._made(own.normal(shape, default), default, own)
            return self._home.operator("+", self._home.operator("*", drawn, y), x)
        return self._made(own.normal(tuple(size), default, mean, std), default, own)

    def randperm(self, count: int, *, generator: Any = None, **_named: Any) -> Any:
        """`torch.randperm`: the whole numbers below `count` in a random order."""
        own = self._of(generator)
        return self._made(own.permuted(count), self._home.whole, own)

    def bernoulli(self, input: Any, *, generator: Any = None, **_named: Any) -> Any:
        """`torch.bernoulli`: 1 as often as each element says, else 0."""
        own, x = self._of(generator), self._home.asarray(input)
        drawn = own.uniform(x.shape, x.dtype) < self._home.recorder.array(x)
        return self._made(drawn.astype(x.dtype), x.dtype, own)

    def multinomial(
        self, input: Any, num_samples: int, replacement: bool = False, *, generator: Any = None
    ) -> Any:
        """`torch.multinomial`: outcomes by the chances in a row, or in each of several."""
        own, numbers = self._of(generator), self._home.recorder.array(input)
        rows = numbers.reshape(-1, numbers.shape[-1])
        if not replacement and num_samples > rows.shape[1]:
            text = "cannot sample n_sample > prob_dist.size(-1) samples without replacement"
            raise Raised("RuntimeError", text)
        drawn = own.outcomes(rows, num_samples, replaces=replacement)
        return self._made(drawn.reshape(*numbers.shape[:-1], -1), self._home.whole, own)

    def dropout(self, input: Any, p: float = 0.5, training: bool = True, **named: Any) -> Any:
        """`F.dropout`: a part of the elements is 0, and the others are larger."""
        if named.get("inplace"):
            raise Refusal("`inplace` of `dropout` is not part of the subset")
        checks.share(p)
        if not training or not p:
            return input
        keep, own = 1.0 - p, self._of(None)
        mask = own.chances(input.shape, keep)
        scale = self._made(mask.astype(input.dtype) / input.dtype.type(keep), input.dtype, own)
        return self._home.operator("*", input, scale)

    def empty(self, *size: Any, **named: Any) -> Any:
        """`torch.empty`: zeros, but nobody may rely on them."""
        dtype = self._type(named.get("dtype"), self._home.default)
        made = self._made(np.zeros(self._home.room(*shape_of(size))), dtype)
        return self._home.require(made) if named.get("requires_grad") else made

    def _shaped(
        self,
        make: Callable[..., Numbers],
        sizes: Sequence[Any],
        /,
        dtype: Any = None,
        requires_grad: bool = False,
        generator: Any = None,
        **named: Any,
    ) -> Any:
        shape = self._home.room(*named.get("size", shape_of(sizes)))
        wish, own = self._type(dtype, self._home.default), self._of(generator)
        numbers = self._made(make(own, shape, wish), wish, own)
        return self._home.require(numbers) if requires_grad else numbers

    def _of(self, given: Any) -> Generator:
        """The generator that an argument names, or that of all."""
        refuse_random(self._home.randomness)
        return given.inner if isinstance(given, SeededGenerator) else self._generator

    def _made(self, numbers: Any, dtype: Any, own: Generator | None = None) -> Any:
        is_seeded = (own or self._generator).is_seeded
        return self._home.random(numbers, dtype, is_seeded=is_seeded)

    def _type(self, wish: Any, default: Any) -> Any:
        return default if wish is None else self._home.dtype_of(wish)

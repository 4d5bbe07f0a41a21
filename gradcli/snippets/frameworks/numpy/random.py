"""`np.random`: NumPy's own generators, which give the same numbers for the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.values import Array, Native, Object

if TYPE_CHECKING:
    from collections.abc import Callable

LEGACY = frozenset(
    "rand randn randint random random_sample normal uniform standard_normal permutation choice "
    "beta gamma exponential binomial poisson multivariate_normal ranf sample laplace logistic "
    "lognormal chisquare standard_gamma standard_exponential multinomial dirichlet geometric "
    "triangular gumbel".split()
)
"""Functions of `np.random`, and methods of a RandomState."""

MODERN = frozenset(
    "random normal uniform standard_normal integers permutation choice exponential beta gamma "
    "binomial poisson laplace logistic lognormal multivariate_normal multinomial dirichlet "
    "geometric triangular gumbel".split()
)
"""Methods of a generator that `default_rng` makes."""

LARGEST = 10_000_000


class Source(Object):
    """A generator of random numbers, and which of its methods snippets may call."""

    kind = "RandomState"
    open = True

    def __init__(self, home: Any, seed: Any, names: frozenset[str]) -> None:
        self.home = home
        self.names = names
        self.begin(home.machine.seed if seed is None else seed)

    def begin(self, seed: Any) -> None:
        """Starts anew; without a seed its numbers cannot be shown."""
        self.is_seeded = seed is not None
        is_modern = self.names is MODERN
        make: Any = np.random.default_rng if is_modern else np.random.RandomState
        self.generator = make(seed or 0)

    def lookup(self, name: str) -> Any:
        """A method."""
        if name == "shuffle":
            return Native(name, self.shuffle)
        if name not in self.names:
            raise Refusal(f"`{name}` of a generator is not part of the subset")
        return Native(name, self.method(name))

    def method(self, name: str) -> Callable[..., Any]:
        """A method that makes numbers."""

        def function(*args: Any, **named: Any) -> Any:
            plain = [self.plain(a) for a in args]
            given = {key: self.plain(value) for key, value in named.items()}
            if any(isinstance(v, int) and v > LARGEST for v in (*plain, *given.values())):
                raise Refusal("so many random numbers are not part of the subset")
            try:
                made = _BOUND[name](self.generator)(*plain, **given)
            except (ValueError, TypeError) as error:
                raise Raised(type(error).__name__, *error.args) from None
            numbers = np.asarray(made)
            return self.home.random(numbers, numbers.dtype, is_seeded=self.is_seeded)

        return function

    def plain(self, value: Any) -> Any:
        """An argument as NumPy takes it."""
        if isinstance(value, Array):
            return self.home.recorder.array(value)
        return value

    def shuffle(self, array: Any) -> None:
        """Puts the rows of an array in another order."""
        if isinstance(array, Array):
            numbers = self.home.recorder.array(array).copy()
            self.generator.shuffle(numbers)
            self.home.rewrite(array, self.home.recorder.constant(numbers, array.dtype))
        else:
            self.generator.shuffle(array)


def _bound(name: str) -> Callable[[Any], Callable[..., Any]]:
    """How a method of that name is reached."""

    def of(generator: Any) -> Callable[..., Any]:
        kind = type(generator)
        method: Callable[..., Any] = kind.__dict__[name].__get__(generator, kind)
        return method

    return of


_BOUND = {name: _bound(name) for name in LEGACY | MODERN}


def random(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    whole = Source(home, None, LEGACY)

    def begin(seed: Any = None) -> None:
        whole.begin(seed)

    def state(seed: Any = None) -> Source:
        return Source(home, seed, LEGACY)

    def modern(seed: Any = None) -> Source:
        return Source(home, seed, MODERN)

    table = {f"random.{name}": whole.lookup(name) for name in LEGACY}
    rows: dict[str, Callable[..., Any]] = {
        "seed": begin,
        "RandomState": state,
        "default_rng": modern,
        "shuffle": whole.shuffle,
    }
    return table | {f"random.{name}": Native(name, row) for name, row in rows.items()}

"""Python's module `random`: with a seed its numbers are Python's own."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from gradcli.errors import LimitError
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.limits import check_bits, check_items
from gradcli.snippets.values import Kind, Native, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable

DRAWING = frozenset(
    """betavariate choice expovariate gammavariate gauss getrandbits lognormvariate normalvariate
    randint random randrange triangular uniform vonmisesvariate weibullvariate""".split()
)
"""Functions that draw from numbers alone, or one item of a list."""

REJECTING = frozenset("betavariate gammavariate vonmisesvariate".split())
"""Those of them that draw until what they have drawn fits."""

LARGEST = 1e100
"""An argument of those: where theirs overflows, nothing fits."""


def random_module(machine: Any) -> dict[str, Any]:
    """The members of the module, which share one generator."""
    shared = Numbers(machine, machine.seed)
    members: dict[str, Any] = {name: shared.lookup(name) for name in (*DRAWING, *Numbers.methods)}
    members["Random"] = Kind(
        "Random",
        lambda seed=None: Numbers(machine, machine.seed if seed is None else seed),
        lambda value: isinstance(value, Numbers),
    )
    return members


class Numbers(Object):
    """A generator of random numbers, which gives none before it has a seed."""

    kind = "Random"
    open = True

    def __init__(self, machine: Any, seed: Any) -> None:
        self.machine = machine
        self.random: Random | None = None
        if seed is not None:
            self.seed(seed)

    @exposed
    def seed(self, seed: Any = None) -> None:
        """Starts anew from a seed."""
        if not isinstance(seed, (int, float, str)):
            raise self.refusal()
        self.random = Random(seed)  # noqa: S311 - numbers of a snippet, no secrets

    def lookup(self, name: str) -> Any:
        """A function by its name."""
        if name not in DRAWING:
            if name not in self.methods:
                text = f"module 'random' has no attribute '{name}'"
                raise Raised("AttributeError", text)
            return super().lookup(name)
        return Native(name, lambda *args, **named: self.drawn(name, args, named))

    def drawn(self, name: str, args: Any, named: Any) -> Any:
        """What one of Python's own functions draws."""
        function: Callable[..., Any] = getattr(self.ready(), name)
        if name == "choice":
            args = [self.listed(args[0])]
        elif not all(isinstance(a, (int, float)) for a in (*args, *named.values())):
            raise Raised("TypeError", f"{name}() takes numbers")
        if name in REJECTING and not all(abs(a) <= LARGEST for a in (*args, *named.values())):
            raise LimitError(f"random.{name} of these numbers would not come to an end")
        if name == "getrandbits":
            check_bits(args[0])
        try:
            return function(*args, **named)
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise Raised(type(error).__name__, *error.args) from None

    @exposed
    def shuffle(self, items: Any) -> None:
        """Puts the items of a list in another order."""
        if not isinstance(items, list):
            raise Raised("TypeError", "shuffle() takes a list")
        self.ready().shuffle(items)

    @exposed
    def sample(self, population: Any, k: int) -> list[Any]:
        """Some of the items, each at most once."""
        items = self.listed(population)
        if not 0 <= k <= len(items):
            raise Raised("ValueError", "Sample larger than population or is negative")
        return self.ready().sample(items, k)

    @exposed
    def choices(self, population: Any, weights: Any = None, k: int = 1) -> list[Any]:
        """Some of the items, perhaps by weights."""
        given = None if weights is None else self.listed(weights)
        check_items(k)
        return self.ready().choices(self.listed(population), given, k=k)

    def listed(self, items: Any) -> list[Any]:
        """The items to draw from."""
        return list(self.machine.items(items))

    def ready(self) -> Random:
        """The generator, which has a seed."""
        if self.random is None:
            raise self.refusal()
        return self.random

    def refusal(self) -> Refusal:
        """What is said where there is no seed."""
        return Refusal(
            "`random` without a seed gives numbers that differ from run to run",
            help="give the numbers, `random.seed(0)`, or `--seed N`",
        )

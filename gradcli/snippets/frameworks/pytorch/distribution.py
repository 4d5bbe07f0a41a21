"""What all distributions of `torch.distributions` have, and formulas of tensors as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.pytorch.tensor import Size
from gradcli.snippets.values import Object, exposed, shown

if TYPE_CHECKING:
    from collections.abc import Callable


class Term:
    """A tensor in a formula that stands here: operators and methods are the framework's."""

    def __init__(self, home: Any, array: Any) -> None:
        self.home = home
        self.array = home.asarray(array)

    def of(self, op: str, left: Any, right: Any) -> Term:
        """An operator of two terms or numbers."""
        sides = [x.array if isinstance(x, Term) else x for x in (left, right)]
        return Term(self.home, self.home.operator(op, *sides))

    def __add__(self, other: Any) -> Term:
        return self.of("+", self, other)

    def __radd__(self, other: Any) -> Term:
        return self.of("+", other, self)

    def __sub__(self, other: Any) -> Term:
        return self.of("-", self, other)

    def __rsub__(self, other: Any) -> Term:
        return self.of("-", other, self)

    def __mul__(self, other: Any) -> Term:
        return self.of("*", self, other)

    def __rmul__(self, other: Any) -> Term:
        return self.of("*", other, self)

    def __truediv__(self, other: Any) -> Term:
        return self.of("/", self, other)

    def __pow__(self, other: Any) -> Term:
        return self.of("**", self, other)

    def __neg__(self) -> Term:
        return Term(self.home, self.home.unary("-", self.array))

    def call(self, path: str, *args: Any, **named: Any) -> Term:
        """A function of the framework, given this term first."""
        given = [x.array if isinstance(x, Term) else x for x in (self, *args)]
        function = self.home.member(tuple(path.split(".")))
        return Term(self.home, self.home.machine.call(function, given, named))

    def method(self, name: str, *args: Any) -> Term:
        """A method of the tensor."""
        given = [x.array if isinstance(x, Term) else x for x in args]
        method = self.home.attribute(self.array, name)
        return Term(self.home, self.home.machine.call(method, given))

    def __getattr__(self, name: str) -> Callable[..., Term]:
        return lambda *args, **named: self.call(name, *args, **named)


def clamped(chances: Term) -> Term:
    """Chances strictly between 0 and 1."""
    least = float(np.finfo(chances.array.dtype).eps)
    return chances.clamp(min=least, max=1 - least)


class Distribution(Object):
    """A distribution: tensors as parameters, spread to one shape.

    `positive` are parameters that must be so; `events` is how many last axes are of one event. One
    that is `derived`, made of another in PyTorch, is shown without its parameters.
    """

    kind = "Distribution"
    open = True
    names: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    events = 0
    derived = False

    def __init__(self, home: Any, given: dict[str, Any]) -> None:
        self.home = home
        self.own: dict[str, Term] = {name: Term(home, value) for name, value in given.items()}
        if len(given) > 1:
            shape = np.broadcast_shapes(*(x.array.shape for x in self.own.values()))
            for name, x in self.own.items():
                if x.array.shape != shape:
                    self.own[name] = x.call("broadcast_to", list(shape))
        for name in self.positive:
            self.check_positive(name)

    def check_positive(self, name: str) -> None:
        """Refuses a parameter that is not positive, as PyTorch says it."""
        array = self.own[name].array
        if self.home.recorder.origin(array.node) is not None:
            return
        numbers = self.home.recorder.numbers(array)
        if not (numbers > 0).all():
            text = (
                f"Expected parameter {name} (Tensor of shape {tuple(array.shape)}) of distribution "
                f"{self.show()} to satisfy the constraint GreaterThan(lower_bound=0.0), but found "
                f"invalid values:\n{self.home.interpolated(array)}"
            )
            raise Raised("ValueError", text, help=f"{name}.exp() or softplus of it is positive")

    def lookup(self, name: str) -> Any:
        """A parameter, or what is marked below."""
        if name in self.own:
            return self.own[name].array
        value = super().lookup(name)
        if value is None:
            text = f"'{self.kind}' object has no attribute '{name}'"
            raise Raised("AttributeError", text)
        return value

    def __getitem__(self, name: str) -> Term:
        """A parameter in a formula."""
        return self.own[name]

    def show(self) -> str:
        """The parameters: a number as it is, others by their shape."""
        parts = []
        for name in () if self.derived else self.names:
            if name in self.own:
                array = self.own[name].array
                is_number = array.node.size == 1
                text = (
                    self.home.interpolated(array) if is_number else Size(array.shape).represented(0)
                )
                parts.append(f"{name}: {text}")
        return f"{self.kind}({', '.join(parts)})"

    # --- what each has ----------------------------------------------------------------------

    def log_density(self, x: Term) -> Term:
        """The logarithm of the density, or of the chance."""
        raise NotImplementedError

    def spread(self) -> Term:
        """The variance."""
        raise self.lacking("variance")

    def deviation(self) -> Term:
        """The standard deviation."""
        return self.spread().sqrt()

    def middle(self) -> Term:
        """The mean."""
        raise self.lacking("mean")

    def disorder(self) -> Term:
        """The entropy."""
        raise self.lacking("entropy")

    def below(self, _x: Term) -> Term:
        """The chance of a smaller value."""
        raise self.lacking("cdf")

    def drawn(self, _shape: tuple[int, ...]) -> Term:
        """A sample, through which gradients flow where it can be written so."""
        raise Refusal(
            f"samples of `{self.kind}` are not part of the subset", help="give the numbers"
        )

    def lacking(self, name: str) -> Raised:
        """The error of what a distribution does not have."""
        return Raised("NotImplementedError", f"{self.kind} has no {name}")

    # --- what snippets see ------------------------------------------------------------------

    @exposed
    def log_prob(self, value: Any) -> Any:
        """`d.log_prob(x)`."""
        return self.log_density(Term(self.home, value)).array

    @exposed
    def entropy(self) -> Any:
        """`d.entropy()`."""
        return self.disorder().array

    @exposed
    def cdf(self, value: Any) -> Any:
        """`d.cdf(x)`."""
        return self.below(Term(self.home, value)).array

    @shown
    def mean(self) -> Any:
        """`d.mean`."""
        return self.middle().array

    @shown
    def variance(self) -> Any:
        """`d.variance`."""
        return self.spread().array

    @shown
    def stddev(self) -> Any:
        """`d.stddev`."""
        return self.deviation().array

    @exposed
    def rsample(self, sample_shape: Any = ()) -> Any:
        """`d.rsample()`."""
        return self.drawn((*sample_shape, *next(iter(self.own.values())).array.shape)).array

    @exposed
    def sample(self, sample_shape: Any = ()) -> Any:
        """`d.sample()`: numbers alone."""
        before, self.home.is_enabled = self.home.is_enabled, False
        try:
            return self.rsample(sample_shape)
        finally:
            self.home.is_enabled = before

    @shown
    def batch_shape(self) -> Size:
        """The shape of the parameters."""
        shape = next(iter(self.own.values())).array.shape
        return Size(shape[: len(shape) - self.events])

    @shown
    def event_shape(self) -> Size:
        """The shape of one value."""
        return Size()

    def random(self, name: str, shape: tuple[int, ...]) -> Term:
        """Random numbers of this shape."""
        return Term(self.home, self.home.result_of(name, list(shape)))

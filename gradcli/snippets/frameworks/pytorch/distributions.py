"""`torch.distributions`: log-probabilities, moments and samples, by PyTorch's own formulas."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.pytorch.tensor import Size
from gradcli.snippets.values import Kind, Native, Object, exposed, shown

if TYPE_CHECKING:
    from collections.abc import Callable

HALF_LOG = math.log(math.sqrt(2 * math.pi))


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


def _clamped(chances: Term) -> Term:
    """Chances strictly between 0 and 1."""
    least = float(np.finfo(chances.array.dtype).eps)
    return chances.clamp(min=least, max=1 - least)


class Distribution(Object):
    """A distribution: tensors as parameters, spread to one shape.

    `positive` are parameters that must be so; `events` is how many last axes are of one event.
    """

    kind = "Distribution"
    open = True
    names: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    events = 0

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
        for name in self.names:
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
        return Term(self.home, self.home.machine.call(self.home.member((name,)), [list(shape)]))


class Normal(Distribution):
    """The normal distribution."""

    kind = "Normal"
    names = ("loc", "scale")
    positive = ("scale",)

    def log_density(self, x: Term) -> Term:
        """The logarithm of the density."""
        loc, scale = self["loc"], self["scale"]
        return -((x - loc) ** 2) / (2 * scale**2) - scale.log() - HALF_LOG

    def middle(self) -> Term:
        """The mean."""
        return self["loc"]

    def deviation(self) -> Term:
        """The standard deviation."""
        return self["scale"]

    def spread(self) -> Term:
        """The variance."""
        return self["scale"] ** 2

    def disorder(self) -> Term:
        """The entropy."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self["scale"].log()

    def below(self, x: Term) -> Term:
        """The chance of a smaller value."""
        part = (x - self["loc"]) * self["scale"].reciprocal() / math.sqrt(2)
        return 0.5 * (1 + part.erf())

    def drawn(self, shape: tuple[int, ...]) -> Term:
        """A sample."""
        return self["loc"] + self.random("randn", shape) * self["scale"]


class Laplace(Distribution):
    """The Laplace distribution."""

    kind = "Laplace"
    names = ("loc", "scale")
    positive = ("scale",)

    def log_density(self, x: Term) -> Term:
        """The logarithm of the density."""
        loc, scale = self["loc"], self["scale"]
        return -((2 * scale).log()) - (x - loc).abs() / scale

    def middle(self) -> Term:
        """The mean."""
        return self["loc"]

    def deviation(self) -> Term:
        """The standard deviation."""
        return 2**0.5 * self["scale"]

    def spread(self) -> Term:
        """The variance."""
        return 2 * self["scale"] ** 2

    def disorder(self) -> Term:
        """The entropy."""
        return 1 + (2 * self["scale"]).log()

    def below(self, x: Term) -> Term:
        """The chance of a smaller value."""
        apart = x - self["loc"]
        return 0.5 - 0.5 * apart.sign() * (-(apart.abs()) / self["scale"]).expm1()


class Exponential(Distribution):
    """The exponential distribution."""

    kind = "Exponential"
    names = positive = ("rate",)

    def log_density(self, x: Term) -> Term:
        """The logarithm of the density."""
        return self["rate"].log() - self["rate"] * x

    def middle(self) -> Term:
        """The mean."""
        return self["rate"].reciprocal()

    deviation = middle

    def spread(self) -> Term:
        """The variance."""
        return self["rate"] ** -2

    def disorder(self) -> Term:
        """The entropy."""
        return 1.0 - self["rate"].log()

    def below(self, x: Term) -> Term:
        """The chance of a smaller value."""
        return 1 - (-self["rate"] * x).exp()


class Uniform(Distribution):
    """The uniform distribution."""

    kind = "Uniform"
    names = ("low", "high")

    def log_density(self, x: Term) -> Term:
        """The logarithm of the density."""
        low, high = self["low"], self["high"]
        inside = low.le(x).method("type_as", low) * high.gt(x).method("type_as", low)
        return inside.log() - (high - low).log()

    def middle(self) -> Term:
        """The mean."""
        return (self["high"] + self["low"]) / 2

    def deviation(self) -> Term:
        """The standard deviation."""
        return (self["high"] - self["low"]) / 12**0.5

    def spread(self) -> Term:
        """The variance."""
        return (self["high"] - self["low"]) ** 2 / 12

    def disorder(self) -> Term:
        """The entropy."""
        return (self["high"] - self["low"]).log()

    def below(self, x: Term) -> Term:
        """The chance of a smaller value."""
        return ((x - self["low"]) / (self["high"] - self["low"])).clamp(min=0, max=1)

    def drawn(self, shape: tuple[int, ...]) -> Term:
        """A sample."""
        return self["low"] + self.random("rand", shape) * (self["high"] - self["low"])


class Poisson(Distribution):
    """The Poisson distribution."""

    kind = "Poisson"
    names = positive = ("rate",)

    def log_density(self, x: Term) -> Term:
        """The logarithm of the chance."""
        return x.xlogy(self["rate"]) - self["rate"] - (x + 1).lgamma()

    def middle(self) -> Term:
        """The mean."""
        return self["rate"]

    spread = middle


class Gamma(Distribution):
    """The gamma distribution."""

    kind = "Gamma"
    names = positive = ("concentration", "rate")

    def log_density(self, x: Term) -> Term:
        """The logarithm of the density."""
        count, rate = self["concentration"], self["rate"]
        return count.xlogy(rate) + (count - 1).xlogy(x) - rate * x - count.lgamma()

    def middle(self) -> Term:
        """The mean."""
        return self["concentration"] / self["rate"]

    def spread(self) -> Term:
        """The variance."""
        return self["concentration"] / self["rate"] ** 2

    def disorder(self) -> Term:
        """The entropy."""
        count = self["concentration"]
        return count - self["rate"].log() + count.lgamma() + (1.0 - count) * count.digamma()


class OfChances(Distribution):
    """A distribution that is given by chances, or by logits; the others follow when asked for."""

    names = ("probs", "logits")

    def __init__(self, home: Any, given: dict[str, Any]) -> None:
        given = {name: value for name, value in given.items() if value is not None}
        if len(given) != 1:
            text = "Either `probs` or `logits` must be specified, but not both."
            raise Raised("ValueError", text)
        super().__init__(home, given)

    def lookup(self, name: str) -> Any:
        """A parameter, made of the other if it has to be."""
        return self[name].array if name in self.names else super().lookup(name)

    def __getitem__(self, name: str) -> Term:
        """A parameter in a formula."""
        if name not in self.own:
            (given,) = self.own.values()
            self.own[name] = self.chances(given) if name == "probs" else self.logits(given)
        return self.own[name]

    def chances(self, logits: Term) -> Term:
        """Chances of logits."""
        raise NotImplementedError

    def logits(self, chances: Term) -> Term:
        """Logits of chances."""
        raise NotImplementedError


class Bernoulli(OfChances):
    """One of two outcomes."""

    kind = "Bernoulli"

    def chances(self, logits: Term) -> Term:
        """Chances of logits."""
        return logits.sigmoid()

    def logits(self, chances: Term) -> Term:
        """Logits of chances."""
        inner = _clamped(chances)
        return inner.log() - (-inner).log1p()

    def entropy_of(self, target: Term) -> Term:
        """The cross entropy of a target."""
        path = "nn.functional.binary_cross_entropy_with_logits"
        logits = self["logits"]
        if logits.array.shape != target.array.shape:
            logits, target = logits + target * 0, target + logits * 0
        return logits.call(path, target, reduction="none")

    def log_density(self, x: Term) -> Term:
        """The logarithm of the chance."""
        return -self.entropy_of(x)

    def middle(self) -> Term:
        """The mean."""
        return self["probs"]

    def spread(self) -> Term:
        """The variance."""
        return self["probs"] * (1 - self["probs"])

    def disorder(self) -> Term:
        """The entropy."""
        return self.entropy_of(self["probs"])

    def drawn(self, shape: tuple[int, ...]) -> Term:
        """A sample, which has no gradient."""
        return self["probs"].broadcast_to(list(shape)).bernoulli()


class Categorical(OfChances):
    """One of several outcomes, by its number."""

    kind = "Categorical"
    events = 1

    def __init__(self, home: Any, given: dict[str, Any]) -> None:
        super().__init__(home, given)
        for name, x in self.own.items():
            whole = x.sum(-1, keepdim=True) if name == "probs" else x.logsumexp(-1, keepdim=True)
            self.own[name] = x / whole if name == "probs" else x - whole

    def chances(self, logits: Term) -> Term:
        """Chances of logits."""
        return logits.call("nn.functional.softmax", dim=-1)

    def logits(self, chances: Term) -> Term:
        """Logits of chances."""
        return _clamped(chances).log()

    def log_density(self, x: Term) -> Term:
        """The logarithm of the chance."""
        logits = self["logits"]
        shape = np.broadcast_shapes(x.array.shape, logits.array.shape[:-1])
        index = x.broadcast_to(list(shape)).unsqueeze(-1)
        if logits.array.shape[:-1] != shape:
            logits = logits.broadcast_to([*shape, logits.array.shape[-1]])
        whole = Term(self.home, self.home.cast(index.array, self.home.whole))
        return logits.gather(-1, whole).squeeze(-1)

    def disorder(self) -> Term:
        """The entropy."""
        return -((self["logits"] * self["probs"]).sum(-1))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """`d.sample()`: numbers of outcomes."""
        chances = self["probs"]
        *shape, count = chances.array.shape
        rows = chances.reshape([-1, count])
        drawn = rows.multinomial(math.prod(sample_shape), True)
        return drawn.call("transpose", 0, 1).reshape([*sample_shape, *shape]).array


def _normal_apart(p: Distribution, q: Distribution) -> Term:
    ratio = (p["scale"] / q["scale"]) ** 2
    return 0.5 * (ratio + ((p["loc"] - q["loc"]) / q["scale"]) ** 2 - 1 - ratio.log())


def _bernoulli_apart(p: Distribution, q: Distribution) -> Term:
    def soft(x: Term) -> Term:
        return x.call("nn.functional.softplus")

    first = p["probs"] * (soft(-q["logits"]) - soft(-p["logits"]))
    return first + (1 - p["probs"]) * (soft(q["logits"]) - soft(p["logits"]))


def _exponential_apart(p: Distribution, q: Distribution) -> Term:
    ratio = q["rate"] / p["rate"]
    return -(ratio.log()) + ratio - 1


APART: dict[type[Distribution], Callable[[Any, Any], Term]] = {
    Normal: _normal_apart,
    Bernoulli: _bernoulli_apart,
    Categorical: lambda p, q: (p["probs"] * (p["logits"] - q["logits"])).sum(-1),
    Exponential: _exponential_apart,
}
"""The divergence of Kullback and Leibler of two distributions of one kind."""


def distributions(home: Any) -> dict[str, Any]:
    """What stands behind `torch.distributions.`."""

    def apart(p: Any, q: Any) -> Any:
        formula = APART.get(type(p))
        if formula is None or type(p) is not type(q):
            raise Refusal("this divergence is not part of the subset")
        return formula(p, q).array

    kinds = [Normal, Laplace, Exponential, Uniform, Poisson, Gamma, Bernoulli, Categorical]
    table: dict[str, Any] = {}
    for of in kinds:
        kind = _kind(home, of)
        table[f"distributions.{of.kind}"] = table[f"distributions.{of.kind.lower()}.{of.kind}"] = (
            kind
        )
    for path in ("kl_divergence", "kl.kl_divergence"):
        table[f"distributions.{path}"] = Native("kl_divergence", apart)
    return table


def _kind(home: Any, of: type[Distribution]) -> Kind:
    def make(*args: Any, validate_args: Any = None, **named: Any) -> Distribution:
        del validate_args
        given = {**dict(zip(of.names, args, strict=False)), **named}
        required = set() if issubclass(of, OfChances) else {*of.names} - given.keys()
        for name in [*given.keys() - {*of.names}, *required]:
            raise Raised(
                "TypeError", f"{of.kind}.__init__() has a wrong or missing argument '{name}'"
            )
        return of(home, given)

    return Kind(of.kind, make, lambda v: isinstance(v, of))

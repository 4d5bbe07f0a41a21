"""`torch.distributions`: log-probabilities, moments and samples, by PyTorch's own formulas."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.pytorch.distribution import Distribution, Term
from gradcli.snippets.frameworks.pytorch.outcomes import Bernoulli, Categorical, OfChances
from gradcli.snippets.values import Kind, Native

if TYPE_CHECKING:
    from collections.abc import Callable

HALF_LOG = math.log(math.sqrt(2 * math.pi))


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


class Beta(Distribution):
    """The beta distribution."""

    kind = "Beta"
    derived = True
    names = positive = ("concentration1", "concentration0")

    def total(self) -> Term:
        """Both concentrations."""
        return self["concentration1"] + self["concentration0"]

    def log_density(self, x: Term) -> Term:
        """The logarithm of the density."""
        a, b = self["concentration1"], self["concentration0"]
        powers = (a - 1.0).xlogy(x) + (b - 1.0).xlogy(1.0 - x)
        return powers + self.total().lgamma() - (a.lgamma() + b.lgamma())

    def middle(self) -> Term:
        """The mean."""
        return self["concentration1"] / self.total()

    def spread(self) -> Term:
        """The variance."""
        whole = self.total()
        return self["concentration1"] * self["concentration0"] / (whole**2 * (whole + 1))

    def disorder(self) -> Term:
        """The entropy."""
        a, b, whole = self["concentration1"], self["concentration0"], self.total()
        own = (a - 1.0) * a.digamma() + (b - 1.0) * b.digamma()
        return a.lgamma() + b.lgamma() - whole.lgamma() - (2 - whole) * whole.digamma() - own


class LogNormal(Distribution):
    """The distribution of a number whose logarithm is normal."""

    kind = "LogNormal"
    derived = True
    names = ("loc", "scale")
    positive = ("scale",)

    def log_density(self, x: Term) -> Term:
        """The logarithm of the density."""
        loc, scale, y = self["loc"], self["scale"], x.log()
        return -y + (-((y - loc) ** 2) / (2 * scale**2) - scale.log() - HALF_LOG)

    def middle(self) -> Term:
        """The mean."""
        return (self["loc"] + self["scale"] ** 2 / 2).exp()

    def spread(self) -> Term:
        """The variance."""
        square = self["scale"] ** 2
        return square.expm1() * (2 * self["loc"] + square).exp()

    def disorder(self) -> Term:
        """The entropy."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self["scale"].log() + self["loc"]

    def drawn(self, shape: tuple[int, ...]) -> Term:
        """A sample."""
        return (self["loc"] + self.random("randn", shape) * self["scale"]).exp()


class HalfNormal(Distribution):
    """The distribution of the size of a normal number around 0."""

    kind = "HalfNormal"
    derived = True
    names = positive = ("scale",)

    def log_density(self, x: Term) -> Term:
        """The logarithm of the density."""
        scale = self["scale"]
        return -(x**2) / (2 * scale**2) - scale.log() - HALF_LOG + math.log(2)

    def middle(self) -> Term:
        """The mean."""
        return self["scale"] * math.sqrt(2 / math.pi)

    def spread(self) -> Term:
        """The variance."""
        return self["scale"] ** 2 * (1 - 2 / math.pi)

    def disorder(self) -> Term:
        """The entropy."""
        return 0.5 + 0.5 * math.log(2 * math.pi) + self["scale"].log() - math.log(2)


class Cauchy(Distribution):
    """The Cauchy distribution."""

    kind = "Cauchy"
    names = ("loc", "scale")
    positive = ("scale",)

    def log_density(self, x: Term) -> Term:
        """The logarithm of the density."""
        loc, scale = self["loc"], self["scale"]
        return -math.log(math.pi) - scale.log() - (((x - loc) / scale) ** 2).log1p()

    def disorder(self) -> Term:
        """The entropy."""
        return math.log(4 * math.pi) + self["scale"].log()


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


def _laplace_apart(p: Distribution, q: Distribution) -> Term:
    ratio, apart = p["scale"] / q["scale"], (p["loc"] - q["loc"]).abs()
    return -(ratio.log()) + apart / q["scale"] + ratio * (-apart / p["scale"]).exp() - 1


def _gamma_apart(p: Distribution, q: Distribution) -> Term:
    (a, rate), (b, other) = ((own["concentration"], own["rate"]) for own in (p, q))
    first = b * (rate / other).log() + (b.lgamma() - a.lgamma())
    return first + (a - b) * a.digamma() + (other - rate) * (a / rate)


def _beta_apart(p: Beta, q: Beta) -> Term:
    whole, other = p.total(), q.total()
    first = q["concentration1"].lgamma() + q["concentration0"].lgamma() + whole.lgamma()
    made = first - (p["concentration1"].lgamma() + p["concentration0"].lgamma() + other.lgamma())
    for name in Beta.names:
        made = made + (p[name] - q[name]) * p[name].digamma()
    return made + (other - whole) * whole.digamma()


APART: dict[type[Distribution], Callable[[Any, Any], Term]] = {
    Normal: _normal_apart,
    Bernoulli: _bernoulli_apart,
    Categorical: lambda p, q: (p["probs"] * (p["logits"] - q["logits"])).sum(-1),
    Exponential: _exponential_apart,
    Laplace: _laplace_apart,
    Gamma: _gamma_apart,
    Beta: _beta_apart,
}
"""The divergence of Kullback and Leibler of two distributions of one kind."""


KINDS: list[type[Distribution]] = [
    Normal,
    LogNormal,
    HalfNormal,
    Laplace,
    Cauchy,
    Exponential,
    Uniform,
    Poisson,
    Gamma,
    Beta,
    Bernoulli,
    Categorical,
]


def distributions(home: Any) -> dict[str, Any]:
    """What stands behind `torch.distributions.`."""

    def apart(p: Any, q: Any) -> Any:
        formula = APART.get(type(p))
        if formula is None or type(p) is not type(q):
            raise Refusal("this divergence is not part of the subset")
        return formula(p, q).array

    table: dict[str, Any] = {}
    for of in KINDS:
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

"""Distributions of outcomes, which are given by chances or by logits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch.distribution import Distribution, Term, clamped


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
        """A parameter in a formula; it has its gradient even if a sample needs it first."""
        if name not in self.own:
            (given,) = self.own.values()
            before, self.home.is_enabled = self.home.is_enabled, True
            try:
                self.own[name] = self.chances(given) if name == "probs" else self.logits(given)
            finally:
                self.home.is_enabled = before
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
        inner = clamped(chances)
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
        return clamped(chances).log()

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

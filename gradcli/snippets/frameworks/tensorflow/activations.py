"""Activations as TensorFlow computes and differentiates them: they round where it rounds."""

from __future__ import annotations

from math import pi, sqrt
from typing import TYPE_CHECKING, Any

from gradcli.ops.activations import SELU_ALPHA, SELU_SCALE
from gradcli.snippets.arrays.transforms import custom
from gradcli.snippets.frameworks.tensorflow.composites import Composites

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.snippets.values import Array

    Slope = Callable[[Array, Array], Array]

CUBIC = 0.044715
"""The part of the cube in the approximation of gelu by a tangent."""


def activations(home: Any) -> dict[str, Callable[..., Any]]:
    """The functions by their paths."""
    of = Activations(home)
    return {
        "nn.gelu": of.gelu,
        "nn.softsign": of.softsign,
        "math.softsign": of.softsign,
        "nn.elu": of.elu,
        "nn.selu": of.selu,
        "nn.silu": of.silu,
        "nn.swish": of.silu,
        "math.log_sigmoid": of.log_sigmoid,
        "nn.weighted_cross_entropy_with_logits": of.weighted_cross_entropy,
    }


class Activations(Composites):
    """The functions, made of others of TensorFlow."""

    def ruled(self, name: str, value: Array, x: Array, slope: Slope) -> Array:
        """A value whose cotangent is what `slope(g, value)` gives."""
        if not self.home.records([x]):
            return value
        plain = self.of("stop_gradient", value)

        def rule(_primals: Sequence[Array], cotangents: Sequence[Array]) -> Sequence[Array]:
            return [slope(cotangents[0], value)]

        made: Array = custom(self.home, name, plain, [x], rule)
        return made

    def gelu(self, features: Any, approximate: bool = False, **_named: Any) -> Array:
        """`tf.nn.gelu`."""
        x = self.home.asarray(features)
        if approximate:
            cube = self.binary("*", CUBIC, self.of("pow", x, 3))
            inner = self.binary("*", sqrt(2 / pi), self.binary("+", x, cube))
            share = self.of("tanh", inner)
        else:
            share = self.of("math.erf", self.binary("/", x, sqrt(2)))
        half = self.binary("*", 0.5, x)
        return self.binary("*", half, self.binary("+", 1.0, share))

    def softsign(self, features: Any, **_named: Any) -> Array:
        """`tf.nn.softsign`."""
        x = self.home.asarray(features)
        size = self.binary("+", self.of("abs", x), 1.0)
        value = self.binary("/", x, size)
        return self.ruled(
            "softsign", value, x, lambda g, _: self.binary("/", g, self.of("square", size))
        )

    def elu(self, features: Any, **_named: Any) -> Array:
        """`tf.nn.elu`."""
        x = self.home.asarray(features)
        return self.exponential("elu", x, 1.0, 1.0)

    def selu(self, features: Any, **_named: Any) -> Array:
        """`tf.nn.selu`."""
        x = self.home.asarray(features)
        return self.exponential("selu", x, SELU_SCALE, SELU_SCALE * SELU_ALPHA)

    def exponential(self, name: str, x: Array, above: float, below: float) -> Array:
        """A linear unit above 0, and an exponential one below, whose slope is made of its value."""
        is_below = self.home.compare("<", x, 0.0)
        power = self.binary("*", below, self.of("math.expm1", x))
        value = self.of("where", is_below, power, self.binary("*", above, x))

        def slope(g: Array, value: Array) -> Array:
            raised = self.binary("*", g, self.binary("+", value, below))
            return self.of("where", is_below, raised, self.binary("*", g, above))

        return self.ruled(name, value, x, slope)

    def silu(self, features: Any, beta: Any = 1.0, **_named: Any) -> Array:
        """`tf.nn.silu`."""
        x = self.home.asarray(features)
        if beta != 1.0:
            return self.library(("nn", "silu"), x, beta)
        share = self.of("sigmoid", x)

        def slope(g: Array, _value: Array) -> Array:
            inner = self.binary("*", x, self.binary("-", 1.0, share))
            return self.binary("*", g, self.binary("*", share, self.binary("+", 1.0, inner)))

        return self.ruled("silu", self.binary("*", x, share), x, slope)

    def log_sigmoid(self, x: Any, **_named: Any) -> Array:
        """`tf.math.log_sigmoid`."""
        return self.negative(self.of("nn.softplus", self.negative(self.home.asarray(x))))

    def weighted_cross_entropy(
        self, labels: Any, logits: Any, pos_weight: Any, **_named: Any
    ) -> Array:
        """`tf.nn.weighted_cross_entropy_with_logits`."""
        x = self.home.asarray(logits)
        y = self.home.cast(self.home.asarray(labels), x.dtype)
        more = self.binary("*", self.binary("-", pos_weight, 1.0), y)
        weight = self.binary("+", 1.0, more)
        power = self.of("exp", self.negative(self.of("abs", x)))
        loss = self.binary("+", self.of("math.log1p", power), self.of("nn.relu", self.negative(x)))
        left = self.binary("*", self.binary("-", 1.0, y), x)
        return self.binary("+", left, self.binary("*", weight, loss))

"""`jax.nn.initializers`: functions of a key and a shape that give the first weights of a layer."""

from __future__ import annotations

from functools import partial
from math import prod, sqrt
from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.snippets.values import Array

TRUNCATED = 0.87962566103423978
"""The standard deviation of a normal distribution that is cut at two of its own."""

SCALED = {
    "glorot": (1.0, "fan_avg"),
    "xavier": (1.0, "fan_avg"),
    "lecun": (1.0, "fan_in"),
    "he": (2.0, "fan_in"),
    "kaiming": (2.0, "fan_in"),
}
"""Initializers by the variance that they have, and the count by which it is divided."""

NORMAL = "truncated_normal"


def initializers(home: Any) -> dict[str, Any]:
    """What stands behind `jax.nn.initializers`, by paths."""
    of = Initializers(home)
    rows: dict[str, Callable[..., Any]] = {
        "zeros": partial(of.filled, 0.0),
        "ones": partial(of.filled, 1.0),
        "constant": lambda value, dtype=None: of.one(partial(of.filled, value), dtype),
        "uniform": lambda scale=1e-2, dtype=None: of.one(partial(of.uniform, scale), dtype),
        "normal": lambda stddev=1e-2, dtype=None: of.one(partial(of.normal, stddev), dtype),
        NORMAL: of.truncated,
        "variance_scaling": of.variance_scaling,
    }
    for name, (scale, mode) in SCALED.items():
        for ending, distribution in (("normal", NORMAL), ("uniform", "uniform")):
            rows[f"{name}_{ending}"] = partial(of.variance_scaling, scale, mode, distribution)
    return {f"nn.initializers.{name}": Native(name, row) for name, row in rows.items()}


class Initializers:
    """The initializers of a framework, which has the random numbers."""

    def __init__(self, home: Any) -> None:
        self.home = home

    def drawn(self, name: str, *args: Any) -> Array:
        """Random numbers."""
        made: Array = self.home.result_of(f"random.{name}", *args)
        return made

    def times(self, numbers: Array, factor: Any) -> Array:
        """Numbers by a factor."""
        made: Array = self.home.operator("*", numbers, factor)
        return made

    def one(self, make: Callable[..., Any], dtype: Any) -> Native:
        """An initializer: of a key, a shape and a type, which is `dtype` unless it is given."""
        return Native("init", lambda key, shape, dtype=dtype, **_named: make(key, shape, dtype))

    def filled(self, value: Any, key: Any, shape: Any, dtype: Any = None, **_named: Any) -> Array:
        """The same number everywhere."""
        del key
        full = self.home.member(("numpy", "full"))
        wish = [] if dtype is None else [dtype]
        made: Array = self.home.machine.call(full, [shape, float(value), *wish])
        return made

    def uniform(self, scale: Any, key: Any, shape: Any, dtype: Any) -> Array:
        """Numbers from 0 up to a scale."""
        return self.times(self.drawn("uniform", key, shape, dtype), scale)

    def normal(self, stddev: Any, key: Any, shape: Any, dtype: Any) -> Array:
        """Numbers of a normal distribution."""
        return self.times(self.drawn("normal", key, shape, dtype), stddev)

    def truncated(
        self, stddev: Any = 1e-2, dtype: Any = None, lower: float = -2.0, upper: float = 2.0
    ) -> Native:
        """Numbers of a normal distribution between two of its standard deviations."""

        def make(key: Any, shape: Any, dtype: Any) -> Array:
            return self.times(self.drawn(NORMAL, key, lower, upper, shape, dtype), stddev)

        return self.one(make, dtype)

    def variance_scaling(
        self,
        scale: float,
        mode: str,
        distribution: str,
        in_axis: Any = -2,
        out_axis: Any = -1,
        batch_axis: Any = (),
        dtype: Any = None,
    ) -> Native:
        """Numbers whose variance is a scale by how many inputs or outputs there are."""
        axes = [in_axis, out_axis, batch_axis]

        def make(key: Any, shape: Any, dtype: Any) -> Array:
            fan_in, fan_out = fans(shape, axes)
            counts = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
            if mode not in counts:
                text = f"invalid mode for variance scaling initializer: {mode}"
                raise Raised("ValueError", text)
            variance = scale / counts[mode]
            if distribution == "normal":
                return self.normal(self.root(variance, dtype), key, shape, dtype)
            if distribution == NORMAL:
                return self.cut(variance, key, shape, dtype)
            if distribution != "uniform":
                text = f"invalid distribution for variance scaling initializer: {distribution}"
                raise Raised("ValueError", text)
            numbers = self.drawn("uniform", key, shape, dtype, -1.0)
            return self.times(numbers, self.root(3 * variance, dtype))

        return self.one(make, dtype)

    def root(self, variance: float, dtype: Any) -> Any:
        """The root of a variance in the type of the numbers."""
        return self.home.asarray(sqrt(variance), dtype and self.home.dtype_of(dtype))

    def cut(self, variance: float, key: Any, shape: Any, dtype: Any) -> Array:
        """Numbers of a normal distribution within two of its standard deviations."""
        numbers = self.drawn(NORMAL, key, -2, 2, shape, dtype)
        return self.times(numbers, self.home.operator("/", self.root(variance, dtype), TRUNCATED))


def fans(shape: Sequence[int], axes: Sequence[Any]) -> tuple[float, float]:
    """How many inputs and outputs there are of the weights of a shape, whose axes are named."""
    if len(shape) < 2:
        text = (
            f"Can't compute input and output sizes of a {len(shape)}-dimensional weights tensor "
            "with default in_axis. Must be at least 2D or specify in_axis explicitly."
        )
        raise Raised("ValueError", text)
    inputs, outputs, batch = (_size(shape, axis) for axis in axes)
    field = prod(shape) / inputs / outputs / batch
    return inputs * field, outputs * field


def _size(shape: Sequence[int], axis: Any) -> int:
    return shape[axis] if isinstance(axis, int) else prod(shape[i] for i in axis)

"""`tf.initializers`: what gives the first numbers of variables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.values import Array, Kind, Object, exposed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Draw = Callable[[Any, Sequence[int]], Any]


class Initializer(Object):
    """A function of a shape, made with options."""

    kind = "Initializer"

    def __init__(self, home: Any, draw: Draw) -> None:
        self._home = home
        self._draw = draw

    @exposed
    def __call__(self, shape: Any, dtype: Any = None, **_named: Any) -> Array:
        """The numbers of a shape."""
        home = self._home
        lengths = [shape] if isinstance(shape, int) else [int(n) for n in shape]
        numbers = home.asarray(self._draw(home, lengths))
        made: Array = home.cast(numbers, home.default if dtype is None else home.dtype_of(dtype))
        return made


def constant(value: Any = 0.0, **_named: Any) -> Draw:
    """The same numbers for all variables; they are repeated to fill one."""

    def draw(home: Any, shape: Sequence[int]) -> Any:
        numbers = home.recorder.array(home.asarray(value))
        is_whole = numbers.size == math.prod(shape)
        return home.constant(
            numbers.reshape(shape) if is_whole else np.broadcast_to(numbers, shape).copy(),
            home.default,
        )

    return draw


def identity(gain: float = 1.0, **_named: Any) -> Draw:
    """A matrix of ones along the diagonal, times a gain."""
    return lambda home, shape: home.constant(gain * np.eye(shape[0], shape[-1]), home.default)


def drawn(kind: str, *options: Any) -> Draw:
    """Random numbers, as `tf.random` gives them."""
    return lambda home, shape: home.machine.call(
        home.member(("random", kind)), [list(shape), *options]
    )


def normal(mean: float = 0.0, stddev: float = 0.05, **_named: Any) -> Draw:
    """Normal numbers."""
    return drawn("normal", mean, stddev)


def uniform(minval: float = -0.05, maxval: float = 0.05, **_named: Any) -> Draw:
    """Numbers between two bounds."""
    return drawn("uniform", minval, maxval)


def fanned(**_named: Any) -> Draw:
    """Random numbers of a size that goes by the shape."""
    return drawn("uniform", -1.0, 1.0)


ROWS: dict[str, Callable[..., Draw]] = {
    "Zeros": lambda **_named: constant(0.0),
    "Ones": lambda **_named: constant(1.0),
    "Constant": constant,
    "Identity": identity,
    "RandomNormal": normal,
    "TruncatedNormal": normal,
    "RandomUniform": uniform,
    **dict.fromkeys(
        "GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform LecunNormal Orthogonal".split(),
        fanned,
    ),
}
"""The initializers by the names of their classes."""

OLD = {
    "zeros_initializer": "Zeros",
    "ones_initializer": "Ones",
    "constant_initializer": "Constant",
    "random_normal_initializer": "RandomNormal",
    "random_uniform_initializer": "RandomUniform",
    "truncated_normal_initializer": "TruncatedNormal",
    "glorot_uniform_initializer": "GlorotUniform",
}
"""Names right behind `tf.`."""


def initializers(home: Any) -> dict[str, Kind]:
    """The classes by their paths."""

    def kind(name: str) -> Kind:
        return Kind(
            name,
            lambda *args, **named: Initializer(home, ROWS[name](*args, **named)),
            lambda v: isinstance(v, Initializer),
        )

    kinds = {name: kind(name) for name in ROWS}
    paths = {
        f"{lead}initializers.{name}": of for lead in ("", "keras.") for name, of in kinds.items()
    }
    return paths | {name: kinds[of] for name, of in OLD.items()}

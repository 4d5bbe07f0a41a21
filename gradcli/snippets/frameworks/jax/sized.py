"""Functions of `jax.numpy` whose result has as many elements as `size` says, so `jit` knows it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.nograd import by_numbers, wrapped
from gradcli.snippets.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    Numbers = np.ndarray[Any, np.dtype[Any]]


def sized(home: Any) -> dict[str, Callable[..., Any]]:
    """The functions by their names."""
    return {name: partial(_sized, home, name) for name in OF_SIZE}


def _sized(
    home: Any, name: str, *args: Any, size: Any = None, fill_value: Any = None, **named: Any
) -> Any:
    """A function of NumPy, whose result is cut to `size` or filled up to it."""
    if size is None:
        return by_numbers(home, getattr(np, name))(*args, **named)
    array = home.asarray(args[0])
    if args[1:] or named.keys() - {"return_counts"}:
        raise Refusal(f"jnp.{name} of a size with these options")
    with home.untraced():
        numbers = home.recorder.array(array)
    return wrapped(home, OF_SIZE[name](numbers, size, fill_value, **named))


def nonzero(numbers: Numbers, size: int, fill: Any) -> tuple[Numbers, ...]:
    """The places of what is not 0."""
    found = np.nonzero(numbers)
    fills = fill if isinstance(fill, tuple) else (fill or 0,) * len(found)
    return tuple(_of_size(x, size, own) for x, own in zip(found, fills, strict=True))


def flatnonzero(numbers: Numbers, size: int, fill: Any) -> Numbers:
    """The same of all elements in a row."""
    return nonzero(numbers.ravel(), size, fill)[0]


def argwhere(numbers: Numbers, size: int, fill: Any) -> Numbers:
    """The same, a row for each place."""
    return np.stack(nonzero(numbers, size, fill), 1)


def unique(numbers: Numbers, size: int, fill: Any, return_counts: bool = False) -> Any:
    """The elements, each once."""
    found, counts = np.unique(numbers, return_counts=True)
    values = _of_size(found, size, found[0] if fill is None else fill)
    return (values, _of_size(counts, size, 0)) if return_counts else values


def _of_size(numbers: Numbers, size: int, fill: Any) -> Numbers:
    rest = max(size - len(numbers), 0)
    return np.concatenate([numbers[:size], np.full(rest, fill, numbers.dtype)])


OF_SIZE: dict[str, Callable[..., Any]] = {
    "nonzero": nonzero,
    "flatnonzero": flatnonzero,
    "argwhere": argwhere,
    "unique": unique,
}
"""The functions that have a size."""

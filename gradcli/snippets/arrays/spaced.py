"""Numbers between two others as each framework spaces them: their last digits differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import FLOAT32, FLOAT64, DType, is_float

if TYPE_CHECKING:
    from collections.abc import Callable

    Numbers = np.ndarray[Any, np.dtype[Any]]
    Formula = Callable[[float, float, int, DType], Numbers]

KNOWN = frozenset("dtype name device requires_grad".split())
"""Options with which a formula still gives what the framework gives."""


def spaced(
    home: Any, path: tuple[str, ...], names: tuple[str, str, str], formula: Formula
) -> Callable[..., Any]:
    """`linspace` of a framework: by its formula between numbers, else as the library has it."""

    def linspace(*args: Any, **named: Any) -> Any:
        given: dict[str, Any] = {**dict(zip(names, args, strict=False)), **named}
        start, stop = given.get(names[0], ""), given.get(names[1], "")
        num: Any = given.get(names[2], 50)
        are_plain = type(start) in (int, float) and type(stop) in (int, float)
        if not are_plain or type(num) is not int or num < 2 or len(args) > len(names):
            return home.call(home.library_function(path), args, named)
        dtype = home.default if given.get("dtype") is None else home.dtype_of(given["dtype"])
        if home.spaces_widely and given.get("dtype") is None and {type(start), type(stop)} == {int}:
            dtype = FLOAT64
        if not is_float(dtype) or given.keys() - KNOWN - {*names}:
            return home.call(home.library_function(path), args, named)
        home.recorder.graph.check_size((num,))
        made = home.constant(formula(float(start), float(stop), num, dtype), dtype)
        return home.require(made) if given.get("requires_grad") else made

    return linspace


def of_numpy(start: float, stop: float, num: int, dtype: DType) -> Numbers:
    """NumPy's."""
    return np.linspace(start, stop, num).astype(dtype)


def of_tensorflow(start: float, stop: float, num: int, dtype: DType) -> Numbers:
    """TensorFlow's: so many steps from the start, and the end."""
    first, last = dtype.type(start), dtype.type(stop)
    step = (last - first) / dtype.type(num - 1)
    numbers: Numbers = (first + step * np.arange(num).astype(dtype)).astype(dtype)
    numbers[-1] = last
    return numbers


def of_torch(start: float, stop: float, num: int, dtype: DType) -> Numbers:
    """PyTorch's: from both ends to the middle, each rounded once."""
    wide = _wider(dtype)
    step = wide((dtype.type(stop) - dtype.type(start)) / dtype.type(num - 1))
    count = np.arange(num)
    up = wide(dtype.type(start)) + step * count
    down = wide(dtype.type(stop)) - step * (num - 1 - count)
    return np.where(count < num // 2, up, down).astype(dtype)


COMPILED = 400
"""Lengths up to which XLA folds JAX's formula as it stands; beyond, products are not rounded."""

UNROLLED = 34
"""Lengths up to which each element has code of its own: the first step is no product there."""


def of_jax(start: float, stop: float, num: int, dtype: DType) -> Numbers:
    """JAX's, as XLA computes it: shares of both ends."""
    wide = _wider(dtype)
    first, last, count = dtype.type(start), dtype.type(stop), np.arange(num).astype(dtype)
    share = dtype.type(1) / dtype.type(num - 1)
    if num > COMPILED:
        rest = (1 - count.astype(wide) * wide(share)).astype(dtype)
    else:
        rest = dtype.type(1) - count * share
    own, step = (first * rest).astype(wide), wide(dtype.type(last * share))
    numbers: Numbers = (own + count.astype(wide) * step).astype(dtype)
    if 2 < num <= UNROLLED:
        numbers[1] = dtype.type(wide(first) * wide(rest[1]) + step)
    numbers[-1] = last
    return numbers


def _wider(dtype: DType) -> Any:
    """A type in which products of two numbers of a type are exact, or nearly so."""
    return np.float64 if dtype == FLOAT32 else np.longdouble

"""The words in which references are written: numbers of 80 digits, arrays of them, calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import mpmath
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Shape = tuple[int, ...]

mp = mpmath.MPContext()
mp.dps = 80


def each(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of numbers as one of arrays of numbers."""
    return np.vectorize(function, otypes=[object])


exp, log, sqrt, tanh, number = map(each, (mp.exp, mp.log, mp.sqrt, mp.tanh, mp.mpf))


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)) of a number."""
    return 1 / (1 + mp.exp(-x))


def relu(x: Any) -> Any:
    """x of a positive number, else 0."""
    return x if x > 0 else mp.zero


def softplus(x: Any) -> Any:
    """log(1 + exp(x)) of a number."""
    return mp.log1p(mp.exp(x))


class Call(NamedTuple):
    """A call in the language, the shapes of its inputs, and what it is over arrays of numbers."""

    text: str
    shapes: Mapping[str, Shape]
    function: Callable[..., Any]
    elementwise: bool = False
    """Whether each element of the answers must be right, however large its neighbours are."""
    units: int = 24
    """By how many units of rounding an answer may be off, its own and its arguments' together."""

    @property
    def name(self) -> str:
        """The function that is called first."""
        return self.text.partition("(")[0]


def call(text: str, function: Callable[..., Any], **shapes: Shape) -> Call:
    """A row of the table; the inputs by name, with their shapes."""
    return Call(text, shapes, function)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean along axes."""
    total = np.sum(x, axis=axis, keepdims=keepdims)
    return total * np.size(total) / np.size(x)


def var(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean squared distance from the mean."""
    return mean((x - mean(x, axis, True)) ** 2, axis, keepdims)


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """log(sum(exp(x))) along axes."""
    return log(np.sum(exp(x), axis=axis, keepdims=keepdims))


def softmax(x: Any, axis: Any = -1) -> Any:
    """exp(x) over its sum along an axis."""
    return exp(x - logsumexp(x, axis, True))


def placed(x: Any, shape: Shape, *key: Any) -> Any:
    """Zeros of a shape with x at a key."""
    out = np.full(shape, mp.zero, dtype=object)
    out[key] = x
    return out


def matrices(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of matrices of mpmath as one of arrays, the leading axes in a loop."""

    def run(a: Any, *rest: Any) -> Any:
        if np.ndim(a) > 2:
            return np.array([run(*parts) for parts in zip(a, *rest, strict=True)], object)
        result = function(mp.matrix(a.tolist()), *(mp.matrix(b.tolist()) for b in rest))
        return np.array(result.tolist(), object) if isinstance(result, mp.matrix) else result

    return run


inv, det = matrices(mp.inverse), matrices(mp.det)
zeros = each(lambda _: mp.zero)


def eye(n: int) -> Any:
    """The unit matrix."""
    return np.eye(n, dtype=int)


def convolve(x: Any, y: Any) -> Any:
    """The full convolution of arrays."""
    out = np.full([m + n - 1 for m, n in zip(x.shape, y.shape, strict=True)], mp.zero, object)
    for at in np.ndindex(x.shape):
        out[tuple(slice(i, i + n) for i, n in zip(at, y.shape, strict=True))] += x[at] * y
    return out

"""Records as C computes them: over scalars of code, or arrays of these, by NumPy's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.scalar import BOOL, Code, Scalar, call
from gradcli.translation.forms import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


SORTED = 100
"""Elements of a row that is sorted."""


class PlainCode(Code):
    """Code without what people would not write: sums with 0, products with 1, double signs."""

    def add(self, op: str, sources: Sequence[Scalar], dtype: Any, data: Any = None) -> Scalar:
        """The result of an instruction, or of a simpler one that comes to the same."""
        if op in _SIMPLER and dtype is not BOOL:
            found: Scalar | None = _SIMPLER[op](self, *sources)
            if found is not None:
                return found
        if op == "call" and data == "hypot":
            sources = sorted(sources, key=lambda x: x.index)
        return super().add(op, sources, dtype, data)


def _number(code: Code, x: Scalar) -> float | None:
    """The number that a scalar is, if it is a constant."""
    made = code.instructions[x.index]
    return float.fromhex(made.data) if made.op == "constant" else None


def _added(code: Code, x: Scalar, y: Scalar) -> Any:
    number = _number(code, y)
    if number == 0:
        return x
    if number is not None and number < 0:
        return x - code.constant(-number, x.dtype)
    return y if _number(code, x) == 0 else None


def _subtracted(code: Code, x: Scalar, y: Scalar) -> Any:
    if _number(code, y) == 0:
        return x
    return -y if _number(code, x) == 0 else None


def _multiplied(code: Code, x: Scalar, y: Scalar) -> Any:
    """A number before all else, two numbers as one."""
    first, second = _number(code, x), _number(code, y)
    if first is None and second is not None:
        return y * x
    if first is None:
        return None
    if second is not None:
        return code.constant(first * second, x.dtype)
    if abs(first) == 1:
        return y if first == 1 else -y
    made = code.instructions[y.index]
    if made.op == "fneg":
        return code.constant(-first, x.dtype) * Scalar(code, made.sources[0], y.dtype)
    inner = [Scalar(code, i, y.dtype) for i in made.sources]
    factor = _number(code, inner[0]) if made.op == "fmul" else None
    return None if factor is None else code.constant(first * factor, x.dtype) * inner[1]


def _divided(code: Code, x: Scalar, y: Scalar) -> Any:
    return x if _number(code, y) == 1 else None


def _negated(code: Code, x: Scalar) -> Any:
    made = code.instructions[x.index]
    inner = [Scalar(code, i, x.dtype) for i in made.sources]
    if made.op == "constant":
        return code.constant(-float.fromhex(made.data), x.dtype)
    if made.op == "fneg":
        return inner[0]
    factor = _number(code, inner[0]) if made.op == "fmul" else None
    if factor is not None:
        return code.constant(-factor, x.dtype) * inner[1]
    return inner[1] - inner[0] if made.op == "fsub" else None


def _sized(code: Code, x: Scalar) -> Any:
    made = code.instructions[x.index]
    return abs(Scalar(code, made.sources[0], x.dtype)) if made.op == "fneg" else None


_SIMPLER: Mapping[str, Callable[..., Any]] = {
    "fadd": _added,
    "fsub": _subtracted,
    "fmul": _multiplied,
    "fdiv": _divided,
    "fneg": _negated,
    "fabs": _sized,
}


def _power(x: Any, y: Any) -> Any:
    """A power; a product where the exponent is a small whole number, or one and a half."""
    if not isinstance(x, Scalar) or isinstance(y, Scalar) or abs(y) > 16 or (2 * y) % 1:
        return np.power(x, y)
    if y < 0:
        return 1 / _power(x, -y)
    if y % 1:
        return np.sqrt(x) if y == 0.5 else _power(x, y - 0.5) * np.sqrt(x)
    power: Any = 1.0
    for digit in f"{int(y):b}":
        power = power * power * x if digit == "1" else power * power
    return power


def softplus(x: Any, u: Any) -> Any:
    """Of x, where u is exp(-abs(x)); log and what its argument has lost are sooner than log1p."""
    whole = 1 + u
    return np.where(x > 0, x, 0.0) + np.log(whole) + (u - (whole - 1)) * (1 / whole)


def _small(x: Any) -> Any:
    return np.exp(-np.abs(x))


def _sigmoid(x: Any) -> Any:
    """By the exponential that softplus needs, too."""
    u = _small(x)
    return np.where(x > 0, 1.0, u) * (1 / (1 + u))


def _sigmoid_slope(x: Any) -> Any:
    u = _small(x)
    return u * (1 / (1 + u)) * (1 / (1 + u))


def _square(x: Any) -> Any:
    """A product; that of sech(x), the slope of tanh(x), is mostly to be had from that."""
    made = x.code.instructions[x.index]
    if made.data != "sech":
        return x * x
    inner = Scalar(x.code, made.sources[0], x.dtype)
    return call("sech2", inner, call("tanh", inner))


def _place(g: Any, key: Any, shape: tuple[int, ...]) -> Any:
    """Zeros with g added at some elements."""
    array = np.zeros(shape, object)
    places = np.arange(array.size).reshape(shape)[key.key]
    for i, x in zip(np.ravel(places), np.ravel(g), strict=True):
        there = array.flat[i]
        array.flat[i] = there + x if isinstance(there, Scalar) else x
    return array


def _each(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of one number, of each element."""
    each = np.frompyfunc(function, 1, 1)
    return lambda x: function(x) if isinstance(x, Scalar) else each(x)


def _folding(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction by a function of two numbers."""
    each = np.frompyfunc(function, 2, 1)

    def folded(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
        for axis in sorted(axes, reverse=True):
            x = each.reduce(x, axis=axis, keepdims=keepdims)
        return x

    return folded


def _norm(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    return _each(np.sqrt)(_folding(np.add)(x * x, axes, keepdims))


def _logsumexp(x: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    if not axes:
        return x
    top = _folding(np.maximum)(x, axes, True)
    whole = _each(np.log)(np.add.reduce(_each(np.exp)(x - top), axis=axes, keepdims=True)) + top
    return whole if keepdims else np.squeeze(whole, axes)


def _softmax(x: Any, axes: tuple[int, ...]) -> Any:
    raised = _each(np.exp)(x - _folding(np.maximum)(x, axes, True))
    return raised / np.add.reduce(raised, axis=axes, keepdims=True)


def _less_row(a: Any, i: int, j: int) -> Any:
    return np.delete(np.delete(a, i, 0), j, 1)


def _det(a: Any) -> Any:
    """The determinant: of three rows by their minors, of more by elimination."""
    n = len(a)
    if n <= 1:
        return a[0, 0] if n else 1.0
    if n == 2:
        return a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]
    if n == 3:
        minors = [a[0, j] * _det(_less_row(a, 0, j)) for j in range(3)]
        return minors[0] - minors[1] + minors[2]
    rows: Any = a.tolist()
    det: Any = 1.0
    for k in range(n):
        for i in range(k + 1, n):
            is_larger = abs(rows[i][k]) > abs(rows[k][k])
            det = det * np.where(is_larger, -1.0, 1.0)
            pairs = list(zip(rows[k], rows[i], strict=True))
            rows[k] = [np.where(is_larger, y, x) for x, y in pairs]
            rows[i] = [np.where(is_larger, x, y) for x, y in pairs]
        det = det * rows[k][k]
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[k], strict=True)]
    return det


def _cofactors(a: Any) -> Any:
    """The determinants without a row and a column, with their signs."""
    n = len(a)
    cofactors = np.empty((n, n), object)
    for i, j in np.ndindex(n, n):
        minor = _det(_less_row(a, i, j))
        cofactors[i, j] = minor if (i + j) % 2 == 0 else -minor
    return cofactors


def _chosen(row: Any, place: Any) -> Any:
    """The element of a row at a place, which may be known when the file runs alone."""
    known = _number(place.code, place)
    if known is not None:
        return row[int(known)]
    result = row[0]
    for i in range(1, len(row)):
        result = np.where(place == float(i), row[i], result)
    return result


def _rank(row: Any, i: int) -> Any:
    """How many elements stand before that one; of equal ones the first."""
    before = [y <= row[i] for y in row[:i]] + [y < row[i] for y in row[i + 1 :]]
    return sum([np.where(is_before, 1.0, 0.0) for is_before in before])


def _argsort(x: Any, axis: int) -> Any:
    """Where the elements stand in their order: each counts those before it."""
    rows = np.moveaxis(x, axis, -1)
    if rows.shape[-1] > SORTED:
        raise TypeError("each element is compared with each other one")
    order = np.empty(rows.shape, object)
    for lead in np.ndindex(rows.shape[:-1]):
        row = rows[lead]
        ranks = [_rank(row, i) for i in range(len(row))]
        for k in range(len(row)):
            place: Any = row[0] * 0.0
            for i in range(1, len(row)):
                place = np.where(ranks[i] == float(k), float(i), place)
            order[(*lead, k)] = place
    return np.moveaxis(order, -1, axis)


def _take_along(x: Any, order: Any, axis: int, n: int) -> Any:  # noqa: ARG001 - the record's
    rows, places = np.moveaxis(x, axis, -1), np.moveaxis(order, axis, -1)
    rows = np.broadcast_to(rows, (*places.shape[:-1], rows.shape[-1]))
    taken = np.empty(places.shape, object)
    for index in np.ndindex(places.shape):
        taken[index] = _chosen(rows[index[:-1]], places[index])
    return np.moveaxis(taken, -1, axis)


def _put_along(g: Any, order: Any, axis: int, n: int) -> Any:
    """Zeros of length n with g added at the places of each row."""
    rows, places = np.moveaxis(g, axis, -1), np.moveaxis(order, axis, -1)
    places = np.broadcast_to(places, rows.shape)
    out = np.zeros((*rows.shape[:-1], n), object)
    for index in np.ndindex(rows.shape):
        place: Any = places[index]
        known = _number(place.code, place)
        for k in range(n):
            if known is None:
                part = np.where(place == float(k), rows[index], 0.0)
            elif known % n == k:
                part = rows[index]
            else:
                continue
            there = out[(*index[:-1], k)]
            out[(*index[:-1], k)] = there + part if isinstance(there, Scalar) else part
    return np.moveaxis(out, -1, axis)


def _take(x: Any, order: Any, axis: int, n: int) -> Any:  # noqa: ARG001 - the record's
    """Slices along an axis at places of any shape."""
    moved = np.moveaxis(x, axis, 0)
    flat = np.ravel(order)
    taken = np.empty((flat.size, *moved.shape[1:]), object)
    for k, place in enumerate(flat):
        for rest in np.ndindex(moved.shape[1:]):
            taken[(k, *rest)] = _chosen(moved[(slice(None), *rest)], place)
    back = np.moveaxis(taken, 0, axis)
    return back.reshape((*back.shape[:axis], *np.shape(order), *back.shape[axis + 1 :]))


def _put(g: Any, order: Any, axis: int, n: int) -> Any:
    count = np.size(order)
    ndim = np.ndim(order)
    flat = g.reshape((*g.shape[:axis], count, *g.shape[axis + ndim :]))
    places = np.ravel(order).reshape((count, *[1] * (flat.ndim - 1 - axis)))
    return _put_along(flat, np.broadcast_to(places, flat.shape), axis, n)


FORMS: Mapping[str, Callable[..., Any]] = {
    **PLAIN,
    "sigmoid": _sigmoid,
    "sech": lambda x: call("sech", x),
    "square": _square,
    "place": _place,
    "argsort": _argsort,
    "take": _take,
    "put": _put,
    "take_along_axis": _take_along,
    "put_along_axis": _put_along,
    "max": _folding(np.maximum),
    "min": _folding(np.minimum),
    "any": _folding(np.logical_or),
    "all": _folding(np.logical_and),
    "norm": _norm,
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "log_softmax": lambda x, axes: x - _logsumexp(x, axes, True),
    "pow": _power,
    "det": _det,
    "cofactors": _cofactors,
    "log_abs_det": lambda a: np.log(np.abs(_det(a))),
    "sign_det": lambda a: np.sign(_det(a)),
    "softplus": lambda x: softplus(x, _small(x)),
    "sigmoid_slope": _sigmoid_slope,
    "log_sigmoid": lambda x: -softplus(-x, _small(x)),
    "gamma": lambda x: call("tgamma", x),
    "beta": lambda x, y: np.exp(call("lgamma", x) + call("lgamma", y) - call("lgamma", x + y)),
    "psi_less_0": lambda x, y: call("digamma", x + y) - call("digamma", x),
    "betaln": lambda x, y: call("lgamma", x) + call("lgamma", y) - call("lgamma", x + y),
    "lgamma": lambda x: call("lgamma", x),
    "digamma": lambda x: call("digamma", x),
}

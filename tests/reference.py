"""What each function is, a second time: one line a function, in numbers of 80 digits.

`ELEMENTWISE` holds functions of numbers, `CALLS` calls of functions of whole arrays beside the same
over NumPy arrays of such numbers. Derivatives are central differences, whose step of 1e-20 leaves
40 digits, so nothing here knows a rule of differentiation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import mpmath
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Shape = tuple[int, ...]
    Interval = tuple[float, float]

mp = mpmath.MPContext()
mp.dps = 80
STEP = mp.mpf("1e-20")
NOISE = 1e-30
"""Below this a difference is the rounding of a zero."""


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


def elu(x: Any) -> Any:
    """x of a positive number, else exp(x) - 1."""
    return x if x > 0 else mp.expm1(x)


SELU_SCALE, SELU_ALPHA = mp.mpf("1.0507009873554804934"), mp.mpf("1.6732632423543772848")
GELU_CUBIC = mp.mpf("0.044715")

ELEMENTWISE: dict[str, Callable[..., Any]] = {
    # arithmetic
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pos": lambda x: x,
    "reciprocal": lambda x: 1 / x,
    "floordiv": lambda x, y: mp.floor(x / y),
    "mod": lambda x, y: x - y * mp.floor(x / y),
    "square": lambda x: x * x,
    "cube": lambda x: x**3,
    "sqrt": mp.sqrt,
    "rsqrt": lambda x: 1 / mp.sqrt(x),
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "hypot": mp.hypot,
    "squared_difference": lambda x, y: (x - y) ** 2,
    "pow": mp.power,
    # exponentials and logarithms
    "exp": mp.exp,
    "exp2": lambda x: mp.mpf(2) ** x,
    "expm1": mp.expm1,
    "log": mp.log,
    "log2": lambda x: mp.log(x, 2),
    "log10": mp.log10,
    "log1p": mp.log1p,
    "logb": lambda x, base: mp.log(x) / mp.log(base),
    "logaddexp": lambda x, y: mp.log(mp.exp(x) + mp.exp(y)),
    "xdivy": lambda x, y: x / y,
    "xlogy": lambda x, y: x * mp.log(y),
    "xlog1py": lambda x, y: x * mp.log1p(y),
    "sigmoid": sigmoid,
    "log_sigmoid": lambda x: -softplus(-x),
    # trigonometric and hyperbolic
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "sec": mp.sec,
    "csc": mp.csc,
    "cot": mp.cot,
    "asin": mp.asin,
    "acos": mp.acos,
    "atan": mp.atan,
    "atan2": mp.atan2,
    "deg2rad": mp.radians,
    "rad2deg": mp.degrees,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "sech": mp.sech,
    "csch": mp.csch,
    "coth": mp.coth,
    "asinh": mp.asinh,
    "acosh": mp.acosh,
    "atanh": mp.atanh,
    # comparison, selection, rounding
    "eq": lambda x, y: x == y,
    "ne": lambda x, y: x != y,
    "lt": lambda x, y: x < y,
    "le": lambda x, y: x <= y,
    "gt": lambda x, y: x > y,
    "ge": lambda x, y: x >= y,
    "isnan": mp.isnan,
    "isinf": mp.isinf,
    "isfinite": mp.isfinite,
    "signbit": lambda x: x < 0,
    "maximum": max,
    "minimum": min,
    "sign": mp.sign,
    "floor": mp.floor,
    "ceil": mp.ceil,
    "rint": mp.nint,
    "trunc": lambda x: mp.sign(x) * mp.floor(abs(x)),
    "abs": abs,
    "copysign": lambda x, y: abs(x) * mp.sign(y),
    # special functions
    "erf": mp.erf,
    "ndtr": mp.ncdf,
    "lgamma": lambda x: mp.log(abs(mp.gamma(x))),
    "digamma": mp.digamma,
    "i0": lambda x: mp.besseli(0, x),
    "i1": lambda x: mp.besseli(1, x),
    "sinc": mp.sincpi,
    # neural networks
    "relu": relu,
    "relu6": lambda x: min(relu(x), mp.mpf(6)),
    "softplus": softplus,
    "elu": elu,
    "selu": lambda x: SELU_SCALE * (x if x > 0 else SELU_ALPHA * mp.expm1(x)),
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "gelu": lambda x: x * mp.ncdf(x),
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * mp.tanh(softplus(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "hard_sigmoid": lambda x: min(max(x / 6 + mp.mpf(1) / 2, mp.zero), mp.one),
}
"""Function of the language to the same function of numbers; called on every shape."""

ELSEWHERE: dict[str, Callable[..., Any]] = {
    "cbrt(-x)": lambda x: -mp.cbrt(x),
    "pow(-x, 3)": lambda x: -(x**3),
    "pow(-x, -2)": lambda x: x**-2,
    "reciprocal(-x)": lambda x: -1 / x,
    "div(1, -x)": lambda x: -1 / x,
    "mod(x, -2)": lambda x: x + 2 * mp.floor(-x / 2),
    "floordiv(x, -2)": lambda x: mp.floor(-x / 2),
    "atan2(x, -2)": lambda x: mp.atan2(x, -2),
    "atan2(-2, x)": lambda x: mp.atan2(-2, x),
    "cot(-x)": lambda x: -mp.cot(x),
    "csch(-x)": lambda x: -mp.csch(x),
    "tan(3*x)": lambda x: mp.tan(3 * x),
    "sinc(3*x)": lambda x: mp.sincpi(3 * x),
    "tanh(9*x)": lambda x: mp.tanh(9 * x),
    "sigmoid(20*x)": lambda x: sigmoid(20 * x),
    "softplus(20*x)": lambda x: softplus(20 * x),
    "log_sigmoid(20*x)": lambda x: -softplus(-20 * x),
    "logaddexp(x, 15*y)": lambda x, y: mp.log(mp.exp(x) + mp.exp(15 * y)),
    "hypot(x, 1e9*y)": lambda x, y: mp.hypot(x, 10**9 * y),
    "erf(3*x)": lambda x: mp.erf(3 * x),
    "lgamma(-x)": lambda x: mp.log(abs(mp.gamma(-x))),
    "digamma(-x)": lambda x: mp.digamma(-x),
    "i0(9*x)": lambda x: mp.besseli(0, 9 * x),
    "i1(9*x)": lambda x: mp.besseli(1, 9 * x),
    "relu6(4*x)": lambda x: min(relu(4 * x), mp.mpf(6)),
    "hard_sigmoid(2*x)": lambda x: min(max(x / 3 + mp.mpf(1) / 2, mp.zero), mp.one),
    "log(1e100*x)": lambda x: mp.log(mp.mpf(1e100) * x),
    "atan(1e9*x)": lambda x: mp.atan(10**9 * x),
    "asinh(1e100*x)": lambda x: mp.asinh(mp.mpf(1e100) * x),
}
"""Elementwise expressions of x and y, beyond the domain that the function's record states."""

DOMAINS: dict[str, tuple[Interval, ...]] = {
    "logb": ((0.2, 4.0), (1.5, 4.0)),
    "pow(x, 0.5)": ((0.2, 4.0),),
    "pow(2, x)": ((-3.0, 3.0),),
}
"""Of functions or calls: where to draw from, if the record of the function does not say."""


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


inv = matrices(mp.inverse)
det = matrices(mp.det)
solve = matrices(lambda a, b: mp.inverse(a) * b)

CALLS = [
    # arithmetic
    call("addn((x, y, x))", lambda x, y: 2 * x + y, x=(3,), y=(3,)),
    call("cube(x @ y)", lambda x, y: (x @ y) ** 3, x=(2, 3), y=(3,)),
    call("pow(x, 3)", lambda x: x**3, x=(2, 2)),
    call("pow(x, -2)", lambda x: x**-2, x=(3,)),
    call("pow(x, 0.5)", sqrt, x=(3,)),
    call("pow(2, x)", lambda x: each(mp.power)(2, x), x=(3,)),
    call("stop_gradient(2)", lambda: mp.mpf(2)),
    # selection
    call("where(x > y, x^2, y)", each(lambda x, y: x**2 if x > y else y), x=(2, 3), y=(3,)),
    call("where(x > 0, y, z)", each(lambda x, y, z: y if x > 0 else z), x=(4,), y=(), z=(4,)),
    call("clip(x, -1, 1)", each(lambda x: min(max(x, -mp.one), mp.one)), x=(2, 5)),
    call("clip(x, y, 2)", each(lambda x, y: min(max(x, y), mp.mpf(2))), x=(5,), y=(5,)),
    call("clip(x, hi=0)", each(lambda x: min(x, mp.zero)), x=(5,)),
    call("step(x)", each(lambda x: mp.mpf(x > 0)), x=(2, 2)),
    call("round(x)", each(mp.nint), x=(2, 2)),
    call("round(x, 1)", each(lambda x: mp.nint(10 * x) / 10), x=(3,)),
    call("logical_and(x > 0, y)", each(lambda x, y: x > 0 and y != 0), x=(4,), y=()),
    call("logical_or(x > 0, y > 0)", each(lambda x, y: x > 0 or y > 0), x=(4,), y=()),
    call("logical_xor(x > 0, y)", each(lambda x, y: (x > 0) != (y != 0)), x=(4,), y=()),
    call("logical_not(x > 0)", each(lambda x: not x > 0), x=(4,)),
    call("all(x > -1, axis=0)", lambda x: np.all(x > -1, axis=0), x=(2, 3)),
    call("any(x > 1, axis=-1)", lambda x: np.any(x > 1, axis=-1), x=(2, 3)),
    # reductions and scans
    call("sum(x)", np.sum, x=()),
    call("sum(x)", np.sum, x=(4,)),
    call("sum(x, axis=1)", lambda x: np.sum(x, axis=1), x=(2, 3)),
    call("sum(x, (0, -1), keepdims=true)", lambda x: x.sum((0, 2), keepdims=True), x=(2, 3, 2)),
    call("mean(x)", mean, x=(4,)),
    call("mean(x, axis=0)", lambda x: mean(x, 0), x=(2, 3)),
    call("max(x)", np.max, x=(4,)),
    call("max(x, axis=1, keepdims=true)", lambda x: np.max(x, 1, keepdims=True), x=(2, 3)),
    call("min(x)", np.min, x=(4,)),
    call("min(x^2, axis=0)", lambda x: np.min(x * x, 0), x=(3, 2)),
    call("ptp(x)", lambda x: np.max(x) - np.min(x), x=(4,)),
    call("ptp(x, axis=1)", lambda x: np.max(x, 1) - np.min(x, 1), x=(2, 3)),
    call("prod(x)", np.prod, x=(5,)),
    call("prod(x, axis=0)", lambda x: np.prod(x, axis=0), x=(3, 2)),
    call("cumsum(x)", np.cumsum, x=(4,)),
    call("cumsum(x)", np.cumsum, x=(2, 2)),
    call("cumsum(x, axis=1)", lambda x: np.cumsum(x, axis=1), x=(2, 3)),
    call("cumsum(x, exclusive=true)", lambda x: np.cumsum(x) - x, x=(4,)),
    call("cumsum(x, reverse=true)", lambda x: np.cumsum(x[::-1])[::-1], x=(4,)),
    call("cumprod(x)", np.cumprod, x=(5,)),
    call("cumprod(x, axis=0)", lambda x: np.cumprod(x, axis=0), x=(3, 2)),
    call("cumprod(x, reverse=true)", lambda x: np.cumprod(x[::-1])[::-1], x=(3,)),
    call("cumprod(x, exclusive=true)", lambda x: np.cumprod(x) / x, x=(4,)),
    call("var(x)", var, x=(4,)),
    call("var(x, axis=0, keepdims=true)", lambda x: var(x, 0, True), x=(3, 2)),
    call("var(x, ddof=1)", lambda x: var(x) * 4 / 3, x=(4,)),
    call("std(x)", lambda x: sqrt(var(x)), x=(4,)),
    call("std(x, axis=1, ddof=1)", lambda x: sqrt(var(x, 1) * 3 / 2), x=(2, 3)),
    call("norm(x)", lambda x: sqrt((x * x).sum()), x=(3,)),
    call("norm(x, axis=1, keepdims=true)", lambda x: sqrt((x * x).sum(1, keepdims=True)), x=(2, 2)),
    call("norm(x, 1)", lambda x: abs(x).sum(), x=(3,)),
    call("norm(x, inf, axis=0)", lambda x: abs(x).max(0), x=(2, 2)),
    call("norm(x, 3)", lambda x: each(mp.cbrt)((abs(x) ** 3).sum()), x=(3,)),
    call("logsumexp(x)", logsumexp, x=(4,)),
    call("logsumexp(x, axis=1, keepdims=true)", lambda x: logsumexp(x, 1, True), x=(2, 3)),
    call("softmax(x)", softmax, x=(3,)),
    call("softmax(x, axis=0)", lambda x: softmax(x, 0), x=(3, 2)),
    call("softmin(x)", lambda x: softmax(-x), x=(2, 3)),
    call("log_softmax(x)", lambda x: log(softmax(x)), x=(2, 3)),
    call("log_softmax(x, axis=0)", lambda x: log(softmax(x, 0)), x=(3, 2)),
    call("argmax(x)", np.argmax, x=(4,)),
    call("argmin(x, axis=1)", lambda x: np.argmin(x, 1), x=(2, 3)),
    call("count_nonzero(x, axis=0)", lambda x: np.count_nonzero(x, 0), x=(2, 3)),
    # shape
    call("reshape(x, 3, -1)", lambda x: x.reshape(3, -1), x=(2, 3)),
    call("ravel(x)", np.ravel, x=(2, 2)),
    call("transpose(x)", np.transpose, x=(2, 3)),
    call("transpose(x, (2, 0, 1))", lambda x: x.transpose(2, 0, 1), x=(2, 3, 1)),
    call("swapaxes(x, 0, -1)", lambda x: x.swapaxes(0, -1), x=(2, 1, 3)),
    call("moveaxis(x, 0, 2)", lambda x: np.moveaxis(x, 0, 2), x=(2, 1, 3)),
    call("expand_dims(x, 1)", lambda x: np.expand_dims(x, 1), x=(3,)),
    call("squeeze(x)", np.squeeze, x=(1, 3, 1)),
    call("broadcast_to(x, (2, 3))", lambda x: np.broadcast_to(x, (2, 3)), x=(2, 1)),
    call("concat((x, y), axis=1)", lambda x, y: np.concatenate((x, y), 1), x=(2, 1), y=(2, 2)),
    call("stack((x, y, x), axis=1)", lambda x, y: np.stack((x, y, x), 1), x=(2,), y=(2,)),
    call("hstack((x, y))", lambda x, y: np.hstack((x, y)), x=(2, 1), y=(2, 2)),
    call("vstack((x, y))", lambda x, y: np.vstack((x, y)), x=(3,), y=(2, 3)),
    call("tile(x, (2, 2))", lambda x: np.tile(x, (2, 2)), x=(2,)),
    call("repeat(x, 2)", lambda x: np.repeat(x, 2), x=(2, 2)),
    call("repeat(x, 3, axis=1)", lambda x: np.repeat(x, 3, axis=1), x=(2, 2)),
    call("flip(x)", np.flip, x=(2, 2)),
    call("flip(x, axis=1)", lambda x: x[:, ::-1], x=(2, 2)),
    call("flipud(x)", np.flipud, x=(3, 2)),
    call("fliplr(x)", np.fliplr, x=(2, 3)),
    call("roll(x, 1)", lambda x: np.roll(x, 1), x=(2, 2)),
    call("roll(x, -1, axis=1)", lambda x: np.roll(x, -1, axis=1), x=(2, 3)),
    call("diagonal(x, 1)", lambda x: x.diagonal(1), x=(3, 3)),
    call("diag(x)", lambda x: placed(x, (3, 3), range(3), range(3)), x=(3,)),
    call("diag(x, -1)", lambda x: placed(x, (3, 3), [1, 2], [0, 1]), x=(2,)),
    call("diag(x)", np.diag, x=(2, 3)),
    call("tril(x)", lambda x: np.where(np.tri(2, 3, dtype=bool), x, mp.zero), x=(2, 3)),
    call("triu(x, 1)", lambda x: np.where(np.tri(3, dtype=bool), mp.zero, x), x=(3, 3)),
    call("trace(x)", np.trace, x=(3, 3)),
    call("full((2, 2), x)", lambda x: x + np.zeros((2, 2), int), x=()),
    call("full_like(x, y)", lambda x, y: 0 * x + y, x=(3,), y=()),
    call("zeros_like(x)", lambda x: 0 * x, x=(3,)),
    call("ones_like(x)", lambda x: 0 * x + 1, x=(3,)),
    call(
        "linspace(x, y, 5)",
        lambda x, y: np.stack([x + (y - x) * k / 4 for k in range(5)]),
        x=(2,),
        y=(),
    ),
    call(
        "linspace(x, y, 4, endpoint=false)",
        lambda x, y: np.stack([x + (y - x) * k / 4 for k in range(4)]),
        x=(),
        y=(),
    ),
    call("diff(x)", np.diff, x=(4,)),
    call("diff(x, n=2, axis=0)", lambda x: np.diff(x, 2, axis=0), x=(4, 2)),
    call("pad(x, (1, 2))", lambda x: placed(x, (5,), slice(1, 3)), x=(2,)),
    call("pad(x, 1, 7)", lambda x: np.pad(x, 1, constant_values=7), x=(1, 2)),
    call(
        'pad(x, ((0, 0), (2, 1)), mode="reflect")',
        lambda x: np.pad(x, ((0, 0), (2, 1)), mode="reflect"),
        x=(2, 3),
    ),
    call('pad(x, 2, mode="symmetric")', lambda x: np.pad(x, 2, mode="symmetric"), x=(3,)),
    call('pad(x, 2, mode="edge")', lambda x: np.pad(x, 2, mode="edge"), x=(2,)),
    call('pad(x, 2, mode="wrap")', lambda x: np.pad(x, 2, mode="wrap"), x=(3,)),
    # indexing and sorting
    call("argsort(x)", lambda x: np.argsort(x, kind="stable"), x=(4,)),
    call("sort(x)", np.sort, x=(5,)),
    call("sort(x, axis=0)", lambda x: np.sort(x, 0), x=(3, 2)),
    call("topk(x, 2)", lambda x: np.sort(x)[..., :-3:-1], x=(2, 4)),
    call("take_along_axis(x, [[2, 0, 0]], 1)", lambda x: x[:, [2, 0, 0]], x=(1, 3)),
    call("take(x, [2, 0, 0])", lambda x: x[[2, 0, 0]], x=(3,)),
    call("take(x, [[1, 0], [1, 1]], axis=1)", lambda x: x[:, [[1, 0], [1, 1]]], x=(2, 2)),
    call("slice(x, (0, 1), (2, -1))", lambda x: x[:2, 1:], x=(3, 3)),
    call("strided_slice(x, (0, 4), (3, 0), (2, -2))", lambda x: x[0:3:2, 4:0:-2], x=(3, 5)),
    # linear algebra
    call("matmul(x, y)", np.matmul, x=(2, 3), y=(3, 2)),
    call("matmul(x, y)", np.matmul, x=(3,), y=(3, 2)),
    call("matmul(x, y)", np.matmul, x=(2, 2, 3), y=(3,)),
    call("matmul(x, y)", np.matmul, x=(3, 1, 2), y=(1, 2, 2)),
    call(
        "matmul(x, y, transpose_a=true, transpose_b=true)",
        lambda x, y: x.T @ y.T,
        x=(3, 2),
        y=(1, 3),
    ),
    call("tensordot(x, y)", np.tensordot, x=(2, 3, 2), y=(3, 2)),
    call(
        "tensordot(x, y, ((0, 1), (1, 0)))",
        lambda x, y: np.tensordot(x, y, ((0, 1), (1, 0))),
        x=(2, 3),
        y=(3, 2, 1),
    ),
    call("dot(x, y)", np.dot, x=(3,), y=(3,)),
    call("dot(x, y)", np.dot, x=(2, 2), y=(2, 2, 2)),
    call("inner(x, y)", np.inner, x=(2, 3), y=(2, 3)),
    call("vdot(x, y)", lambda x, y: (x * y).sum(), x=(2, 2), y=(2, 2)),
    call("outer(x, y)", np.outer, x=(2,), y=(3,)),
    call("kron(x, y)", np.kron, x=(2,), y=(2, 2)),
    call('einsum("ij,jk->ik", x, y)', np.matmul, x=(2, 3), y=(3, 2)),
    call('einsum("ii", x)', np.trace, x=(3, 3)),
    call('einsum("ij,i->", x, y)', lambda x, y: (x * y[:, None]).sum(), x=(2, 3), y=(2,)),
    call('einsum("ii->i", x)', lambda x: x.diagonal(), x=(3, 3)),
    call('einsum("bij,bjk,k->bi", x, x, y)', lambda x, y: x @ x @ y, x=(2, 2, 2), y=(2,)),
    call(
        "solve(x + 6*eye(3), y)",
        lambda x, y: inv(x + 6 * np.eye(3, dtype=int)) @ y,
        x=(3, 3),
        y=(3,),
    ),
    call(
        "solve(x + 6*eye(2), y)",
        lambda x, y: solve(x + 6 * np.eye(2, dtype=int), y),
        x=(2, 2, 2),
        y=(2, 2, 1),
    ),
    call("inv(x + 6*eye(3))", lambda x: inv(x + 6 * np.eye(3, dtype=int)), x=(3, 3)),
    call("det(x)", det, x=(3, 3)),
    call("det(x)", det, x=(2, 2, 2)),
    # neural networks
    call("leaky_relu(x, 0.25)", each(lambda x: x if x > 0 else x / 4), x=(4,)),
    call("elu(x, 2)", each(lambda x: x if x > 0 else 2 * mp.expm1(x)), x=(4,)),
    call(
        "gelu(x, approximate=true)",
        lambda x: x * (1 + tanh(mp.sqrt(2 / mp.pi) * (x + GELU_CUBIC * x**3))) / 2,
        x=(3,),
    ),
    # constructors
    call("zeros(2, 1)", lambda: np.zeros((2, 1))),
    call("ones((2, 2))", lambda: np.ones((2, 2))),
    call("eye(2, 3, 1)", lambda: np.eye(2, 3, 1)),
    call("tri(3, k=-1)", lambda: np.tri(3, k=-1)),
    call("range(1, 7, 2)", lambda: np.array([1, 3, 5])),
    call("identity(2)", lambda: np.eye(2)),
    call("asarray(x)", lambda x: x, x=(2, 2)),
]
"""Calls of functions of whole arrays, or with options, and what they are."""

UNARY_SHAPES: list[tuple[Shape, ...]] = [((),), ((4,),), ((2, 3),)]
BINARY_SHAPES: list[tuple[Shape, ...]] = [
    ((), ()),
    ((3,), (3,)),
    ((2, 2), (2, 2)),
    ((2, 1), (3,)),
    ((), (3,)),
    ((2, 3), ()),
]


def elementwise_calls(name: str, arity: int) -> list[Call]:
    """Calls of an elementwise function on numbers, vectors, matrices and pairs that broadcast."""
    text, function = f"{name}({', '.join('xyz'[:arity])})", each(ELEMENTWISE[name])
    shapes = UNARY_SHAPES if arity == 1 else BINARY_SHAPES
    return [Call(text, dict(zip("xy", row, strict=False)), function, True) for row in shapes]


def calls_elsewhere() -> list[Call]:
    """The expressions of `ELSEWHERE` on vectors."""
    return [
        Call(text, dict.fromkeys("xy" if "y" in text else "x", (6,)), each(function), True)
        for text, function in ELSEWHERE.items()
    ]


def slope(function: Callable[..., Any], direction: Sequence[Any]) -> Callable[..., Any]:
    """The derivative of a function as its arguments move in a direction, a function itself."""

    def run(*at: Any) -> Any:
        ahead = [x + STEP * v for x, v in zip(at, direction, strict=True)]
        behind = [x - STEP * v for x, v in zip(at, direction, strict=True)]
        return (function(*ahead) - function(*behind)) / (2 * STEP)

    return run


def gradient(function: Callable[..., Any], at: Sequence[Any]) -> list[Any]:
    """The gradient of a function whose value is a number, by each of its arguments."""
    found = []
    for k, x in enumerate(at):
        part = np.empty(x.shape, object)
        for i in np.ndindex(x.shape):
            direction = [np.zeros(other.shape, int) for other in at]
            direction[k][i] = 1
            part[i] = slope(function, direction)(*at)
        found.append(part)
    return found


from tests import reference_arrays, reference_distributions, reference_networks, reference_special  # noqa: E402 - they use the words above

for _part in (reference_special, reference_networks, reference_distributions, reference_arrays):
    ELEMENTWISE.update(_part.ELEMENTWISE)
    ELSEWHERE.update(_part.ELSEWHERE)
    DOMAINS.update(_part.DOMAINS)
    CALLS.extend(_part.CALLS)

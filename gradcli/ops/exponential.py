"""Exponentials and logarithms, and the sigmoid and softplus functions made of them."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import Function, Parameter, function
from gradcli.ir.kinds import POLE, POLES, VERTICAL, at, at_zero, either
from gradcli.ir.op import Binary, Elementwise
from gradcli.ops.compare import TAINT, choose, lt, ne, repaired
from gradcli.ops.records import binary, unary

if TYPE_CHECKING:
    from gradcli.ir.function import Array
    from gradcli.ir.node import Node

LN2 = math.log(2.0)
LN10 = math.log(10.0)

# --- of one number ------------------------------------------------------------------------------


def _log_slope_into(x: Any, out: Any) -> None:
    np.reciprocal(np.add(x, 0.0, out), out)
    undefined = x < 0
    if undefined.any():
        np.copyto(out, np.nan, where=undefined)


LOG_SLOPE = Elementwise(
    "log_slope",
    lambda x: repaired(1 / (x + 0.0), x < 0, np.nan),
    lambda x, z: -(z / x),
    notation=("1/{0:7}", 6),
    special=at_zero(POLE),
    into=_log_slope_into,
)
"""1/x where x >= 0, NaN elsewhere: beside a logarithm that is undefined stands no slope."""

BOSE = Elementwise(
    "bose", lambda x: 1 / np.expm1(x), lambda x, z: z * BOSE(-x), special=at_zero(POLE)
)
"""1 / (exp(x) - 1)."""


def log_one_less_exp(x: Any) -> Any:
    """By expm1 for small x, by log1p for large (Maechler 2012)."""
    near, far = np.log(-np.expm1(x)), np.log1p(-np.exp(x))
    return np.where(x > -LN2, near, far).astype(near.dtype, copy=False)


LOG_ONE_LESS_EXP = Elementwise(
    "log_one_less_exp",
    log_one_less_exp,
    lambda x, z: TAINT(-BOSE(0.0 - x), z),
    notation=("log(1 - exp({0}))", 10),
    special=at_zero(POLE),
)
"""log(1 - exp(x)) for x <= 0, exact for small and for large sizes."""


def _sigmoid_slope(x: Any) -> Any:
    small = np.exp(-np.abs(x))
    return small / np.square(1 + small)


SIGMOID_SLOPE = Elementwise(
    "sigmoid_slope",
    _sigmoid_slope,
    lambda x, z: -(z * TANH_HALF(x)),
    notation=("sigmoid({0})*sigmoid(-{0:7})", 6),
)
"""sigmoid(x) sigmoid(-x), whose slope would cancel as that of a product."""

TANH_HALF = Elementwise(
    "tanh_half",
    lambda x: np.tanh(x / 2),
    lambda x, z: 2.0 * SIGMOID_SLOPE(x),
    notation=("tanh({0:6}/2)", 10),
)
"""tanh(x/2), which is sigmoid(x) - sigmoid(-x)."""


def _sigmoid(x: Any) -> Any:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


# fmt: off
exp = unary("exp", np.exp, lambda x, z: z, "e^x.")
exp2 = unary("exp2", np.exp2, lambda x, z: LN2 * z, "2^x.")
expm1 = unary("expm1", np.expm1, lambda x, z: exp(x), "e^x - 1, exact for small x.")
log = unary("log", np.log, lambda x, z: LOG_SLOPE(x), "The natural logarithm of x.", "ln",
            special=at_zero(POLE), domain=(0.2, 4.0))
log2 = unary("log2", np.log2, lambda x, z: LOG_SLOPE(x) / LN2, "The logarithm of x to base 2.",
             special=at_zero(POLE), domain=(0.2, 4.0))
log10 = unary("log10", np.log10, lambda x, z: LOG_SLOPE(x) / LN10, "The logarithm of x to base 10.",
              special=at_zero(POLE), domain=(0.2, 4.0))
log1p = unary("log1p", np.log1p, lambda x, z: LOG_SLOPE(1.0 + x), "log(1 + x), exact for small x.",
              special=at(POLE, lambda x, z: x == -1), domain=(-0.8, 3.0))
log1mexp = unary("log1mexp", lambda x: log_one_less_exp(-np.abs(x)),
                 lambda x, z: choose(lt(x, 0.0), -BOSE(-x), BOSE(x + 0.0)),
                 "log(1 - exp(-abs(x))), exact for small and for large x.",
                 special=at_zero(POLE), domain=(0.1, 3.0))
sigmoid = unary("sigmoid", _sigmoid, lambda x, z: SIGMOID_SLOPE(x),
                "1 / (1 + exp(-x)).", "expit logistic")
log_sigmoid = unary("log_sigmoid", lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))),
                    lambda x, z: sigmoid(-x),
                    "log(sigmoid(x)), exact for large -x.", "logsigmoid log_expit")
# fmt: on
SOFTPLUS = Elementwise(
    "softplus", lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), lambda x, z: sigmoid(x)
)
"""log(1 + exp(x)), without overflow."""


@function(example="logb(8, 2)", aliases="logn")
def logb(x: Array, base: Array) -> Node:
    """The logarithm of x to a base."""
    return log(x) / log(base)


log.hint = "the logarithm to another base is logb(x, base), log2(x) or log10(x)"


@cache
def log_to(base: str) -> Function:
    """`log_3(x)`, for a base in digits."""
    doc = f"The logarithm of x to base {base}."
    parameters = (Parameter("x", "Array"),)
    build = {"2": log2, "10": log10}.get(base) or (lambda x: log(x) / math.log(float(base)))
    return Function(f"log_{base}", build, parameters, doc=doc, example=f"log_{base}(9)")


# --- of two numbers -----------------------------------------------------------------------------


def _share(scale: float, x: Any, y: Any) -> Any:
    share = _sigmoid(scale * (x - y))
    equal = np.where(np.equal(x, y), 0.5, share)
    return np.where(np.isneginf(x), 0, equal).astype(share.dtype, copy=False)


@cache
def share_of(scale: float) -> Binary:
    """exp(c x) / (exp(c x) + exp(c y)) for a scale c, with its limits at infinities."""

    def by_x(x: Node, y: Node, z: Node) -> Node:
        slope = z * share_of(scale)(y, x)
        return slope if scale == 1.0 else scale * slope

    difference = "{0:5} - {1:6}" if scale == 1.0 else f"{scale}*({{0:5}} - {{1:6}})"
    notation = (f"sigmoid({difference})", 10)
    kernel = partial(_share, scale)
    return Binary(
        "logaddexp_share", kernel, by_x, lambda x, y, z: -by_x(x, y, z), notation=notation
    )


def _logsubexp(x: Any, y: Any) -> Any:
    less = np.where(x >= y, log_one_less_exp(np.where(np.isneginf(y), -np.inf, y - x)), np.nan)
    return np.where(np.isneginf(x) & np.isneginf(y), -np.inf, x + less).astype(less.dtype)


# fmt: off
logaddexp = binary("logaddexp", np.logaddexp,
                   (lambda x, y, z: share_of(1.0)(x, y), lambda x, y, z: share_of(1.0)(y, x)),
                   "log(exp(x) + exp(y)), without overflow.", "logaddexp(800, 800)")
logaddexp2 = binary("logaddexp2", np.logaddexp2,
                    (lambda x, y, z: share_of(LN2)(x, y), lambda x, y, z: share_of(LN2)(y, x)),
                    "log2(2^x + 2^y), without overflow.", "logaddexp2(2000, 2000)")
logsubexp = binary("logsubexp", _logsubexp,
                   (lambda x, y, z: TAINT(-BOSE(-(x - y)), z),
                    lambda x, y, z: TAINT(-BOSE(x - y), z)),
                   "log(exp(x) - exp(y)) for x > y, without overflow.", "logsubexp(801, 800)",
                   "log_sub_exp", domain=((1.0, 3.0), (-3.0, 0.5)),
                   selects=(lambda x, y, z: ne(x, -math.inf), lambda x, y, z: ne(y, -math.inf)),
                   special=at(POLE, lambda x, y, z: x == y))
xdivy = binary("xdivy", lambda x, y: repaired(np.divide(x, y), (x == 0) & (y == y), 0),
               (lambda x, y, z: 1.0 / y, lambda x, y, z: -xdivy(z, y)),
               "x / y, and 0 where x is 0.", "xdivy(0, 0)",
               special=at(POLE, lambda x, y, z: y == 0), domain=((-3.0, 3.0), (0.5, 3.0)))
xlogy = binary("xlogy", lambda x, y: repaired(x * np.log(y), (x == 0) & (y >= 0), 0),
               (lambda x, y, z: log(y), lambda x, y, z: TAINT(xdivy(x, y), z)),
               "x * log(y), and 0 where x is 0.", "xlogy(0, 0)",
               special=either(at(VERTICAL, lambda x, y, z: y == 0), POLES),
               domain=((-3.0, 3.0), (0.3, 3.0)))
xlog1py = binary("xlog1py", lambda x, y: repaired(x * np.log1p(y), (x == 0) & (y >= -1), 0),
                 (lambda x, y, z: log1p(y), lambda x, y, z: TAINT(xdivy(x, 1.0 + y), z)),
                 "x * log(1 + y), and 0 where x is 0.", "xlog1py(0, -1)",
                 special=either(at(VERTICAL, lambda x, y, z: y == -1), POLES),
                 domain=((-3.0, 3.0), (-0.7, 3.0)))
# fmt: on

"""Logits, entropies, divergences, and the transformations of Box and Cox."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.function import function
from gradcli.ir.kinds import DOMAIN, POLE, POLES, VERTICAL, at, at_zero, either
from gradcli.ir.op import Binary, Elementwise
from gradcli.ops.compare import TAINT, abs_, choose, clip, lt
from gradcli.ops.exponential import LOG_SLOPE, log, log1p, xdivy
from gradcli.ops.kernels import deviance, doubled, scipy_kernel
from gradcli.ops.powers import power_less
from gradcli.ops.quotients import exp_quotient
from gradcli.ops.records import binary, unary

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.function import Array
    from gradcli.ir.node import Node

_POSITIVE = ((0.2, 3.0), (0.2, 3.0))

LOGIT_SLOPE = Elementwise(
    "logit_slope",
    lambda x: 1 / (x * (1 - x)),
    lambda x, z: (z * (2.0 * x - 1.0)) * z,
    notation=("1/({0:6}*(1 - {0:6}))", 6),
    special=POLES,
)
"""1 / (x (1 - x))."""

# fmt: off
logit = unary("logit", scipy_kernel("logit"), lambda x, z: TAINT(LOGIT_SLOPE(x), z),
              "log(x / (1 - x)), the inverse of sigmoid.", special=POLES, domain=(0.1, 0.9))
entr = unary("entr", scipy_kernel("entr"), lambda x, z: -log(x) - 1.0,
             "-x log(x), and 0 where x is 0: the terms of an entropy.",
             special=either(at_zero(VERTICAL), at(DOMAIN, lambda x, z: x < 0)),
             domain=(0.5, 3.0))
# fmt: on


@function(example="clipped_logit(0, 0.1)", signatures="torch.logit(input, eps=None)")
def clipped_logit(x: Array, eps: Array | None = None) -> Node:
    """logit of x held between eps and 1 - eps, if that is given."""
    return logit(x) if eps is None else logit(clip(x, eps, 1.0 - eps))


def _log_ratio(x: Any, y: Any) -> Any:
    """log(x/y), by log1p where they are near one another."""
    near = np.abs(x - y) < 0.5 * np.abs(y)
    far = np.log(x) - np.log(y)
    quotient = x / y
    safe = np.isfinite(quotient) & (np.abs(quotient) > np.finfo(np.float64).tiny)
    return np.where(near, np.log1p((x - y) / y), np.where(safe, np.log(quotient), far))


LOG_RATIO = Binary(
    "log_ratio",
    doubled(_log_ratio),
    lambda x, y, z: LOG_SLOPE(x),
    lambda x, y, z: -LOG_SLOPE(y),
    special=POLES,
)
"""log(x/y), without cancellation or overflow."""


ONE_LESS_RATIO = Binary(
    "one_less_ratio",
    doubled(lambda x, y: np.where((x == y) & (y == 0), 0, (y - x) / y)),
    lambda x, y, z: -(1.0 / y),
    lambda x, y, z: xdivy(x, y) / y,
    special=at(POLE, lambda x, y, z: y == 0),
)
"""1 - x/y, whose slope by y is no difference."""


def _divergence(inside: Callable[..., Any], at_zero: Callable[[Any], Any]) -> Callable[..., Any]:
    """The kernel of the terms of a divergence, where both are positive and where x is 0."""

    def kernel(x: Any, y: Any) -> Any:
        edge = np.where((x == 0) & (y >= 0), at_zero(y), np.inf)
        unknown = np.isnan(x) | np.isnan(y)
        return np.where((x > 0) & (y > 0), inside(x, y), np.where(unknown, np.nan, edge))

    return doubled(kernel)


_DIVERGES = either(at(VERTICAL, lambda x, y, z: x == 0), POLES)

# fmt: off
rel_entr = binary("rel_entr", _divergence(lambda x, y: x * _log_ratio(x, y), np.zeros_like),
                  (lambda x, y, z: LOG_RATIO(x, y) + 1.0, lambda x, y, z: -xdivy(x, y)),
                  "x log(x/y), and 0 where x is 0: the terms of a relative entropy.",
                  "rel_entr(0.5, 0.25)", special=_DIVERGES, domain=_POSITIVE)
kl_div = binary("kl_div", _divergence(deviance, np.array),
                (lambda x, y, z: LOG_RATIO(x, y), lambda x, y, z: ONE_LESS_RATIO(x, y)),
                "x log(x/y) - x + y; behind PyTorch's prefix the loss.",
                "kl_div(0.5, 0.25)", special=_DIVERGES, domain=_POSITIVE)
# fmt: on

# --- Box and Cox ----------------------------------------------------------------------------------


def _boxcox_slope(n: int, log_x: Any, power: Any) -> Any:
    at_zero = np.where(power > 0, -((-1.0) ** n) * math.factorial(n) / power ** (n + 1), np.nan)
    value = log_x ** (n + 1) * exp_quotient(n, np.asarray(log_x * power))
    return np.where(np.isneginf(log_x), at_zero, value)


@cache
def boxcox_order(n: int) -> Elementwise:
    """The n-th derivative of (exp(L y) - 1)/y by y, for L = log(x)."""
    return Binary(
        f"boxcox_{n}",
        doubled(lambda log_x, y: _boxcox_slope(n, log_x, y)),
        lambda log_x, y, z: log_power(n)(log_x, y),
        lambda log_x, y, z: boxcox_order(n + 1)(log_x, y),
    )


@cache
def log_power(n: int) -> Elementwise:
    """L^n exp(L y)."""

    def by_log(log_x: Node, y: Node, z: Node) -> Node:
        return y * z + float(n) * log_power(n - 1)(log_x, y) if n else y * z

    return Binary(
        f"log_power_{n}",
        doubled(lambda log_x, y: log_x**n * np.exp(log_x * y)),
        by_log,
        lambda log_x, y, z: log_power(n + 1)(log_x, y),
    )


def _boxcox1p_slope(x: Node, y: Node) -> Node:
    """(1 + x)^(y - 1), whose logarithm keeps the digits of a small x."""
    near = log_power(0)(log1p(x), y - 1.0)
    return choose(lt(abs_(x), 0.5), near, power_less(1)(1.0 + x, y))


# fmt: off
boxcox = binary("boxcox", scipy_kernel("boxcox"),
                (lambda x, y, z: TAINT(power_less(1)(x, y), z),
                 lambda x, y, z: boxcox_order(1)(log(x), y)),
                "(x^y - 1)/y, and log(x) where y is 0.", "boxcox(2, 0.5)",
                special=either(POLES, at(VERTICAL, lambda x, y, z: (x == 0) & (y < 1))),
                domain=((0.3, 3.0), (-2.0, 2.0)))
boxcox1p = binary("boxcox1p", scipy_kernel("boxcox1p"),
                  (lambda x, y, z: TAINT(_boxcox1p_slope(x, y), z),
                   lambda x, y, z: boxcox_order(1)(log1p(x), y)),
                  "boxcox(1 + x, y), exact for small x.", "boxcox1p(1, 0.5)",
                  special=either(POLES, at(VERTICAL, lambda x, y, z: (x == -1) & (y < 1))),
                  domain=((-0.6, 3.0), (-2.0, 2.0)))
# fmt: on

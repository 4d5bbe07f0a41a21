"""Gauss's and Kummer's hypergeometric functions, with derivatives by all of their parameters."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import POLE, POLES, VERTICAL, at, either
from gradcli.ir.op import Elementwise
from gradcli.ops.kernels import doubled, piecewise_kernel, scipy_kernel
from gradcli.ops.records import of_arrays

if TYPE_CHECKING:
    from gradcli.ir.node import Node

_FAR = 20.0
_NEAR = 4.0
_HALFWAY, _STEPS, _TERMS, _MOST = 0.5, 1075, 1000, 100_000
"""Up to where the power series is summed; steps towards 1 from there, and terms of each of them;
terms of a power series whose parameters are large, after which it is given up.
"""


def _are_large(a: Any, b: Any, c: Any) -> Any:
    """Where steps would lose digits, and a power series has positive terms."""
    return (np.minimum(np.minimum(a, b), c) > 0) & (np.maximum(np.maximum(a, b), c) > 50)


def _plus(shift: Any, jet: Any, axis: int) -> Any:
    """The derivatives of (p + shift) f by a parameter p, which an axis of a jet counts."""
    product = shift * jet
    before = (slice(None),) * axis
    for order in range(1, jet.shape[axis]):
        product[(*before, order)] += order * jet[(*before, order - 1)]
    return product


def _over(shift: Any, jet: Any) -> Any:
    """The derivatives of f/(c + shift), where c is counted by the last of three axes."""
    quotient = np.empty_like(jet)
    for order in range(jet.shape[2]):
        carried = order * quotient[:, :, order - 1] if order else 0.0
        quotient[:, :, order] = (jet[:, :, order] - carried) / shift
    return quotient


def _series(orders: tuple[int, int, int], a: Any, b: Any, c: Any, x: Any) -> tuple[Any, Any]:
    """2F1 and its slope by x as jets, for 0 <= x < 1, by the power series."""
    term = np.zeros([*(order + 1 for order in orders), x.size])
    term[0, 0, 0] = 1.0
    total, slope = term.copy(), np.zeros_like(term)
    j = 0
    while j < 10 or (np.abs(term) * j > 1e-18 * (1 - x) * np.abs(slope)).any():
        if j == _MOST:
            return np.full_like(total, np.nan), slope
        rising = _over(c + j, _plus(a + j, _plus(b + j, term, 1), 0))
        slope = slope + rising
        term = rising * x / (j + 1)
        total = total + term
        j += 1
    return total, slope


def _step(
    parameters: tuple[Any, Any, Any], left: float, t: Any, jets: tuple[Any, Any]
) -> tuple[Any, Any]:
    """2F1 and its slope at x + t from those at x: Taylor's series, by the differential equation.

    `left` is 1 - x, which has digits where x is 1.
    """
    a, b, c = parameters
    x = 1 - left
    low, high = jets[0], jets[1] * t
    total, slope = low + high, high
    for j in range(_TERMS):
        turned = _plus(c - (a + b + 1) * x, high, 2)
        turned -= x * (_plus(0.0, high, 0) + _plus(0.0, high, 1))
        pull = (j + 1) * (j * (1 - 2 * x) * high + turned)
        push = _plus(a + j, _plus(b + j, low, 1), 0) * t
        low, high = high, (push - pull) * (t / (x * left * (j + 2) * (j + 1)))
        total = total + high
        slope = slope + (j + 2) * high
        if j > 10 and not (np.abs(high) * j >= 1e-18 * np.abs(slope)).any():  # nor NaN
            break
    return total, slope / t


def hypergeometric_jets(
    orders: tuple[int, int, int], a: Any, b: Any, c: Any, x: Any, rest: Any = None
) -> Any:
    """2F1 at 0 <= x < 1 and its derivatives by a, b and c up to these orders, an axis each.

    `rest` is 1 - x, where it is known to more digits.

    Towards 1 each step goes half of the way that is left, where no sum loses digits.
    """
    rest = 1 - x if rest is None else rest
    large = _are_large(a, b, c)
    total, slope = _series(orders, a, b, c, np.where(large, x, np.minimum(x, _HALFWAY)))
    for i in range(1, _STEPS):
        left = 2.0**-i
        ahead = (rest < left) & ~large
        if not ahead.any():
            break
        at = a[ahead], b[ahead], c[ahead]
        jets = total[..., ahead], slope[..., ahead]
        t = np.minimum(left - rest[ahead], left / 2)
        total[..., ahead], slope[..., ahead] = _step(at, left, t, jets)
    return total


def _mirrored(m: int, n: int, k: int, a: Any, b: Any, c: Any, x: Any) -> Any:
    """By Pfaff's transformation (1 - x)^-a F(a, c - b; c; x/(x - 1)), for x < 0."""
    log = -np.log1p(-x)
    total = np.zeros_like(x)
    for i in range(m + 1):
        for j in range(k + 1):
            orders = m - i, n + k - j, j
            inner = hypergeometric_jets(orders, a, c - b, c, x / (x - 1), 1 / (1 - x))[orders]
            total = total + math.comb(m, i) * log**i * math.comb(k, j) * (-1) ** n * inner
    return total * np.exp(a * log)


def _by_parameters(m: int, n: int, k: int, *arrays: Any) -> Any:
    x = arrays[-1]
    return piecewise_kernel(
        x.shape,
        (
            (x >= 0) & (x < 1),
            lambda *parts: hypergeometric_jets((m, n, k), *parts)[m, n, k],
            arrays,
        ),
        (x < 0, lambda *parts: _mirrored(m, n, k, *parts), arrays),
    )


def _value(*arrays: Any) -> Any:
    """SciPy's, which loses digits far to the left, and of large parameters."""
    x, value = arrays[-1], scipy_kernel("hyp2f1")(*arrays)
    lost = (x < -_FAR) | (_are_large(*arrays[:-1]) & (x >= 0) & (x < 0.999))
    if lost.any():
        value[lost] = _by_parameters(0, 0, 0, *(part[lost] for part in arrays))
    return value


def _by_x(m: int, n: int, k: int, a: Node, b: Node, c: Node, x: Node) -> Any:
    """The derivatives by the parameters of a b/c F(a + 1, b + 1; c + 1; x), by Leibniz's rule."""
    total: Any = 0.0
    for i in range(min(m, 1) + 1):
        for j in range(min(n, 1) + 1):
            for r in range(k + 1):
                factor = (float(m) if i else a) * (float(n) if j else b)
                over = math.comb(k, r) * (-1.0) ** r * math.factorial(r) / c ** float(r + 1)
                inner = _order(m - i, n - j, k - r)(a + 1.0, b + 1.0, c + 1.0, x)
                total = total + factor * over * inner
    return total


_SPECIAL = either(
    POLES,
    at(VERTICAL, lambda a, b, c, x, z: x == 1),
    at(POLE, lambda a, b, c, x, z: (c <= 0) & (c == np.rint(c))),
)


@cache
def _order(m: int, n: int, k: int) -> Elementwise:
    """2F1 derived m times by a, n times by b, k times by c."""
    return Elementwise(
        f"hyp2f1_{m}_{n}_{k}" if m + n + k else "hyp2f1",
        doubled((lambda *arrays: _by_parameters(m, n, k, *arrays)) if m + n + k else _value),
        lambda a, b, c, x, z: _order(m + 1, n, k)(a, b, c, x),
        lambda a, b, c, x, z: _order(m, n + 1, k)(a, b, c, x),
        lambda a, b, c, x, z: _order(m, n, k + 1)(a, b, c, x),
        lambda a, b, c, x, z: _by_x(m, n, k, a, b, c, x),
        special=_SPECIAL,
    )


HYP2F1 = _order(0, 0, 0)

hyp2f1 = of_arrays(
    HYP2F1,
    "a b c x",
    "Gauss's hypergeometric function 2F1(a, b; c; x); by a, b, c it has slopes below x = 1, the "
    "second ones right to 1e-10.",
    "hyp2f1(1, 2, 3, 0.5)",
    domain=((0.5, 2.0), (0.5, 2.0), (1.5, 3.0), (-2.0, 0.8)),
)

# --- Kummer's function --------------------------------------------------------------------------


def _confluent_jets(orders: tuple[int, int, int], a: Any, b: Any, x: Any) -> Any:
    """1F1 at x >= 0 and its derivatives by a and b, on the outer axes, by the power series."""
    term = np.zeros([*(order + 1 for order in orders), x.size])
    term[0, 0, 0] = 1.0
    total = term.copy()
    j = 0
    while j < 10 or (j < _MOST and (np.abs(term) * j > 1e-18 * np.abs(total)).any()):
        term = _over(b + j, _plus(a + j, term, 0)) * x / (j + 1)
        total = total + term
        j += 1
    return total


def _confluent_mirrored(m: int, k: int, a: Any, b: Any, x: Any) -> Any:
    """By Kummer's transformation e^x F(b - a; b; -x), for x < 0."""
    inner = _confluent_jets((m + k, 0, k), b - a, b, -x)
    total = sum(math.comb(k, j) * inner[m + k - j, 0, j] for j in range(k + 1))
    return (-1) ** m * total * np.exp(x)


def _confluent_by_parameters(m: int, k: int, *arrays: Any) -> Any:
    x = arrays[-1]
    return piecewise_kernel(
        x.shape,
        (x >= 0, lambda *parts: _confluent_jets((m, 0, k), *parts)[m, 0, k], arrays),
        (x < 0, lambda *parts: _confluent_mirrored(m, k, *parts), arrays),
    )


def _confluent(*arrays: Any) -> Any:
    """By the series near 0, where SciPy's is wrong for some parameters; SciPy's far away."""
    x, value = arrays[-1], scipy_kernel("hyp1f1")(*arrays)
    near = np.abs(x) < _NEAR
    if near.any():
        value[near] = _confluent_by_parameters(0, 0, *(part[near] for part in arrays))
    return value


def _confluent_by_x(m: int, k: int, a: Node, b: Node, x: Node) -> Any:
    """The derivatives by the parameters of a/b F(a + 1; b + 1; x), by Leibniz's rule."""
    total: Any = 0.0
    for i in range(min(m, 1) + 1):
        for r in range(k + 1):
            over = math.comb(k, r) * (-1.0) ** r * math.factorial(r) / b ** float(r + 1)
            inner = _confluent_order(m - i, k - r)(a + 1.0, b + 1.0, x)
            total = total + (float(m) if i else a) * over * inner
    return total


@cache
def _confluent_order(m: int, k: int) -> Elementwise:
    """1F1 derived m times by a and k times by b."""
    kernel = partial(_confluent_by_parameters, m, k) if m + k else _confluent
    return Elementwise(
        f"hyp1f1_{m}_{k}" if m + k else "hyp1f1",
        doubled(kernel),
        lambda a, b, x, z: _confluent_order(m + 1, k)(a, b, x),
        lambda a, b, x, z: _confluent_order(m, k + 1)(a, b, x),
        lambda a, b, x, z: _confluent_by_x(m, k, a, b, x),
        special=at(POLE, lambda a, b, x, z: (b <= 0) & (b == np.rint(b))),
    )


HYP1F1 = _confluent_order(0, 0)

hyp1f1 = of_arrays(
    HYP1F1,
    "a b x",
    "Kummer's function 1F1(a; b; x). Its slopes by a and b lose digits where a > b and x is far "
    "below 0.",
    "hyp1f1(1, 2, 0.5)",
    domain=((0.5, 2.0), (1.5, 3.0), (-2.0, 2.0)),
)

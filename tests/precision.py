"""How precise each function is: worst errors of value and derivative against 60 digits.

Errors are in units in the last place of the exact answer rounded to double. Arguments cover the
whole range: huge, tiny, near the boundaries, and the ordinary ones in between.

`python -m tests.precision` prints it; `--search [NAME…]` looks for lost digits of functions of
several numbers, `--update [FAMILY…]` measures both and writes the tables, which takes minutes.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import mpmath
import numpy as np
import pytest

from gradcli.engine.api import Program
from gradcli.exec.blocked import LARGE
from gradcli.exec.executors import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable

mp = mpmath.MPContext()
mp.dps = 60
TINY = 5e-324
POINTS = 60


class Subject(NamedTuple):
    """A function, its derivative, and the arguments it is looked at for."""

    value: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    points: np.ndarray[Any, Any]


def powers(low: float, high: float) -> np.ndarray[Any, Any]:
    """Arguments of all sizes between two powers of ten."""
    return 10 ** np.linspace(low, high, POINTS) * np.linspace(1.01, 1.97, POINTS)


def between(low: float, high: float) -> np.ndarray[Any, Any]:
    """Ordinary arguments, and some close to both ends."""
    inner = np.linspace(low, high, POINTS + 2)[1:-1] * (1 + 1e-7)
    near = (high - low) * 10.0 ** np.linspace(-14, -2, 12)
    points = np.concatenate([inner, low + near, high - near])
    return points[(points > low) & (points < high)]


def both(points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The arguments, and the same with a minus."""
    return np.concatenate([points, -points])


LINE = np.concatenate([both(powers(-300, 300)), both(powers(-6, 3))])
POSITIVE = np.concatenate([powers(-300, 300), powers(-3, 3), between(0.9, 1.1)])
SMALL = np.concatenate([both(powers(-300, -1)), both(between(0.0, 30.0))])
MIDDLE = np.concatenate([both(powers(-300, -1)), both(between(0.0, 700.0))])
UNIT = np.concatenate([both(powers(-300, -1)), both(between(0.0, 1.0))])
ANGLES = np.concatenate([both(powers(-300, -1)), both(between(0.0, 50.0))])
ABOVE_ONE = np.concatenate([1 + powers(-15, 0), powers(0.1, 300)])
ABOVE_MINUS_ONE = np.concatenate([both(powers(-300, -1)), -1 + powers(-15, -1), powers(0, 300)])


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return 1 / (1 + mp.exp(-x))


def _sinc_slope(x: Any) -> Any:
    return (mp.pi * x * mp.cospi(x) - mp.sinpi(x)) / (mp.pi * x * x)


def _wave_slope(x: Any) -> Any:
    """The derivative of sin(x)/x, by its series for small x."""
    return (x * mp.cos(x) - mp.sin(x)) / (x * x) if abs(x) > 1e-9 else -x / 3 + x**3 / 30


SUBJECTS: dict[str, Subject] = {
    "reciprocal(x)": Subject(lambda x: 1 / x, lambda x: -1 / x**2, both(powers(-150, 150))),
    "x^3": Subject(lambda x: x**3, lambda x: 3 * x**2, both(powers(-90, 90))),
    "x^0.3": Subject(
        lambda x: x ** mp.mpf(0.3), lambda x: mp.mpf(0.3) * x ** (mp.mpf(0.3) - 1), POSITIVE
    ),
    "x^2.5": Subject(
        lambda x: x ** mp.mpf(2.5), lambda x: mp.mpf(2.5) * x ** mp.mpf(1.5), powers(-100, 100)
    ),
    "sqrt(x)": Subject(mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), POSITIVE),
    "rsqrt(x)": Subject(
        lambda x: 1 / mp.sqrt(x), lambda x: -1 / (2 * x * mp.sqrt(x)), powers(-150, 150)
    ),
    "cbrt(x)": Subject(mp.cbrt, lambda x: 1 / (3 * mp.cbrt(x) ** 2), POSITIVE),
    "exp(x)": Subject(mp.exp, mp.exp, MIDDLE),
    "exp2(x)": Subject(lambda x: mp.mpf(2) ** x, lambda x: mp.log(2) * mp.mpf(2) ** x, MIDDLE),
    "expm1(x)": Subject(mp.expm1, mp.exp, MIDDLE),
    "log(x)": Subject(mp.log, lambda x: 1 / x, POSITIVE),
    "log2(x)": Subject(lambda x: mp.log(x, 2), lambda x: 1 / (x * mp.log(2)), POSITIVE),
    "log10(x)": Subject(mp.log10, lambda x: 1 / (x * mp.log(10)), POSITIVE),
    "log1p(x)": Subject(mp.log1p, lambda x: 1 / (1 + x), ABOVE_MINUS_ONE),
    "sigmoid(x)": Subject(sigmoid, lambda x: sigmoid(x) * sigmoid(-x), MIDDLE),
    "softplus(x)": Subject(lambda x: mp.log1p(mp.exp(x)), sigmoid, MIDDLE),
    "log_sigmoid(x)": Subject(lambda x: -mp.log1p(mp.exp(-x)), lambda x: sigmoid(-x), MIDDLE),
    "sin(x)": Subject(mp.sin, mp.cos, ANGLES),
    "cos(x)": Subject(mp.cos, lambda x: -mp.sin(x), ANGLES),
    "tan(x)": Subject(mp.tan, lambda x: mp.sec(x) ** 2, ANGLES),
    "asin(x)": Subject(mp.asin, lambda x: 1 / mp.sqrt((1 - x) * (1 + x)), UNIT),
    "acos(x)": Subject(mp.acos, lambda x: -1 / mp.sqrt((1 - x) * (1 + x)), UNIT),
    "atan(x)": Subject(mp.atan, lambda x: 1 / (1 + x * x), LINE),
    "sinh(x)": Subject(mp.sinh, mp.cosh, MIDDLE),
    "cosh(x)": Subject(mp.cosh, mp.sinh, MIDDLE),
    "tanh(x)": Subject(mp.tanh, lambda x: mp.sech(x) ** 2, both(powers(-300, 2.5))),
    "asinh(x)": Subject(mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x), LINE),
    "acosh(x)": Subject(mp.acosh, lambda x: 1 / mp.sqrt((x - 1) * (x + 1)), ABOVE_ONE),
    "atanh(x)": Subject(mp.atanh, lambda x: 1 / ((1 - x) * (1 + x)), UNIT),
    "sinc(x)": Subject(lambda x: mp.sinpi(x) / (mp.pi * x), _sinc_slope, powers(-2, 3)),
    "log(cosh(x))": Subject(
        lambda x: mp.log1p(2 * mp.sinh(x / 2) ** 2), mp.tanh, both(powers(-150, 3))
    ),
    "1 - cos(x)": Subject(lambda x: 2 * mp.sin(x / 2) ** 2, mp.sin, both(powers(-150, 0.4))),
    "log(1 + exp(x))": Subject(lambda x: mp.log1p(mp.exp(x)), sigmoid, MIDDLE),
    "log(1 - 1/exp(x))": Subject(
        lambda x: mp.log(-mp.expm1(-x)), lambda x: 1 / mp.expm1(x), powers(-300, 2.8)
    ),
    "sin(2*x)/x": Subject(
        lambda x: mp.sin(2 * x) / x, lambda x: _wave_slope(2 * x) * 4, both(powers(-300, -0.3))
    ),
    "(2^x - 1)/x": Subject(
        lambda x: mp.expm1(x * mp.log(2)) / x,
        lambda x: (mp.log(2) * x * mp.mpf(2) ** x - mp.expm1(x * mp.log(2))) / (x * x),
        both(powers(-20, 2)),
    ),
    "(cosh(x) - 1)/x^2": Subject(
        lambda x: 2 * (mp.sinh(x / 2) / x) ** 2,
        lambda x: (x * mp.sinh(x) - 4 * mp.sinh(x / 2) ** 2) / x**3,
        both(powers(-9, 2)),
    ),
    "erf(x)": Subject(mp.erf, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x), SMALL),
    "erfc(x)": Subject(
        mp.erfc, lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x), both(between(0.0, 26.0))
    ),
    "ndtr(x)": Subject(
        mp.ncdf, lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi), both(between(0.0, 37.0))
    ),
    "logit(x)": Subject(
        lambda x: mp.log(x) - mp.log1p(-x),
        lambda x: 1 / (x * (1 - x)),
        np.concatenate([powers(-300, -1), between(0.0, 1.0)]),
    ),
    "lgamma(x)": Subject(
        lambda x: mp.log(abs(mp.gamma(x))),
        mp.digamma,
        np.concatenate([powers(-6, 4), 1 + both(powers(-12, -1)), 2 + both(powers(-12, -1))]),
    ),
    "digamma(x)": Subject(mp.digamma, lambda x: mp.polygamma(1, x), powers(-6, 5)),
    "i0(x)": Subject(lambda x: mp.besseli(0, x), lambda x: mp.besseli(1, x), powers(-6, 2)),
    "i1(x)": Subject(
        lambda x: mp.besseli(1, x),
        lambda x: (mp.besseli(0, x) + mp.besseli(2, x)) / 2,
        powers(-6, 2),
    ),
}

LIMIT = 8.0
"""Units in the last place by which value and derivative may be off, anywhere."""


def errors(exact: list[Any], found: np.ndarray[Any, Any]) -> list[float]:
    """The errors in units in the last place; infinite where an infinity is missing or surplus."""
    listed = []
    for e, f in zip(exact, found.tolist(), strict=True):
        rounded = float(e)
        if math.isinf(rounded) or not math.isfinite(f):
            listed.append(0.0 if rounded == f else math.inf)
            continue
        unit = max(float(np.spacing(abs(rounded))), TINY)
        listed.append(float(abs(mp.mpf(f) - e) / unit))
    return listed


class Row(NamedTuple):
    """The worst errors of one function, and where."""

    name: str
    value: float
    value_at: float
    slope: float
    slope_at: float


def measured(name: str, executor: str = PLAIN) -> Row:
    """The worst errors of one of the subjects, by an executor."""
    subject = SUBJECTS[name]
    x = subject.points
    value, slope = _by(executor, name, x)
    exact = [mp.mpf(v) for v in x.tolist()]
    of_value = errors([subject.value(v) for v in exact], value)
    of_slope = errors([subject.slope(v) for v in exact], slope)
    i, j = int(np.argmax(of_value)), int(np.argmax(of_slope))
    return Row(name, of_value[i], float(x[i]), of_slope[j], float(x[j]))


def _by(executor: str, name: str, x: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """Value and derivative at points, which come so often that they are a large array."""
    many = np.tile(x, 1 + LARGE // len(x))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCLI_EXECUTOR", executor)
        value, slopes = Program(name).value_and_grads(x=many)
    return value[: len(x)], slopes["x"][: len(x)]


def main(args: list[str]) -> None:
    """Prints the rows, measures anew what the tables are made of, or searches."""
    if args[:1] == ["--search"]:
        from tests.precision_search import report

        report(args[1:])
    elif args[:1] == ["--update"]:
        from tests.precision_families import update

        update(args[1:])
    else:
        for name in SUBJECTS:
            print(measured(name))


if __name__ == "__main__":
    main(sys.argv[1:])

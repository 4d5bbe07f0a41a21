"""JavaScript's `Math`, and the numbers that texts begin with."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Refusal
from gradcli.snippets.languages.javascript.sequences import whole
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import Module, native
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Callable


def _of_one(function: Callable[[float], float]) -> Callable[[float], float]:
    """A function of Python's `math` as JavaScript has it."""

    def call(x: float) -> float:
        try:
            return float(function(x))
        except OverflowError:
            return math.copysign(math.inf, x) if function in (math.sinh, math.expm1) else math.inf
        except ValueError:
            return _at_pole(function, x)

    return call


def _at_pole(function: Callable[[float], float], x: float) -> float:
    """The value where Python's function raises an error."""
    if x == 0 and function in (math.log, math.log2, math.log10):
        return -math.inf
    if x == -1 and function is math.log1p:
        return -math.inf
    return math.copysign(math.inf, x) if function is math.atanh and abs(x) == 1 else math.nan


def _rounded(x: float) -> float:
    """`Math.round`: halves go up."""
    return x if not math.isfinite(x) else math.copysign(float(math.floor(x + 0.5)), x)


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda x: math.copysign(float(function(x)), x) if math.isfinite(x) else x


def _extreme(pick: Callable[..., float], empty: float) -> Callable[..., float]:
    def call(*numbers: float) -> float:
        return math.nan if any(map(math.isnan, numbers)) else pick(numbers, default=empty)

    return call


def _sign(x: float) -> float:
    return x if x == 0 or math.isnan(x) else math.copysign(1.0, x)


MATH: dict[str, Callable[..., float]] = {
    **{
        name: _of_one(getattr(math, name))
        for name in "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp expm1 log "
        "log2 log10 log1p sqrt cbrt".split()
    },
    "abs": abs,
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "trunc": _whole(math.trunc),
    "round": _rounded,
    "sign": _sign,
    "fround": lambda x: float(np.float32(x)),
    "atan2": math.atan2,
    "hypot": math.hypot,
    "max": _extreme(max, -math.inf),
    "min": _extreme(min, math.inf),
}


def make_math(language: Any) -> Module:
    """`Math`: its arguments are made numbers."""

    def on_numbers(name: str, function: Callable[..., float]) -> Native:
        takes = 2 if name == "atan2" else None if name in ("hypot", "max", "min") else 1

        def call(*args: Any) -> float:
            numbers = [language.number(x) for x in args[:takes]]
            numbers += [math.nan] * ((takes or 0) - len(numbers))
            return float(function(*numbers))

        return Native(name, call)

    members: dict[str, Any] = {name: on_numbers(name, f) for name, f in MATH.items()}
    members["pow"] = native(
        "pow", lambda x, y: language.arithmetic("**", *map(language.number, (x, y)))
    )
    members["random"] = Native("random", lambda: random(language))
    members |= {
        "PI": math.pi,
        "E": math.e,
        "LN2": math.log(2),
        "LN10": math.log(10),
        "LOG2E": 1 / math.log(2),
        "LOG10E": 1 / math.log(10),
        "SQRT2": math.sqrt(2),
        "SQRT1_2": math.sqrt(0.5),
    }
    return Module(members)


def random(language: Any) -> float:
    """`Math.random()`, of the seed that was given."""
    machine = language.machine
    if machine.seed is None:
        raise Refusal(
            "`Math.random` gives other numbers each time", help="give them, or `--seed N`"
        )
    return float(random_generator(language).random())


def random_generator(language: Any) -> np.random.Generator:
    """What makes random numbers, from the seed that was given."""
    if language.generator is None:
        language.generator = np.random.default_rng(language.machine.seed)
    made: np.random.Generator = language.generator
    return made


def parse_float(language: Any, value: Any) -> float:
    """`parseFloat(text)`: the number that a text begins with."""
    match = re.match(
        r"\s*([+-]?(?:Infinity|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))",
        language.text(value),
    )
    return float(match[1].replace("Infinity", "inf")) if match else math.nan


def parse_int(language: Any, value: Any, base: Any) -> float:
    """`parseInt(text, base)`: the whole number that a text begins with."""
    text, radix = language.text(value).strip().lower(), whole(language, base, 10) or 10
    sign = -1.0 if text.startswith("-") else 1.0
    text = text.lstrip("+-")
    if text.startswith("0x") and (base is UNDEFINED or radix == 16):
        text, radix = text[2:], 16
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"[:radix]
    end = next((i for i, c in enumerate(text) if c not in digits), len(text))
    return sign * int(text[:end], radix) if end else math.nan

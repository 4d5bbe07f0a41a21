"""Words of the language that are called: `print`, `backward`, `zero_grad`, and the operators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, Span
from gradcli.ir.node import Node
from gradcli.lower.arguments import value_or_function
from gradcli.lower.derivatives import (
    OF_FUNCTION,
    OF_VALUE,
    differentiable,
    differentiate,
    directions,
)
from gradcli.lower.signatures import SIGNATURES, Argument
from gradcli.lower.values import NOTHING, describe, leaves
from gradcli.lower.vmap import vmap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.lower.values import Special, Value
    from gradcli.lower.walk import Walk


def call_special(walk: Walk, function: Special, arguments: Sequence[Argument], span: Span) -> Value:
    """A call of a word that the language itself gives a meaning."""
    return _SPECIALS[function.name](walk, arguments, span)


def _backward(walk: Walk, arguments: Sequence[Argument], span: Span) -> Value:
    """`backward(y)`: from now on `.grad` holds the gradient of `sum(y * dy)`, too."""
    first, *others = SIGNATURES["backward"].ordered(arguments, span)
    ys = leaves(differentiable(value_or_function(walk, first), first.span))
    seed = [value_or_function(walk, argument) for argument in others]
    walk.graph.span = span
    seeds: Sequence[Node | None] = [None] * len(ys)
    if seed:
        seeds = walk.within(span, lambda: directions(seed[0], ys, "seed", "array"))
    walk.backwards.append((ys, seeds))
    return NOTHING


def _zero_grad(walk: Walk, arguments: Sequence[Argument], span: Span) -> Value:
    """`zero_grad()`: `.grad` starts from zero again."""
    SIGNATURES["zero_grad"].match(arguments, span)
    walk.backwards.clear()
    return NOTHING


def _print(walk: Walk, arguments: Sequence[Argument], _span: Span) -> Value:
    """`print(a, b)`: strings as they are, other values as they would be written."""
    words = []
    for argument in arguments:
        if argument.name is not None:
            raise ProgramTypeError("print takes no named arguments", span=argument.span)
        value = value_or_function(walk, argument)
        words.append(value if isinstance(value, str) else _shown(walk, value))
    if walk.printed is not None:
        walk.printed(" ".join(words))
    return NOTHING


def _shown(walk: Walk, value: Value) -> str:
    """A value as `print` shows it: numbers by their shortest digits, arrays in brackets."""
    if isinstance(value, tuple):
        return f"({', '.join(_shown(walk, part) for part in value)})"
    if not isinstance(value, Node):
        return describe(value)
    array = np.asarray(walk.ask(value))
    if array.ndim == 0:
        return _digits(array[()])
    return np.array2string(array, separator=", ", formatter={"all": _digits})


def _digits(item: Any) -> str:
    """A number without `.0`, or `true` and `false`."""
    text = str(item)
    return text.lower() if isinstance(item, np.bool_) else text.removesuffix(".0")


def _taylor(walk: Walk, arguments: Sequence[Argument], span: Span) -> Value:
    """`taylor(f, x0, n)`, which few programs call."""
    from gradcli.lower.taylor import taylor

    return taylor(walk, arguments, span)


_SPECIALS: dict[str, Callable[[Walk, Sequence[Argument], Span], Value]] = {
    "backward": _backward,
    "print": _print,
    "taylor": _taylor,
    "vmap": vmap,
    "zero_grad": _zero_grad,
    **{word: partial(differentiate, word) for word in (*OF_FUNCTION, *OF_VALUE)},
}
"""What each word does (`words.SPECIALS`)."""

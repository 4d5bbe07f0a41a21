"""What stands behind the dot of NumPy's functions of two operands: `np.add.reduce`, `np.add.at`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.frameworks.numpy.written import writing
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDED = {
    "add": ("sum", "cumsum"),
    "multiply": ("prod", "cumprod"),
    "maximum": ("max", "cummax"),
    "minimum": ("min", "cummin"),
    "logical_and": ("all", ""),
    "logical_or": ("any", ""),
}
"""What they are when they go from one element to the next: the last result, and all of them."""

UNIVERSAL = frozenset({*FOLDED, "subtract", "divide"})
"""Functions that have such attributes here."""


def attributes(home: Any, word: str) -> dict[str, Native]:
    """The functions by their names."""

    def call(name: str, *args: Any, **named: Any) -> Any:
        return home.result_of(name, *args, **named)

    def along(name: str) -> Callable[..., Any]:
        return lambda array, axis=0, **named: call(name, home.asarray(array), axis=axis, **named)

    def outer(a: Any, b: Any) -> Any:
        x, y = home.asarray(a), home.asarray(b)
        columns = call("reshape", x, (*x.shape, *(1,) * len(y.shape)))
        return call(word, columns, y)

    whole, running = FOLDED.get(word, ("", ""))
    rows: dict[str, Callable[..., Any]] = {
        "outer": outer,
        "at": writing(home, getattr(np, word).at),
    }
    if whole:
        rows["reduce"] = along(whole)
    if running:
        rows["accumulate"] = along(running)
    return {name: Native(name, row) for name, row in rows.items()}

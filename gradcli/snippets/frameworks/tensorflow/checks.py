"""`tf.debugging`: checks that numbers are as the snippet expects them."""

from __future__ import annotations

import operator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Callable

PAIRS: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "equal": (operator.eq, "x == y did not hold"),
    "none_equal": (operator.ne, "x != y did not hold for every single element"),
    "greater": (operator.gt, "x > y did not hold"),
    "greater_equal": (operator.ge, "x >= y did not hold"),
    "less": (operator.lt, "x < y did not hold"),
    "less_equal": (operator.le, "x <= y did not hold"),
}
"""Checks of two tensors, and what is said where they fail."""

SIGNS = {
    "positive": "greater",
    "non_negative": "greater_equal",
    "negative": "less",
    "non_positive": "less_equal",
}
"""Checks of one, which is compared with 0."""


def checks(home: Any) -> dict[str, Any]:
    """The checks by their paths."""

    def numbers(value: Any) -> Any:
        return home.recorder.array(home.asarray(value))

    def compare(name: str, x: Any, y: Any, message: Any = None, **_named: Any) -> None:
        holds, text = PAIRS[name]
        if not np.all(holds(numbers(x), numbers(y))):
            raise Raised("InvalidArgumentError", message or f"Condition {text}")

    def near(
        x: Any, y: Any, rtol: Any = None, atol: Any = None, message: Any = "", **_named: Any
    ) -> None:
        first, second = numbers(x), numbers(y)
        rounding = 10 * np.finfo(np.result_type(first, second, np.float32)).eps
        rtol, atol = (rounding if t is None else float(t) for t in (rtol, atol))
        if not np.all(np.abs(first - second) <= atol + rtol * np.abs(second)):
            raise Raised("InvalidArgumentError", message or "the tensors are not near each other")

    def finite(x: Any, message: Any = "", **_named: Any) -> Any:
        values = numbers(x)
        for kind, is_so in (("NaN", np.isnan), ("Inf", np.isinf)):
            if is_so(values).any():
                raise Raised("InvalidArgumentError", f"{message} : Tensor had {kind} values")
        return x

    rows: dict[str, Callable[..., Any]] = {
        f"assert_{name}": partial(compare, name) for name in PAIRS
    }
    for sign, name in SIGNS.items():
        rows[f"assert_{sign}"] = lambda x, message=None, *, name=name, **_named: compare(
            name, x, 0, message
        )

    def rank(x: Any, rank: int, message: Any = "", **_named: Any) -> None:
        own = len(home.asarray(x).shape)
        if own != rank:
            said = f"{message}\n" if message else ""
            text = f"{said}Tensor must have rank {rank}.  Received rank {own}, shape"
            raise Raised("ValueError", f"{text} {home.asarray(x).shape}")

    rows |= {
        "assert_rank": rank,
        "assert_near": near,
        "assert_all_finite": finite,
        "check_numerics": finite,
    }
    table = {
        lead + name: Native(name, row) for lead in ("", "debugging.") for name, row in rows.items()
    }
    return table | {
        "Assert": Native("Assert", lambda condition, *_: compare("equal", condition, True))
    }

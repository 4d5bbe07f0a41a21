"""Functions of NumPy that have no gradient: places, sets, roots, numbers of bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import LimitError
from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = (
    "argwhere flatnonzero nonzero unique isin lexsort union1d intersect1d setdiff1d setxor1d "
    "unravel_index ravel_multi_index diag_indices diag_indices_from tril_indices triu_indices "
    "tril_indices_from triu_indices_from ix_ indices gcd lcm bitwise_and bitwise_or "
    "bitwise_xor bitwise_not invert left_shift right_shift nanargmax nanargmin trim_zeros "
    "array_equiv isneginf isposinf histogram_bin_edges"
)
"""What NumPy and JAX call them."""

ERRORS = (TypeError, ValueError, IndexError)
"""What NumPy says of arguments that do not fit."""


def nograd(home: Any) -> dict[str, Callable[..., Any]]:
    """The functions by their names."""
    functions = {name: getattr(np, name) for name in WORDS.split()} | {"roots": roots, "poly": poly}
    return {name: by_numbers(home, function) for name, function in functions.items()}


MOST_ROOTS = 1_000
"""Eigenvalues that are found together: about a second, in which nothing is interrupted."""


def check_roots(count: int) -> None:
    """Refuses what would take minutes."""
    if count > MOST_ROOTS:
        raise LimitError(f"at most {MOST_ROOTS:,} roots or eigenvalues are found together")


def roots(p: Any) -> Any:
    """`np.roots`."""
    check_roots(np.size(p) - 1)
    return np.roots(p)


def poly(seq_of_zeros: Any) -> Any:
    """`np.poly`, of zeros or of a matrix."""
    if np.ndim(seq_of_zeros) == 2:
        check_roots(len(seq_of_zeros))
    return np.poly(seq_of_zeros)


def by_numbers(home: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy, of the numbers that arrays have now."""

    def call(*args: Any, **named: Any) -> Any:
        given = [plain(home, value) for value in args]
        try:
            value = function(*given, **{name: plain(home, x) for name, x in named.items()})
        except ERRORS as error:
            raise Raised(type(error).__name__, str(error)) from None
        return wrapped(home, value)

    return call


def plain(home: Any, value: Any) -> Any:
    """A value as NumPy takes it."""
    if isinstance(value, Array):
        return home.recorder.array(home.concrete(value))
    if isinstance(value, (list, tuple)):
        items = [plain(home, item) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if home.is_type(value):
        return home.dtype_of(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    shown = home.machine.language.type_name(value)
    raise Raised("TypeError", f"an argument is a {shown}, where an array is needed")


def wrapped(home: Any, value: Any) -> Any:
    """What NumPy gives, as the framework gives it."""
    if isinstance(value, (list, tuple)):
        parts = [wrapped(home, part) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    if not isinstance(value, (np.ndarray, np.generic)):
        return value
    if value.dtype.kind == "c":
        raise Refusal("complex numbers are not part of the subset")
    numbers = np.asarray(value)
    return home.constant(
        numbers, numbers.dtype if is_float(numbers.dtype) else home.inferred(numbers)
    )


def where(home: Any, path: tuple[str, ...], places: Callable[..., Any]) -> Callable[..., Any]:
    """`where`: of a condition alone the places at which it holds."""

    def choose(condition: Any, *values: Any, **named: Any) -> Any:
        if not values and not named.keys() & {"x", "y"}:
            return places(condition, **named)
        return home.call(home.library_function(path), [condition, *values], named)

    return choose

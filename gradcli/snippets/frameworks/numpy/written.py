"""Functions of NumPy that write into an array: sorted in its place, put at places, added there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.nograd import ERRORS, plain
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable

WRITING = "put putmask place copyto fill_diagonal put_along_axis"
"""Functions that write into their first argument."""


def functions(home: Any) -> dict[str, Callable[..., Any]]:
    """Those behind `np.`."""
    return {word: writing(home, getattr(np, word)) for word in WRITING.split()}


def methods(home: Any) -> dict[str, Callable[..., Any]]:
    """Those behind the dot of an array."""
    return {word: writing(home, getattr(np.ndarray, word)) for word in ("sort", "partition", "put")}


def writing(home: Any, function: Callable[..., Any]) -> Callable[..., None]:
    """A function of NumPy that writes into its first argument."""

    def write(array: Any, *args: Any, **named: Any) -> None:
        if not isinstance(array, Array) or home.is_traced(array):
            raise Refusal(
                "a write into this is not part of the subset", help="np.where gives a new array"
            )
        numbers = home.recorder.array(array).copy()
        given = [plain(home, value) for value in args]
        try:
            function(numbers, *given, **{name: plain(home, x) for name, x in named.items()})
        except ERRORS as error:
            raise Raised(type(error).__name__, str(error)) from None
        home.rewrite(array, home.recorder.constant(numbers, array.dtype))

    return write

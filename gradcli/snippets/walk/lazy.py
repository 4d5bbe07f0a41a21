"""What gives values one after another, when they are asked for, as `map` and `(… for …)` do."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from gradcli.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEEPEST = 500
"""Iterators that lie one within another: asking the outermost takes a call of C for each."""


class Lazy:
    """Values one after another, of a `kind` by which the language calls it.

    `sources` is what it goes over: other iterators, perhaps.
    """

    __slots__ = ("depth", "kind", "values")

    def __init__(self, kind: str, values: Iterator[Any], sources: tuple[Any, ...]) -> None:
        self.kind = kind
        self.values = values
        self.depth: int = 1 + max((s.depth for s in sources if isinstance(s, Lazy)), default=0)
        if self.depth > DEEPEST:
            raise LimitError(f"iterators lie more than {DEEPEST:,} deep in one another")

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self.values)


def lazy(kind: str, function: Callable[..., Iterator[Any]]) -> Callable[..., Lazy]:
    """A function whose result is gone over when it is asked for."""

    @wraps(function)
    def call(*args: Any, **named: Any) -> Lazy:
        return Lazy(kind, function(*args, **named), args)

    return call

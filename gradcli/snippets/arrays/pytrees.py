"""Structures of lists, tuples and dicts with arrays in them: taken apart, and put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.values import Named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def leaves(value: Any) -> list[Any]:
    """The leaves of a structure, from left to right; dicts by their sorted keys."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [leaf for key in ordered(value) for leaf in leaves(value[key])]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def ordered(value: dict[Any, Any]) -> list[Any]:
    """The keys of a dict in order."""
    try:
        return sorted(value)
    except TypeError:
        return list(value)


def rebuilt(like: Any, values: Iterator[Any]) -> Any:
    """The same structure with other leaves."""
    if like is None:
        return None
    if isinstance(like, dict):
        made = {key: rebuilt(like[key], values) for key in ordered(like)}
        return {key: made[key] for key in like}
    if isinstance(like, Named):
        return Named.of(like.label, like.names, [rebuilt(item, values) for item in like])
    if isinstance(like, (list, tuple)):
        items = [rebuilt(item, values) for item in like]
        return items if isinstance(like, list) else tuple(items)
    return next(values)


def mapped(function: Callable[..., Any], first: Any, *others: Any) -> Any:
    """The structure with what a function makes of its leaves, and of those of others like it."""
    columns = [leaves(tree) for tree in (first, *others)]
    return rebuilt(first, (function(*row) for row in zip(*columns, strict=False)))

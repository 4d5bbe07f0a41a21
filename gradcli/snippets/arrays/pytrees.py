"""Structures of lists, tuples and dicts with arrays in them: taken apart, and put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.limits import check_items, check_nested
from gradcli.snippets.values import Instance, Named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Stop = Callable[[Any], bool] | None


def leaves(value: Any, stop: Stop = None) -> list[Any]:
    """The leaves of a structure, from left to right; dicts by their sorted keys.

    What `stop` says is a leaf is one.
    """
    check_nested(value)
    return _leaves(value, stop)


def _leaves(value: Any, stop: Stop) -> list[Any]:
    if stop is not None and stop(value):
        return [value]
    if value is None:
        return []
    if isinstance(value, dict):
        parts: Sequence[Any] = [value[key] for key in ordered(value)]
    elif isinstance(value, (list, tuple)):
        parts = value
    elif isinstance(value, Instance) and value.of.parts is not None:
        parts = value.of.parts.taken(value)
    else:
        return [value]
    found = [leaf for part in parts for leaf in _leaves(part, stop)]
    check_items(len(found))
    return found


def ordered(value: dict[Any, Any]) -> list[Any]:
    """The keys of a dict in order."""
    try:
        return sorted(value)
    except TypeError:
        return list(value)


def rebuilt(like: Any, values: Iterator[Any], stop: Stop = None) -> Any:
    """The same structure with other leaves."""
    if stop is not None and stop(like):
        return next(values)
    if like is None:
        return None
    if isinstance(like, dict):
        made = {key: rebuilt(like[key], values, stop) for key in ordered(like)}
        return {key: made[key] for key in like}
    if isinstance(like, Named):
        parts = [rebuilt(item, values, stop) for item in like]
        return Named.of(like.label, like.names, parts)
    if isinstance(like, (list, tuple)):
        items = [rebuilt(item, values, stop) for item in like]
        return items if isinstance(like, list) else tuple(items)
    if isinstance(like, Instance) and like.of.parts is not None:
        items = [rebuilt(item, values, stop) for item in like.of.parts.taken(like)]
        return like.of.parts.made(like, items)
    return next(values)


def mapped(function: Callable[..., Any], first: Any, *others: Any, stop: Stop = None) -> Any:
    """The structure with what a function makes of its leaves, and of those of others like it."""
    columns = [leaves(tree, stop) for tree in (first, *others)]
    return rebuilt(first, (function(*row) for row in zip(*columns, strict=False)), stop)


def upto(like: Any, value: Any, stop: Stop = None) -> list[Any] | None:
    """What stands in a structure where another has its leaves; None where they differ before."""
    if stop is not None and stop(like):
        return [value]
    if like is None:
        return [] if value is None else None
    pairs = together(like, value)
    if pairs is None:
        return [value] if not isinstance(like, (dict, list, tuple)) else None
    found: list[Any] = []
    for pair in pairs:
        inner = upto(*pair, stop)
        if inner is None:
            return None
        found += inner
    return found


def together(like: Any, value: Any) -> list[tuple[Any, Any]] | None:
    """The parts of two structures of a kind, side by side; None where they have not the same."""
    if isinstance(like, dict):
        same = isinstance(value, dict) and value.keys() == like.keys()
        return [(like[key], value[key]) for key in ordered(like)] if same else None
    if isinstance(like, (list, tuple)):
        same = type(value) is type(like) and len(value) == len(like)
        return list(zip(like, value, strict=True)) if same else None
    if isinstance(like, Instance) and like.of.parts is not None:
        parts = [own.of.parts.taken(own) for own in (like, value) if isinstance(own, Instance)]
        same = len(parts) == 2 and len(parts[0]) == len(parts[1])
        return list(zip(*parts, strict=True)) if same else None
    return None


def shown(value: Any) -> str:
    """A structure as JAX shows it: `[*, {'a': *}]`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {shown(value[k])}" for k in ordered(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, Named):
        inner = ", ".join(map(shown, value))
        return f"CustomNode(namedtuple[{value.label}], [{inner}])"
    if isinstance(value, tuple):
        inner = ", ".join(map(shown, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, Instance) and value.of.parts is not None:
        parts, kept = value.of.parts.taken(value), value.of.parts.kept(value)
        return f"CustomNode({value.of.name}[{kept}], [{', '.join(map(shown, parts))}])"
    return "None" if value is None else "*"

"""`jax.tree_util`: the leaves of a structure with the paths that lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.pytrees import leaves, ordered, rebuilt
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.jax.trees import Structure, stopping
from gradcli.snippets.values import Instance, Kind, Named, Native, Object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Path = tuple["Key", ...]

FIELDS = {"DictKey": "key", "SequenceKey": "idx", "GetAttrKey": "name", "FlattenedIndexKey": "key"}
"""The kinds of keys, and what each calls its value."""


class Key(Object):
    """One step of a path."""

    kind = "Key"
    open = True

    def __init__(self, label: str, value: Any) -> None:
        self.label = label
        self.own = value

    def lookup(self, name: str) -> Any:
        """What stands behind its dot."""
        if name != FIELDS[self.label]:
            text = f"'{self.label}' object has no attribute '{name}'"
            raise Raised("AttributeError", text)
        return self.own

    @property
    def key(self) -> tuple[str, Any]:
        """By what two of them are compared."""
        return self.label, self.own

    def show(self) -> str:
        """How a session shows it."""
        return f"{self.label}({FIELDS[self.label]}={self.own!r})"

    def text(self) -> str:
        """How it is printed: as it is written behind a structure."""
        return f".{self.own}" if self.label == "GetAttrKey" else f"[{self.own!r}]"


def steps(value: Any) -> list[tuple[Key, Any]] | None:
    """The parts of a structure with the keys that lead to them; None for a leaf."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [(Key("DictKey", key), value[key]) for key in ordered(value)]
    if isinstance(value, Named):
        return [(Key("GetAttrKey", name), x) for name, x in zip(value.names, value, strict=True)]
    if isinstance(value, (list, tuple)):
        return [(Key("SequenceKey", i), x) for i, x in enumerate(value)]
    if isinstance(value, Instance) and value.of.parts is not None:
        parts = value.of.parts.taken(value)
        return [(Key("FlattenedIndexKey", i), x) for i, x in enumerate(parts)]
    return None


def with_paths(value: Any, stop: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The leaves of a structure, each behind its path."""
    parts = None if stop is not None and stop(value) else steps(value)
    if parts is None:
        yield path, value
        return
    for key, part in parts:
        yield from with_paths(part, stop, (*path, key))


def keystr(keys: Path, *, simple: bool = False, separator: str = "") -> str:
    """A path as a text."""
    return separator.join(str(key.own) if simple else key.text() for key in keys)


def paths(home: Any) -> dict[str, Any]:
    """The functions, and the kinds of keys, by their paths."""
    call = home.machine.call

    def listed(tree: Any, is_leaf: Any = None) -> list[tuple[Path, Any]]:
        return list(with_paths(tree, stopping(home, is_leaf)))

    def over(f: Any, tree: Any, *rest: Any, is_leaf: Any = None) -> Any:
        stop = stopping(home, is_leaf)
        columns = [leaves(other, stop) for other in rest]
        rows = zip(with_paths(tree, stop), *columns, strict=True)
        made = (call(f, [path, leaf, *others]) for (path, leaf), *others in rows)
        return home.structure(rebuilt(tree, made, stop))

    def transposed(
        outer_treedef: Structure, inner_treedef: Structure, pytree_to_transpose: Any
    ) -> Any:
        count = len(leaves(inner_treedef.like))
        flat = leaves(pytree_to_transpose)
        rows = [flat[i : i + count] for i in range(0, len(flat), count)]
        columns = [rebuilt(outer_treedef.like, iter(c)) for c in zip(*rows, strict=True)]
        return home.structure(rebuilt(inner_treedef.like, iter(columns)))

    def partial(func: Any, *args: Any, **named: Any) -> Native:
        return Native("Partial", lambda *more, **new: call(func, [*args, *more], {**named, **new}))

    rows: dict[str, Callable[..., Any]] = {
        "leaves_with_path": listed,
        "flatten_with_path": lambda tree, is_leaf=None: (listed(tree, is_leaf), Structure(tree)),
        "map_with_path": over,
    }
    table: dict[str, Any] = {
        f"{lead}{name}": row for lead in ("tree.", "tree_util.tree_") for name, row in rows.items()
    }
    table |= {
        "tree_util.keystr": keystr,
        "tree_util.all_leaves": lambda iterable: all(steps(x) is None for x in iterable),
        "tree_util.tree_transpose": transposed,
        "tree.transpose": transposed,
        "tree_util.Partial": partial,
    }
    return table


def kinds() -> dict[str, Kind]:
    """The kinds of keys."""

    def kind(name: str) -> Kind:
        return Kind(
            name, lambda value: Key(name, value), lambda v: isinstance(v, Key) and v.label == name
        )

    return {f"tree_util.{name}": kind(name) for name in FIELDS}

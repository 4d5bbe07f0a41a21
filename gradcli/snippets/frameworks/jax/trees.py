"""`jax.tree`: functions of structures of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.pytrees import leaves, mapped, rebuilt
from gradcli.snippets.values import Array, Native, Object

if TYPE_CHECKING:
    from collections.abc import Callable


def ravelled(home: Any, value: Any) -> Any:
    """A structure as one row, and the function that makes it of a row again."""
    arrays = [home.asarray(leaf) for leaf in leaves(value)]
    reshape = home.member(("numpy", "reshape"))
    rows = [home.machine.call(reshape, [a, (a.node.size,)]) for a in arrays]
    row = home.machine.call(home.member(("numpy", "concatenate")), [rows])

    def parts(flat: Array) -> Any:
        start, made = 0, []
        for array in arrays:
            part = home.item(flat, slice(start, start + array.node.size))
            made.append(home.machine.call(reshape, [part, array.shape]))
            start += array.node.size
        return rebuilt(value, iter(made))

    return row, Native("unravel", parts)


def trees(home: Any) -> dict[str, Callable[..., Any]]:
    """`jax.tree.map` and its like."""

    def over(function: Any, first: Any, *others: Any, is_leaf: Any = None) -> Any:
        del is_leaf
        made = mapped(lambda *row: home.machine.call(function, row), first, *others)
        return home.structure(made)

    def flat(value: Any) -> Any:
        return leaves(value), Structure(value)

    def reduced(function: Any, value: Any, *start: Any) -> Any:
        items = [*start, *leaves(value)]
        total = items[0]
        for item in items[1:]:
            total = home.machine.call(function, [total, item])
        return total

    return {
        "map": over,
        "leaves": leaves,
        "flatten": flat,
        "unflatten": lambda structure, values: home.structure(
            rebuilt(structure.like, iter(values))
        ),
        "structure": Structure,
        "reduce": reduced,
        "all": lambda value: all(home.machine.truth(leaf) for leaf in leaves(value)),
    }


class Structure(Object):
    """The structure of a tree."""

    kind = "PyTreeDef"

    def __init__(self, like: Any) -> None:
        self.like = like

    @property
    def key(self) -> str:
        """By what two of them are compared."""
        return self.show()

    def show(self) -> str:
        """How it is shown."""
        return f"PyTreeDef({_shown(self.like)})"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {_shown(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, tuple):
        inner = ", ".join(map(_shown, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return "None" if value is None else "*"

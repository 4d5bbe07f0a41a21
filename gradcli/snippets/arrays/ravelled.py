"""Structures of arrays as one row of numbers, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.pytrees import leaves, rebuilt
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from gradcli.snippets.values import Array


def ravelled(home: Any, value: Any, *path: str) -> Any:
    """A structure as one row, and the function that makes it of a row again.

    `path` is where the framework has its `reshape` and `concatenate`.
    """
    arrays = [home.asarray(leaf) for leaf in leaves(value)]
    reshape = home.member((*path, "reshape"))
    rows = [home.machine.call(reshape, [a, (a.node.size,)]) for a in arrays]
    row = home.machine.call(home.member((*path, "concatenate")), [rows])

    def parts(flat: Array) -> Any:
        start, made = 0, []
        for array in arrays:
            part = home.item(flat, slice(start, start + array.node.size))
            made.append(home.machine.call(reshape, [part, array.shape]))
            start += array.node.size
        return home.structure(rebuilt(value, iter(made)))

    return row, Native("unravel", parts)

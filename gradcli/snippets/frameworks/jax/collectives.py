"""Functions of `jax.lax` over an axis that `vmap` names: sums, and all rows together."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

from gradcli.ir.node import ancestors
from gradcli.snippets.arrays.pytrees import mapped
from gradcli.snippets.errors import Raised, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.snippets.arrays.rows import Rows
    from gradcli.snippets.values import Array

OVER = {"psum": "sum", "pmax": "max", "pmin": "min"}
"""What they are, of `jax.numpy`."""


def collectives(home: Any) -> dict[str, Callable[..., Any]]:
    """The functions by their paths."""
    of = Collectives(home)
    return {
        **{name: partial(of.reduced, name) for name in OVER},
        "pmean": of.mean,
        "all_gather": of.all_gather,
        "axis_index": of.axis_index,
        "axis_size": lambda axis_name: of.rows(axis_name).count,
    }


class Collectives:
    """The functions, of the maps that are walked."""

    def __init__(self, home: Any) -> None:
        self.home = home

    def rows(self, name: Any) -> Rows:
        """The map whose axis has a name."""
        for rows in reversed(self.home.mapping):
            if rows.axis_name == name:
                found: Rows = rows
                return found
        text = f"unbound axis name: {name}"
        raise Raised("NameError", text, help=f"jax.vmap(f, axis_name={name!r}) binds it")

    def depth(self, name: Any) -> int:
        """How many maps there are around that whose axis has a name."""
        depth: int = self.home.mapping.index(self.rows(name))
        return depth

    def gathered(self, leaf: Any, rows: Rows) -> Array:
        """A value of all rows, stacked."""
        array = self.home.asarray(leaf)
        within = self.home.mapping[self.home.mapping.index(rows) + 1 :]
        if not all(self.is_same(array, own) for own in within):
            raise Refusal("a sum, or the like, over an axis with another one within")
        if self.is_same(array, rows):
            stacked: Array = self.home.stacked([array] * rows.count)
            return stacked
        return rows.batched([array], rows.marks)[0]

    def is_same(self, array: Array, rows: Rows) -> bool:
        """Whether a value is one for all rows."""
        return rows.marks.keys().isdisjoint(ancestors([array.node]))

    def reduced(self, name: str, x: Any, axis_name: Any, **named: Any) -> Any:
        """The sum of all rows, or what else is made of them."""
        if named:
            raise Refusal(f"lax.{name} of a part of an axis")
        if isinstance(axis_name, (tuple, list)):
            for own in sorted(axis_name, key=self.depth, reverse=True):
                x = self.reduced(name, x, own)
            return x
        home, rows = self.home, self.rows(axis_name)
        function = home.member(("numpy", OVER[name]))

        def one(leaf: Any) -> Any:
            array = home.asarray(leaf)
            if self.is_same(array, rows):
                return home.operator("*", array, rows.count) if name == "psum" else array
            return home.machine.call(function, [self.gathered(array, rows), 0])

        return mapped(one, x)

    def mean(self, x: Any, axis_name: Any, **named: Any) -> Any:
        """The mean of all rows."""
        names = axis_name if isinstance(axis_name, (tuple, list)) else [axis_name]
        count = prod(self.rows(name).count for name in names)
        total = self.reduced("psum", x, axis_name, **named)
        return mapped(lambda leaf: self.home.operator("/", leaf, count), total)

    def all_gather(self, x: Any, axis_name: Any, **named: Any) -> Any:
        """All rows."""
        if named:
            raise Refusal("lax.all_gather along another axis than the first")
        rows = self.rows(axis_name)
        return mapped(lambda leaf: self.gathered(leaf, rows), x)

    def axis_index(self, axis_name: Any) -> Array:
        """The number of the row."""
        rows = self.rows(axis_name)
        if rows is not self.home.mapping[-1]:
            raise Refusal("the number of a row with another map within")
        return rows.number

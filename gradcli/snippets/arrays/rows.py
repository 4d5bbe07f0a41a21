"""Functions of rows: computed for all of them at once where no row decides its course."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import BatchError
from gradcli.ir.node import Node, ancestors
from gradcli.passes import modes
from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.arrays.pytrees import leaves, mapped, rebuilt
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Sequence


class Column:
    """An argument of a map: an array, rows first, if it is mapped; any value if it is not."""

    __slots__ = ("mapped", "value")

    def __init__(self, value: Any, *, mapped: bool) -> None:
        self.value = value
        self.mapped = mapped


class Rows:
    """A function of rows: computed for all of them at once where none decides its course."""

    def __init__(
        self, home: Any, function: Any, columns: Any, named: Any, axis_name: Any = None
    ) -> None:
        self.home = home
        self.function = function
        self.columns = columns
        self.named = named
        mapped_ = [c.value for c in leaves([columns, list(named.values())]) if c.mapped]
        lengths = {array.shape[0] for array in mapped_}
        if not lengths:
            raise Raised("ValueError", "vmap must have at least one mapped argument")
        if len(lengths) > 1:
            text = f"vmap got inconsistent sizes for array axes to be mapped: {sorted(lengths)}"
            raise Raised("ValueError", text)
        self.count = lengths.pop()
        self.axis_name = axis_name
        self.first: Any = None
        self.marks: dict[Node, Node] = {}
        self.given: list[tuple[Array, Array]] = []

    def value(self) -> Any:
        """The values of all rows, stacked."""
        home = self.home
        machine = home.machine
        said: list[str] = []
        write, tell = machine.write, machine.write_always
        machine.write_always = said.append
        try:
            self.first, looked = self.watched()
        finally:
            machine.write_always = tell
        if self.marks.keys().isdisjoint(ancestors(looked)):
            outs = [home.asarray(leaf) for leaf in leaves(self.first)]
            try:
                made = rebuilt(self.first, iter(self.batched(outs, self.marks)))
                self.pass_writes_on()
            except BatchError:
                pass
            else:
                for text in said:
                    tell(text)
                return made
        rows, all_said = [], []
        machine.write = lambda _text: None
        try:
            for i in range(self.count):
                machine.write_always = (said := []).append
                all_said.append(said)
                rows.append(self.row(i, None))
        finally:
            machine.write, machine.write_always = write, tell
        for text in in_turn(all_said):
            tell(text)
        return mapped(lambda *parts: home.stacked([home.asarray(p) for p in parts]), *rows)

    def watched(self) -> tuple[Any, list[Node]]:
        """What the first row gives, and the nodes whose values were looked at for it."""
        home = self.home
        looked = len(home.recorder.looked)
        home.recorder.watching += 1
        home.machine.depth_of_tracing += 1
        home.mapping.append(self)
        try:
            first = self.row(0, self.marks)
        finally:
            home.mapping.pop()
            home.recorder.watching -= 1
            home.machine.depth_of_tracing -= 1
        return first, home.recorder.looked[looked:] + home.recorder.lowering.decisions

    @property
    def number(self) -> Array:
        """The number of the row that is walked."""
        numbers = self.home.constant(np.arange(self.count), self.home.whole)
        row = self.home.recorder.mark(numbers.node[0])
        self.marks[row] = numbers.node
        made: Array = self.home.wrap(row, numbers.dtype, [numbers])
        return made

    def unmapped(self, leaf: Any) -> Any:
        """A part of the result of the first row that is the same for all."""
        if isinstance(leaf, Array) and not self.marks.keys().isdisjoint(ancestors([leaf.node])):
            text = "vmap has mapped output but out_axes is None"
            raise Raised("ValueError", text, help="out_axes=0 stacks the results")
        return leaf

    def pass_writes_on(self) -> None:
        """What was written to the rows of an argument is written to all of it."""
        for row, array in self.given:
            if self.home.is_written(row):
                self.home.write(array, self.batched([row], self.marks)[0].node)

    def batched(self, outs: Sequence[Array], marks: dict[Node, Node]) -> list[Array]:
        """The results for all rows, from the graph of one."""
        home = self.home
        made = []
        for y in outs:
            home.recorder.use(y.dtype if is_float(y.dtype) else home.default)
            (node,) = modes.batch([y.node], marks)
            made.append(home.batched(node, y))
        return made

    def row(self, index: int, marks: dict[Node, Node] | None) -> Any:
        """The function of one row; its arrays get nodes of their own, which `marks` maps to all."""
        home = self.home

        def part(column: Column) -> Any:
            if not column.mapped:
                return column.value
            array = column.value
            home.recorder.use(array.dtype)
            row = array.node[index]
            if marks is not None:
                row = home.recorder.mark(row)
                marks[row] = array.node
            made: Array = home.wrap(row, array.dtype, [array])
            if marks is not None:
                self.given.append((made, array))
            return made

        args = [mapped(part, column) for column in self.columns]
        named = {name: mapped(part, column) for name, column in self.named.items()}
        return home.machine.call(self.function, args, named)


def in_turn(texts: Sequence[Sequence[str]]) -> list[str]:
    """What rows say: each of the texts by all of them, if they say as many."""
    if len({len(said) for said in texts}) > 1:
        return [text for said in texts for text in said]
    return [text for together in zip(*texts, strict=True) for text in together]

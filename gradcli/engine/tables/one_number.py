"""What to say of `mean(S)` in `map`, where S is one number in each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import Notice, Span
from gradcli.lower.trees import walked
from gradcli.ops import catalog
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gradcli.engine.program import Text
    from gradcli.ir.node import Node

_OF_MANY = ("sums, means, extremes", "statistics")
"""Families of functions that make one number of many."""


def of_one_number(
    text: Text, columns: Collection[str], inputs: Mapping[str, Node]
) -> Iterator[Notice]:
    """The warnings of calls that would make one number of a column, and are of one number."""
    for node in walked(text.tree.block):
        if not isinstance(node, tree.Call):
            continue
        function, column = _call(node)
        record = catalog.find(function)
        if column in columns and not inputs[column].ndim and record and record.family in _OF_MANY:
            yield Notice(
                f"{column} is one number in each row, and {record.name} is of that one alone",
                span=Span(text.source, node.start, node.end),
                help="of the whole column: "
                f"gradcli eval '{record.name}({column})' --{column} @FILE:{column}",
            )


def _call(node: tree.Call) -> tuple[str, str]:
    """The names in `mean(S)`, `np.mean(S)`, `S.mean()`; empty ones for any other call."""
    function = node.function
    operands: list[tree.Tree] = [argument.value for argument in node.arguments]
    if isinstance(function, tree.Attribute):
        of = function.value
        if not (isinstance(of, tree.Name) and of.id in catalog.PREFIXES):
            operands.insert(0, of)
    elif not isinstance(function, tree.Name):
        return "", ""
    operand = operands[0] if len(operands) == 1 else None
    return function.id, operand.id if isinstance(operand, tree.Name) else ""

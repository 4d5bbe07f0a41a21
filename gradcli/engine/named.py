"""The nodes that names of a program stand for at the end of its run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import InputError
from gradcli.lower.values import describe, leaves
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node


def nodes_of(run: Run, name: str) -> list[Node]:
    """The nodes that a name stands for; several for a tuple."""
    value = run.scope.get(name)
    nodes = leaves(value)
    if nodes and not any(node.is_bool for node in nodes):
        return nodes
    if name in run.scope:
        what = "true or false" if nodes else describe(value)
        raise InputError(f"{name} is {what} and has no gradient")
    near = nearest(name, run.scope)
    listed = f"it has {', '.join(run.scope)}"
    raise InputError(
        f"the program gives no value to '{name}'",
        help=f"did you mean '{near}'? {listed}" if near else listed,
    )


def node_of(run: Run, name: str) -> Node:
    """The one node of a name to differentiate by."""
    nodes = nodes_of(run, name)
    if len(nodes) != 1 or isinstance(run.scope[name], tuple):
        raise InputError(f"{name} is a tuple: differentiate by its parts")
    return nodes[0]

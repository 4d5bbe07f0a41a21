"""Nodes that compute nothing: a value under a name, and a value that is not differentiated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.ir.function import function
from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Elementwise

if TYPE_CHECKING:
    from gradcli.ir.function import Array

NAME = Elementwise(
    "name",
    lambda x, _unique: x,
    1,
    notation=("{0}", 10),
    keeps_bool=True,
    analytic=True,
    identity=True,
)
"""The value that a name stands for: a node of its own, so that a gradient can be asked for it."""


def named(x: Node, unique: int) -> Node:
    """A new node for the value x under a name."""
    return x.graph.node(NAME, (x,), (unique,), x.shape, x.dtype)


STOP = Elementwise("stop_gradient", lambda x: x, 0, keeps_bool=True, flat=True, identity=True)


@function(example="stop_gradient(2)", aliases="detach")
def stop_gradient(x: Array) -> Node:
    """x, through which nothing is differentiated."""
    return STOP(x)


WORDS.update({"name": named})

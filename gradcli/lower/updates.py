"""`x.at[i].set(y)`: a new array, some of whose elements are replaced, as JAX writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcli.errors import ProgramTypeError, Span
from gradcli.ir.node import WORDS, Node
from gradcli.lower.arguments import array
from gradcli.lower.signatures import Signature
from gradcli.lower.values import describe, how_to_call
from gradcli.lower.words import UPDATES
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.lower.signatures import Argument
    from gradcli.lower.values import Elements, Value
    from gradcli.lower.walk import Walk

_SCATTERED = frozenset({"set", "add", "sub", "max", "min"})
"""Updates for which an element may be named several times."""


def updated(
    walk: Walk, node: tree.Call, elements: Elements, arguments: Sequence[Argument]
) -> Value:
    """The array with its elements updated, or for `get` the elements."""
    span, name, x = walk.span(node), node.function, elements.array
    if not isinstance(name, tree.Attribute) or elements.key is None or name.id not in UPDATES:
        message = f"{describe(elements)} cannot be called"
        raise ProgramTypeError(message, span=span, help=how_to_call(elements))
    here = walk.within(span, lambda: WORDS["index"](x, *(elements.key or ())))
    if name.id == "get":
        Signature.of("x.at[i].get", "").match(arguments, span)
        return here
    (values,) = Signature.of(f"x.at[i].{name.id}", "values").ordered(arguments, span)
    y = array(walk, values)
    return walk.within(span, lambda: _scattered(walk, UPDATES[name.id], elements, here, y, span))


def _scattered(
    walk: Walk, word: str, elements: Elements, here: Node, values: Node, span: Span
) -> Node:
    """The array with values worked into the elements that are `here` by one of the updates."""
    x = elements.array
    numbers = np.arange(x.size).reshape(x.shape)[elements.key]
    walk.graph.span = span
    if word not in _SCATTERED:
        if np.unique(numbers).size < numbers.size:
            raise ProgramTypeError("an element is named twice", help="multiply in several steps")
        word, values = "set", WORDS[word](here, values)
    reshape, spread, scatter = map(walk.library.find, ("reshape", "broadcast_to", "scatter"))
    assert reshape is not None
    assert spread is not None
    assert scatter is not None
    row, flat = reshape(x, (x.size,)), reshape(spread(values, numbers.shape), (numbers.size,))
    result: Node = reshape(scatter(row, 0, numbers.ravel(), flat, word), x.shape)
    return result

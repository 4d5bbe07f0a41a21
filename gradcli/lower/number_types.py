"""Types of numbers that calls name: there is one type here, so most of them have no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError
from gradcli.ir.node import Node
from gradcli.lower.arguments import plain
from gradcli.lower.trees import bare_type
from gradcli.lower.words import kind_of_type

if TYPE_CHECKING:
    from gradcli.lower.signatures import Argument
    from gradcli.lower.walk import Walk


def refuse_to_cut(
    walk: Walk, name: str, argument: Argument, bound: dict[str, Any], result: Any
) -> None:
    """Refuses a type that would make other numbers of a function's arrays or of its result.

    There is one type of numbers here, so `dtype=int` has no effect where all are whole anyway.
    """
    type_ = str(bare_type(argument.name, argument.tree) or plain(walk, [argument]))
    kind = kind_of_type(type_)
    numbers = (result, *_used(result, bound))
    if kind in ("", "f") or all(_is_of_kind(walk, x, kind) for x in numbers):
        return
    raise ProgramTypeError(
        f"{name} does not turn numbers into {type_}",
        span=argument.span,
        help="leave the type out; round(x), trunc(x) and x != 0 are functions of their own",
    )


def _used(result: Any, bound: dict[str, Any]) -> list[Node]:
    """The arrays of a call that its result is made of, and not of their shapes alone."""
    arrays = {x for x in bound.values() if isinstance(x, Node)}
    stack, seen = [result] if isinstance(result, Node) else [], set[Node]()
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack.extend(() if node in arrays else node.inputs)
    return [x for x in arrays if x in seen]


def _is_of_kind(walk: Walk, value: Any, kind: str) -> bool:
    """Whether all numbers of a value are whole, or truth values."""
    if isinstance(value, (tuple, list)):
        return all(_is_of_kind(walk, part, kind) for part in value)
    numbers = walk.ask(value) if isinstance(value, Node) else value
    if kind == "b":
        return bool(np.all((numbers == 0) | (numbers == 1)))
    return bool(np.all(numbers == np.trunc(numbers)))

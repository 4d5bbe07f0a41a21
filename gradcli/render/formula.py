"""A node as a formula in the language itself, with as few brackets as its operators allow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.record import CONSTANT, INPUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.ir.node import Node

    Notations = Mapping[str, tuple[str, int]]

ATOM = 10
"""The binding strength of what never needs brackets: names, numbers, calls."""

_SLOT = re.compile(r"\{(\d)(?::(\d+))?\}")


def formula(node: Node, notations: Notations) -> str:
    """The text of a node; operands that occur more than once are written each time.

    `notations` holds template and binding strength by the name of an operation.
    """
    done: dict[Node, tuple[str, int]] = {}
    stack = [node]
    while stack:
        top = stack[-1]
        missing = [x for x in top.inputs if x not in done]
        if missing:
            stack += missing
            continue
        stack.pop()
        done[top] = _written(top, done, notations)
    return done[node][0]


def _written(
    node: Node, done: dict[Node, tuple[str, int]], notations: Notations
) -> tuple[str, int]:
    """The text of a node from those of its inputs, and how strongly it binds."""
    if node.op is INPUT:
        return str(node.attrs[0]), ATOM
    if node.op is CONSTANT:
        return _constant(node.attrs[0])
    notation = notations.get(node.op.name)
    if notation is None:
        inside = ", ".join([done[x][0] for x in node.inputs] + [str(a) for a in node.attrs])
        return f"{node.op.name}({inside})", ATOM
    template, strength = notation
    if len(node.inputs) == 1 and template == "{0}":
        return done[node.inputs[0]]

    def operand(match: re.Match[str]) -> str:
        text, own = done[node.inputs[int(match[1])]]
        return f"({text})" if own < int(match[2] or 0) else text

    return _SLOT.sub(operand, template), strength


def _constant(value: Any) -> tuple[str, int]:
    if np.ndim(value):
        return str(np.asarray(value).tolist()), ATOM
    number = float(value)
    text = repr(number).removesuffix(".0")
    return text, ATOM if number >= 0 else 7

"""A node as a formula in the language itself, with as few brackets as its operators allow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.record import CONSTANT, INPUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.ir.node import Node

    Term = tuple[str, int]

ATOM = 10
"""The binding strength of what never needs brackets: names, numbers, calls."""

_SLOT = re.compile(r"\{(\d)(?::(\d+))?\}")


def formula(node: Node, names: Mapping[Node, str] | None = None) -> str:
    """The text of a node; operands that occur more than once are written each time.

    Nodes that have `names` are written as these.
    """
    names = names or {}
    done: dict[Node, Term] = {}
    stack = [node]
    while stack:
        top = stack[-1]
        if top in names:
            done[stack.pop()] = names[top], ATOM
            continue
        missing = [x for x in top.inputs if x not in done]
        if missing:
            stack += missing
            continue
        stack.pop()
        done[top] = _written(top, done)
    return done[node][0]


def _written(node: Node, done: dict[Node, Term]) -> Term:
    """The text of a node from those of its inputs, and how strongly it binds."""
    if node.op is INPUT:
        return str(node.attrs[0]), ATOM
    if node.op is CONSTANT:
        return constant(node.attrs[0])
    return applied(node, [done[x] for x in node.inputs])


def applied(node: Node, operands: list[Term]) -> Term:
    """The operation of a node on operands, as its record says that it is written."""
    notation = node.op.notation or node.op.notes(node)
    if notation is None:
        inside = ", ".join([text for text, _ in operands] + [str(a) for a in node.attrs])
        return f"{node.op.name}({inside})", ATOM
    template, strength = notation
    if template == "{0}":
        return operands[0]

    def operand(match: re.Match[str]) -> str:
        text, own = operands[int(match[1])]
        return f"({text})" if own < int(match[2] or 0) else text

    return _SLOT.sub(operand, template), strength


def constant(value: Any) -> Term:
    """A number, or an array of them, and how strongly it binds."""
    if np.ndim(value):
        return str(np.asarray(value).tolist()), ATOM
    number = float(value)
    text = repr(number).removesuffix(".0")
    return text, 7 if number < 0 else ATOM

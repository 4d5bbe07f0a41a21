"""A node as a formula in the language itself, with as few brackets as its operators allow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.record import CONSTANT, INPUT
from gradcli.ir.written import NEGATED

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
    return _negated(node, done) or applied(node, [done[x] for x in node.inputs])


def _negated(node: Node, done: dict[Node, Term]) -> Term | None:
    """`x > 0` for `not x <= 0`; None of what negates no comparison, or one with a name."""
    if node.op.notation is None or not node.op.notation[0].startswith("not {0"):
        return None
    (compared,) = node.inputs
    template, strength = compared.op.notation or ("", ATOM)
    left, sign, right = (*template.split(), "", "", "")[:3]
    if sign not in NEGATED or not done.keys() >= {*compared.inputs}:
        return None
    operands = [done[x] for x in compared.inputs]
    return _filled(f"{left} {NEGATED[sign]} {right}", operands), strength


def applied(node: Node, operands: list[Term]) -> Term:
    """The operation of a node on operands, as its record says that it is written."""
    notation = node.op.notation or node.op.notes(node)
    if notation is None:
        inside = ", ".join([text for text, _ in operands] + [str(a) for a in node.attrs])
        return f"{node.op.name}({inside})", ATOM
    template, strength = notation
    if template == "{0}":
        return operands[0]

    return _filled(template, operands), strength


def _filled(template: str, operands: list[Term]) -> str:
    """A notation with operands in their places, in brackets where they bind less."""

    def operand(match: re.Match[str]) -> str:
        text, own = operands[int(match[1])]
        return f"({text})" if own < int(match[2] or 0) else text

    return _SLOT.sub(operand, template)


def constant(value: Any) -> Term:
    """A number, or an array of them, and how strongly it binds."""
    if np.ndim(value):
        return str(np.asarray(value).tolist()), ATOM
    number = float(value)
    text = repr(number).removesuffix(".0")
    return text, 7 if number < 0 else ATOM

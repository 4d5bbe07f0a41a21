"""A node as a formula as it was entered: each operation as its record writes it, none applied."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import Node, ancestors
from gradcli.ir.record import CONSTANT, INPUT
from gradcli.ir.written import flat
from gradcli.passes.simplify.identities import CONSTANTS
from gradcli.passes.simplify.written import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.written import Written
    from gradcli.passes.simplify.written import Tree

_KINDS = {"+": "sum", "*": "product", "/": "quotient", "^": "power"}


def entered(node: Node, evaluate: Callable[[Node], Any]) -> Written:
    """The formula of a node, a number; operands that occur more than once are written each time.

    `evaluate` gives the values of arrays that depend on no input.
    """
    done: dict[Node, Written] = {}
    for each in ancestors([node]):
        if not each.shape and any(x.shape for x in each.inputs):
            done[each] = number(evaluate(each))
        elif not each.shape:
            done[each] = _written(each, [done[x] for x in each.inputs])
    return done[node]


def _written(node: Node, operands: list[Written]) -> Written:
    op = node.op
    if op is INPUT:
        return ("name", str(node.attrs[0]))
    if op is CONSTANT:
        return number(node.attrs[0])
    if op.notation is not None:
        written = filled(read(op.notation[0]), operands)
        is_exponential = written[:2] == ("power", number(math.e))
        return ("call", "exp", written[2]) if is_exponential else written
    return ("call", op.name, *operands)


def number(value: Any) -> Written:
    """A number, by its name if it has one."""
    if np.asarray(value).dtype.kind == "b":
        return ("name", "true" if value else "false")
    rounded = float(value)
    if rounded in CONSTANTS:
        return filled(read(CONSTANTS[rounded]), ())
    if not np.isfinite(rounded):
        return ("name", str(rounded))
    exact = Fraction(repr(rounded))
    return ("minus", ("number", -exact)) if exact < 0 else ("number", exact)


def numbers_first(product: Written) -> Written:
    """A product as people write it, `2*x`."""
    return (product[0], *sorted(product[1:], key=lambda factor: factor[0] != "number"))


def filled(tree: Tree, operands: Sequence[Written]) -> Written:
    """What a formula as records write it says of operands."""
    kind, *parts = tree
    match kind:
        case "slot":
            return operands[parts[0]]
        case "number":
            return ("number", Fraction(parts[0]))
        case "name":
            return tree
        case "call":
            return ("call", parts[0], *(filled(part, operands) for part in parts[1:]))
    values = [filled(part, operands) for part in parts]
    if kind == "neg":
        return ("minus", values[0])
    if kind == "-":
        return flat("sum", [values[0], ("minus", values[1])])
    if kind == "*":
        return numbers_first(flat("product", values))
    if kind == "+":
        return flat("sum", values)
    return (_KINDS[kind], *values) if kind in _KINDS else ("operator", kind, *values)

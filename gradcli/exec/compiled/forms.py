"""Nodes as scalar code, by the forms of their records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.exec.compiled.machine import symbol
from gradcli.ir.record import CONSTANT
from gradcli.ir.scalar import Code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.node import Node
    from gradcli.ir.scalar import Scalar


def has_form(node: Node, lanes: int) -> bool:
    """Whether there is a scalar form of a node on operands such as its own."""
    code = Code()
    try:
        applied(code, node, [code.operand(i, x.dtype) for i, x in enumerate(node.inputs)])
        check(code, lanes)
    except (TypeError, AttributeError):
        return False
    return True


def applied(code: Code, node: Node, operands: Sequence[Scalar]) -> Scalar:
    """The scalar that a node stands for; its form sees constants as what they are."""
    values = [
        x.attrs[0] if x.op is CONSTANT and not x.shape else scalar
        for x, scalar in zip(node.inputs, operands, strict=True)
    ]
    return code.traced(node.op, values, node.attrs, node.dtype)


def check(code: Code, lanes: int) -> None:
    """Refuses functions that the library does not have."""
    for instruction in code.instructions:
        if instruction.op == "call":
            symbol(instruction.data, instruction.dtype, len(instruction.sources), lanes)

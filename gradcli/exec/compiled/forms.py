"""Nodes as scalar code, by the forms of their records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.exec.compiled.machine import symbol
from gradcli.ir.elements import applied
from gradcli.ir.scalar import Code

if TYPE_CHECKING:
    from gradcli.ir.node import Node


def has_form(node: Node, lanes: int) -> bool:
    """Whether there is a scalar form of a node on operands such as its own."""
    code = Code()
    try:
        applied(code, node, [code.operand(i, x.dtype) for i, x in enumerate(node.inputs)])
        check(code, lanes)
    except (TypeError, AttributeError):
        return False
    return True


def check(code: Code, lanes: int) -> None:
    """Refuses functions that the library does not have."""
    for instruction in code.instructions:
        if instruction.op == "call":
            symbol(instruction.data, instruction.dtype, len(instruction.sources), lanes)

"""Nodes as scalar code, by the forms of their records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.exec.compiled.loops import DEAR
from gradcli.exec.compiled.machine import symbol
from gradcli.exec.traits import put_by, taken_by, term_of
from gradcli.ir.elements import applied
from gradcli.ir.scalar import Code

if TYPE_CHECKING:
    from gradcli.ir.node import Node


CALL, SCAN, DIVISION = 32, 16, 8
"""Simple instructions that take about as long as a call of the library, a step of a scan, and a
division."""

INDEXED = 4
"""The same for an element that is taken or put by an index."""

_DEARER = {"call": CALL, "unless": CALL, "scan": SCAN}


def has_form(node: Node, lanes: int) -> bool:
    """Whether there is a scalar form of a node on operands such as its own."""
    try:
        check(_traced(node), lanes)
    except (TypeError, AttributeError):
        return False
    return True


def weight(node: Node) -> int:
    """The instructions of a node that has a form; 0 if some of them are dear, or fold a row."""
    code = _traced_or_none(node)
    if code is None or any(x.op in DEAR or x.op == "fold" for x in code.instructions):
        return 0
    return max(1, len(code) - len(node.inputs))


def effort(node: Node) -> int:
    """How many simple instructions the form of a node takes; 0 if it has none."""
    if taken_by(node) is not None or put_by(node) is not None:
        return INDEXED
    code = _traced_or_none(node)
    if code is None:
        return 0
    return sum(_DEARER.get(x.op, DIVISION if x.op in DEAR else 1) for x in code.instructions)


def _traced_or_none(node: Node) -> Code | None:
    try:
        return _traced(node)
    except (TypeError, AttributeError):
        return None


def _traced(node: Node) -> Code:
    code = Code()
    operands = [code.operand(i, x.dtype) for i, x in enumerate(node.inputs)]
    applied(code, node, operands, term_of(node))
    return code


def check(code: Code, lanes: int) -> None:
    """Refuses functions that the library does not have."""
    for instruction in code.instructions:
        if instruction.op == "call":
            symbol(instruction.data, instruction.dtype, len(instruction.sources), lanes)

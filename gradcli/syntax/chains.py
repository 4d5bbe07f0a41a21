"""The precedence of operators: makes tree nodes of the flat chain that the grammar yields."""

from __future__ import annotations

from gradcli.syntax.lexer import Mistake
from gradcli.syntax.tree import Arithmetic, Compare, Logical, Power, Unary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.syntax.tree import Expression

_NOT, _COMPARE, _ADD, _MULTIPLY, _SIGN, _POWER = 3, 4, 5, 6, 7, 8
LEVELS = {
    "or": 1,
    "and": 2,
    "not": _NOT,
    "==": _COMPARE,
    "!=": _COMPARE,
    "<": _COMPARE,
    "<=": _COMPARE,
    ">": _COMPARE,
    ">=": _COMPARE,
    "+": _ADD,
    "-": _ADD,
    "*": _MULTIPLY,
    "/": _MULTIPLY,
    "//": _MULTIPLY,
    "%": _MULTIPLY,
    "@": _MULTIPLY,
    "^": _POWER,
}


def settle(stack: list[Any]) -> None:
    """The action of a complete chain: operands, operators (texts) and prefixes (pairs) in turn."""
    chain = stack[-1]
    if len(chain) == 3 and chain[1].__class__ is str:
        operator = chain[1]
        stack[-1] = _binary(LEVELS[operator], [chain[0], chain[2]], [operator])
        return
    open_chains: list[tuple[int, list[Any], list[str]]] = []
    operand = None
    for item in chain:
        if item.__class__ is str:
            level = LEVELS[item]
            while open_chains and open_chains[-1][0] > level:
                operand = _closed(open_chains.pop(), operand)
            if open_chains and open_chains[-1][0] == level:
                open_chains[-1][1].append(operand)
                open_chains[-1][2].append(item)
            else:
                open_chains.append((level, [operand], [item]))
            operand = None
        elif item.__class__ is tuple:
            _open_prefix(open_chains, *item)
        else:
            operand = item
    while open_chains:
        operand = _closed(open_chains.pop(), operand)
    stack[-1] = operand


def _open_prefix(
    open_chains: list[tuple[int, list[Any], list[str]]], operator: str, start: int, end: int
) -> None:
    """A prefix before an operand; its chain holds its start where others hold operands."""
    level = _NOT if operator == "not" else _SIGN
    if open_chains and open_chains[-1][0] == level:
        open_chains[-1][2].append(operator)
    elif level == _NOT and open_chains and open_chains[-1][0] > _NOT:
        raise Mistake(
            "`not` binds more loosely than the operator before it",
            start,
            end,
            "put it in parentheses: `(not …)`",
        )
    else:
        open_chains.append((level, [start], [operator]))


def _closed(chain: tuple[int, list[Any], list[str]], operand: Any) -> Expression:
    """The node of a chain whose last operand is known."""
    level, operands, operators = chain
    if level in (_NOT, _SIGN):
        return Unary(tuple(operators), operand, operands[0], operand.end)
    operands.append(operand)
    return _binary(level, operands, operators)


def _binary(level: int, operands: list[Any], operators: list[str]) -> Expression:
    """The node of a chain of binary operators of one level."""
    start, end = operands[0].start, operands[-1].end
    if level == _POWER:
        return Power(tuple(operands), start, end)
    if level >= _ADD:
        return Arithmetic(tuple(operands), tuple(operators), start, end)
    if level == _COMPARE:
        return Compare(tuple(operands), tuple(operators), start, end)
    return Logical(operators[0], tuple(operands), start, end)

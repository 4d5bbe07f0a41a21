"""The precedence of operators: makes tree nodes of the flat chain that the grammar yields."""

from __future__ import annotations

from gradcli.syntax import Mistake
from gradcli.syntax.tree import Arithmetic, Compare, Logical, Power, UnaryOperation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.syntax.tree import Expression

    Operator = tuple[str, int, int]  # its text, start and end
    Chain = list[Expression | Operator]
    OpenChains = list[tuple[int, list[Any], list[str]]]  # level, operands, operators

_NOT, _COMPARE, _ADD, _MULTIPLY, _SIGN, _POWER = 3, 4, 5, 6, 7, 8
_PREFIXES, _ARITHMETIC = (_NOT, _SIGN), (_ADD, _MULTIPLY)
LEVELS = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), _COMPARE),
    **dict.fromkeys(("+", "-"), _ADD),
    **dict.fromkeys(("*", "/", "//", "%", "@"), _MULTIPLY),
    "^": _POWER,
}


def operation(first: Expression, operator: Operator, second: Expression) -> Expression:
    """The node of two operands and the operator between them."""
    word = operator[0]
    level = LEVELS[word]
    if level in _ARITHMETIC:
        return Arithmetic((first, second), (word,), first.start, second.end)
    return _closed((level, [first], [word]), second)


def settle(chain: list[Any]) -> Expression:
    """The node of a complete chain: operands, and operators between and before them, in turn.

    An operator closes the open chains that bind more tightly, and goes on with one of its level.
    """
    open_chains: OpenChains = []
    innermost = 0
    operand: Any = None
    for item in chain:
        if type(item) is not tuple:
            operand = item
        elif operand is None:
            innermost = _open_prefix(open_chains, *item)
        else:
            operator = item[0]
            level = LEVELS[operator]
            while innermost > level:
                operand = _closed(open_chains.pop(), operand)
                innermost = open_chains[-1][0] if open_chains else 0
            if innermost < level:
                open_chains.append((level, [operand], [operator]))
                innermost = level
            else:
                _, operands, operators = open_chains[-1]
                operands.append(operand)
                operators.append(operator)
            operand = None
    while open_chains:
        operand = _closed(open_chains.pop(), operand)
    node: Expression = operand
    return node


def _open_prefix(open_chains: OpenChains, operator: str, start: int, end: int) -> int:
    """A prefix before an operand, and its level; its chain holds its start in place of operands."""
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
    return level


def _closed(chain: tuple[int, list[Any], list[str]], operand: Any) -> Expression:
    """The node of a chain whose last operand is known."""
    level, operands, operators = chain
    if level in _PREFIXES:
        return UnaryOperation(tuple(operators), operand, operands[0], operand.end)
    operands.append(operand)
    start, end = operands[0].start, operand.end
    if level in _ARITHMETIC:
        return Arithmetic(tuple(operands), tuple(operators), start, end)
    if level == _POWER:
        return Power(tuple(operands), start, end)
    if level == _COMPARE:
        return Compare(tuple(operands), tuple(operators), start, end)
    return Logical(operators[0], tuple(operands), start, end)

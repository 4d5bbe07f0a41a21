"""Formulas as written (`ir.written`) in the language itself, with as few brackets as it allows."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradcli.ir.written import Written

    Term = tuple[str, int]

SUM, PRODUCT, SIGN, POWER, ATOM = 5, 6, 7, 8, 10
"""How strongly what is written binds."""

BINDING = {"or": 1, "and": 2, "not": 3, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4}


def text(tree: Written) -> str:
    """The formula as text that parses back."""
    return _text(tree)[0]


def _text(tree: Written) -> Term:
    term: Term = _WRITERS[tree[0]](tree)
    return term


def inside(tree: Written, least: int) -> str:
    """The text of an operand, in brackets if it binds less."""
    written, strength = _text(tree)
    return f"({written})" if strength < least else written


def _number(tree: Written) -> Term:
    number = tree[1]
    if isinstance(number, Fraction) and number.denominator != 1:
        return decimal(number), ATOM if number > 0 else SIGN
    return str(number), ATOM if number >= 0 else SIGN


def decimal(number: Fraction) -> str:
    """A number that is none of a few digits over a few, as a decimal."""
    return repr(float(number)).removesuffix(".0")


def _sum(tree: Written) -> Term:
    first, *rest = tree[1:]
    parts = [inside(first, SUM)]
    for term in rest:
        if term[0] == "minus":
            parts += [" - ", inside(term[1], PRODUCT)]
        else:
            parts += [" + ", inside(term, SUM)]
    return "".join(parts), SUM


def _product(tree: Written) -> Term:
    first, *rest = tree[1:]
    return "*".join([inside(first, PRODUCT), *(inside(x, SIGN) for x in rest)]), PRODUCT


def _quotient(tree: Written) -> Term:
    return f"{inside(tree[1], PRODUCT)}/{inside(tree[2], SIGN)}", PRODUCT


def _power(tree: Written) -> Term:
    return f"{inside(tree[1], POWER + 1)}^{inside(tree[2], POWER)}", POWER


def _call(tree: Written) -> Term:
    return f"{tree[1]}({', '.join(map(text, tree[2:]))})", ATOM


def _operator(tree: Written) -> Term:
    sign, *operands = tree[1:]
    binding = BINDING.get(sign, PRODUCT)
    if len(operands) == 1:
        return f"{sign} {inside(operands[0], binding + 1)}", binding
    return f" {sign} ".join(inside(x, binding + 1) for x in operands), binding


def _matmul(tree: Written) -> Term:
    first, *rest = tree[1:]
    return " @ ".join([inside(first, PRODUCT), *(inside(x, SIGN) for x in rest)]), PRODUCT


_WRITERS: dict[str, Any] = {
    "number": _number,
    "name": lambda tree: (tree[1], ATOM),
    "sum": _sum,
    "product": _product,
    "quotient": _quotient,
    "power": _power,
    "minus": lambda tree: (f"-{inside(tree[1], PRODUCT)}", SIGN),
    "call": _call,
    "operator": _operator,
    "matmul": _matmul,
    "transpose": lambda tree: (f"{inside(tree[1], ATOM)}.T", ATOM),
}

_TOKEN = re.compile(r"\.T\b|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+|[^\W\d]\w*|[<>=!]=|\S")


_LONG = re.compile(r"\d[\d.]{4,}")


def tokens(formula: str) -> int:
    """How long a formula is: its words and signs, long numbers counting more."""
    longer = sum((len(word.replace(".", "")) - 2) // 3 for word in _LONG.findall(formula))
    return len(_TOKEN.findall(formula)) + longer

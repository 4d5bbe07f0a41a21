"""Formulas as written (`ir.written`) in the language itself, with as few brackets as it allows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from gradcli.ir.written import Written

    Term = tuple[str, float]

SHARED, SUM, WHOLE, MATMUL, PRODUCT, SIGN, POWER, ATOM = 0, 5, 5.2, 5.5, 6, 7, 8, 10
"""How strongly what is written binds; `-x // y` is no `-(x // y)`, so that // has brackets."""

BINDING = {"or": 1, "and": 2, "not": 3, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4}


class Notation:
    """Writes formulas: each kind of part by its writer, operands that bind less in brackets."""

    __slots__ = ("brackets", "writers")

    def __init__(self, brackets: str) -> None:
        self.brackets = brackets
        self.writers: Mapping[str, Callable[[Written], Term]] = {}

    def __call__(self, tree: Written) -> str:
        """The formula in this notation."""
        return self.writers[tree[0]](tree)[0]

    def inside(self, tree: Written, least: float) -> str:
        """An operand, in brackets if it binds less."""
        written, strength = self.writers[tree[0]](tree)
        return self.brackets % written if strength < least else written


text = Notation("(%s)")
"""The formula as text that parses back."""


def number(tree: Written) -> Term:
    """A number, with a point where it is none of a few digits over a few."""
    value = tree[1]
    written = str(value) if value.denominator == 1 else decimal(value)
    return written, ATOM if value >= 0 else SIGN


def decimal(number: Fraction) -> str:
    """A number that is none of a few digits over a few, as a decimal."""
    return repr(float(number)).removesuffix(".0")


def _sum(tree: Written) -> Term:
    first, *rest = tree[1:]
    parts = [text.inside(first, SUM)]
    for term in rest:
        if term[0] == "minus":
            parts += [" - ", text.inside(term[1], MATMUL)]
        else:
            parts += [" + ", text.inside(term, SUM)]
    return "".join(parts), SUM


def _product(tree: Written) -> Term:
    first, *rest = tree[1:]
    return "*".join([text.inside(first, PRODUCT), *(text.inside(x, SIGN) for x in rest)]), PRODUCT


def _quotient(tree: Written) -> Term:
    above, strength = text.writers[tree[1][0]](tree[1])
    strength = min(strength, PRODUCT)
    above = above if strength >= MATMUL else text.brackets % above
    return f"{above}/{text.inside(tree[2], SIGN)}", max(strength, MATMUL)


def _minus(tree: Written) -> Term:
    """The sign binds the first factor, so that behind another sign the whole needs brackets."""
    operand, strength = text.writers[tree[1][0]](tree[1])
    if strength < MATMUL:
        return f"-({operand})", SIGN
    return f"-{operand}", min(strength, SIGN)


def _power(tree: Written) -> Term:
    return f"{text.inside(tree[1], POWER + 1)}^{text.inside(tree[2], POWER)}", POWER


def _call(tree: Written) -> Term:
    return f"{tree[1]}({', '.join(map(text, tree[2:]))})", ATOM


def _operator(tree: Written) -> Term:
    sign, *operands = tree[1:]
    binding = BINDING.get(sign, PRODUCT)
    if len(operands) == 1:
        return f"{sign} {text.inside(operands[0], binding + 1)}", binding
    written = f" {sign} ".join(text.inside(x, binding + 1) for x in operands)
    return written, WHOLE if binding == PRODUCT else binding


def _matmul(tree: Written) -> Term:
    first, *rest = tree[1:]
    return " @ ".join([text.inside(first, PRODUCT), *(text.inside(x, SIGN) for x in rest)]), MATMUL


def _shared(tree: Written) -> Term:
    _, body, *definitions = tree
    return "; ".join(map(text, [*definitions, body])), SHARED


text.writers = {
    "number": number,
    "name": lambda tree: (tree[1], ATOM),
    "sum": _sum,
    "product": _product,
    "quotient": _quotient,
    "power": _power,
    "minus": _minus,
    "call": _call,
    "operator": _operator,
    "matmul": _matmul,
    "transpose": lambda tree: (f"{text.inside(tree[1], ATOM)}.T", ATOM),
    "row": lambda tree: text.writers[tree[1][0]](tree[1]),
    "list": lambda tree: (f"[{', '.join(map(text, tree[1:]))}]", ATOM),
    "definition": lambda tree: (f"{text(tree[1])} = {text(tree[2])}", SHARED),
    "shared": _shared,
}

_TOKEN = re.compile(r"\.T\b|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+|[^\W\d]\w*|[<>=!]=|\S")


_LONG = re.compile(r"\d[\d.]{4,}")


def tokens(formula: str) -> int:
    """How long a formula is: its words and signs, long numbers counting more."""
    longer = sum((len(word.replace(".", "")) - 2) // 3 for word in _LONG.findall(formula))
    return len(_TOKEN.findall(formula)) + longer

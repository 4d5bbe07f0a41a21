"""Formulas as they are written: trees of sums, products and calls, which printers print.

A number is ("number", n), a name ("name", text), a call ("call", name, *operands), a comparison or
other operator ("operator", sign, *operands), a sum ("sum", *terms), a product ("product",
*factors), a quotient ("quotient", above, below), a power ("power", base, exponent), a sign
("minus", operand), a matrix product ("matmul", *factors), a transpose ("transpose", matrix), the
vector at the beginning of such a product that is a number ("row", vector), and an array by its
elements ("list", *elements).
Parts with names stand around a formula: ("shared", formula, *definitions), each of these
("definition", name, formula).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Written = tuple[Any, ...]

LETTERS = "u v w p q r s t".split()
"""Names of parts, in the order in which they are taken."""

NEGATED = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}
"""Comparisons of numbers of which one holds where the other does not."""


def flat(kind: str, parts: Iterable[Written]) -> Written:
    """A sum or a product, one inside another as part of it."""
    return (kind, *(x for part in parts for x in (part[1:] if part[0] == kind else (part,))))


def subtrees(tree: Written) -> Iterator[Written]:
    """A formula and all its parts."""
    yield tree
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from subtrees(part)

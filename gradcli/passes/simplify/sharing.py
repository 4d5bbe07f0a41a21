"""Formulas of which parts occur so often that they are simplified apart, each under a name."""

from __future__ import annotations

from collections import Counter
from itertools import chain, count, islice
from typing import TYPE_CHECKING, Any

from gradcli.ir.node import Node, ancestors
from gradcli.ir.record import INPUT
from gradcli.ir.written import LETTERS, subtrees
from gradcli.passes.simplify.forms import simplified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcli.ir.written import Written
    from gradcli.passes.simplify.forms import Cost

LARGE = 400
"""Operations, names and numbers up to which a formula is written out with all its parts."""

OFTEN = 15
"""How often, on average, each of them occurs in a formula that is not."""

MOST = 10**9

_PLAIN = {"minus", "product", "quotient", "power", "name", "number"}

LEAST = 6
"""Operations, names and numbers of a part that gets a name."""


def shared(node: Node, last: str, cost: Cost, evaluate: Callable[[Node], Any]) -> Written:
    """The shortest form that is known of a node, or of its parts and of what is made of them.

    Written out, a program of n steps may have 3^n parts: `y = sin(y)*y + y`, a few times.
    """
    parts = _parts(node)
    inputs = {str(x.attrs[0]) for x in ancestors([node]) if x.op is INPUT}
    names = dict(zip(parts, islice(_names(inputs), len(parts)), strict=True))
    definitions: list[Written] = []
    for part in parts:
        before = {other: names[other] for other in parts if other.order < part.order}
        formula = simplified(part, last, cost, evaluate, before)
        definitions.append(("definition", ("name", names[part]), formula))
    body = _with_polynomial_first(simplified(node, last, cost, evaluate, names))
    used = _used(body, definitions)
    return ("shared", body, *used) if used else body


def _with_polynomial_first(tree: Written) -> Written:
    """`4*x + cos(x)`: terms stand in the order in which derivatives find them, from the end.

    Beside logarithms they stay: `2*x*log(x) + x`.
    """
    has_log = any(x[:2] == ("call", "log") for x in subtrees(tree))
    if tree[0] != "sum" or has_log:
        return tree
    terms = sorted(tree[1:], key=lambda term: (_has_function(term), term[0] == "number"))
    return tree if terms[0][0] == "minus" else ("sum", *terms)


def _has_function(term: Written) -> bool:
    """Whether a term is other than a number times whole powers of names."""
    parts = [*subtrees(term)]
    below = [y for x in parts if x[0] in ("quotient", "power") for y in subtrees(x[2])]
    return not {x[0] for x in parts} <= _PLAIN or any(y[0] == "name" for y in below)


def _parts(node: Node) -> list[Node]:
    """The nodes that get names, each after those that it is made of."""
    nodes = ancestors([node])
    sizes: dict[Node, int] = {}
    for each in nodes:
        sizes[each] = _size(each, sizes)
    if sizes[node] <= max(LARGE, OFTEN * len(nodes)):
        return []
    uses = Counter(x for each in nodes for x in each.inputs)
    parts = []
    for each in nodes:
        sizes[each] = _size(each, sizes)
        if uses[each] > 1 and sizes[each] >= LEAST:
            parts.append(each)
            sizes[each] = 1
    return parts


def _size(node: Node, sizes: dict[Node, int]) -> int:
    """How large a node is when written out; beyond `MOST` nobody counts.

    What is computed from arrays depends on no input, and is written as the number that it is.
    """
    if node.shape or any(x.shape for x in node.inputs):
        return 1
    return min(MOST, 1 + sum(sizes[x] for x in node.inputs))


def _names(taken: set[str]) -> Iterator[str]:
    """Names that no input has: u, v, w …, then u1, u2 …."""
    every = chain(LETTERS, (f"u{i}" for i in count(1)))
    return (name for name in every if name not in taken)


def _used(body: Written, definitions: list[Written]) -> list[Written]:
    """The definitions that the formula needs."""
    needed = [body]
    used: list[Written] = []
    for definition in reversed(definitions):
        if any(definition[1] in subtrees(tree) for tree in needed):
            needed.append(definition[2])
            used.insert(0, definition)
    return used

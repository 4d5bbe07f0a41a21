"""Large formulas with names for the parts that repeat, as a program: `u = 1 + x^2; …`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gradcli.ir.written import LETTERS, subtrees
from gradcli.render.text import text, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.ir.written import Written

LARGE = 80
"""Words and signs up to which a formula is read at once."""

LEAST_SAVING = 0.2
"""The share of them that names must save."""

SHORTEST = 3
"""Words and signs of a part, x^2, that needs no name."""


def with_parts(formula: Written) -> Written:
    """The formula, or where it is large and gets much shorter so, with its common parts named."""
    size = tokens(text(formula))
    if size <= LARGE or formula[0] == "shared":
        return formula
    free = [name for name in LETTERS if ("name", name) not in set(subtrees(formula))]
    parts: dict[Written, Written] = {}
    body = formula
    for letter in free:
        best = max(_repeated(body, *parts.values()), default=None, key=lambda pair: pair[1])
        if best is None or best[1] <= 0:
            break
        name: Written = ("name", letter)
        body = _named(body, best[0], name)
        parts = {n: _named(part, best[0], name) for n, part in parts.items()} | {name: best[0]}
    shared = _shared(body, parts)
    return shared if parts and tokens(text(shared)) <= (1 - LEAST_SAVING) * size else formula


def _repeated(*trees: Written) -> Iterator[tuple[Written, int]]:
    """The parts that occur more than once, and what a name for each would save."""
    counts = Counter(part for tree in trees for part in subtrees(tree))
    for part, count in counts.items():
        size = tokens(text(part)) if count > 1 else 0
        if size > SHORTEST:
            yield part, count * size - (count + size + 3)


def _named(tree: Written, part: Written, name: Written) -> Written:
    """The formula with a name wherever the part stands."""
    if tree == part:
        return name
    return tuple(_named(x, part, name) if isinstance(x, tuple) else x for x in tree)


def _in_order(parts: dict[Written, Written]) -> list[Written]:
    """The names of the parts, each after those that it needs."""
    ordered: list[Written] = []
    while len(ordered) < len(parts):
        for name, part in parts.items():
            needs = set(subtrees(part)) & parts.keys()
            if name not in ordered and needs.issubset(ordered):
                ordered.append(name)
    return ordered


def _shared(body: Written, parts: dict[Written, Written]) -> Written:
    """The formula after its parts, named anew in their order."""
    order = _in_order(parts)
    renamed = dict(zip(order, parts, strict=True))
    definitions = [("definition", renamed[n], _renamed(parts[n], renamed)) for n in order]
    return ("shared", _renamed(body, renamed), *definitions)


def _renamed(tree: Written, names: dict[Written, Written]) -> Written:
    if tree in names:
        return names[tree]
    return tuple(_renamed(x, names) if isinstance(x, tuple) else x for x in tree)

"""Long sums in parts that have nothing to do with one another, each of which has a form alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.passes.simplify.generators import ATOM, CALL, NUMBER, frozen
from gradcli.passes.simplify.polynomials import ONE, common

if TYPE_CHECKING:
    from gradcli.passes.simplify.generators import Generators
    from gradcli.passes.simplify.polynomials import Monomial, Poly

FEW = 2
"""Parts up to which a sum is simplified as one: its forms are then as many as people expect."""

MANY = 8
"""Terms beyond which those of no name of their own stand alone as well: 2*cos(2*x) + cos(x) ...."""

_POLYNOMIAL = "polynomial"


def parts_of(gens: Generators, poly: Poly) -> list[Poly]:
    """The parts of a sum that share neither functions nor names, but for names all terms have.

    One part where they are few, or have a factor in common. What is put over one line, multiplied
    out and collected is at most as large as a part: a sum of n bells would have 2^n products.
    """
    if len(poly) <= FEW or any(e > 0 for _, e in common(poly)):
        return [poly]
    names = [_names(gens, mono) for mono in poly]
    everywhere = frozenset.intersection(*names)
    parts: list[tuple[set[Any], Poly]] = []
    for (mono, c), own in zip(poly.items(), names, strict=True):
        keys = _keys(gens, mono) | (own - everywhere)
        if len(poly) <= MANY and not own - everywhere:
            keys.add(ONE)
        part: Poly = {}
        rest: list[tuple[set[Any], Poly]] = []
        for other in parts:
            if other[0].isdisjoint(keys):
                rest.append(other)
            else:
                keys |= other[0]
                part |= other[1]
        parts = [*rest, (keys, {**part, mono: c})]
    if len(parts) <= FEW:
        return [poly]
    found = [part for _, part in parts]
    places = {mono: place for place, mono in enumerate(poly)}
    return sorted(found, key=lambda part: min(places[mono] for mono in part))


def _names(gens: Generators, mono: Monomial) -> frozenset[str]:
    """The names in a term."""
    return frozenset[str]().union(*(gens.names(gen) for gen, _ in mono))


def _keys(gens: Generators, mono: Monomial) -> set[Any]:
    """What joins a term with others: functions of the same operands, and sums."""
    keys: set[Any] = set()
    for gen, _ in mono:
        made = gens[gen]
        if made.kind == CALL:
            keys.update(map(frozen, made.parts))
        elif made.kind not in (ATOM, NUMBER):
            keys.add(gen)
    return keys or {_POLYNOMIAL}

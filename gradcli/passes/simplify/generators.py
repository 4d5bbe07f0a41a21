"""Generators: what terms are products of powers of; equal ones are one.

A generator is a name or a number (`ATOM`, `NUMBER`), a call of a function (`CALL`), a sum that
stands for itself (`SUM`), or a power whose exponent is no number (`POWER`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container

    from gradcli.passes.simplify.polynomials import Monomial, Poly

ATOM, NUMBER, CALL, SUM, POWER = range(5)

RULED = frozenset({"abs", "sign"})
"""Functions whose powers come to something else."""

TRUTHS = ("false", "true")
"""The conditions that are decided: names that no variable has."""

CHOICE = "where"
"""The function that chooses one of two operands by a condition."""


class Generator:
    """One generator: `head` is a function, a number, or the base of a power, `parts` its operands.

    `name` is that of a variable, which may be named like a function; `poly` is what a sum stands
    for. `positive` says that it cannot be negative.
    """

    __slots__ = ("head", "kind", "name", "number", "parts", "poly", "positive")

    def __init__(
        self,
        kind: int,
        head: Any,
        parts: tuple[Poly, ...] = (),
        poly: Poly | None = None,
        *,
        number: int,
        positive: bool = False,
    ) -> None:
        self.kind = kind
        self.name: str = head if kind == ATOM else ""
        self.head: Any = "" if kind == ATOM and head not in TRUTHS else head
        self.parts = parts
        self.poly = poly
        self.number = number
        self.positive = positive


class Generators:
    """All generators of one formula, by number; made once each.

    `positive` has the names of which it is known that they are not negative.
    """

    def __init__(self, positive: Container[str] = ()) -> None:
        self.positive = positive
        self.all: list[Generator] = []
        self.known: dict[Any, int] = {}
        self._names: dict[int, frozenset[str]] = {}
        self.ruled: set[int] = set()
        """Those whose powers may come to something else: `Algebra.reduced`."""

    def __getitem__(self, number: int) -> Generator:
        return self.all[number]

    def atom(self, name: str, *, positive: bool = False) -> int:
        """A variable, or what is written as it is."""
        return self._made((ATOM, name), ATOM, name, positive=positive or name in self.positive)

    def number(self, value: int) -> int:
        """A whole number under a root."""
        return self._made((NUMBER, value), NUMBER, value, positive=True)

    def call(self, head: str, parts: tuple[Poly, ...], *, positive: bool = False) -> int:
        """A function of operands."""
        key = (CALL, head, *map(frozen, parts))
        return self._made(key, CALL, head, parts, positive=positive)

    def sum(self, poly: Poly, *, positive: bool = False) -> int:
        """A sum, or a product under a root, that stands for itself."""
        return self._made((SUM, frozen(poly)), SUM, "", (), poly, positive=positive)

    def signed_sum(self, poly: Poly) -> tuple[int, int]:
        """A sum that stands for itself, by its negative where that is known; and the sign."""
        known = self.known_negative(poly)
        is_new = (SUM, frozen(poly)) not in self.known
        return (known, -1) if is_new and known is not None else (self.sum(poly), 1)

    def known_negative(self, poly: Poly) -> int | None:
        """The sum that is the negative of another, if there is one."""
        return self.known.get((SUM, frozen({mono: -c for mono, c in poly.items()})))

    def power(self, base: int, exponent: Monomial) -> int:
        """A generator to a power that is no number."""
        return self._made((POWER, base, exponent), POWER, base, ({exponent: 1},), positive=True)

    def _made(
        self,
        key: Any,
        kind: int,
        head: Any,
        parts: tuple[Poly, ...] = (),
        poly: Poly | None = None,
        *,
        positive: bool,
    ) -> int:
        number = self.known.get(key)
        if number is None:
            positive = positive or (kind == SUM and self.is_positive(poly or {}))
            number = self.known[key] = len(self.all)
            made = Generator(kind, head, parts, poly, number=number, positive=positive)
            self.all.append(made)
            if kind == NUMBER or (poly and len(poly) == 1) or head in RULED:
                self.ruled.add(number)
        return number

    def parts(self, gen: int) -> set[int]:
        """The generators that one is made of."""
        made = self.all[gen]
        inner = {g for part in (*made.parts, made.poly or {}) for mono in part for g, _ in mono}
        return inner | {made.head} if made.kind == POWER and made.head >= 0 else inner

    def inside(self, poly: Poly) -> set[int]:
        """The generators in a sum, and those that they are made of."""
        found: set[int] = set()
        new = {gen for mono in poly for gen, _ in mono}
        while new:
            found |= new
            new = set().union(*map(self.parts, new)) - found
        return found

    def names(self, gen: int) -> frozenset[str]:
        """The names that a generator is made of."""
        if gen not in self._names:
            made = self.all[gen]
            own = {made.name} if made.kind == ATOM else ()
            self._names[gen] = frozenset(own).union(*map(self.names, self.parts(gen)))
        return self._names[gen]

    def depends(self, poly: Poly, name: str) -> bool:
        """Whether a name occurs in a sum."""
        return any(self._is_made_of(self.all[gen], name) for mono in poly for gen, _ in mono)

    def _is_made_of(self, made: Generator, name: str) -> bool:
        if made.kind == POWER and made.head >= 0 and self._is_made_of(self.all[made.head], name):
            return True
        parts = (*made.parts, made.poly or {})
        is_name = made.kind == ATOM and made.name.partition("[")[0] == name
        return is_name or any(self.depends(part, name) for part in parts)

    def is_positive(self, poly: Poly) -> bool:
        """Whether a sum of squares and of what is positive is so for sure."""
        return all(c > 0 for c in poly.values()) and all(
            self.all[gen].positive or not e % 2 for mono in poly for gen, e in mono
        )


def frozen(poly: Poly) -> frozenset[Any]:
    """A polynomial as a part of a key."""
    return frozenset(poly.items())

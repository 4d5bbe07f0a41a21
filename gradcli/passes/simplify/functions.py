"""Functions of sums: identities applied, signs taken out, and what remains as a generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.passes.simplify.algebra import EXP
from gradcli.passes.simplify.choices import Choices
from gradcli.passes.simplify.conditions import COMPARISONS, LOGICAL
from gradcli.passes.simplify.generators import CALL, CHOICE, RULED, SUM, frozen
from gradcli.passes.simplify.identities import (
    ADDITION,
    EVEN,
    ODD,
    PAIRS,
    POSITIVE,
    QUARTER_TURNS,
    RECURRENCES,
    REFLECTED,
    SHIFTED,
    SIGNED_ORDERS,
    VALUES,
    table,
)
from gradcli.passes.simplify.polynomials import ONE, scaled
from gradcli.passes.simplify.written import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly

HIGHEST_MULTIPLE = 9
"""The multiple of an angle from which on its functions are not written by those of the angle."""


class Functions:
    """Functions in one algebra; squares of those that are not preferred are replaced."""

    def __init__(self, algebra: Algebra, evaluate: Callable[..., Poly]) -> None:
        self.algebra = algebra
        self.evaluate = evaluate
        self.choices = Choices(algebra, self.put)

    def knows(self, head: str) -> bool:
        """Whether there is more to say of a function than how it is written."""
        return head in table()[0]

    def apply(self, head: str, operands: Sequence[Poly]) -> Poly:
        """A function of operands in its normal form."""
        plain, _ = table()
        if head in RECURRENCES and (n := self._whole(operands[1])) is not None:
            return self._recurring(head, operands[0], n)
        if head in SIGNED_ORDERS:
            return self._of_order(head, *operands)
        if head in plain:
            names, tree = plain[head]
            return self.evaluate(tree, dict(zip(names, operands, strict=True)))
        if head == "exp":
            return self.algebra.exp(operands[0])
        if head == CHOICE:
            return self.choices.where(*operands)
        if len(operands) == 1:
            return self._unary(head, operands[0])
        return self.plain(head, operands)

    def _of_order(self, head: str, order: Poly, operand: Poly) -> Poly:
        """A Bessel function, of a positive order where that is a whole number."""
        n = self._whole(scaled(order, ONE, -1))
        if n is None:
            return self.plain(head, [order, operand])
        positive = self.plain(head, [self.algebra.number(n), operand])
        return scaled(positive, ONE, SIGNED_ORDERS[head] ** n)

    def _whole(self, operand: Poly) -> int | None:
        """The small whole number that an operand is, if it is one."""
        n = operand.get(ONE, 0)
        small = len(operand) <= 1 and ONE in operand and n.denominator == 1
        return int(n) if small and 0 < n < HIGHEST_MULTIPLE else None

    def _recurring(self, head: str, operand: Poly, n: int) -> Poly:
        """A function of a whole number by that of the one before."""
        start, step = RECURRENCES[head]
        result = self.algebra.number(start)
        for k in range(1, n + 1):
            values = {"x": operand, "y": self.algebra.number(k), "z": result}
            result = self.evaluate(read(step), values)
        return result

    def power(self, base: Poly, exponent: Poly) -> Poly:
        """base^exponent."""
        exponent = self.algebra.joined(exponent)
        if not exponent or (len(exponent) == 1 and ONE in exponent):
            return self.algebra.power(base, exponent.get(ONE, 0))
        return self.algebra.to_the(base, exponent)

    def put(self, poly: Poly, others: Mapping[int, Poly]) -> Poly:
        """A sum with other sums in the place of some generators, wherever they are in it."""
        power = self.algebra.power
        return self.algebra.by_factors(poly, lambda gen, e: power(self._with(gen, others), e))

    def _with(self, gen: int, others: Mapping[int, Poly]) -> Poly:
        """A generator with others in the place of those that it is made of."""
        gens = self.algebra.gens
        made = gens[gen]
        if gen in others:
            return others[gen]
        if others.keys().isdisjoint(gens.inside(self.algebra.of(gen))):
            return self.algebra.of(gen)
        if made.kind == SUM:
            return self.put(made.poly or {}, others)
        parts = [self.put(part, others) for part in made.parts]
        if made.kind == CALL:
            return self.apply(made.head, parts)
        if made.head == EXP:
            return self.algebra.exp(parts[0])
        return self.power(self._with(made.head, others), parts[0])

    def plain(self, head: str, operands: Sequence[Poly]) -> Poly:
        """A function of operands that no identity knows."""
        if head in COMPARISONS or head in LOGICAL:
            return self.choices.condition(head, operands)
        normal = tuple(self.algebra.normal(x) for x in operands)
        return self.algebra.of(self.algebra.gens.call(head, normal, positive=head in POSITIVE))

    def _unary(self, head: str, operand: Poly) -> Poly:
        operand = self.algebra.normal(operand)
        value = self._value(head, operand)
        if value is not None:
            return self.algebra.number(value)
        if head == "abs" and self.algebra.gens.is_positive(operand):
            return operand
        if head in RULED and len(operand) == 1 and self._splits(*operand.items()):
            return self._by_factors(head, operand)
        exponent = self.algebra.exponent(operand) if head == "log" else None
        if exponent is not None:
            return exponent
        if (head in EVEN or head in ODD) and next(iter(operand.values())) < 0:
            sign = 1 if head in EVEN else -1
            inner = self._unary(head, self.algebra.add({}, operand, -1))
            return self.algebra.add({}, inner, sign)
        if head in REFLECTED and next(iter(operand.values()), 0) < 0:
            inner = self._unary(head, self.algebra.add({}, operand, -1))
            return self.algebra.add(self.algebra.number(REFLECTED[head]), inner, -1)
        head, operand, sign = without_quarter_turns(self.algebra, head, operand)
        if sign:
            return self.algebra.add({}, self._unary(head, operand), sign)
        known = self._nested(head, operand)
        if known is None and head in SHIFTED:
            known = self._shifted(head, operand)
        if known is not None:
            return known
        gen = self.algebra.gens.call(head, (operand,), positive=head in POSITIVE)
        if head in PAIRS:
            pair_squares(self.algebra, gen)
        return self.algebra.of(gen)

    def _splits(self, term: tuple[Monomial, Number]) -> bool:
        """Whether the size and the sign of a term are the products of those of its factors."""
        mono, c = term
        return (len(mono) > 1 or abs(c) != 1) and all(e.denominator == 1 for _, e in mono)

    def _by_factors(self, head: str, operand: Poly) -> Poly:
        """The size or the sign of a term."""
        ((mono, c),) = operand.items()
        result = self.algebra.number(abs(c) if head == "abs" else 1 if c > 0 else -1)
        for gen, e in mono:
            part = self._unary(head, self.algebra.of(gen))
            result = self.algebra.mul(result, self.algebra.power(part, e))
        return result

    def _shifted(self, head: str, operand: Poly) -> Poly | None:
        """gamma(x + 2) by gamma(x), where that is there already."""
        for made in self.algebra.gens.all:
            if made.kind != CALL or made.head != head or made.parts[0] == operand:
                continue
            less = self.algebra.add(operand, made.parts[0], -1)
            n = less.get(ONE, 0)
            if set(less) == {ONE} and n.denominator == 1 and abs(n) < HIGHEST_MULTIPLE:
                result = self.algebra.of(made.number)
                for k in range(abs(n)):
                    shift = self.algebra.number(k if n > 0 else -k - 1)
                    at = self.algebra.add(made.parts[0], shift)
                    result = self.evaluate(read(SHIFTED[head][n < 0]), {"x": at, "z": result})
                return result
        return None

    def _value(self, head: str, operand: Poly) -> int | None:
        """The whole number that a function of a number is, if it is one."""
        if not operand and head in ODD:
            return 0
        if operand and set(operand) != {ONE}:
            return None
        return VALUES.get((head, operand.get(ONE, 0)))

    def _nested(self, head: str, operand: Poly) -> Poly | None:
        """A function of a function for which there is an identity; of multiples of angles, too."""
        if len(operand) != 1:
            return self._of_sum(head, operand) if head in ADDITION else None
        ((mono, c),) = operand.items()
        if len(mono) != 1 or mono[0][1] != 1 or c.denominator != 1:
            return None
        made = self.algebra.gens[mono[0][0]]
        tree = table()[1].get((head, str(made.head))) if made.kind == CALL else None
        if tree is None:
            return None
        if c == 1:
            return self.evaluate(tree, {"x": made.parts[0]})
        if head in ADDITION and 0 < c < HIGHEST_MULTIPLE:
            return self._added(head, {mono: c - 1}, {mono: 1})
        return None

    def _of_sum(self, head: str, operand: Poly) -> Poly | None:
        """sin(u + asin(v)) and its like, by the theorems of addition."""
        for mono, c in operand.items():
            angle = {mono: c}
            if self._nested(head, angle) is not None:
                rest = self.algebra.add(operand, angle, -1)
                return self._added(head, rest, angle)
        return None

    def _added(self, head: str, left: Poly, right: Poly) -> Poly:
        """The function of a sum by those of its parts."""
        return self.evaluate(read(ADDITION[head]), {"x": left, "y": right})


def without_quarter_turns(algebra: Algebra, head: str, operand: Poly) -> tuple[str, Poly, int]:
    """Function, operand and sign of sin(x + pi/2) and its like; the sign is 0 of all others."""
    turn = ((algebra.gens.atom("pi", positive=True), 1),)
    quarters = 2 * operand.get(turn, 0)
    if (head, 1) not in QUARTER_TURNS or not quarters or quarters.denominator != 1:
        return head, operand, 0
    rest = {mono: c for mono, c in operand.items() if mono != turn}
    other, sign = QUARTER_TURNS[int(quarters + QUARTER_TURNS.index((head, 1))) % 4]
    return other, rest, sign


def pair_squares(algebra: Algebra, gen: int) -> None:
    """Says of a sine or cosine and its partner which of the two squares is replaced."""
    made = algebra.gens[gen]
    pair = PAIRS[made.head]
    other = algebra.gens.call(pair.partner, made.parts, positive=pair.partner in POSITIVE)
    if pair.side == algebra.prefer:
        gen, other, pair = other, gen, PAIRS[pair.partner]
    a, b = pair.square
    algebra.squares[gen] = (other, a, b)
    square: Poly = {ONE: a, ((other, 2),): b}
    for sign in (1, -1):
        algebra.square_of[frozen(scaled(square, ONE, sign))] = (gen, sign)


def paired(algebra: Algebra, head: str, operand: Poly) -> int:
    """A sine or cosine of an operand, and its square paired with that of its partner."""
    gen = algebra.gens.call(head, (operand,), positive=head in POSITIVE)
    pair_squares(algebra, gen)
    return gen


def function_of(algebra: Algebra, head: str, operand: Poly) -> Poly:
    """A function of an operand, its sign and quarter turns outside."""
    head, operand, sign = without_quarter_turns(algebra, head, operand)
    sign = sign or 1
    if next(iter(operand.values())) < 0:
        operand = scaled(operand, ONE, -1)
        sign = -sign if head in ODD else sign
    return {((paired(algebra, head, operand), 1),): sign}

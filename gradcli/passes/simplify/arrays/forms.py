"""Writes sums of arrays, and chooses among their forms: common factors, transposes, signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.passes.simplify.arrays.algebra import Arrays
from gradcli.passes.simplify.arrays.hessians import Matrices
from gradcli.passes.simplify.arrays.products import CHAIN, OUTER, TURNED
from gradcli.passes.simplify.arrays.reading import ArrayReader, refusal
from gradcli.passes.simplify.forms import PREFERENCES, Forms
from gradcli.passes.simplify.generators import CALL, SUM, frozen
from gradcli.passes.simplify.polynomials import ONE, add_into, times
from gradcli.passes.simplify.showing import Showing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from gradcli.ir.node import Node
    from gradcli.ir.written import Written
    from gradcli.passes.simplify.forms import Cost
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly
    from gradcli.passes.simplify.showing import Factors


MOST = 50
"""Sums of one formula whose forms are compared; after that many others are written as they are."""

_LATE = {"transpose": 1, "minus": 2}
"""What stands behind other terms where a sum would begin with a transpose."""


class ArrayShowing(Showing):
    """Writes the sums of an algebra of arrays."""

    algebra: Arrays

    def __init__(self, algebra: Arrays, best: Callable[[Poly], Written]) -> None:
        super().__init__(algebra, best)
        self.is_array: dict[Written, bool] = {}
        """Of what is written whether it is an array: a norm, say, is a number."""

    def sum(self, poly: Poly) -> Written:
        """The terms; equal rows are written once beside a matrix, where they broadcast."""
        if any(self._is_whole(gen) for mono in poly for gen, _ in mono):
            poly = self._with_single_rows(poly)
        written = super().sum(poly)
        if written[0] != "sum" or written[1][0] != "transpose":
            return written
        return ("sum", *sorted(written[1:], key=lambda term: _LATE.get(term[0], 0)))

    def _with_single_rows(self, poly: Poly) -> Poly:
        result: Poly = {}
        for mono, c in poly.items():
            term: Poly = {ONE: c}
            for gen, exponent in mono:
                row = self._row(gen)
                factor = self.algebra.power(row or self.algebra.of(gen), exponent)
                term = self.algebra.mul(term, factor)
            add_into(result, term)
        return result

    def _row(self, gen: int) -> Poly:
        """The vector that each row of a matrix is, if it is made of equal ones."""
        made = self.algebra.gens[gen]
        if made.head == OUTER and self.algebra.is_atom(made.parts[0], "ones"):
            return made.parts[1]
        return {}

    def _is_whole(self, gen: int) -> bool:
        return len(self.algebra.shape_of(gen)) == 2 and not self._row(gen)

    def _generator(self, gen: int) -> Written:
        made = self.algebra.gens[gen]
        if gen in self.algebra.named:
            written = self.algebra.named[gen]
        elif made.kind == CALL and made.head == CHAIN:
            written = ("matmul", *self._factors(made.parts))
        elif made.kind == CALL and made.head == TURNED:
            written = ("transpose", self.best(made.parts[0]))
        else:
            written = super()._generator(gen)
        self.is_array[written] = bool(self.algebra.shape_of(gen))
        return written

    def _factors(self, parts: tuple[Poly, ...]) -> Iterator[Written]:
        """The factors of a product of matrices; a product among them is not written in brackets."""
        for i, part in enumerate(parts):
            written = self.best(part)
            is_row = not i and len(self.algebra.shape(part)) == 1
            yield from written[1:] if written[0] == "matmul" and not is_row else (written,)

    def _product(self, factors: Factors) -> Written:
        """A product; numbers stand before the first factor of a product of matrices."""
        written = super()._product(factors)
        if written[0] != "product":
            return written
        arrays = [x for x in written[1:] if self._is_array(x)]
        if len(arrays) != 1 or arrays[0][0] != "matmul":
            return ("product", *sorted(written[1:], key=lambda x: x in arrays))
        _, first, *rest = arrays[0]
        numbers = [x for x in written[1:] if x is not arrays[0]]
        return ("matmul", ("product", *numbers, first), *rest)

    def _is_array(self, written: Written) -> bool:
        parts = (part for part in written[1:] if isinstance(part, tuple))
        is_array = self.is_array.get(written)
        return any(map(self._is_array, parts)) if is_array is None else is_array


class ArrayForms(Forms):
    """Chooses among the forms of the sums of an algebra of arrays."""

    algebra: Arrays

    def __init__(self, algebra: Arrays, cost: Cost) -> None:
        super().__init__(algebra, cost)
        self.showing = ArrayShowing(algebra, self.best)
        self.shortest: dict[object, Written] = {}

    def best(self, poly: Poly) -> Written:
        """The shortest form of a sum, or of its transpose."""
        key = frozen(poly)
        if key not in self.shortest:
            written = self.showing.sum(poly)
            if len(self.shortest) > MOST:
                return self.shortest.setdefault(key, written)
            self.shortest[key] = written  # of a sum within itself
            written = super().best(poly)
            if len(self.algebra.shape(poly)) == 2:
                turned = _transposed(super().best(self.algebra.turned(poly)))
                written = min(written, turned, key=self.cost)
            self.shortest[key] = written
        return self.shortest[key]

    def _is_plain(self, poly: Poly) -> bool:
        mixes = any(self.algebra.gens[g].head in (CHAIN, OUTER) for mono in poly for g, _ in mono)
        return not mixes and super()._is_plain(poly)

    def _forms(self, poly: Poly) -> Iterator[Poly]:
        for form in super()._forms(poly):
            yield form
            yield self._with_signs_inside(form)
        for gathered in self._gathered(self.algebra.joined(poly)):
            yield gathered
            yield self._with_signs_inside(gathered)
            yield self._over_common(gathered)

    def _with_signs_inside(self, poly: Poly) -> Poly:
        """Negative terms with the sign in a factor that is a sum."""
        result: Poly = {}
        for mono, c in poly.items():
            negated = self._negated(mono) if c < 0 else None
            add_into(result, {mono: c} if negated is None else {negated: -c})
        return result

    def _negated(self, mono: Monomial) -> Monomial | None:
        """The product with the other sign, which one of its factors that are sums has taken."""
        for gen, exponent in mono:
            made = self.algebra.gens[gen]
            if made.kind == SUM and exponent == 1:
                negated = self.algebra.add({}, made.poly or {}, -1)
                other = ((self.algebra.gens.sum(negated), 1),)
                return times(tuple(pair for pair in mono if pair[0] != gen), other)
        for gen, parts in self._products(mono):
            for i, part in enumerate(parts):
                if len(part) > 1:
                    negated = self.algebra.add({}, part, -1)
                    return self._with_parts(mono, gen, (*parts[:i], negated, *parts[i + 1 :]))
        return None

    def _products(self, mono: Monomial) -> Iterator[tuple[int, tuple[Poly, ...]]]:
        for gen, exponent in mono:
            made = self.algebra.gens[gen]
            if made.kind == CALL and made.head in (CHAIN, OUTER) and exponent == 1:
                yield gen, made.parts

    def _with_parts(self, mono: Monomial, gen: int, parts: tuple[Poly, ...]) -> Monomial:
        head, shape = str(self.algebra.gens[gen].head), self.algebra.shape_of(gen)
        ((other,),) = self.algebra.call(head, *parts, shape=shape)
        return times(tuple(pair for pair in mono if pair[0] != gen), (other,))

    def _gathered(self, poly: Poly) -> Iterator[Poly]:
        """Products of matrices with their last factor in common as one, or with their first."""
        for side in (-1, 0):
            gathered = self._gathered_by(poly, side)
            if len(gathered) < len(poly):
                yield gathered
                yield from self._gathered(gathered)

    def _gathered_by(self, poly: Poly, side: int) -> Poly:
        groups: dict[object, list[tuple[Monomial, Number, int, tuple[Poly, ...]]]] = {}
        result: Poly = {}
        for mono, c in poly.items():
            for gen, parts in self._products(mono):
                rest = tuple(pair for pair in mono if pair[0] != gen)
                head = self.algebra.gens[gen].head
                key = (rest, head, self.algebra.shape_of(gen), frozen(parts[side]))
                groups.setdefault(key, []).append((rest, c, gen, parts))
                break
            else:
                add_into(result, {mono: c})
        for terms in groups.values():
            add_into(result, self._one(terms, side))
        return result

    def _one(self, terms: list[tuple[Monomial, Number, int, tuple[Poly, ...]]], side: int) -> Poly:
        """Terms with a factor in common as one product."""
        rest, c, gen, parts = terms[0]
        if len(terms) == 1:
            return self.algebra.mul({rest: c}, self.algebra.of(gen))
        inner: Poly = {}
        for _, c, _, factors in terms:
            others = factors[:-1] if side else factors[1:]
            add_into(inner, self.algebra.mul({ONE: c}, self.algebra.chain(*others)))
        head = self.algebra.gens[gen].head
        build = self.algebra.outer if head == OUTER else self.algebra.chain
        pair = (inner, parts[-1]) if side else (parts[0], inner)
        return self.algebra.mul({rest: 1}, build(*pair))


def _transposed(written: Written) -> Written:
    """The transpose of what is written, its sign outside."""
    if written[0] == "minus":
        return ("minus", _transposed(written[1]))
    return written[1] if written[0] == "transpose" else ("transpose", written)


def simplified_array(
    node: Node,
    last: str,
    cost: Cost,
    evaluate: Callable[[Node], Any],
    lengths: Mapping[int, Written],
    direction: Node | None = None,
    *,
    whole: bool = True,
) -> Written:
    """The shortest form that is known of a node in whose formula there are arrays.

    `lengths` says how the lengths are written that have a name; `direction` is the vector that the
    matrix is written without, of which the node is the product with it. An array of equal numbers
    that is not wanted `whole` is written as one of them.
    """
    forms = []
    for prefer in PREFERENCES:
        algebra = Arrays(lengths, prefer)
        poly: Poly | None = ArrayReader(algebra, evaluate).node(node, last, whole=whole)
        if direction is not None:
            gen = algebra.gens.atom(str(direction.attrs[0]))
            poly = Matrices(algebra, gen).of(poly or {}, direction.shape)
        if poly is None:
            raise refusal("this second derivative", node)
        forms.append(ArrayForms(algebra, cost).best(poly))
        if not algebra.squares:
            break
    return min(forms, key=cost)

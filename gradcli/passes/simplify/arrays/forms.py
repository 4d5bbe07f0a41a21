"""Writes sums of arrays, and chooses among their forms: common factors, transposes, signs."""

from __future__ import annotations

from itertools import chain, groupby
from typing import TYPE_CHECKING

from gradcli.passes.simplify.arrays.algebra import Arrays
from gradcli.passes.simplify.arrays.changes import changed
from gradcli.passes.simplify.arrays.hessians import Matrices
from gradcli.passes.simplify.arrays.products import CHAIN, INVERSE, OUTER, TURNED
from gradcli.passes.simplify.arrays.reading import ArrayReader, refusal
from gradcli.passes.simplify.forms import PREFERENCES, Forms
from gradcli.passes.simplify.generators import CALL, frozen
from gradcli.passes.simplify.polynomials import ONE, add_into, times
from gradcli.passes.simplify.showing import Showing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from gradcli.ir.node import Node
    from gradcli.ir.written import Written
    from gradcli.passes.simplify.forms import Cost
    from gradcli.passes.simplify.generators import Generator
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly
    from gradcli.passes.simplify.showing import Factors


MOST = 50
"""Sums of one formula whose forms are compared; after that many others are written as they are."""

_MIXED = {CHAIN, OUTER, TURNED, INVERSE, "sum", "eye"}
"""Heads and words of what may have a shorter form even where it stands alone."""

_KEEPING = frozenset({"sum", "mean", "norm", "logsumexp"})
"""Functions of rows or columns that may keep an axis of length 1."""

_LATE = {"transpose": 1, "minus": 2}
"""What stands behind other terms where a sum would begin with a transpose."""


class ArrayShowing(Showing):
    """Writes the sums of an algebra of arrays."""

    algebra: Arrays

    def __init__(self, algebra: Arrays, best: Callable[[Poly], Written], cost: Cost) -> None:
        super().__init__(algebra, best)
        self.cost = cost
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
        def factor(gen: int, e: Number) -> Poly:
            single = self._row(gen) or self._column(gen)
            return self.algebra.power(single or self.algebra.of(gen), e)

        return self.algebra.by_factors(poly, factor)

    def _row(self, gen: int) -> Poly:
        """The vector that each row of a matrix is, if it is made of equal ones."""
        made = self.algebra.gens[gen]
        if made.head == OUTER and self.algebra.is_atom(made.parts[0], "ones"):
            return made.parts[1]
        return {}

    def _column(self, gen: int) -> Poly:
        """A sum of each row of a matrix, if each column is these: sum(A, 1, true)."""
        algebra, made = self.algebra, self.algebra.gens[gen]
        if made.head != OUTER or not algebra.is_atom(made.parts[1], "ones"):
            return {}
        result: Poly = {ONE: 1}
        for mono, c in made.parts[0].items() if len(made.parts[0]) == 1 else ():
            for each, exponent in mono:
                part = self._kept(each, made) if algebra.shape_of(each) else algebra.of(each)
                result = algebra.mul(result, algebra.power(part, exponent))
            result = algebra.mul(result, {ONE: c})
        return result if algebra.shape(result) else {}

    def _kept(self, gen: int, column: Generator) -> Poly:
        """A sum over rows that keeps its axis; nothing of what is none."""
        call = self.algebra.gens[gen]
        if call.head not in _KEEPING or len(call.parts) < 2 or call.parts[-1] != {ONE: 1}:
            return {}
        kept = self.algebra.of(self.algebra.gens.atom("true"))
        shape = self.algebra.shape_of(column.number)
        return self.algebra.call(str(call.head), *call.parts, kept, shape=shape)

    def _is_whole(self, gen: int) -> bool:
        return len(self.algebra.shape_of(gen)) == 2 and not (self._row(gen) or self._column(gen))

    def _generator(self, gen: int) -> Written:
        made = self.algebra.gens[gen]
        if gen in self.algebra.named:
            written = self.algebra.named[gen]
        elif made.kind == CALL and made.head == CHAIN:
            written = self._chain([*self._factors(made.parts)])
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
            if is_row:
                yield ("row", written)
            else:
                yield from written[1:] if written[0] == "matmul" else (written,)

    def _chain(self, factors: list[Written]) -> Written:
        """A product of matrices; the same one several times as its power, if that is shorter."""
        powers: list[Written] = []
        for factor, run in groupby(factors):
            n = len([*run])
            powers += [("call", "matrix_power", factor, ("number", n))] if n > 2 else [factor] * n
        plain: Written = ("matmul", *factors)
        if len(powers) == len(factors):
            return plain
        short = powers[0] if len(powers) == 1 else ("matmul", *powers)
        return min(plain, short, key=self.cost)

    def _product(self, factors: Factors) -> Written:
        """A product; numbers stand before the first factor of a product of matrices."""
        written = super()._product(factors)
        if written[0] != "product":
            return written
        arrays = [x for x in written[1:] if self.of_arrays(x)]
        if len(arrays) != 1 or arrays[0][0] != "matmul":
            return ("product", *sorted(written[1:], key=lambda x: x in arrays))
        _, first, *rest = arrays[0]
        numbers = [x for x in written[1:] if x is not arrays[0]]
        return ("matmul", ("product", *numbers, first), *rest)

    def of_arrays(self, written: Written) -> bool:
        """Whether something is an array, and no number."""
        parts = (part for part in written[1:] if isinstance(part, tuple))
        is_array = self.is_array.get(written)
        return any(map(self.of_arrays, parts)) if is_array is None else is_array


class ArrayForms(Forms):
    """Chooses among the forms of the sums of an algebra of arrays."""

    algebra: Arrays
    showing: ArrayShowing

    def __init__(self, algebra: Arrays, cost: Cost) -> None:
        super().__init__(algebra, cost)
        self.showing = ArrayShowing(algebra, self.best, cost)
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
                turned = self._transposed(super().best(self.algebra.turned(poly)))
                written = min(written, turned, key=self.cost)
            self.shortest[key] = written
        return self.shortest[key]

    def _transposed(self, written: Written) -> Written:
        """The transpose of what is written; its sign and its numbers stay outside."""
        kind, *parts = written
        if kind == "transpose":
            inner: Written = parts[0]
            return inner
        if kind == "minus" or (kind == "quotient" and not self.showing.of_arrays(parts[1])):
            return (kind, self._transposed(parts[0]), *parts[1:])
        if kind == "matmul" and parts[0][0] == "product":
            *numbers, first = parts[0][1:]
            if not any(map(self.showing.of_arrays, numbers)):
                return ("product", *numbers, self._transposed((kind, first, *parts[1:])))
        if kind == "product":
            *numbers, last = parts
            if not any(map(self.showing.of_arrays, numbers)):
                return (kind, *numbers, self._transposed(last))
        return ("transpose", written)

    def _is_plain(self, poly: Poly) -> bool:
        gens = {g for mono in poly for g, _ in mono}
        mixes = any({self.algebra.gens[g].head, self.algebra.words.get(g)} & _MIXED for g in gens)
        return not mixes and super()._is_plain(poly)

    def _forms(self, poly: Poly) -> Iterator[Poly]:
        for form in super()._forms(poly):
            yield form
            yield self._with_signs_inside(form)
        joined = self.algebra.joined(poly)
        for other in chain(changed(self.algebra, joined), changed(self.algebra, poly)):
            yield other
            yield self._with_signs_inside(other)
            yield self._over_common(other)
        for gathered in self._gathered(joined):
            yield gathered
            yield self._with_signs_inside(gathered)
            yield self._over_common(gathered)

    def _negated(self, mono: Monomial) -> Monomial | None:
        """The product with the other sign, which one of its factors that are sums has taken."""
        if (other := super()._negated(mono)) is not None:
            return other
        for gen, parts in self._products(mono):
            is_square = len({*map(frozen, parts)}) == 1
            for i, part in enumerate(parts):
                if len(part) > 1 and not is_square:
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

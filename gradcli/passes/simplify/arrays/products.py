"""Products of matrices and vectors, their inverses and transposes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.passes.simplify.algebra import EXP
from gradcli.passes.simplify.arrays.shaped import Shaped
from gradcli.passes.simplify.generators import ATOM, POWER, SUM
from gradcli.passes.simplify.polynomials import ONE

if TYPE_CHECKING:
    from gradcli.ir.shapes import Shape
    from gradcli.passes.simplify.polynomials import Poly

CHAIN, OUTER, TURNED, INVERSE, CHOLESKY = "@", "outer", "T", "inv", "cholesky"
"""The heads of the calls that products of matrices are made of."""

_BY_ROWS = frozenset({INVERSE, CHOLESKY, "softmax"})
"""Functions of matrices other than of each element: their transposes are written as such."""


class Products(Shaped):
    """The algebra of arrays with products of matrices."""

    def total(self, poly: Poly, shape: Shape, axis: int | None = None) -> Poly:
        """The sum of the elements of an array of a shape, over one of its two axes if given."""
        raise NotImplementedError

    def full(self, poly: Poly, shape: Shape) -> Poly:
        """An array all of whose elements are a number, as a product with ones."""
        if len(self.shape(poly)) == len(shape) or not poly:
            return poly
        if len(shape) == 1:
            return self.mul(poly, self.ones(shape[0]))
        return self.mul(poly, self.outer(self.ones(shape[0]), self.ones(shape[1])))

    def chain(self, *operands: Poly) -> Poly:
        """The product of matrices, with a vector at one end or at both."""
        number: Poly = {ONE: 1}
        factors: list[Poly] = []
        for operand in operands:
            scale, rest = self.split(operand)
            number = self.mul(number, scale)
            parts = self.parts(rest, CHAIN) or (rest,)
            is_row = len(self.shape(rest)) == 1 and not factors
            factors += [self.turned(x) for x in reversed(parts)] if is_row else parts
        return self.mul(number, self._product(factors)) if number else {}

    def _product(self, factors: list[Poly]) -> Poly:
        factors = self._cancelled(factors)
        if len(factors) == 1:
            return factors[0]
        for i, factor in enumerate(factors):
            if vectors := self.parts(factor, OUTER):
                left, right = vectors
                turned = [self.turned(x) for x in reversed(factors[i + 1 :])]
                return self.outer(self.chain(*factors[:i], left), self.chain(*turned, right))
        first, last = self.shape(factors[0]), self.shape(factors[-1])
        if len(first) == 1 and (len(last) == 2 or self._is_earlier(factors)):
            factors = [self.turned(x) for x in reversed(factors)]
            first, last = last[::-1], first
        if len(factors) == 2 and len(first) == len(last) == 1:
            for one, other in (factors, factors[::-1]):
                if self.is_atom(one, "ones"):
                    return self.total(other, last)
        return self.call(CHAIN, *factors, shape=(*first[:-1], *last[1:]))

    def _is_earlier(self, factors: list[Poly]) -> bool:
        """Whether a product of two vectors is the other way round what it is written as."""
        other = [self.turned(x) for x in reversed(factors)]
        return self._order(other) < self._order(factors)

    def _order(self, factors: list[Poly]) -> tuple[int, Any]:
        turned = sum(bool(self.parts(x, TURNED)) for x in factors)
        return turned, [sorted(factor.items()) for factor in factors]

    def _cancelled(self, factors: list[Poly]) -> list[Poly]:
        """Factors without identities and inverses beside what they invert; sums for ones."""
        result: list[Poly] = []
        for factor in factors:
            last = result[-1] if result else None
            if last is None or self.is_atom(last, "eye"):
                result[-1:] = [factor]
            elif self.is_atom(factor, "eye"):
                continue
            elif len(self.shape(factor)) == 1 and self._is_diagonal(last):
                (diagonal,) = self.parts(last, "diag")
                is_all = self.is_atom(factor, "ones")
                result[-1:] = [diagonal if is_all else self.mul(diagonal, factor)]
            elif self._is_diagonal(factor) and (
                len(self.shape(last)) == 1 or self._is_diagonal(last)
            ):
                result[-1:] = [self._by_diagonal(last, *self.parts(factor, "diag"))]
            elif whole := self._of_triangular(last, factor):
                result[-1:] = [whole]
            elif self._are_inverse(last, factor):
                result[-1:] = [self.identity(self.shape(factor)[-1])]
            elif self.is_atom(factor, "ones") and len(self.shape(last)) == 2:
                result[-1:] = [self.total(last, self.shape(last), 1)]
            elif self.is_atom(last, "ones") and len(self.shape(factor)) == 2:
                result[-1:] = [self.total(factor, self.shape(factor), 0)]
            else:
                result.append(factor)
        return result if len(result) == len(factors) else self._cancelled(result)

    def _by_diagonal(self, factor: Poly, diagonal: Poly) -> Poly:
        """A vector, or a matrix of a vector on the diagonal, times another of these."""
        if vectors := self.parts(factor, "diag"):
            (vector,) = vectors
            return self.call("diag", self.mul(vector, diagonal), shape=self.shape(factor))
        return diagonal if self.is_atom(factor, "ones") else self.mul(factor, diagonal)

    def _is_row(self, factor: Poly) -> bool:
        return len(self.shape(factor)) == 1

    def _is_diagonal(self, factor: Poly) -> bool:
        """Whether a factor is a matrix of a vector on the diagonal."""
        return len(self.shape(factor)) == 2 and bool(self.parts(factor, "diag"))

    def _are_inverse(self, left: Poly, right: Poly) -> bool:
        for one, other in ((left, right), (right, left)):
            inner = self.parts(one, TURNED)
            (inverted,) = self.parts(inner[0] if inner else one, INVERSE) or (None,)
            if inverted and (self.turned(inverted) if inner else inverted) == other:
                return True
        return False

    def _of_triangular(self, left: Poly, right: Poly) -> Poly | None:
        """What two Cholesky factors are factors of, or their inverses those of its inverse."""
        for one, turned, other in ((left, right, CHOLESKY), (right, left, INVERSE)):
            (factor,) = self.parts(turned, TURNED) or (None,)
            if factor is None or factor != one:
                continue
            (inner,) = self.parts(one, other) or (None,)
            if other == CHOLESKY:
                return inner
            (inner,) = self.parts(inner or {}, CHOLESKY) or (None,)
            return inner and self.inverse(inner)
        return None

    def outer(self, left: Poly, right: Poly) -> Poly:
        """The products of all elements of two vectors."""
        (a, x), (b, y) = self.split(left), self.split(right)
        number = self.mul(a, b)
        if not (x and self.shape(x) and self.shape(y)):
            return self.mul(number, self.mul(x, y))
        shape = self.shape(x) + self.shape(y)
        return self.mul(number, self.call(OUTER, x, y, shape=shape))

    def inverse(self, poly: Poly) -> Poly:
        """The inverse of a matrix; of a product of square ones, that of each."""
        number, rest = self.split(poly)
        factors = self.parts(rest, CHAIN) or (rest,)
        shapes = [self.shape(factor) for factor in factors]
        if any(rows != columns for rows, columns in shapes):
            factors = (rest,)
        inverted = [self._inverse(factor) for factor in reversed(factors)]
        return self.mul(self.power(number, -1), self.chain(*inverted))

    def _inverse(self, factor: Poly) -> Poly:
        if self.is_atom(factor, "eye"):
            return factor
        if inverted := self.parts(factor, INVERSE):
            return inverted[0]
        if turned := self.parts(factor, TURNED):
            return self.turned(self._inverse(turned[0]))
        return self.call(INVERSE, factor, shape=self.shape(factor))

    # --- transposes ---------------------------------------------------------------------------

    def turned(self, poly: Poly) -> Poly:
        """The transpose, taken inside as far as it goes."""
        if len(self.shape(poly)) < 2:
            return poly
        return self.by_factors(poly, lambda gen, e: self.power(self._turned(gen), e))

    def _turned(self, gen: int) -> Poly:
        made = self.gens[gen]
        shape = self.shape_of(gen)
        if len(shape) < 2 or gen in self.named:
            return self.of(gen)
        if made.kind == SUM:
            return self.turned(made.poly or {})
        if made.kind == POWER:
            exponent = self.turned(made.parts[0])
            if made.head == EXP:
                return self.of_exponents(EXP, exponent)
            return self.to_the(self._turned(made.head), exponent)
        if made.kind == ATOM or made.head in _BY_ROWS:
            return self._turned_whole(gen)
        if made.head == "diag":
            return self.of(gen)
        if made.head == CHAIN:
            return self.chain(*[self.turned(x) for x in reversed(made.parts)])
        if made.head == OUTER:
            return self.outer(*reversed(made.parts))
        if made.head == TURNED:
            return made.parts[0]
        parts = tuple(map(self.turned, made.parts))
        return self.of(self.gens.call(made.head, parts, positive=made.positive))

    def _turned_whole(self, gen: int) -> Poly:
        """The transpose of what is written as it is; that of an inverse may be itself."""
        if self.gens[gen].head == INVERSE:
            (inner,) = self.gens[gen].parts
            if self.turned(inner) == inner:
                return self.of(gen)
        return self.call(TURNED, self.of(gen), shape=self.shape_of(gen)[::-1])

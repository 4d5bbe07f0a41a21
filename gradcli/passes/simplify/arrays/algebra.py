"""The algebra of arrays: sums over their elements, traces and norms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.passes.simplify.arrays.products import OUTER, TURNED, Products
from gradcli.passes.simplify.polynomials import ONE, add_into

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.shapes import Shape
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly


class Arrays(Products):
    """The generators of one formula of arrays and their arithmetic."""

    def total(self, poly: Poly, shape: Shape, axis: int | None = None) -> Poly:
        """The sum of the elements of an array of a shape, over one of its two axes if given."""
        number, rest = self.split(poly)
        if not rest or not self.shape(rest):
            lengths = shape if axis is None else shape[axis : axis + 1]
            for length in lengths:
                number = self.mul(number, self.length(length))
            return self.mul(number, rest)
        if len(rest) > 1 and any(map(self._is_apart, rest)):
            return self.mul(number, self._by_term(rest, shape, axis))
        if axis is None:
            return self.mul(number, self._whole(rest) or self.call("sum", rest))
        return self.mul(number, self._along(rest, axis))

    def _is_apart(self, mono: Monomial) -> bool:
        """Whether a term is a number, or has outer products, whose sums are products."""
        heads = {self.gens[gen].head for gen, _ in mono if self.shape_of(gen)}
        return not heads or OUTER in heads

    def _by_term(self, rest: Poly, shape: Shape, axis: int | None) -> Poly:
        """The sums of the terms."""
        result: Poly = {}
        for mono, c in rest.items():
            add_into(result, self.total({mono: c}, shape, axis))
        return result

    def _whole(self, rest: Poly) -> Poly:
        """The sum of all elements as a product or a trace, if it is one."""
        if self.is_atom(rest, "ones"):
            return self.length(self.shape(rest)[0])
        if self.parts(rest, "one_hot") or self.parts(rest, "softmax"):
            is_matrix = len(self.shape(rest)) == 2
            return self.length(self.shape(rest)[0]) if is_matrix else self.number(1)
        if parts := self.parts(rest, "diag"):
            (part,) = parts
            is_matrix = len(self.shape(part)) == 2
            return self.trace(part) if is_matrix else self.total(part, self.shape(part))
        if vectors := self._vectors(rest):
            left, right, other = vectors
            if other != {ONE: 1}:
                return self.chain(left, other, right)
            return self.mul(*(self.total(x, self.shape(x)) for x in (left, right)))
        factors = self._pair(rest)
        if len(self.shape(rest)) == 1:
            return self.chain(*factors) if factors else {}
        for one, other in (factors, factors[::-1]) if factors else ():
            if self.is_atom(one, "eye"):
                return self.trace(other)
        for one, other in (factors, factors[::-1]) if factors else ():
            if self.parts(one, TURNED) and not self.parts(other, TURNED):
                return self.trace(self.chain(self.turned(one), other))
        return {}

    def _pair(self, rest: Poly) -> Sequence[Poly]:
        """The two factors of a sum that is a product of two arrays."""
        if len(rest) != 1:
            return ()
        ((mono, _),) = rest.items()
        if [exponent for _, exponent in mono] == [2]:
            mono = ((mono[0][0], 1),) * 2
        factors = [self.of(gen) for gen, exponent in mono if exponent == 1]
        return factors if len(factors) == len(mono) == 2 else ()

    def _vectors(self, rest: Poly) -> tuple[Poly, Poly, Poly] | None:
        """The vectors whose outer product is a factor of a term, and its other factors."""
        if len(rest) != 1:
            return None
        ((mono, _),) = rest.items()
        left, right, other = {ONE: 1}, {ONE: 1}, {ONE: 1}
        for gen, exponent in mono:
            vectors = self.parts(self.of(gen), OUTER)
            if vectors:
                left = self._times(left, vectors[0], exponent)
                right = self._times(right, vectors[1], exponent)
            else:
                other = self.mul(other, self.of(gen, exponent))
        return None if left == {ONE: 1} else (left, right, other)

    def _times(self, product: Poly, vector: Poly, exponent: Number) -> Poly:
        """A product of vectors with another, of which ones are none."""
        if self.is_atom(vector, "ones"):
            return vector if product == {ONE: 1} else product
        power = self.power(vector, exponent)
        return power if self.is_atom(product, "ones") else self.mul(product, power)

    def _along(self, rest: Poly, axis: int) -> Poly:
        """The sum over one axis of a matrix."""
        if vectors := self._vectors(rest):
            left, right, other = vectors
            kept, summed = (left, right) if axis else (right, left)
            if other == {ONE: 1}:
                return self.mul(kept, self.total(summed, self.shape(summed)))
            product = self.chain(other if axis else self.turned(other), summed)
            return product if self.is_atom(kept, "ones") else self.mul(kept, product)
        if turned := self.parts(rest, TURNED):
            return self._along(turned[0], 1 - axis)
        shape = (self.shape(rest)[1 - axis],)
        return self.call("sum", rest, self.number(axis), shape=shape)

    def element(self, name: str, places: tuple[int, ...]) -> Poly:
        """One element of an input."""
        return self.array(f"{name}[{', '.join(map(str, places))}]", ())

    def unit(self, places: tuple[int, ...], shape: Shape) -> Poly:
        """The vector that is 1 at one place and else 0, or the matrix."""
        vectors = []
        for place, length in zip(places, shape, strict=True):
            count = self.length(length)
            at = self.number(place) if place >= 0 else self.add(count, self.number(place))
            vectors.append(self.call("one_hot", at, count, shape=(length,), positive=True))
        return vectors[0] if len(vectors) == 1 else self.outer(*vectors)

    def trace(self, poly: Poly) -> Poly:
        """The sum of the diagonal."""
        number, rest = self.split(poly)
        if vectors := self.parts(rest, OUTER):
            return self.mul(number, self.chain(*vectors))
        if self.is_atom(rest, "eye"):
            return self.mul(number, self.length(self.shape(rest)[0]))
        (inner,) = self.parts(rest, TURNED) or (rest,)
        return self.mul(number, self.call("trace", inner))

    def diagonal(self, poly: Poly, shape: Shape) -> Poly:
        """The diagonal of a matrix."""
        number, rest = self.split(poly)
        if vectors := self.parts(rest, OUTER):
            one, other = vectors
            return self.mul(number, other if self.is_atom(one, "ones") else self.mul(one, other))
        (inner,) = self.parts(rest, TURNED) or (rest,)
        return self.mul(number, self.call("diag", inner, shape=shape))

    def norm(self, poly: Poly) -> Poly:
        """The root of the sum of squares, the same for what is negative."""
        number, rest = self.split(poly)
        ((mono, c),) = number.items() or ((ONE, 0),)
        rest = self.mul({mono: abs(c)}, rest)
        return self.call("norm", rest, positive=True) if rest else {}

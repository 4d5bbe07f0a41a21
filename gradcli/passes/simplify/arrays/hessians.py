"""Second derivatives by a vector as matrices: what a matrix times a direction was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.passes.simplify.arrays.products import CHAIN
from gradcli.passes.simplify.generators import SUM
from gradcli.passes.simplify.polynomials import ONE, add_into, common, scaled

if TYPE_CHECKING:
    from gradcli.ir.shapes import Shape
    from gradcli.passes.simplify.arrays.algebra import Arrays
    from gradcli.passes.simplify.polynomials import Poly


class Matrices:
    """The matrices of sums that are linear in a vector, the direction."""

    def __init__(self, algebra: Arrays, direction: int) -> None:
        self.algebra = algebra
        self.direction = direction

    def of(self, poly: Poly, shape: Shape) -> Poly | None:
        """The matrix that times the direction is a vector of that shape; of a number the vector.

        None where it is not known.
        """
        result: Poly = {}
        terms: dict[tuple[int, Shape], Poly] = {}
        for mono, c in self.algebra.expanded(poly).items():
            moving = [(gen, e) for gen, e in mono if self._has(gen)]
            if len(moving) != 1 or moving[0][1] != 1:
                return None
            gen = moving[0][0]
            rest: Poly = {tuple(pair for pair in mono if pair[0] != gen): c}
            add_into(terms.setdefault((gen, self.algebra.shape(rest)), {}), rest)
        for (gen, lengths), factor in terms.items():
            matrix = self._of_term(gen, factor, lengths)
            if matrix is None:
                return None
            is_number = not (lengths or self.algebra.shape_of(gen))
            rows = self.algebra.ones(*shape) if shape and is_number else None
            add_into(result, matrix if rows is None else self.algebra.outer(rows, matrix))
        return result

    def _of_term(self, gen: int, rest: Poly, shape: Shape) -> Poly | None:
        """The matrix of a generator with the direction in it, times the rest of that shape."""
        matrix = self._of_generator(gen)
        if matrix is None or not shape:
            return None if matrix is None else self.algebra.mul(rest, matrix)
        if not self.algebra.shape_of(gen):
            return self.algebra.outer(rest, matrix)
        sign = _sign(rest)
        vector = self.algebra.normal(scaled(rest, ONE, sign))
        diagonal = self.algebra.call("diag", vector, shape=shape * 2)
        return scaled(self.algebra.chain(diagonal, matrix), ONE, sign)

    def _of_generator(self, gen: int) -> Poly | None:
        made, algebra = self.algebra.gens[gen], self.algebra
        if gen == self.direction:
            return algebra.identity(*algebra.shape_of(gen))
        if made.kind == SUM:
            return self.of(made.poly or {}, algebra.shape_of(gen))
        if made.head == "sum":
            vector = made.parts[0]
            shape = algebra.shape(vector)
            matrix = self.of(vector, shape) if len(shape) == 1 else None
            return matrix and self._times(matrix, algebra.ones(algebra.shape(vector)[0]))
        return self._of_chain(made.parts) if made.head == CHAIN else None

    def _of_chain(self, parts: tuple[Poly, ...]) -> Poly | None:
        """A product with the direction at one of its ends."""
        *others, last = parts if self._in(parts[-1]) else parts[::-1]
        if not self._in(last) or any(map(self._in, others)):
            return None
        is_number = len(self.algebra.shape(parts[0])) == len(self.algebra.shape(parts[-1])) == 1
        matrix = self.of(last, self.algebra.shape(last))
        if matrix is None or not (is_number or last is parts[-1]):
            return None
        if not is_number:
            return self.algebra.chain(*others, matrix)
        ordered = others if last is parts[-1] else others[::-1]
        vector = self.algebra.chain(*ordered)
        return self._times(matrix, vector)

    def _times(self, matrix: Poly, vector: Poly) -> Poly:
        """The vector whose product with the direction is that of the other with what moves."""
        result: Poly = {}
        for mono, c in self.algebra.turned(matrix).items():
            add_into(result, self.algebra.chain({mono: c}, vector))
        return result

    def _in(self, poly: Poly) -> bool:
        return any(self._has(gen) for mono in poly for gen, _ in mono)

    def _has(self, gen: int) -> bool:
        """Whether the direction is in a generator."""
        made = self.algebra.gens[gen]
        return gen == self.direction or any(map(self._in, (*made.parts, made.poly or {})))


def _sign(poly: Poly) -> int:
    """The sign of s*(1 - s): that of its lowest power, where there is a common factor."""
    if len(poly) < 2 or not common(poly):
        return 1
    lowest = min(poly, key=lambda mono: sum(e for _, e in mono))
    return -1 if poly[lowest] < 0 else 1

"""Arrays of a few elements, each a formula of its own: `[2*x[0], x[1]]`."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import Node, ancestors
from gradcli.ir.op import Elementwise, Linear, Multilinear
from gradcli.ir.record import INPUT
from gradcli.passes.batch import dependents
from gradcli.passes.simplify.algebra import Algebra
from gradcli.passes.simplify.arrays.reading import refusal
from gradcli.passes.simplify.forms import PREFERENCES, shortest
from gradcli.passes.simplify.reading import Reader
from gradcli.passes.simplify.work import Work
from gradcli.passes.simplify.written import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gradcli.ir.shapes import Shape
    from gradcli.ir.written import Written
    from gradcli.passes.simplify.forms import Cost
    from gradcli.passes.simplify.polynomials import Poly

    Polys = np.ndarray[Any, Any]

MOST = 4000
"""Products of elements beyond which an operation of arrays is not read."""

FOLDS = {
    "sum": ("0", "x + y", "x"),
    "prod": ("1", "x*y", "x"),
    "norm": ("0", "x + y^2", "sqrt(x)"),
    "logsumexp": ("0", "x + exp(y)", "log(x)"),
    "max": ("", "maximum(x, y)", "x"),
    "min": ("", "minimum(x, y)", "x"),
}
"""Reductions: with what they start, how an element y is added to x, and what is made of the end.

Where they start with nothing, that is the first element.
"""

BEYOND = {"max": ">", "min": "<"}
"""How the element that a reduction takes compares with the others."""


class ElementReader(Reader):
    """What the elements of nodes are in one algebra."""

    def elements(self, node: Node, last: str) -> Polys:
        """The sums that the elements of a node are; those of a variable come last in terms."""
        inputs = [x for x in ancestors([node]) if x.op is INPUT]
        names = {x: _names(x) for x in inputs}
        self.order([n for x in inputs if x.attrs[0] != last for n in names[x]], last)
        self.moving = {*inputs, *dependents([node], inputs)}
        self.arrays: dict[Node, Polys] = {}
        for each in ancestors([node]):
            if each.op is INPUT:
                atoms = (self.tree(("name", name), {}) for name in names[each])
                self.arrays[each] = _array(each.shape, atoms)
            else:
                self.arrays[each] = self._elements(each)
        return self.arrays[node]

    def _elements(self, node: Node) -> Polys:
        op, operands = node.op, [self.arrays[x] for x in node.inputs]
        if self._counts_attained(node):
            return _array(node.shape, (self.algebra.number(1) for _ in range(node.size)))
        reduced = self._attained(node)
        if reduced is not None:
            return self._beyond(operands[0], BEYOND[reduced.op.name], reduced.attrs[0])
        if node not in self.moving:
            values = np.asarray(self.evaluate(node))
            return _array(node.shape, map(self.constant, values.ravel()))
        if isinstance(op, Elementwise):
            rows = zip(*(x.ravel() for x in np.broadcast_arrays(*operands)), strict=True)
            return _array(node.shape, (self.applied(op, list(row)) for row in rows))
        if isinstance(op, Linear):
            moving = [i for i, x in enumerate(node.inputs) if x in self.moving]
            return self._combined(node, operands, [[i] for i in moving])
        if isinstance(op, Multilinear):
            return self._combined(node, operands, [list(range(len(operands)))])
        if op.name in FOLDS:
            return self._folded(node, operands[0])
        raise refusal(f"{op.word} of single elements", node)

    def _folded(self, node: Node, operand: Polys) -> Polys:
        """A reduction over some axes, those that stay first."""
        start, step, end = FOLDS[node.op.name]
        axes = node.attrs[0]
        kept = [i for i in range(operand.ndim) if i not in axes]
        rows = operand.transpose([*kept, *axes]).reshape(node.size, -1)
        results = []
        for row in rows:
            total = self.tree(read(start), {}) if start else row[0]
            for element in row if start else row[1:]:
                total = self.tree(read(step), {"x": total, "y": element})
            results.append(self.tree(read(end), {"x": total}))
        return _array(node.shape, results)

    def _attained(self, node: Node) -> Node | None:
        """The reduction whose places a node marks, if it does that and nothing else."""
        if len(node.inputs) != 2 or node.op.name != "attains":
            return None
        reduced = node.inputs[1]
        while isinstance(reduced.op, Linear) and len(reduced.inputs) == 1:
            (reduced,) = reduced.inputs
        is_known = reduced.op.name in BEYOND and reduced.inputs == node.inputs[:1]
        return reduced if is_known else None

    def _counts_attained(self, node: Node) -> bool:
        """Whether a node says how many elements are the largest: one, but for points."""
        if node.op.name != "sum" or len(node.inputs[0].inputs) != 1:
            return False
        (cast,) = node.inputs
        reduced = self._attained(cast.inputs[0])
        return reduced is not None and reduced.attrs[0] == node.attrs[0]

    def _beyond(self, elements: Polys, sign: str, axes: Sequence[int]) -> Polys:
        """Whether each element is beyond all others along some axes."""
        kept = [i for i in range(elements.ndim) if i not in axes]
        result = np.empty(elements.shape, dtype=object)
        for place in np.ndindex(elements.shape):
            one = elements.item(place)
            parts = [
                self.functions.plain(sign, [one, elements.item(other)])
                for other in np.ndindex(elements.shape)
                if other != place and all(place[i] == other[i] for i in kept)
            ]
            result[place] = self.functions.plain("and", parts)
        return result

    def _combined(
        self, node: Node, operands: list[Polys], together: Sequence[Sequence[int]]
    ) -> Polys:
        """What is linear in some operands together, by what it makes of each unit of theirs.

        Where others are known, as in [x, 1], it is what it makes of these, and of units besides.
        """
        zeros = [self._zeros(x) for x in node.inputs]
        known = np.asarray(node.op.kernel(*zeros, *node.attrs), dtype=float)
        result = _array(node.shape, map(self.constant, known.ravel()))
        for some in together:
            sizes = [operands[i].size for i in some]
            if np.prod(sizes) * node.size > MOST:
                raise refusal(f"{node.op.word} of so many single elements", node)
            for which in product(*map(range, sizes)):
                arguments = [x.copy() for x in zeros]
                term = self.algebra.number(1)
                for i, k in zip(some, which, strict=True):
                    arguments[i] = np.zeros_like(zeros[i])
                    arguments[i].flat[k] = 1.0
                    term = self.algebra.mul(term, operands[i].flat[k])
                factors = node.op.kernel(*arguments, *node.attrs) - known
                for place in map(tuple, np.argwhere(factors)):
                    more = self.algebra.mul(term, self.constant(factors[place]))
                    result[place] = self.algebra.add(result[place], more)
        return result

    def _zeros(self, node: Node) -> Any:
        """Zeros in the place of what moves, and of anything else its value."""
        is_known = node not in self.moving
        return np.array(self.evaluate(node), dtype=float) if is_known else np.zeros(node.shape)


def _names(node: Node) -> list[str]:
    """The elements of an input as the language writes them: x[0], A[0, 1]."""
    name = str(node.attrs[0])
    places = np.ndindex(node.shape)
    return [f"{name}[{', '.join(map(str, place))}]" if place else name for place in places]


def _array(shape: Shape, polys: Iterable[Poly]) -> Polys:
    array = np.empty(shape, dtype=object)
    for place, poly in zip(np.ndindex(shape), polys, strict=True):
        array[place] = poly
    return array


def simplified_elements(
    node: Node, last: str, cost: Cost, evaluate: Callable[[Node], Any]
) -> Written:
    """The shortest forms that are known of the elements of a node, as a list of them."""
    forms: list[list[Written]] = [[] for _ in range(node.size)]
    for prefer in PREFERENCES:
        algebra = Algebra(prefer)
        polys = ElementReader(algebra, evaluate).elements(node, last)
        for i, poly in enumerate(polys.ravel()):
            algebra.work = Work()
            forms[i] += shortest(algebra, poly, cost)
        if not algebra.squares:
            break
    return _listed(node.shape, iter([min(each, key=cost) for each in forms]))


def _listed(shape: Shape, elements: Iterator[Written]) -> Written:
    if not shape:
        return next(elements)
    return ("list", *(_listed(shape[1:], elements) for _ in range(shape[0])))

"""Reads nodes of arrays into their algebra: what mixes elements by a rule each."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ShapeError
from gradcli.ir.node import Node, ancestors, literal
from gradcli.ir.op import Elementwise
from gradcli.ir.record import CONSTANT, INPUT
from gradcli.ir.shapes import show_shape
from gradcli.passes.simplify.polynomials import ONE, common, divided, scaled, to_power
from gradcli.passes.simplify.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.shapes import Shape
    from gradcli.passes.simplify.arrays.algebra import Arrays
    from gradcli.passes.simplify.polynomials import Poly

    Array = np.ndarray[Any, np.dtype[Any]]
    Rule = Callable[["ArrayReader", Node], Poly]


_MASKING = frozenset("cast reshape broadcast_to transpose matmul any or and".split())
"""What masks go through: a mask that holds everywhere still does so, whatever stands beside it."""


class ArrayReader(Reader):
    """What nodes of numbers, vectors and matrices are in one algebra."""

    algebra: Arrays

    def node(self, node: Node, last: str, *, whole: bool = True) -> Poly:
        """The sum that a node is; a `whole` one of equal numbers is an array of its shape."""
        self._name(node, last)
        if whole and node.ndim == 1:
            self.algebra.array(last, node.shape)
        for each in self._needed(node):
            self.done[each] = self._read(each)
        poly = self.done[node]
        if not whole or len(self.algebra.shape(poly)) == len(shape_of(node)):
            return poly
        word = "ones_like" if poly else "zeros_like"
        shape = shape_of(node)
        like = self.algebra.call(word, self.algebra.array(last, shape), shape=shape)
        return self.algebra.mul(poly or {ONE: 1}, like)

    def _name(self, node: Node, last: str) -> None:
        self.functions.choices.last = last
        inputs = [x for x in ancestors([node]) if x.op is INPUT]
        for x in sorted(inputs, key=lambda x: x.attrs[0] == last):
            self.algebra.array(str(x.attrs[0]), x.shape)
            if x.attrs[0] == last:
                self.algebra.last = self.algebra.gens.atom(last)

    def _needed(self, node: Node) -> list[Node]:
        """The nodes that are read, in their order: no masks, and no conditions that are known."""
        needed = {node}
        nodes = ancestors([node])
        self.varies = {x for x in nodes if x.op is INPUT}
        for each in nodes:
            if not self.varies.isdisjoint(each.inputs):
                self.varies.add(each)
        for each in reversed(nodes):
            if each in needed:
                needed.update(self._operands(each))
        return [each for each in nodes if each in needed]

    def _operands(self, node: Node) -> tuple[Node, ...]:
        if node.op.name == "masked_matmul":
            return node.inputs[:2]
        if node.op.name != "where":
            return node.inputs
        condition, yes, _ = node.inputs
        if self.holds(condition):
            return (yes,)
        return node.inputs if condition in self.varies else node.inputs[1:]

    def holds(self, node: Node) -> bool:
        """Whether a mask leaves out nothing, but for points at which something is 0."""
        if node not in self.varies:
            return bool((np.asarray(self.evaluate(node)) > 0).all())
        is_zero = node.op.name in ("ne", "gt") and literal(node.inputs[1]) == 0
        if node.op.name == "ne" and is_zero:
            return True
        if is_zero:
            return self.holds(node.inputs[0])
        return node.op.name in _MASKING and all(map(self.holds, node.inputs))

    def _read(self, node: Node) -> Poly:
        op = node.op
        if op is INPUT:
            return self.algebra.array(str(node.attrs[0]), node.shape)
        if node.ndim > 2:
            raise refusal(f"an array of the shape {show_shape(node.shape)}", node)
        if op is CONSTANT and not node.shape:
            return super()._read(node)
        rule = RULES.get(op.name)
        if rule is not None:
            return rule(self, node)
        if isinstance(op, Elementwise):
            return self.elementwise(node)
        if node in self.varies:
            raise refusal(f"{op.word} of arrays", node)
        return self.known(node)

    def constant(self, value: Any) -> Poly:
        """A number, or what it is made of if that is a named length."""
        is_number = np.asarray(value).dtype.kind != "b" and np.isfinite(value)
        count = self.algebra.counted(float(value)) if is_number and abs(value) > 1 else None
        return super().constant(value) if count is None else count

    def known(self, node: Node) -> Poly:
        """An array that depends on no input: all elements the same, or the identity matrix."""
        array = np.asarray(self.evaluate(node))
        if array.size and (array == array.flat[0]).all():
            return self.constant(array.flat[0])
        if array.ndim == 2 and np.array_equal(array, np.eye(len(array))):
            return self.algebra.identity(len(array))
        raise refusal("an array that has no name", node)

    def elementwise(self, node: Node) -> Poly:
        """What an operation on elements makes of them."""
        truth = self._truth(node) if node.is_bool else None
        return super()._read(node) if truth is None else self.constant(truth)

    def _truth(self, node: Node) -> np.bool_ | None:
        """Whether a condition holds, where it is one of numbers that are known."""
        values = [self.value_of(self.done[x]) for x in node.inputs]
        return None if None in values else np.bool_(node.op.kernel(*values))

    def value_of(self, poly: Poly) -> Any:
        """The number or truth value that a sum is, else None."""
        if set(poly) <= {ONE}:
            return float(poly.get(ONE, 0))
        return self.truth_of(poly)

    def truth_of(self, poly: Poly) -> bool | None:
        """The truth value that a condition is, where it is known."""
        return next((value for value in (True, False) if poly == self.constant(value)), None)

    def operands(self, node: Node) -> list[Poly]:
        """The operands, vectors beside matrices as matrices of equal rows or columns."""
        return [self.spread(x, node.shape) for x in node.inputs]

    def spread(self, node: Node, shape: Shape) -> Poly:
        """What a node is in an array of a larger shape."""
        poly, algebra = self.done[node], self.algebra
        whole = tuple(n for n in shape if n != 1)
        if len(algebra.shape(poly)) != 1 or len(whole) < 2:
            return poly
        if node.shape[-1] == 1:
            return algebra.outer(poly, algebra.ones(whole[1]))
        return algebra.outer(algebra.ones(whole[0]), poly)

    def full(self, node: Node) -> Poly:
        """What a node is, of its whole shape."""
        return self.algebra.full(self.done[node], shape_of(node))


def shape_of(node: Node) -> Shape:
    """The shape without axes of length 1."""
    return tuple(n for n in node.shape if n != 1)


def refusal(what: str, node: Node) -> ShapeError:
    """The error about what has no formula."""
    inputs = [x for x in ancestors([node]) if x.op is INPUT and x.shape]
    arrays = [x for x in inputs if str(x.attrs[0]).isidentifier()]
    such = "".join(f", as ⟨shape {x.attrs[0]}={','.join('3' * x.ndim)}⟩," for x in arrays[:1])
    return ShapeError(
        f"diff has no formula for {what}",
        span=node.span,
        help=f"⟨shape⟩ with small numbers{such} gives a formula for each element, "
        "`grads` the numbers",
    )


# --- the rules ----------------------------------------------------------------------------------


def _matmul(reader: ArrayReader, node: Node) -> Poly:
    left, right = map(reader.full, node.inputs[:2])
    _, inner = node.inputs[0].shape
    return (reader.algebra.chain if inner > 1 else reader.algebra.outer)(left, right)


def _spread(reader: ArrayReader, node: Node) -> Poly:
    return reader.spread(node.inputs[0], node.shape)


def _same(reader: ArrayReader, node: Node) -> Poly:
    """The same elements in the same order, where only axes of length 1 come or go."""
    (operand,) = node.inputs
    poly = reader.done[operand]
    if shape_of(operand) != shape_of(node) and reader.algebra.shape(poly):
        raise refusal(f"{node.op.word} of arrays", node)
    return poly


def _transpose(reader: ArrayReader, node: Node) -> Poly:
    (operand,) = node.inputs
    poly = reader.done[operand]
    return reader.algebra.turned(poly) if node.attrs[0] == (1, 0) else poly


def _summed(node: Node) -> list[int]:
    """Over which of the axes that are longer than 1 a reduction goes."""
    (operand,) = node.inputs
    axes = [i for i, n in enumerate(operand.shape) if n != 1]
    return [axes.index(i) for i in node.attrs[0] if i in axes]


def _sum(reader: ArrayReader, node: Node) -> Poly:
    (operand,) = node.inputs
    axes, shape = _summed(node), shape_of(operand)
    if not axes:
        return reader.done[operand]
    axis = axes[0] if len(axes) < len(shape) else None
    return reader.algebra.total(reader.done[operand], shape, axis)


def _whole(name: str) -> Rule:
    """The rule of a reduction that has a name, over all elements."""

    def read(reader: ArrayReader, node: Node) -> Poly:
        (operand,) = node.inputs
        if len(_summed(node)) < len(shape_of(operand)):
            raise refusal(f"{node.op.word} along an axis", node)
        if not reader.done[operand]:
            raise refusal(f"{node.op.word} of zeros", node)
        return reader.algebra.call(name, reader.algebra.normal(reader.full(operand)))

    return read


def _logsumexp(reader: ArrayReader, node: Node) -> Poly:
    """Of all elements, or of each row or column of a matrix."""
    (operand,) = node.inputs
    if len(_summed(node)) == len(shape_of(operand)):
        return _whole(node.op.name)(reader, node)
    return _along_axis(reader, node)


def _along_axis(reader: ArrayReader, node: Node, *options: int) -> Poly:
    """A function of each row or column of a matrix."""
    (operand,) = node.inputs
    poly = reader.algebra.normal(reader.full(operand))
    if not poly or len(shape_of(operand)) != 2:
        raise refusal(f"{node.op.word} along an axis", node)
    numbers = map(reader.algebra.number, (*options, *_summed(node)))
    return reader.algebra.call(node.op.name, poly, *numbers, shape=shape_of(node))


def _norm(reader: ArrayReader, node: Node) -> Poly:
    (operand,) = node.inputs
    if len(_summed(node)) < len(shape_of(operand)):
        return _along_axis(reader, node, 2)
    return reader.algebra.norm(reader.full(operand))


def _any(reader: ArrayReader, node: Node) -> Poly:
    poly = reader.done[node.inputs[0]]
    if reader.algebra.shape(poly):
        raise refusal(f"{node.op.word} of arrays", node)
    return poly


def _softmax(reader: ArrayReader, node: Node) -> Poly:
    (operand,) = node.inputs
    if node.attrs[0] != (node.ndim - 1,) or 1 in node.shape:
        raise refusal("softmax along another axis than the last", node)
    poly = reader.full(operand)
    if not reader.algebra.shape(poly):
        return reader.algebra.power(reader.algebra.length(node.shape[-1]), -1)
    normal = reader.algebra.normal(poly)
    return reader.algebra.call("softmax", normal, shape=shape_of(node), positive=True)


def _square(reader: ArrayReader, node: Node) -> Poly:
    """The matrix that an operation of square ones is applied to."""
    if 1 in node.inputs[0].shape:
        raise refusal(f"{node.op.word} of one number", node)
    poly = reader.full(node.inputs[0])
    if not poly:
        raise refusal(f"{node.op.word} of zeros", node)
    return poly


def _det(reader: ArrayReader, node: Node) -> Poly:
    return reader.algebra.call("det", reader.algebra.normal(_square(reader, node)))


def _sign_det(reader: ArrayReader, node: Node) -> Poly:
    return reader.functions.apply("sign", [_det(reader, node)])


def _log_abs_det(reader: ArrayReader, node: Node) -> Poly:
    return reader.functions.apply("log", [reader.functions.apply("abs", [_det(reader, node)])])


def _at_least(reader: ArrayReader, node: Node) -> Poly:
    """A comparison; logdet is read where it is a number, and there the determinant is positive."""
    is_sign = node.inputs[0].op.name == "sign_det" and literal(node.inputs[1]) == 0
    return reader.constant(np.True_) if is_sign else reader.elementwise(node)


def _cofactors(reader: ArrayReader, node: Node) -> Poly:
    algebra = reader.algebra
    return algebra.mul(_det(reader, node), algebra.turned(_inverse(reader, node)))


def _inverse(reader: ArrayReader, node: Node) -> Poly:
    return reader.algebra.inverse(_square(reader, node))


def _cholesky(reader: ArrayReader, node: Node) -> Poly:
    """The factor of a matrix that is symmetric; it is not differentiated by."""
    inner = reader.algebra.normal(_square(reader, node))
    return reader.algebra.call("cholesky", inner, shape=node.shape)


def _solve(reader: ArrayReader, node: Node) -> Poly:
    return reader.algebra.chain(_inverse(reader, node), reader.full(node.inputs[1]))


def _solve_triangular(reader: ArrayReader, node: Node) -> Poly:
    """As `solve`, of a Cholesky factor, which has nothing else than its triangle."""
    algebra, (is_lower, is_unit) = reader.algebra, node.attrs
    factor = _square(reader, node)
    turned = not is_lower
    (whole,) = algebra.parts(algebra.turned(factor) if turned else factor, "cholesky") or (None,)
    if whole is None or is_unit:
        raise refusal(f"{node.op.word} of arrays", node)
    return _solve(reader, node)


def _where(reader: ArrayReader, node: Node) -> Poly:
    condition, *sides = node.inputs
    if reader.holds(condition):
        return reader.spread(sides[0], node.shape)
    yes, no = (reader.spread(x, node.shape) for x in sides)
    if condition in reader.varies:
        chosen = reader.spread(condition, node.shape)
        truth = reader.truth_of(chosen)
        if truth is None:
            return _chosen(reader, chosen, yes, no)
        return yes if truth else no
    mask = reader.known(condition)
    if reader.truth_of(mask) is not None:
        return no
    if no:
        raise refusal("elements chosen by a mask", node)
    gen = next(iter(mask))[0]
    return yes if all(gen in mono for mono in yes) else reader.algebra.mul(mask, yes)


def _chosen(reader: ArrayReader, condition: Poly, yes: Poly, no: Poly) -> Poly:
    """A choice, the numbers that both sides are divided by outside."""
    gens = common([*yes, *no]) if yes or no else ONE
    numbers = tuple((g, e) for g, e in gens if not reader.algebra.shape_of(g))
    below = lcm(*(c.denominator for c in (*yes.values(), *no.values())))
    sides = [scaled(side, to_power(numbers, -1), below) for side in (yes, no)]
    chosen = reader.functions.apply("where", [condition, *sides])
    return reader.algebra.mul({numbers: divided(1, below)}, chosen)


def _index(reader: ArrayReader, node: Node) -> Poly:
    """The diagonal of a matrix, or one element of an input; no others have a name."""
    (operand,) = node.inputs
    numbers = np.arange(operand.size).reshape(operand.shape)
    taken = np.asarray(node.op.kernel(numbers, *node.attrs))
    if operand.ndim == 2 and np.array_equal(taken, np.diag(numbers)):
        return reader.algebra.diagonal(reader.full(operand), node.shape)
    places = _places(reader, operand.shape, np.array([taken])) if not node.shape else ()
    if operand.op is not INPUT or not places:
        raise refusal(f"{'parts' if node.shape else 'single elements'} of arrays", node)
    return reader.algebra.element(str(operand.attrs[0]), places)


def _places(reader: ArrayReader, shape: Shape, found: Array) -> tuple[int, ...]:
    """Where the one element stands that was found, from the end if that is nearer.

    Nothing where there are more, or the array has so few that each has a formula of its own.
    """
    if len(found) != 1 or not all(n in reader.algebra.lengths for n in shape):
        return ()
    places = zip(np.unravel_index(int(found[0]), shape), shape, strict=True)
    return tuple(int(i) if 2 * i < n else int(i) - n for i, n in places)


def _place(reader: ArrayReader, node: Node) -> Poly:
    """A number at one place; a vector, or one number everywhere, on the diagonal of a matrix."""
    (operand,) = node.inputs
    poly = reader.done[operand]
    numbers = np.arange(1, operand.size + 1)
    placed = node.op.kernel(numbers.reshape(operand.shape), *node.attrs)
    if not operand.shape and (places := _places(reader, node.shape, np.flatnonzero(placed))):
        return reader.algebra.mul(poly, reader.algebra.unit(places, node.shape))
    if not np.array_equal(placed, np.diag(numbers)):
        raise refusal("single elements of arrays", node)
    if reader.algebra.shape(poly):
        return reader.algebra.call("diag", poly, shape=node.shape)
    return reader.algebra.mul(poly, reader.algebra.identity(len(placed)))


RULES: dict[str, Rule] = {
    "matmul": _matmul,
    "masked_matmul": _matmul,
    "broadcast_to": _spread,
    "reshape": _same,
    "transpose": _transpose,
    "sum": _sum,
    "norm": _norm,
    "logsumexp": _logsumexp,
    "any": _any,
    "softmax": _softmax,
    "det": _det,
    "sign_det": _sign_det,
    "log_abs_det": _log_abs_det,
    "ge": _at_least,
    "cofactors": _cofactors,
    "inv": _inverse,
    "solve": _solve,
    "solve_triangular": _solve_triangular,
    "cholesky": _cholesky,
    "where": _where,
    "index": _index,
    "place": _place,
    **{name: _whole(name) for name in "max min prod".split()},
}
"""How operations are read that mix elements, or whose operands may be known."""

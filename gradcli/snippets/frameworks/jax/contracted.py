"""What XLA makes of a function that is compiled: products and sums that are rounded once.

The compiler joins a product and what it is added to if nothing else needs the product; a quotient
by a number is a product for it.
"""

from __future__ import annotations

import operator
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import literal
from gradcli.ir.op import Elementwise, Multilinear, Structural
from gradcli.ops import arithmetic, compare, exponential, powers, reduce
from gradcli.ops.shape import RESHAPE, TRANSPOSE
from gradcli.passes.batch import dependents
from gradcli.passes.forward import forward
from gradcli.passes.reverse import reverse
from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.frameworks.jax.kernels import MOST, is_short, products, squares

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.node import Node

    Factors = tuple[Node, Node]

MOVING = frozenset({RESHAPE, TRANSPOSE})
"""Operations behind which a product is still one."""


class Joined(Structural):
    """Several operations in one, which are differentiated as if they were `apart`."""

    __slots__ = ()

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        shape: Callable[..., tuple[int, ...]],
        apart: Callable[..., Node],
    ) -> None:
        def vjp(node: Node, g: Node) -> Sequence[Node | None]:
            return reverse([apart(*node.inputs, *node.attrs)], node.inputs, [g])

        def jvp(node: Node, tangents: Sequence[Node | None]) -> Node | None:
            moving = [(x, t) for x, t in zip(node.inputs, tangents, strict=True) if t is not None]
            whole = [apart(*node.inputs, *node.attrs)]
            return forward(whole, [x for x, _ in moving], [t for _, t in moving])[0]

        super().__init__(name, kernel, shape, vjp, jvp)


def _broadcast(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return np.broadcast_shapes(*shapes)


def _shape_of_total(
    shapes: Sequence[tuple[int, ...]], axes: Sequence[int], keepdims: bool
) -> tuple[int, ...]:
    whole = enumerate(_broadcast(shapes))
    return tuple(1 if i in axes else n for i, n in whole if keepdims or i not in axes)


SUM = Elementwise(
    "multiply_add",
    lambda a, b, c: a * b + c,
    lambda a, b, c, z: b,
    lambda a, b, c, z: a,
    lambda a, b, c, z: 1.0,
)
"""a * b + c, rounded once: the kernel is given doubles."""


def kept_product(name: str) -> Elementwise:
    """A multiplication that is never anything simpler."""
    return Elementwise(
        name,
        operator.mul,
        lambda x, y, z: y,
        lambda x, y, z: x,
        notation=("{0:6}*{1:6}", 6),
        analytic=True,
    )


PRODUCT = kept_product("product")
"""A product of which no factor is left out, even if it is 1, until it is compiled."""

TOTAL = Joined(
    "add_products",
    products,
    _shape_of_total,
    lambda a, b, axes, keepdims: reduce.sum_(a * b, axes, keepdims),
)
"""A sum of products over axes."""

SQUARES = Joined(
    "add_squares",
    squares,
    _shape_of_total,
    lambda x, axes, keepdims: reduce.sum_(x * x, axes, keepdims),
)
"""A sum of squares over axes."""


def contracted(outputs: Sequence[Node], parameters: Sequence[Node]) -> list[Node]:
    """The outputs of a function as they are computed once it is compiled."""
    outputs = merged(outputs, parameters)
    of = _Contraction(outputs, parameters)
    return [of.new(node) for node in outputs]


def merged(outputs: Sequence[Node], parameters: Sequence[Node]) -> list[Node]:
    """The outputs, made of nodes of which no two are alike."""
    known: dict[Any, Node] = {}
    made: dict[Node, Node] = {}

    def own(node: Node) -> Node:
        number = literal(node)
        if number is None:
            return made.get(node, node)
        return known.setdefault((repr(number), node.dtype), node)

    for node in dependents(outputs, parameters):
        inputs = tuple(map(own, node.inputs))
        key = node.op, inputs, node.attrs
        if key not in known:
            is_same = inputs == node.inputs
            known[key] = node if is_same else _with_inputs(node, inputs)
        made[node] = known[key]
    return [made.get(node, node) for node in outputs]


def _with_inputs(node: Node, inputs: tuple[Node, ...]) -> Node:
    """The same operation of other operands."""
    return node.graph.node(node.op, inputs, node.attrs, node.shape, node.dtype)


def _is_of_exponentials(node: Node) -> bool:
    """Whether a node is a product of exponentials, which is one of a sum."""
    is_product = node.op is arithmetic.MUL
    return is_product and all(x.op is exponential.exp.op for x in node.inputs)


class _Contraction:
    """The nodes of a function in their new form; how many need each is counted in the old one.

    Those that are `kept` are results, or what products of matrices are made of.
    """

    def __init__(self, outputs: Sequence[Node], parameters: Sequence[Node]) -> None:
        path = dependents(outputs, parameters)
        self.uses = Counter(outputs)
        self.kept = set(outputs)
        for node in path:
            self.uses.update(node.inputs)
            if isinstance(node.op, Multilinear):
                self.kept.update(node.inputs)
        self.made: dict[Node, Node] = {}
        for node in path:
            self.made[node] = self.joined(node) or self.again(node)

    def new(self, node: Node) -> Node:
        """A node in its new form."""
        return self.made.get(node, node)

    def again(self, node: Node) -> Node:
        """The same operation of operands in their new form."""
        inputs = tuple(map(self.new, node.inputs))
        return node if inputs == node.inputs else _with_inputs(node, inputs)

    def joined(self, node: Node) -> Node | None:
        """A node as one operation with a product that it needs; None if there is none."""
        if node.dtype != FLOAT32:
            return None
        if node.op in (arithmetic.add.op, arithmetic.sub.op):
            return self.joined_sum(node, *node.inputs)
        if node.op is reduce.sum_.op:
            return self.joined_total(node, node.inputs[0])
        turned = self.turned(node)
        return self.simplified(node) if turned is None else arithmetic.mul(*turned)

    def simplified(self, node: Node) -> Node | None:
        """A formula that the compiler puts in the place of an equal one."""
        if node.op is exponential.log.op and node.inputs[0].op is powers.sqrt.op:
            made: Node = 0.5 * exponential.log(self.new(node.inputs[0].inputs[0]))
            return made
        if node.op is PRODUCT:
            first, second = map(self.new, node.inputs)
            product: Node = first * second
            return product
        if _is_of_exponentials(node):
            first, second = (self.new(x.inputs[0]) for x in node.inputs)
            raised: Node = exponential.exp(first + second)
            return raised
        return None

    def joined_sum(self, node: Node, x: Node, y: Node) -> Node | None:
        """A sum or a difference, of which the first operand that is a product is joined."""
        is_sum = node.op is arithmetic.add.op
        of_first, of_second = (self.factors(part) for part in (x, y))
        if of_first is not None and x.shape == node.shape:
            other = self.new(y)
            own = (*of_first, other if is_sum else arithmetic.neg(other))
            return node.graph.node(SUM, own, (), node.shape, node.dtype)
        if of_second is not None and y.shape == node.shape:
            a, b = of_second
            own = (a if is_sum else arithmetic.neg(a), b, self.new(x))
            return node.graph.node(SUM, own, (), node.shape, node.dtype)
        return None

    def joined_total(self, node: Node, x: Node) -> Node | None:
        """A sum of products over a short axis, one after another.

        What else needs a product computes it again, unless it is kept as it is for something.
        """
        is_one = is_short(x.shape, node.attrs[0])
        is_shared = x not in self.kept or 1 in x.shape
        factors = self.factors(x, is_shared=is_shared) if is_one else None
        if factors is None:
            return None
        a, b = factors
        if a is b:
            return node.graph.node(SQUARES, (a,), node.attrs, node.shape, node.dtype)
        return node.graph.node(TOTAL, factors, node.attrs, node.shape, node.dtype)

    def factors(self, x: Node, *, is_shared: bool = False) -> Factors | None:
        """The factors of a product that nothing else needs, unless it `is_shared`.

        What no parameter is in has been computed before.
        """
        is_free = is_shared or self.uses[x] == 1
        if x.dtype != FLOAT32 or x not in self.made or not is_free:
            return None
        if x.op is arithmetic.MUL and not _is_of_exponentials(x):
            a, b = map(self.new, x.inputs)
            return a, b
        if x.op is powers.square.op:
            (a,) = map(self.new, x.inputs)
            return a, a
        if x.op is powers.pow_.op:
            return self.last_product(self.new(x.inputs[0]), literal(x.inputs[1]))
        if x.op is arithmetic.neg.op:
            found = self.factors(x.inputs[0], is_shared=is_shared)
            return found and (arithmetic.neg(found[0]), found[1])
        if x.op is compare.WHERE and x.inputs[0] not in self.made:
            return self.chosen(x, self.factors(x.inputs[1], is_shared=is_shared))
        if x.op in MOVING:
            return self.moved(x, self.factors(x.inputs[0], is_shared=is_shared))
        return self.turned(x)

    def last_product(self, x: Node, exponent: float | None) -> Factors | None:
        """The factors of a power of a whole exponent, which is a product of squares."""
        if exponent is None or exponent not in range(2, MOST + 1):
            return None
        highest = 1 << int(exponent).bit_length() - 1
        rest = exponent - highest or highest / 2
        return powers.pow_(x, rest), powers.pow_(x, exponent - rest)

    def turned(self, x: Node) -> Factors | None:
        """What is divided by a number, or by one for many elements, and one over that."""
        if x.op is not arithmetic.div.op:
            return None
        number, divisor = literal(x.inputs[1]), self.new(x.inputs[1])
        if number is not None:
            return self.new(x.inputs[0]), x.graph.constant(
                float(np.float32(1) / np.float32(number))
            )
        inner = x.inputs[1]
        if inner.op is arithmetic.div.op and literal(inner.inputs[0]) == 1.0:
            return self.new(x.inputs[0]), self.new(inner.inputs[1])
        if divisor.size == x.size:
            return None
        return self.new(x.inputs[0]), arithmetic.div(x.graph.constant(1.0), divisor)

    def chosen(self, x: Node, factors: Factors | None) -> Factors | None:
        """The factors of a product where a known mask has it, and 0 elsewhere."""
        mask, product, other = x.inputs
        if factors is None or literal(other) != 0.0 or product.shape != x.shape:
            return None
        return compare.choose(mask, factors[0], 0.0), factors[1]

    def moved(self, x: Node, factors: Factors | None) -> Factors | None:
        """The factors of what was moved, each moved alike."""
        if factors is None:
            return None
        shape = x.inputs[0].shape

        def own(part: Node) -> Node:
            return _with_inputs(x, (part,)) if part.shape else part

        if any(part.shape not in ((), shape) for part in factors):
            return None
        a, b = map(own, factors)
        return a, b

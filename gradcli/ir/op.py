"""The records of operations: what an operation computes, its shape, and its derivative, once.

An elementwise operation states its partials, a reduction the weight of each element, a linear or
multilinear operation its adjoint; both modes of differentiation follow from the one statement.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import DomainError, ShapeError
from gradcli.ir.node import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.batching import Batch
    from gradcli.ir.graph import Graph

    Shape = tuple[int, ...]
    Partial = Callable[..., "Node | float"]
    Select = Callable[..., "Node"] | None

BOOL = np.dtype(np.bool_)


class Op:
    """A primitive operation: its name and its kernel `kernel(*arrays, *attrs)` over NumPy arrays.

    `flat` says that the operation is piecewise constant: its derivative is 0 wherever it has one.
    `analytic` says that the kernel computes the same function of complex numbers. `stable` are the
    rules that may give a node another form, which keeps digits that this one loses; they look for
    operands made by one of the `triggers` (None: by any operation). `identity` says that the value
    is that of the first input; `into(*arrays, out=array)`, where there is one, is the kernel that
    writes into an array, which may be one of the inputs if it is a NumPy function.
    """

    __slots__ = ("analytic", "flat", "identity", "into", "kernel", "name", "stable", "triggers")

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        *,
        flat: bool = False,
        analytic: bool | None = None,
        identity: bool = False,
        into: Callable[..., Any] | None = None,
    ) -> None:
        self.name = name
        self.kernel = kernel
        self.flat = flat
        self.identity = identity
        self.into = into or _INTO.get(kernel, kernel if isinstance(kernel, np.ufunc) else None)
        self.analytic = _is_analytic(kernel) if analytic is None else analytic
        self.stable: tuple[Any, ...] = ()
        self.triggers: frozenset[Op] | None = frozenset()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


_INTO = {
    operator.add: np.add,
    operator.sub: np.subtract,
    operator.mul: np.multiply,
    operator.truediv: np.divide,
    operator.neg: np.negative,
}
"""The NumPy functions behind Python's operators, which can write into an array."""


def _is_analytic(kernel: Any) -> bool:
    """Whether a kernel is a NumPy function that takes complex numbers to complex numbers."""
    types = getattr(kernel, "types", ())
    return "D->D" in types or "DD->D" in types


def _no_value(name: str) -> Any:
    raise AssertionError(f"the input {name!r} has no value")


INPUT = Op("input", _no_value)
CONSTANT = Op("constant", lambda value: value)


class Elementwise(Op):
    """An operation on elements, with broadcasting.

    `partials[i](*inputs, result)` is the derivative by input i: a node, or a number where it is
    the same everywhere. `selects[i](*inputs, result)`, where given, is the mask outside which
    input i was not selected: there its derivative is dropped, not multiplied by zero.
    """

    __slots__ = ("keeps_bool", "partials", "result_bool", "rewrite", "selects")

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        *partials: Partial,
        selects: Sequence[Select] = (),
        rewrite: Callable[..., Node | None] | None = None,
        flat: bool = False,
        result_bool: bool = False,
        keeps_bool: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(name, kernel, flat=flat, **more)
        self.partials = partials
        self.selects: tuple[Select, ...] = tuple(selects) or (None,) * len(partials)
        self.rewrite = rewrite
        self.result_bool = result_bool
        self.keeps_bool = keeps_bool

    def __call__(self, *operands: Node | float) -> Node:
        """The node of this operation applied to the operands."""
        graph = graph_of(operands)
        inputs = graph.lifted(operands)
        if self.rewrite is not None:
            simpler = self.rewrite(*inputs)
            if simpler is not None:
                return simpler
        if self.stable and graph.stabilize:
            better = stabilized(graph, self, inputs)
            if better is not None:
                return better
        if not self.keeps_bool:
            for x in inputs:
                if x.dtype is BOOL:
                    inputs = tuple(map(as_number, inputs))
                    break
        key = (self, inputs, ())
        found = graph.nodes.get(key)
        return self._new(graph, key) if found is None else found

    def _new(self, graph: Graph, key: tuple[Op, tuple[Node, ...], tuple[()]]) -> Node:
        shape = broadcast(key[1])
        if shape:
            graph.check_size(shape)
        dtype = BOOL if self.result_bool else graph.dtype
        node = graph.nodes[key] = Node(self, key[1], (), shape, dtype, graph)
        return node


_DOUBLE = np.dtype(np.float64)

_FOLDED = frozenset(
    {
        operator.add,
        operator.sub,
        operator.mul,
        operator.truediv,
        np.less,
        np.less_equal,
        np.greater,
        np.greater_equal,
        np.equal,
        np.not_equal,
    }
)
"""Kernels that give the same of Python's numbers, without a word where the result is infinite."""


class Unary(Elementwise):
    """An elementwise operation of one operand, made often enough to have a way of its own."""

    __slots__ = ()

    def __call__(self, x: Node) -> Node:  # type: ignore[override]
        """The node of this operation applied to a node."""
        if self.rewrite is not None:
            simpler = self.rewrite(x)
            if simpler is not None:
                return simpler
        graph = x.graph
        if self.stable and graph.stabilize:
            better = stabilized(graph, self, (x,))
            if better is not None:
                return better
        if x.dtype is BOOL and not self.keeps_bool:
            x = as_number(x)
        key = (self, (x,), ())
        found = graph.nodes.get(key)
        return self._new(graph, key) if found is None else found


class Binary(Elementwise):
    """An elementwise operation of two operands, made often enough to have a way of its own."""

    __slots__ = ()

    def __call__(self, left: Any, right: Any) -> Node:  # type: ignore[override]
        """The node of this operation applied to two operands, one of them a node."""
        x: Node = left if left.__class__ is Node else right.graph.lift(left)
        y: Node = right if right.__class__ is Node else x.graph.lift(right)
        graph, triggers = x.graph, self.triggers
        if x.op is CONSTANT and y.op is CONSTANT and graph.stabilize:
            known = self._folded(graph, x, y)
            if known is not None:
                return known
        if self.rewrite is not None:
            simpler = self.rewrite(x, y)
            if simpler is not None:
                return simpler
        if graph.stabilize and (triggers is None or x.op in triggers or y.op in triggers):
            better = stabilized(graph, self, (x, y))
            if better is not None:
                return better
        if (x.dtype is BOOL or y.dtype is BOOL) and not self.keeps_bool:
            x, y = as_number(x), as_number(y)
        key = (self, (x, y), ())
        found = graph.nodes.get(key)
        if found is not None:
            return found
        if x.shape or y.shape:
            return self._new(graph, key)
        dtype = BOOL if self.result_bool else graph.dtype
        node = graph.nodes[key] = Node(self, key[1], (), (), dtype, graph)
        return node

    def _folded(self, graph: Graph, x: Node, y: Node) -> Node | None:
        """The constant that two constants come to, if that is a finite number or a truth value."""
        if self.kernel not in _FOLDED or x.shape or y.shape or graph.dtype is not _DOUBLE:
            return None
        if x.dtype is BOOL or y.dtype is BOOL:
            return None
        try:
            value = self.kernel(x.attrs[0].item(), y.attrs[0].item())
        except ZeroDivisionError:
            return None
        return graph.constant(value) if math.isfinite(value) else None


class Reduction(Op):
    """An operation that folds the axes `attrs[0]` away; `attrs[1]` says whether they stay as 1.

    `weight(x, z)` is the derivative of the result by each element (z with the axes kept);
    `select(x, z)`, where given, the mask of the elements that were selected. `adds` says that the
    results of parts add up to that of the whole.
    """

    __slots__ = ("adds", "needs_elements", "result_bool", "select", "weight")

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        weight: Partial,
        *,
        select: Select = None,
        flat: bool = False,
        result_bool: bool = False,
        needs_elements: bool = False,
        analytic: bool = False,
        adds: bool = False,
    ) -> None:
        super().__init__(name, kernel, flat=flat, analytic=analytic)
        self.weight = weight
        self.select = select
        self.result_bool = result_bool
        self.needs_elements = needs_elements
        self.adds = adds

    def __call__(self, x: Node, axis: Any = None, keepdims: bool = False) -> Node:
        """The node of this operation applied to the operands."""
        axes = normal_axes(axis, len(x.shape))
        if x.is_bool and not self.result_bool:
            x = as_number(x)
        if self.needs_elements and any(x.shape[a] == 0 for a in axes):
            raise DomainError(f"{self.name} of no elements: the shape is {show_shape(x.shape)}")
        shape = reduced_shape(x.shape, axes, keepdims)
        dtype = BOOL if self.result_bool else x.graph.dtype
        return x.graph.node(self, (x,), (axes, keepdims), shape, dtype)


class Linear(Op):
    """An operation linear in all its inputs together, with coefficients that are not negative.

    `shape(shapes, *attrs)` is the shape of the result, `adjoint(node, g)` the cotangents of the
    inputs; a tangent goes through the operation itself. `selective` says that it leaves elements
    of its input out, whose derivative is then dropped. The last `indices` inputs are indices,
    in which it is constant. `moves` says that each element of the result is an element of the one
    input. `batch` is as in `ir.batching`.
    """

    __slots__ = ("adjoint", "batch", "indices", "moves", "selective", "shape")

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        shape: Callable[..., Shape],
        adjoint: Callable[[Node, Node], Sequence[Node]],
        *,
        selective: bool = False,
        indices: int = 0,
        moves: bool = False,
        batch: Batch | None = None,
    ) -> None:
        super().__init__(name, kernel)
        self.moves = moves
        self.shape = shape
        self.adjoint = adjoint
        self.selective = selective
        self.indices = indices
        self.batch = batch

    def __call__(self, *operands: Node | float, attrs: tuple[Any, ...] = ()) -> Node:
        """The node of this operation applied to the operands."""
        graph = graph_of(operands)
        inputs = graph.lifted(operands)
        dtype = BOOL if all(x.is_bool for x in inputs) else graph.dtype
        if dtype is not BOOL:
            inputs = tuple(as_number(x) if x.is_bool else x for x in inputs)
        shape = self.shape([x.shape for x in inputs], *attrs)
        return graph.node(self, inputs, attrs, shape, dtype)


class OnNumbers(Op):
    """An operation on whole arrays of numbers: a truth value among its inputs counts as 0 or 1.

    `shape(shapes, *attrs)` is the shape of the result.
    """

    __slots__ = ("shape",)

    shape: Callable[..., Shape]

    def __call__(self, *operands: Node | float, attrs: tuple[Any, ...] = ()) -> Node:
        """The node of this operation applied to the operands."""
        graph = graph_of(operands)
        inputs = tuple(map(as_number, graph.lifted(operands)))
        shape = self.shape([x.shape for x in inputs], *attrs)
        return graph.node(self, inputs, attrs, shape, graph.dtype)


class Multilinear(OnNumbers):
    """An operation linear in each input by itself, such as a product of matrices.

    `adjoint(node, g, i)` is the cotangent of input i; the sum over inputs of the operation with
    that one input replaced by its tangent is the tangent. `masked(inputs, attrs, i, mask)`, where
    given, is the operation without the terms in which input i is outside the mask, whatever the
    other factors are there. `batch` is as in `ir.batching`.
    """

    __slots__ = ("adjoint", "batch", "masked")

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        shape: Callable[..., Shape],
        adjoint: Callable[..., Node],
        *,
        masked: Callable[[Sequence[Node], tuple[Any, ...], int, Node], Node] | None = None,
        batch: Batch | None = None,
    ) -> None:
        super().__init__(name, kernel)
        self.shape = shape
        self.adjoint = adjoint
        self.masked = masked
        self.batch = batch


class Structural(OnNumbers):
    """Any other operation on whole arrays, which states both modes.

    `vjp(node, g)` gives the cotangents of its inputs (None: constant in that input), and
    `jvp(node, tangents)` the tangent of its result (a tangent of None is zero).
    `reach`, where given, is a linear operation of one input with the same attributes, whose
    result depends on as much of it as that of this one on each of its inputs.
    `batch` is as in `ir.batching`.
    """

    __slots__ = ("batch", "jvp", "reach", "vjp")

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        shape: Callable[..., Shape],
        vjp: Callable[[Node, Node], Sequence[Node | None]],
        jvp: Callable[[Node, Sequence[Any]], Node | None],
        *,
        flat: bool = False,
        reach: Linear | None = None,
        batch: Batch | None = None,
    ) -> None:
        super().__init__(name, kernel, flat=flat)
        self.shape = shape
        self.vjp = vjp
        self.jvp = jvp
        self.reach = reach
        self.batch = batch


def stabilized(graph: Graph, op: Op, inputs: tuple[Node, ...]) -> Node | None:
    """The form that the first fitting rule gives to a node; the graph remembers which it was."""
    for rule in op.stable:
        better: Node | None = rule.apply(*inputs)
        if better is not None:
            graph.stabilized.append((rule, graph.span))
            return better
    return None


def graph_of(operands: Sequence[Any]) -> Graph:
    """The graph of the first node among operands."""
    for operand in operands:
        if operand.__class__ is Node:
            graph: Graph = operand.graph
            return graph
    raise TypeError("an operation needs a node among its operands")


def _to_number(x: Any, dtype: Any) -> Any:
    return np.asarray(x, dtype)


CAST = Elementwise("cast", _to_number, lambda _x, _z: 0, flat=True)


def as_number(x: Node) -> Node:
    """The node as numbers: a truth value counts as 0 or 1 of the working dtype."""
    if not x.is_bool:
        return x
    return x.graph.node(CAST, (x,), (x.graph.dtype,), x.shape, x.graph.dtype)


def broadcast(nodes: Sequence[Node]) -> Shape:
    """The common shape of the nodes, as NumPy broadcasts; a ShapeError if there is none."""
    shape = nodes[0].shape
    for node in nodes:
        if node.shape != shape:
            shape = broadcast_shapes(shape, node.shape)
    return shape


def broadcast_shapes(a: Shape, b: Shape) -> Shape:
    """NumPy's broadcasting of two shapes."""
    if not a or not b:
        return a or b
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    lead = len(longer) - len(shorter)
    joined = list(longer[:lead])
    for m, n in zip(longer[lead:], shorter, strict=True):
        if m != n and m != 1 and n != 1:
            raise ShapeError(f"shapes {show_shape(a)} and {show_shape(b)} do not broadcast")
        joined.append(n if m == 1 else m)
    return tuple(joined)


def show_shape(shape: Shape) -> str:
    """A shape as NumPy prints it."""
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def normal_axis(axis: int, ndim: int) -> int:
    """An axis counted from the front; a ShapeError where there is no such axis."""
    if not -ndim <= axis < ndim:
        has = f"there are axes 0 to {ndim - 1}"
        if ndim < 2:
            has = "there is only axis 0" if ndim else "a scalar has no axes"
        raise ShapeError(f"axis {axis} is out of range: {has}")
    return axis % ndim


def normal_axes(axis: int | Sequence[int] | None, ndim: int) -> Shape:
    """The axes as a sorted tuple, counted from the front; None stands for all of them."""
    if axis is None:
        return tuple(range(ndim))
    if isinstance(axis, int):
        return (normal_axis(axis, ndim),)
    axes = sorted(normal_axis(a, ndim) for a in axis)
    if len(set(axes)) != len(axes):
        raise ShapeError(f"an axis is named twice in {show_shape(tuple(axis))}")
    return tuple(axes)


def reduced_shape(shape: Shape, axes: Shape, keepdims: bool) -> Shape:
    """The shape after the axes are folded away, or kept as 1."""
    if keepdims:
        return tuple(1 if i in axes else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)

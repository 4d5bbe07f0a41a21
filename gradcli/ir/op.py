"""The kinds of operations: what a record of each states, from which both modes follow.

An elementwise operation states its partials, a reduction the weight of each element, a linear or
multilinear operation its adjoint, any other both modes.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.errors import DomainError
from gradcli.ir.node import BOOL, WORDS, Node
from gradcli.ir.record import CONSTANT, TRUTH, Op, Rule
from gradcli.ir.shapes import broadcast_shapes, normal_axes, reduced_shape, show_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gradcli.ir.node import Graph
    from gradcli.ir.shapes import Shape

    Partial = Callable[..., Node | float]
    Select = Callable[..., Node] | None
    Box = tuple[tuple[int, int], ...]


def nothing(*_: Any) -> float:
    """The partial by an operand in which the operation is constant; known by its identity."""
    return 0.0


def _always(number: float) -> Partial:
    """The partial that is the same number whatever the inputs are."""
    return lambda *_: number


PRODUCT, QUOTIENT = "product", "quotient"
"""How power series of operands make that of a result: term by term, or the other way round."""


class Closed:
    """Partials in terms of the result itself, which keep the recurrence of a power series short.

    They hold where no element of `nonzero(*inputs, result)` is 0. Elsewhere, and where it gives
    None, the series is that of `form(*inputs)`, if there is one, or follows from the record's own
    partials.
    """

    __slots__ = ("form", "nonzero", "partials")

    def __init__(
        self,
        nonzero: Callable[..., Node | None],
        *partials: Partial,
        form: Callable[..., Node] | None = None,
    ) -> None:
        self.nonzero = nonzero
        self.partials = partials
        self.form = form


class Elementwise(Op):
    """An operation on elements, with broadcasting.

    `partials[i](*inputs, result)` is the derivative by input i: a node, or a number where it is the
    same everywhere; one that is so for all inputs is stated as a number. `selects[i](*inputs,
    result)`, where given, is the mask outside which input i was not selected: there its derivative
    is dropped, not multiplied by zero. `rewrite` gives a simpler form of the operation on some
    inputs, or None; one of them at least must be made by one of the operations `of` (any, if there
    are none; TRUTH for truth values). The power series of the result follows from the partials,
    unless `series` says more: it is that of a PRODUCT (of the one input with itself, if there is
    one) or a QUOTIENT (1 over the one input), or has a Closed form. It is `opposed` if the partials
    by its two inputs are 1 and -1. `chain` has the partial by each input, the number that it was
    stated as or None, and the selection.
    """

    __slots__ = ("chain", "keeps_bool", "opposed", "partials", "result_bool", "selects", "series")

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        *partials: Partial | float,
        selects: Sequence[Select] = (),
        rewrite: Callable[..., Node | None] | None = None,
        of: Iterable[Op] = (),
        result_bool: bool = False,
        keeps_bool: bool = False,
        series: str | Closed | None = None,
        **more: Any,
    ) -> None:
        super().__init__(name, kernel, **more)
        self.partials = tuple([p if callable(p) else _always(p) for p in partials])
        self.opposed = partials == (1, -1)
        self.series = series
        self.selects: tuple[Select, ...] = tuple(selects) or (None,) * len(partials)
        constants = [None if callable(p) else p for p in partials]
        self.chain = tuple(zip(self.partials, constants, self.selects, strict=True))
        self.result_bool = result_bool
        self.keeps_bool = keeps_bool
        if rewrite is not None:
            self.add_rule(Rule(rewrite, of))

    def __call__(self, *operands: Node | float) -> Node:
        """The node of this operation applied to the operands, or of what it comes to."""
        graph = graph_of(operands)
        inputs = graph.lifted(operands)
        has_truth = any(x.dtype is BOOL for x in inputs)
        made_by = [x.op for x in inputs]
        if has_truth:
            made_by.append(TRUTH)
        form = graph.other_form(self.fitted(*made_by), *inputs)
        if form is not None:
            return form
        if has_truth and not self.keeps_bool:
            inputs = tuple(map(as_number, inputs))
        dtype = BOOL if self.result_bool else graph.dtype
        return graph.node(self, inputs, (), broadcast(inputs), dtype)

    def flows(self, count: int) -> list[bool]:
        """Whether a derivative can flow to each of so many inputs."""
        return [not self.flat and self.partials[i] is not nothing for i in range(count)]


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
        """The node of this operation applied to a node, or of what it comes to."""
        graph = x.graph
        dtype = graph.dtype
        if x.dtype is not dtype:  # but a truth value
            return super().__call__(x)
        rules = self.fitting.get((x.op,))
        for rule in self.fitted(x.op) if rules is None else rules:
            if (graph.stabilize or not rule.written) and not (graph.keeps_signs and rule.signs):
                form: Node | None = rule.apply(x)
                if form is not None:
                    return graph.formed(form, rule) if rule.written else form
        key = self, x
        node = graph.nodes.get(key)
        if node is None:
            shape = x.shape
            if shape:
                graph.check_size(shape)
            if self.result_bool:
                dtype = BOOL
            node = graph.nodes[key] = graph.made(self, (x,), (), shape, dtype)
        return node


class Binary(Elementwise):
    """An elementwise operation of two operands, made often enough to have a way of its own."""

    __slots__ = ()

    def __init__(
        self, name: str, kernel: Callable[..., Any], *partials: Partial | float, **more: Any
    ) -> None:
        super().__init__(name, kernel, *partials, **more)
        if kernel in _FOLDED:
            self.rules = (Rule(self._folded, (CONSTANT,), every=True), *self.rules)

    def __call__(self, left: Any, right: Any) -> Node:  # type: ignore[override]
        """The node of this operation applied to two operands, one of them a node."""
        x: Node = left if left.__class__ is Node else right.graph.constant(left)
        y: Node = right if right.__class__ is Node else x.graph.constant(right)
        graph = x.graph
        dtype = graph.dtype
        if x.dtype is not dtype or y.dtype is not dtype:  # but a truth value
            return super().__call__(x, y)
        rules = self.fitting.get((x.op, y.op))
        for rule in self.fitted(x.op, y.op) if rules is None else rules:
            if (graph.stabilize or not rule.written) and not (graph.keeps_signs and rule.signs):
                form: Node | None = rule.apply(x, y)
                if form is not None:
                    return graph.formed(form, rule) if rule.written else form
        key = self, x, y
        node = graph.nodes.get(key)
        if node is None:
            shape = x.shape
            if shape or y.shape:
                shape = broadcast_shapes(shape, y.shape)
                graph.check_size(shape)
            if self.result_bool:
                dtype = BOOL
            node = graph.nodes[key] = graph.made(self, (x, y), (), shape, dtype)
        return node

    def _folded(self, x: Node, y: Node) -> Node | None:
        """The constant that two constants come to, if that is a finite number or a truth value."""
        graph = x.graph
        if x.shape or y.shape or graph.dtype is not _DOUBLE or not graph.stabilize:
            return None
        if x.dtype is BOOL or y.dtype is BOOL:
            return None
        try:
            value = self.kernel(x.attrs[0].item(), y.attrs[0].item())
        except ZeroDivisionError:
            return None
        return graph.constant(value) if math.isfinite(value) else None


def first_attribute(node: Node) -> Any:
    """The axes of a node that has them as its first attribute."""
    return node.attrs[0]


class Reduction(Op):
    """An operation that folds the axes `attrs[0]` away; `attrs[1]` says whether they stay as 1.

    `weight(x, z)` is the derivative of the result by each element (z with the axes kept);
    `select(x, z)`, where given, the mask of the elements that were selected. `adds` says that the
    results of parts add up to that of the whole; `in_sums(node, is_there)`, where given, is the
    same made of sums, whose input may be at hand as a whole.
    """

    __slots__ = ("adds", "in_sums", "needs_elements", "result_bool", "select", "weight")

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        weight: Partial,
        *,
        select: Select = None,
        result_bool: bool = False,
        needs_elements: bool = False,
        adds: bool = False,
        in_sums: Callable[[Node, bool], Node] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(name, kernel, notes=self._of_all, rows=first_attribute, **more)
        self.weight = weight
        self.select = select
        self.result_bool = result_bool
        self.needs_elements = needs_elements
        self.adds = adds
        self.in_sums = in_sums

    def _of_all(self, node: Node) -> tuple[str, int] | None:
        """Over all axes it is written without them."""
        return (f"{self.name}({{0}})", 10) if len(node.attrs[0]) == node.inputs[0].ndim else None

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


def _unindexed(_: Node) -> None:
    """What has no indices takes and puts nothing by them."""


class Linear(Op):
    """An operation linear in all its inputs together, with coefficients that are not negative.

    `shape(shapes, *attrs)` is the shape of the result, `adjoint(node, g)` the cotangents of the
    inputs; a tangent goes through the operation itself. `selective` says that it leaves elements
    of its input out, whose derivative is then dropped. The last `indices` inputs are indices,
    in which it is constant. `moves` says that each element of the result is an element of the one
    input, in the same order; if it `looks`, its kernel gives a view of that. `boxes(node)`, where
    given, is where its inputs stand in the result, if that is zero elsewhere: for each of them the
    first index and the one behind the last, by axis; or `part(whole, *attrs)`, what of an array of
    the result's shape its one input fills. Where it `takes(node)` parts of its one input by
    indices, that gives their numbers and how many first axes are counted through; where it
    `puts(node)` its input there, adding up what comes again, it gives the same of its result.
    Either is None where it does not.
    """

    __slots__ = (
        "adjoint",
        "boxes",
        "indices",
        "looks",
        "moves",
        "part",
        "puts",
        "selective",
        "shape",
        "takes",
    )

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
        looks: bool = False,
        boxes: Callable[[Node], Sequence[Box] | None] | None = None,
        part: Callable[..., Any] | None = None,
        takes: Callable[[Node], Any] = _unindexed,
        puts: Callable[[Node], Any] = _unindexed,
        **more: Any,
    ) -> None:
        super().__init__(name, kernel, **more)
        self.moves = moves
        self.looks = looks
        self.part = part
        self.takes = takes
        self.puts = puts
        self.boxes = boxes
        self.shape = shape
        self.adjoint = adjoint
        self.selective = selective
        self.indices = indices

    def flows(self, count: int) -> list[bool]:
        """Whether a derivative can flow to each of so many inputs."""
        return [i < count - self.indices for i in range(count)]

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
        if self.rules:
            form = graph.other_form(self.fitted(*[x.op for x in inputs]), *inputs)
            if form is not None:
                return form
        shape = self.shape([x.shape for x in inputs], *attrs)
        return graph.node(self, inputs, attrs, shape, graph.dtype)


class Multilinear(OnNumbers):
    """An operation linear in each input by itself, such as a product of matrices.

    `adjoint(node, g, i)` is the cotangent of input i; the sum over inputs of the operation with
    that one input replaced by its tangent is the tangent. `masked(inputs, attrs, i, mask)`, where
    given, is the operation without the terms in which input i is outside the mask, whatever the
    other factors are there.
    """

    __slots__ = ("adjoint", "masked")

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        shape: Callable[..., Shape],
        adjoint: Callable[..., Node],
        *,
        masked: Callable[[Sequence[Node], tuple[Any, ...], int, Node], Node] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(name, kernel, **more)
        self.shape = shape
        self.adjoint = adjoint
        self.masked = masked


class Structural(OnNumbers):
    """Any other operation on whole arrays, which states both modes.

    `vjp(node, g)` gives the cotangents of its inputs (None: constant in that input), and
    `jvp(node, tangents)` the tangent of its result (a tangent of None is zero).
    `reach`, where given, is a linear operation of one input with the same attributes, whose
    result depends on as much of it as that of this one on each of its inputs. If it is `wanting`,
    `vjp` also takes what a cotangent is of any use for. Through one that `parts` nothing flows to
    an input of cotangent None, as if the result were not made of it.
    """

    __slots__ = ("jvp", "reach", "vjp", "wanting")

    parts: ClassVar[bool] = False

    def __init__(
        self,
        name: str,
        kernel: Callable[..., Any],
        shape: Callable[..., Shape],
        vjp: Callable[..., Sequence[Node | None]],
        jvp: Callable[[Node, Sequence[Any]], Node | None],
        *,
        reach: Linear | None = None,
        wanting: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(name, kernel, **more)
        self.shape = shape
        self.vjp = vjp
        self.jvp = jvp
        self.reach = reach
        self.wanting = wanting


def spell(words: Mapping[str, Any]) -> None:
    """Fills `WORDS` in; a record's method is quicker to call than the record."""
    for name, build in words.items():
        quick = isinstance(build, (Elementwise, Reduction))
        WORDS[name] = build.__call__ if quick else build


def graph_of(operands: Sequence[Any]) -> Graph:
    """The graph of the first node among operands."""
    for operand in operands:
        if operand.__class__ is Node:
            graph: Graph = operand.graph
            return graph
    raise TypeError("an operation needs a node among its operands")


def _to_number(x: Any, dtype: Any) -> Any:
    return x.astype(dtype)


CAST = Elementwise("cast", _to_number, nothing, notation=("{0}", 10), flat=True)


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

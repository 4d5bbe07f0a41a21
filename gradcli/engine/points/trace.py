"""A walk back from a result over arrays: where it is supported, and what points it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.ir.kinds import DOMAIN, OVERFLOW, SMOOTH, TIE
from gradcli.ir.node import WORDS, Node, ancestors
from gradcli.ir.op import Elementwise, Linear, Multilinear, Reduction, Structural
from gradcli.ir.shapes import reduced_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gradcli.engine.run import Run

    Parts = Iterable[tuple[Node, "State"]]


class State(NamedTuple):
    """What is known of each element of a node, as arrays.

    Whether it is supported, whether it is touched at all (by what is supported, or by the edge of
    a selection), and the worst kind of point on the way to the result.
    """

    support: Any
    touch: Any
    kinds: Any

    def joined(self, other: State) -> State:
        """Both ways from an element to the result together."""
        return State(
            self.support | other.support,
            self.touch | other.touch,
            np.maximum(self.kinds, other.kinds),
        )

    def folded(self, shape: tuple[int, ...]) -> State:
        """The state of an operand of this shape that was broadcast."""
        whole = np.shape(self.touch)
        if whole == shape:
            return self
        lead = len(whole) - len(shape)
        axes = tuple(i for i, n in enumerate(whole) if i < lead or shape[i - lead] != n)
        return State(*(np.max(x, axes, keepdims=True, initial=0).reshape(shape) for x in self))

    def anywhere(self, shape: tuple[int, ...]) -> State:
        """The state of whatever may be behind each element of the result, in another shape."""
        return State(*(np.full(shape, np.max(x, initial=0)) for x in self))


class Use(NamedTuple):
    """An operation that was used at a point of some kind: the node, the kinds, and where."""

    node: Node
    kinds: Any


class Trace:
    """The states of all nodes between some results and some inputs, and the points met."""

    def __init__(self, run: Run, xs: Sequence[Node], dy: Any = None) -> None:
        self.run = run
        self.uses: list[Use] = []
        self.moving: set[Node] = set()
        self.states: dict[Node, State] = {}
        with np.errstate(all="ignore"):
            self._walk(run.results, xs, dy)

    def value(self, node: Node) -> Any:
        """The array of a node."""
        return np.asarray(self.run.evaluator(node))

    def arguments(self, node: Node) -> list[Any]:
        """What the record's statements on special points are asked with: operands, result, more.

        The result of a reduction has its axes kept.
        """
        arrays = [self.value(x) for x in (*node.inputs, node)]
        if not isinstance(node.op, Reduction):
            return [*arrays, *node.attrs]
        x, z = arrays
        return [x, z.reshape(reduced_shape(x.shape, node.attrs[0], True))]

    def _walk(self, ys: Sequence[Node], xs: Sequence[Node], dy: Any) -> None:
        decisions = self.run.interpreter.decisions
        order = ancestors([*ys, *decisions], after=min((x.order for x in xs), default=1) - 1)
        active = self._reached(order, xs)
        for y in ys:
            whole = np.ones(y.shape, bool) if dy is None else np.broadcast_to(dy, y.shape) != 0
            self._join(y, State(whole, whole, np.zeros(y.shape, int)))
        for condition in decisions:
            nothing = np.zeros(condition.shape, bool)
            self._join(condition, State(nothing, ~nothing, nothing.astype(int)))
        for node in reversed(order):
            if node in self.states and node in active and node.inputs:
                for x, part in self._parts(node, self.states[node]):
                    if x in active:
                        self._join(x, part)

    def _reached(self, order: Sequence[Node], xs: Sequence[Node]) -> set[Node]:
        """What depends on an x; `moving` is what does not only through what is flat."""
        active, self.moving = set(xs), set(xs)
        for node in order:
            if not active.isdisjoint(node.inputs):
                active.add(node)
                flows = node.op.flows(len(node.inputs))
                if any(f and x in self.moving for x, f in zip(node.inputs, flows, strict=True)):
                    self.moving.add(node)
        return active

    def _join(self, node: Node, state: State) -> None:
        before = self.states.get(node)
        self.states[node] = state if before is None else before.joined(state)

    # --- one node ---------------------------------------------------------------------------

    def _parts(self, node: Node, state: State) -> Parts:
        """The state that each input has from this node's."""
        op = node.op
        if isinstance(op, Elementwise):
            return self._elementwise(node, op, state)
        if isinstance(op, Reduction):
            return [(node.inputs[0], self._reduction(node, op, state))]
        points = self._points(node, state.touch)
        state = state._replace(kinds=np.maximum(state.kinds, points))
        if isinstance(op, (Linear, Multilinear)):
            return self._linear(node, state, points)
        assert isinstance(op, Structural)
        return self._structural(node, op, state)

    def _points(self, node: Node, touch: Any) -> Any:
        """The kinds of points at which a node is used, where it is touched and may move."""
        if self.moving.isdisjoint(node.inputs):
            return np.full(np.shape(touch), SMOOTH)
        arguments = self.arguments(node)
        operands, z = arguments[: len(node.inputs)], arguments[len(node.inputs)]
        kinds = np.full(np.shape(touch), SMOOTH)
        if node.op.special is not None:
            kinds = np.maximum(kinds, node.op.special(*arguments))
        known = _finite(node, operands)
        kinds = np.where(np.isinf(z) & known & (kinds == SMOOTH), OVERFLOW, kinds)
        kinds = np.where(np.isnan(z) & known, DOMAIN, kinds)
        kinds = np.where(touch, kinds, SMOOTH)
        if np.any(kinds):
            self.uses.append(Use(node, kinds))
        return kinds

    def _elementwise(self, node: Node, op: Elementwise, state: State) -> Iterator[Any]:
        points = self._points(node, state.touch)
        kinds = np.maximum(state.kinds, points)
        flows = op.flows(len(node.inputs))
        for x, flow, select in zip(node.inputs, flows, op.selects, strict=True):
            chosen: Any = True
            if select is not None and not op.flat:
                chosen = self.value(select(*node.inputs, node))
            touch = state.touch & (chosen | (points > SMOOTH))
            part = State(state.support & chosen & flow, touch, np.where(touch, kinds, SMOOTH))
            yield x, part.folded(x.shape)

    def _reduction(self, node: Node, op: Reduction, state: State) -> State:
        x = node.inputs[0]
        kept = reduced_shape(x.shape, node.attrs[0], True)
        support, touch, kinds = (np.broadcast_to(s.reshape(kept), x.shape) for s in state)
        points = self._points(node, touch)
        chosen: Any = True
        if op.select is not None:
            chosen = self.value(op.select(x, WORDS["reshape"](node, kept)))
        touch = touch & (chosen | (points > SMOOTH))
        kinds = np.where(touch, np.maximum(kinds, points), SMOOTH)
        return State(support & chosen & (not op.flat), touch, kinds)

    def _linear(self, node: Node, state: State, points: Any) -> Parts:
        """Masks go back through the adjoint itself; indices are touched where they are used."""
        first, *others = self._pulled(_adjoints(node), node, state)
        parts = [(node.inputs[0], self._with_equals(node, first, points))]
        parts += zip(node.inputs[1:], others, strict=False)
        if node.op.special is None:
            used = state._replace(support=np.zeros_like(state.support))
            for order in node.inputs[len(parts) :]:
                alike = order.shape == node.shape
                parts.append((order, used if alike else used.anywhere(order.shape)))
        return parts

    def _with_equals(self, node: Node, state: State, points: Any) -> State:
        """Where the node is tied, the elements that might as well have been selected, too."""
        if TIE not in points:
            return state
        equal = np.isin(self.value(node.inputs[0]), self.value(node)[points == TIE])
        kinds = np.where(equal, np.maximum(state.kinds, TIE), state.kinds)
        return State(state.support, state.touch | equal, kinds)

    def _structural(self, node: Node, op: Structural, state: State) -> Parts:
        """All that the operation reaches, which is everything unless it says."""
        if op.flat:
            state = state._replace(support=np.zeros_like(state.support))
        if op.reach is None:
            return [(x, state.anywhere(x.shape)) for x in node.inputs]
        reach = op.reach.adjoint
        (part,) = self._pulled(lambda mask: reach(node, mask), node, state)
        return [(x, part) for x in node.inputs]

    def _pulled(
        self, adjoints: Callable[[Node], Sequence[Node]], node: Node, state: State
    ) -> list[State]:
        """The state behind each input of an operation, of which masks pass the adjoints."""

        def pulled(mask: Any) -> list[Any]:
            marked = node.graph.constant(np.asarray(mask, float))
            return [self.value(part) > 0 for part in adjoints(marked)]

        supports, touches = pulled(state.support), pulled(state.touch)
        kinds = [np.full(touch.shape, SMOOTH) for touch in touches]
        for kind in np.unique(state.kinds[state.kinds > SMOOTH]):
            for k, mask in enumerate(pulled(state.kinds >= kind)):
                kinds[k] = np.where(mask, kind, kinds[k])
        return [State(*parts) for parts in zip(supports, touches, kinds, strict=True)]


def _adjoints(node: Node) -> Callable[[Node], Sequence[Node]]:
    """What takes a mask back to the inputs of a linear or multilinear node."""
    op = node.op
    if isinstance(op, Linear):
        adjoint = op.adjoint
        return lambda mask: adjoint(node, mask)
    assert isinstance(op, Multilinear)
    by_input = op.adjoint
    one = node.graph.constant(1.0)
    ones = tuple(WORDS["spread"](one, x.shape) for x in node.inputs)
    return lambda mask: [by_input(ones, node.attrs, mask, i) for i in range(len(ones))]


def _finite(node: Node, operands: Sequence[Any]) -> Any:
    """Where all operands are finite; what works on whole arrays may use all of their elements."""
    by_element = isinstance(node.op, (Elementwise, Reduction))
    known: Any = True
    for operand in operands:
        finite = np.isfinite(operand)
        known = known & (finite if by_element else finite.all())
    return known

"""A walk back from a result over arrays: where it is supported, and what points it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.kinds import DOMAIN, OVERFLOW, POLE, VERTICAL
from gradcli.ir.node import WORDS, ancestors
from gradcli.ir.op import Elementwise, Linear, Multilinear, Reduction
from gradcli.ir.shapes import reduced_shape
from gradcli.ops.points import POINTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.engine.run import Run
    from gradcli.ir.node import Node


class State:
    """What is known of each element of a node.

    Whether it is supported, whether it is touched at all (by what is supported, or by the edge of
    a selection), and the worst kind of point on the way to the result.
    """

    __slots__ = ("kinds", "support", "touch")

    def __init__(self, support: Any, touch: Any, kinds: Any) -> None:
        self.support = support
        self.touch = touch
        self.kinds = kinds

    def joined(self, other: State) -> State:
        """Both ways from an element to the result together."""
        return State(
            self.support | other.support,
            self.touch | other.touch,
            np.maximum(self.kinds, other.kinds),
        )


class Use:
    """An operation that was used at a point of some kind: the node, the kinds, and where."""

    __slots__ = ("kinds", "node")

    def __init__(self, node: Node, kinds: Any) -> None:
        self.node = node
        self.kinds = kinds


class Trace:
    """The states of all nodes between some results and some inputs, and the points met."""

    def __init__(self, run: Run, xs: Sequence[Node], dy: Any = None) -> None:
        self.run = run
        self.uses: list[Use] = []
        self.states: dict[Node, State] = {}
        with np.errstate(all="ignore"):
            self._walk(run.results, xs, dy)

    def value(self, node: Node) -> Any:
        """The array of a node."""
        return np.asarray(self.run.evaluator(node))

    def _walk(self, ys: Sequence[Node], xs: Sequence[Node], dy: Any) -> None:
        first = min((x.order for x in xs), default=1)
        active = set(xs)
        order = ancestors([*ys, *self.run.interpreter.decisions], after=first - 1)
        for node in order:
            if not active.isdisjoint(node.inputs):
                active.add(node)
        for y in ys:
            whole = np.ones(y.shape, bool) if dy is None else np.broadcast_to(dy, y.shape) != 0
            self._join(y, State(whole, whole, np.zeros(y.shape, int)))
        for condition in self.run.interpreter.decisions:
            nothing = np.zeros(condition.shape, bool)
            self._join(condition, State(nothing, ~nothing, nothing.astype(int)))
        for node in reversed(order):
            state = self.states.get(node)
            if state is not None and node in active and node.inputs:
                for x, part in self._parts(node, state):
                    if x in active:
                        self._join(x, part)

    def _join(self, node: Node, state: State) -> None:
        before = self.states.get(node)
        self.states[node] = state if before is None else before.joined(state)

    # --- one node ---------------------------------------------------------------------------

    def _parts(self, node: Node, state: State) -> Iterator[tuple[Node, State]]:
        op = node.op
        if isinstance(op, Elementwise):
            yield from self._elementwise(node, op, state)
        elif isinstance(op, Reduction):
            yield node.inputs[0], self._reduction(node, op, state)
        elif isinstance(op, (Linear, Multilinear)):
            yield from self._linear(node, state)
        else:
            kinds = np.max(state.kinds, initial=0)
            for x in node.inputs:
                support, touch = np.any(state.support), np.any(state.touch)
                yield (
                    x,
                    State(
                        np.full(x.shape, support), np.full(x.shape, touch), np.full(x.shape, kinds)
                    ),
                )

    def _points(self, node: Node, operands: Sequence[Any], result: Any, touch: Any) -> Any:
        """The kinds of points at which a node is used, where it is touched."""
        rule = POINTS.get(node.op)
        kinds = np.zeros(np.shape(result), int)
        if rule is not None:
            kinds = np.maximum(kinds, rule(*operands, result))
        known = _finite(operands)
        made_nan = np.isnan(result) & known
        made_inf = np.isinf(result) & known & (kinds != POLE) & (kinds != VERTICAL)
        kinds = np.where(made_nan, DOMAIN, np.where(made_inf, OVERFLOW, kinds))
        kinds = np.where(touch, kinds, 0)
        if np.any(kinds):
            self.uses.append(Use(node, kinds))
        return kinds

    def _elementwise(
        self, node: Node, op: Elementwise, state: State
    ) -> Iterator[tuple[Node, State]]:
        operands = [self.value(x) for x in node.inputs]
        result = self.value(node)
        points = self._points(node, operands, result, state.touch)
        kinds = np.maximum(state.kinds, points)
        for i, x in enumerate(node.inputs):
            select = op.selects[i]
            chosen: Any = True
            if select is not None and not op.flat:
                chosen = self.value(select(*node.inputs, node))
            open_ = not (op.flat or op.partials[i].__name__ == "nothing")
            touch = state.touch & (chosen | (points > 0))
            support = state.support & chosen & open_
            part = State(support, touch, np.where(touch, kinds, 0))
            yield x, _folded(part, node.shape, x.shape)

    def _reduction(self, node: Node, op: Reduction, state: State) -> State:
        x = node.inputs[0]
        kept = reduced_shape(x.shape, node.attrs[0], True)
        array, z = self.value(x), self.value(node).reshape(kept)
        touch = np.broadcast_to(state.touch.reshape(kept), x.shape)
        support = np.broadcast_to(state.support.reshape(kept), x.shape)
        chosen: Any = True
        if op.select is not None:
            chosen = self.value(op.select(x, WORDS["reshape"](node, kept)))
        points = self._points(node, (array,), np.broadcast_to(z, x.shape), touch)
        kinds = np.maximum(np.broadcast_to(state.kinds.reshape(kept), x.shape), points)
        touch = touch & (chosen | (points > 0))
        return State(support & chosen, touch, np.where(touch, kinds, 0))

    def _linear(self, node: Node, state: State) -> Iterator[tuple[Node, State]]:
        """Masks go back through the adjoint itself, a kind at a time."""
        supports = self._adjoint(node, state.support)
        touches = self._adjoint(node, state.touch)
        kinds = [np.zeros(x.shape, int) for x in node.inputs[: len(touches)]]
        for kind in np.unique(state.kinds[state.kinds > 0]):
            for k, mask in enumerate(self._adjoint(node, state.kinds >= kind)):
                kinds[k] = np.where(mask, np.maximum(kinds[k], kind), kinds[k])
        for x, support, touch, kind in zip(node.inputs, supports, touches, kinds, strict=False):
            yield x, State(support, touch, kind)

    def _adjoint(self, node: Node, mask: Any) -> list[Any]:
        marked = node.graph.constant(np.asarray(mask, float))
        op = node.op
        if isinstance(op, Linear):
            parts: Sequence[Node] = op.adjoint(node, marked)
        else:
            assert isinstance(op, Multilinear)
            one = node.graph.constant(1.0)
            ones = tuple(WORDS["spread"](one, x.shape) for x in node.inputs)
            parts = [op.adjoint(ones, node.attrs, marked, i) for i in range(len(ones))]
        return [self.value(part) > 0 for part in parts]


def _finite(operands: Sequence[Any]) -> Any:
    known: Any = True
    for operand in operands:
        known = known & np.isfinite(operand)
    return known


def _folded(state: State, whole: tuple[int, ...], shape: tuple[int, ...]) -> State:
    """The state of an operand that was broadcast."""
    if whole == shape:
        return state
    lead = len(whole) - len(shape)
    axes = tuple(i for i in range(len(whole)) if i < lead or shape[i - lead] != whole[i])
    return State(
        np.any(state.support, axis=axes, keepdims=True).reshape(shape),
        np.any(state.touch, axis=axes, keepdims=True).reshape(shape),
        np.max(state.kinds, axis=axes, keepdims=True).reshape(shape),
    )

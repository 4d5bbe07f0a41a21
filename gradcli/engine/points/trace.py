"""A walk back from a result over arrays: where it is supported, and what points it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.ir.kinds import DOMAIN, OVERFLOW, SMOOTH, TIE
from gradcli.ir.node import TRACE, WORDS, Node, ancestors
from gradcli.ir.op import Elementwise, Linear, Multilinear, Reduction, Structural
from gradcli.ir.shapes import reduced_shape
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from gradcli.engine.run import Run
    from gradcli.exec.plain import Evaluator
    from gradcli.ir.kinds import Special
    from gradcli.ir.record import Op
    from gradcli.lower.gradient import Differentiated

    Parts = Iterable[tuple[Node, "State"]]


class State(NamedTuple):
    """What is known of each element of a node, as arrays.

    Whether it is supported, whether it is touched at all (by what is supported, or by the edge of
    a selection), the worst kind of point on the way to the result, and how many points are on all
    ways together: none, one, or several (2).
    """

    support: Any
    touch: Any
    kinds: Any
    met: Any

    def joined(self, other: State) -> State:
        """Both ways from an element to the result together."""
        return State(
            self.support | other.support,
            self.touch | other.touch,
            np.maximum(self.kinds, other.kinds),
            np.minimum(self.met + other.met, 2),
        )

    def meeting(self, points: Any) -> State:
        """The state behind points of these kinds."""
        return self._replace(
            kinds=np.maximum(self.kinds, points), met=np.minimum(self.met + (points > SMOOTH), 2)
        )

    def within(self, touch: Any, support: Any) -> State:
        """The state of what is touched, and the support, where only a part of it is."""
        met, kinds = np.where(touch, self.met, 0), np.where(touch, self.kinds, SMOOTH)
        return State(support, touch, kinds, met)

    def folded(self, shape: tuple[int, ...]) -> State:
        """The state of an operand of this shape that was broadcast."""
        whole = np.shape(self.touch)
        if whole == shape:
            return self
        lead = len(whole) - len(shape)
        axes = tuple(i for i, n in enumerate(whole) if i < lead or shape[i - lead] != n)
        worst = State(*(np.max(x, axes, keepdims=True, initial=0).reshape(shape) for x in self))
        met = np.sum(self.met, axes, keepdims=True).reshape(shape)
        return worst._replace(met=np.minimum(met, 2))

    def anywhere(self, shape: tuple[int, ...]) -> State:
        """The state of whatever may be behind each element of the result, in another shape."""
        worst = State(*(np.full(shape, np.max(x, initial=0)) for x in self))
        return worst._replace(met=np.full(shape, min(np.sum(self.met), 2)))


def special_of(node: Node, moving: Collection[Node]) -> Special | None:
    """The statement on special points of a node some of whose inputs move."""
    special = node.op.special
    if special is None:
        return None
    return special.along([i for i, x in enumerate(node.inputs) if x in moving])


def arguments(op: Op, arrays: Sequence[Any], attrs: Sequence[Any]) -> list[Any]:
    """What statements on special points are asked with: operands and result, and attributes.

    The result of a reduction has its axes kept.
    """
    if not isinstance(op, Reduction):
        return [*arrays, *attrs]
    x, z = arrays
    return [x, z.reshape(reduced_shape(x.shape, attrs[0], True))]


class Use(NamedTuple):
    """An operation that was used at a point of some kind: the node, the kinds, and where."""

    node: Node
    kinds: Any


class Trace:
    """The states of all nodes between what is differentiated and some xs, and the points met.

    That is sum(value * dy) of the run, or `of`, where only points count: what has met none on the
    way is left once there are none before it.
    """

    def __init__(
        self, run: Run, xs: Sequence[Node], dy: Any = None, of: Differentiated | None = None
    ) -> None:
        self.run = run
        self.of = of
        self.ys = run.results if of is None else of.ys
        self.stops = set() if of is None else {*of.stops}
        self.seeds = [None if dy is None else np.asarray(dy)] * len(self.ys)
        if of is not None and of.seeds is not None:
            self.seeds = [None if seed is None else self.value(seed) for seed in of.seeds]
        self.decisions = run.interpreter.decisions if of is None else decisions_on(run, of)
        self.uses: list[Use] = []
        self.moving: set[Node] = set()
        self.states: dict[Node, State] = {}
        with np.errstate(all="ignore"):
            self._walk(xs)

    def value(self, node: Node) -> Any:
        """The array of a node."""
        return np.asarray(self.run.evaluator(node))

    def total(self, evaluator: Evaluator, ys: Sequence[Node] | None = None) -> float:
        """sum(y * seed) in double precision, as another evaluator has the ys, or other ys."""
        evaluator.run(self.ys if ys is None else ys)
        with np.errstate(all="ignore"):
            parts = [
                np.asarray(evaluator(y), float) * (1 if seed is None else seed)
                for y, seed in zip(self.ys if ys is None else ys, self.seeds, strict=True)
            ]
            return float(sum(np.sum(part) for part in parts))

    def slope(self, ys: Sequence[Node], x: Node) -> Node | None:
        """The gradient of sum(y * seed) by x."""
        seeds = [None if s is None else x.graph.constant(s) for s in self.seeds]
        return modes.reverse(ys, [x], seeds, self.stops)[0]

    def cotangent(self, node: Node) -> Any:
        """The array of the cotangent of a node."""
        slope = self.slope(self.ys, node)
        return np.zeros(node.shape, node.dtype) if slope is None else self.value(slope)

    def arguments(self, node: Node) -> list[Any]:
        """What the record's statements on special points are asked with."""
        arrays = [self.value(x) for x in (*node.inputs, node)]
        return arguments(node.op, arrays, node.attrs)

    def _walk(self, xs: Sequence[Node]) -> None:
        first = min((x.order for x in xs), default=1)
        order = ancestors([*self.ys, *self.decisions], after=first - 1)
        active = self._reached(order, xs)
        followed = active if self.of is None else self._pointed(order, active)
        for y, seed in zip(self.ys, self.seeds, strict=True):
            whole = np.ones(y.shape, bool) if seed is None else np.broadcast_to(seed, y.shape) != 0
            self._join(y, _start(whole, whole))
        for condition in self.decisions:
            nothing = np.zeros(condition.shape, bool)
            self._join(condition, _start(nothing, ~nothing))
        for node in reversed(order):
            if node.inputs and node in self.states and node in active and node not in self.stops:
                for x, part in self._parts(node, self.states[node]):
                    if x in followed or (x in active and np.any(part.met)):
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

    def _pointed(self, order: Sequence[Node], active: set[Node]) -> set[Node]:
        """The nodes at which, or before which, a point may be met."""
        pointed: set[Node] = set()
        for node in order:
            is_behind = not pointed.isdisjoint(node.inputs)
            if is_behind or (node in active and node.inputs and self._may_meet(node)):
                pointed.add(node)
        return pointed

    def _may_meet(self, node: Node) -> bool:
        special = special_of(node, self.moving)
        return special is not None or node.dtype is TRACE or not np.isfinite(self.value(node)).all()

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
        state = state.meeting(points)
        if isinstance(op, (Linear, Multilinear)):
            return self._linear(node, state, points)
        assert isinstance(op, Structural)
        return self._structural(node, op, state)

    def _points(self, node: Node, touch: Any) -> Any:
        """The kinds of points at which a node is used, where it is touched and may move."""
        kinds = np.full(np.shape(touch), SMOOTH)
        if self.moving.isdisjoint(node.inputs) or node.dtype is TRACE:
            return kinds
        arguments = self.arguments(node)
        operands, z = arguments[: len(node.inputs)], arguments[len(node.inputs)]
        special = special_of(node, self.moving)
        if special is not None:
            kinds = np.maximum(kinds, special(*arguments))
        known = _finite(node, operands)
        kinds = np.where(np.isinf(z) & _together(node, known) & (kinds == SMOOTH), OVERFLOW, kinds)
        kinds = np.where(np.isnan(z) & known, DOMAIN, kinds)
        kinds = np.where(touch, kinds, SMOOTH)
        if np.any(kinds):
            self.uses.append(Use(node, kinds))
        return kinds

    def _elementwise(self, node: Node, op: Elementwise, state: State) -> Iterator[Any]:
        points = self._points(node, state.touch)
        state = state.meeting(points)
        flows = op.flows(len(node.inputs))
        for x, flow, select in zip(node.inputs, flows, op.selects, strict=True):
            chosen: Any = True
            if select is not None and not op.flat:
                chosen = self.value(select(*node.inputs, node))
            touch = state.touch & (chosen | (points > SMOOTH))
            yield x, state.within(touch, state.support & chosen & flow).folded(x.shape)

    def _reduction(self, node: Node, op: Reduction, state: State) -> State:
        x = node.inputs[0]
        kept = reduced_shape(x.shape, node.attrs[0], True)
        state = State(*(np.broadcast_to(part.reshape(kept), x.shape) for part in state))
        points = self._points(node, state.touch)
        chosen: Any = True
        if op.select is not None:
            chosen = self.value(op.select(x, WORDS["reshape"](node, kept)))
        touch = state.touch & (chosen | (points > SMOOTH))
        support = state.support & chosen & (not op.flat)
        return state.meeting(points).within(touch, support)

    def _linear(self, node: Node, state: State, points: Any) -> Parts:
        """Masks go back through the adjoint itself; indices are touched where they are used."""
        first, *others = self._pulled(_adjoints(node), node, state)
        parts = [(node.inputs[0], self._with_equals(node, first, state, points))]
        parts += zip(node.inputs[1:], others, strict=False)
        if node.op.special is None:
            used = state._replace(support=np.zeros_like(state.support))
            for order in node.inputs[len(parts) :]:
                alike = order.shape == node.shape
                parts.append((order, used if alike else used.anywhere(order.shape)))
        return parts

    def _with_equals(self, node: Node, part: State, state: State, points: Any) -> State:
        """Where the node is tied, the elements that might as well have been selected, too."""
        tied = points == TIE
        if not np.any(tied):
            return part
        equal = np.isin(self.value(node.inputs[0]), np.unique(self.value(node)[tied]))
        kinds = np.where(equal, np.maximum(part.kinds, np.max(state.kinds[tied])), part.kinds)
        met = np.where(equal, np.maximum(part.met, np.max(state.met[tied])), part.met)
        return State(part.support, part.touch | equal, kinds, met)

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

        def sums(numbers: Any) -> list[Any]:
            marked = node.graph.constant(np.asarray(numbers, float))
            return [self.value(part) for part in adjoints(marked)]

        def pulled(mask: Any) -> list[Any]:
            return [part > 0 for part in sums(mask)]

        supports, touches = pulled(state.support), pulled(state.touch)
        counts = sums(state.met) if np.any(state.met) else [np.zeros(t.shape) for t in touches]
        met = [np.where(count > 1, 2, np.where(count > 0, 1, 0)) for count in counts]
        if np.any(state.met > 1):  # ties share, so that two may have come out as one
            several = pulled(state.met > 1)
            met = [np.where(many, 2, few) for many, few in zip(several, met, strict=True)]
        kinds = [np.full(touch.shape, SMOOTH) for touch in touches]
        for kind in np.unique(state.kinds[state.kinds > SMOOTH]):
            for k, mask in enumerate(pulled(state.kinds >= kind)):
                kinds[k] = np.where(mask, kind, kinds[k])
        return [State(*parts) for parts in zip(supports, touches, kinds, met, strict=True)]


def decisions_on(run: Run, done: Differentiated) -> Sequence[Node]:
    """The decisions of a program that the xs may change, and the ys with them.

    None but where its value is differentiated by its inputs, for only then can it be run again.
    """
    is_value = [*done.ys] == run.results and {*done.xs} <= {*run.inputs.values()}
    return run.interpreter.decisions if is_value else []


def _start(support: Any, touch: Any) -> State:
    """The state where no point is met yet."""
    nothing = np.zeros(np.shape(touch), int)
    return State(support, touch, nothing, nothing)


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
        if operand.dtype is TRACE:
            continue
        finite = np.isfinite(operand)
        known = known & (finite if by_element else finite.all())
    return known


def _together(node: Node, known: Any) -> Any:
    """Where all that a result is made of is known: of a reduction all elements along its axes."""
    if not isinstance(node.op, Reduction):
        return known
    return np.all(known, axis=node.attrs[0], keepdims=True)

"""A run as a circuit: its steps by name, what flows forward and back, and the frames they fold into.

Explanations and drawings are made of it.
"""

from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.gradient import seeds_of
from gradcli.ir.node import WORDS, Node, ancestors
from gradcli.ir.op import Elementwise, Linear, Multilinear, Reduction, Structural
from gradcli.ir.record import CONSTANT, INPUT
from gradcli.ir.shapes import reduced_shape
from gradcli.lower.trees import children
from gradcli.lower.values import Closure
from gradcli.passes import modes
from gradcli.passes.cotangent import partials
from gradcli.render.formula import ATOM, applied, formula
from gradcli.render.steps import Box, Step, Way
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gradcli.engine.run import Run
    from gradcli.errors import Source

    Array = np.ndarray[Any, np.dtype[Any]]
    Place = tuple[int, int]

LETTERS = "qrstuvw"
"""What steps without a name are called, as in lectures on circuits; then q1, q2 …"""

LONGEST = 40
"""Characters of the head of a loop in the label of a box."""

ALIKE = 3
"""How many turns of a loop, or calls of a function, in a row are shown; of more, first and last."""


class Circuit:
    """All steps of a run, operands first, and the ways that lead to each."""

    def __init__(self, run: Run, wrt: Sequence[str], dy: Any = None) -> None:
        self.run = run
        order = [node for node in ancestors(run.results) if node.op is not CONSTANT]
        self.names = _names(run, order)
        self.texts = {node: self.names.get(node) or _short(node) for node in ancestors(run.results)}
        self.steps: dict[Node, Step] = {}
        for node in order:
            operands = [self.steps[x] for x in dict.fromkeys(node.inputs) if x in self.steps]
            self.steps[node] = Step(node, self.names[node], self._operation(node), operands)
        self.wrt = [run.inputs[name] for name in wrt]
        self.active = _dependents(order, self.wrt)
        self._derive(dy)
        self.boxes = _boxed(run, list(self.steps.values()))
        if not run.unknown:
            self._evaluate()

    @property
    def results(self) -> list[Step]:
        """The steps of the value."""
        return [self.steps[y] for y in dict.fromkeys(self.run.results) if y in self.steps]

    def _operation(self, node: Node) -> str:
        if node.op is INPUT:
            return "input"
        return applied(node, [(self.texts[x], ATOM) for x in node.inputs])[0]

    # --- the pass back ----------------------------------------------------------------------

    def _derive(self, dy: Any) -> None:
        """The cotangents as nodes, and the part of them that each way brings."""
        run, path = self.run, [node for node in self.steps if node in self.active]
        if not any(y in self.active for y in run.results):
            self._cotangents: dict[Node, Node] = {}
            return
        found = modes.reverse(run.results, path, seeds_of(run, dy))
        self._cotangents = {x: g for x, g in zip(path, found, strict=True) if g is not None}
        self._parts: dict[Way, Node] = {}
        self._factors: dict[Way, Node] = {}
        for node, g in self._cotangents.items():
            for i, x in enumerate(node.inputs):
                if x in self.active and x not in node.inputs[:i]:
                    self._way(node, g, i)

    def _way(self, node: Node, g: Node, i: int) -> None:
        """The way back from a node to its operand i, unless none is open."""
        x = node.inputs[i]
        (part,) = modes.reverse([node], [x], [g], [y for y in node.inputs if y is not x])
        if part is None or not node.op.flows(len(node.inputs))[i]:
            return
        way = Way(self.steps[node], self.steps[x])
        self._parts[way] = part
        way.local, factor = self._local(node, i)
        if factor is not None:
            self._factors[way] = factor
        self.steps[node].ways.append(way)
        way.source.arriving.append(way)

    def _local(self, node: Node, i: int) -> tuple[str, Node | None]:
        """The derivative of a node by operand i as a formula, and as a node if there is one."""
        op, x = node.op, node.inputs[i]
        if isinstance(op, Elementwise):
            same = [j for j, other in enumerate(node.inputs) if other is x]
            factors = [_selected(node, j) for j in same]
            factor = sum(factors[1:], factors[0])
            return self._written(factor), node.graph.lift(factor)
        if isinstance(op, Reduction):
            z = node.graph.input(self.names[node], reduced_shape(x.shape, node.attrs[0], True))
            weight = op.weight(x, z)
            return self._written(weight), None
        return self._written(_back(node, i, node.graph.input("g", node.shape))), None

    def _written(self, factor: Node | float) -> str:
        return formula(factor, self.texts) if isinstance(factor, Node) else f"{factor:g}"

    # --- numbers ----------------------------------------------------------------------------

    def _evaluate(self) -> None:
        """The arrays of values, cotangents, factors and parts."""
        run = self.run
        nodes = [*self.steps, *self._cotangents.values()]
        if self._cotangents:
            nodes += [*self._parts.values(), *self._factors.values()]
        run.evaluator.run(nodes)
        for node, step in self.steps.items():
            step.value = run.array(node)
            if node in self._cotangents:
                step.cotangent = run.array(self._cotangents[node])
            for way in step.ways:
                way.passed = run.array(self._parts[way])
                if way in self._factors:
                    way.factor = run.array(self._factors[way])


def _selected(node: Node, i: int) -> Node | float:
    """The partial derivative of an elementwise node by operand i, 0 where that is not selected."""
    factor, select = partials(node, i)
    return factor if select is None else WORDS["where"](select, factor, 0.0)


def _back(node: Node, i: int, g: Node) -> Node:
    """What an operation on whole arrays makes of a cotangent for its operand i."""
    op = node.op
    if isinstance(op, Multilinear):
        return op.adjoint(node.inputs, node.attrs, g, i)
    if isinstance(op, Linear):
        return op.adjoint(node, g)[i]
    assert isinstance(op, Structural)
    part = op.vjp(node, g)[i]
    return node.graph.constant(0.0) if part is None else part


def _dependents(order: Iterable[Node], xs: Sequence[Node]) -> set[Node]:
    """The nodes that depend on an x, the xs included, and have a derivative at all."""
    active = set(xs)
    for node in order:
        if not node.is_bool and not active.isdisjoint(node.inputs):
            active.add(node)
    return active


# --- boxes --------------------------------------------------------------------------------------


def _boxed(run: Run, steps: Sequence[Step]) -> list[Box]:
    """The calls and turns of loops in which steps were made, outer ones first."""
    source = run.text.source
    boxes = [
        Box(_label(frame.of, source), frame.of, frame.start, frame.end)
        for frame in run.interpreter.frames
    ]
    boxes.sort(key=lambda box: (box.start, -box.end))
    used: list[Box] = []
    open_: list[Box] = []
    waiting = iter(boxes)
    ahead = next(waiting, None)
    for step in steps:
        while ahead is not None and ahead.start < step.node.order:
            open_ = [box for box in open_ if box.end >= ahead.end and box.end > ahead.start]
            ahead.parent = open_[-1] if open_ else None
            open_.append(ahead)
            ahead = next(waiting, None)
        open_ = [box for box in open_ if box.end >= step.node.order]
        used += [box for box in open_ if box not in used[-len(open_) - 8 :]]
        step.box = None if step.is_input or not open_ else open_[-1]
    _hide(used)
    return used


def _hide(boxes: Sequence[Box]) -> None:
    """Hides all but the first and the last of many boxes that are alike."""
    alike: dict[Any, list[Box]] = {}
    for box in boxes:
        alike.setdefault((box.parent, box.of), []).append(box)
    for row in alike.values():
        for i, box in enumerate(row, 1):
            box.label = f"{box.label}, {i} of {len(row)}" if len(row) > 1 else box.label
            box.hidden = len(row) > ALIKE and 1 < i < len(row)


def _label(of: Any, source: Source) -> str:
    """`f(x)`, `for i in range(3)`."""
    if isinstance(of, Closure):
        return of.head()
    text = source.text[of.start : of.end].splitlines()[0].partition("{")[0].strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


# --- names --------------------------------------------------------------------------------------


def _short(node: Node) -> str:
    """A constant as it is written where it is used."""
    value = np.asarray(node.attrs[0]) if node.op is CONSTANT else None
    if value is None or value.size <= 4:
        return formula(node)
    first, *_, last = value.ravel().tolist()
    return f"[{first:g}, …, {last:g}]"


def _names(run: Run, order: Sequence[Node]) -> dict[Node, str]:
    """The name of each step: that of the program, one with the number of a turn, or a letter."""
    named = {x: name for name, x in run.inputs.items()}
    top = [(name, node) for name, node in run.scope.items() if isinstance(node, Node)]
    for name, node in top:
        named.setdefault(node, name)
    taken = {*run.text.words(), *run.inputs}
    _name_assigned(run, order, named, taken)
    results = [y for y in run.results if y not in named]
    if len(results) == 1 and "f" not in taken:
        named[results[0]] = "f"
    free = (word for word in _letters() if word not in taken)
    return {node: named.get(node) or next(free) for node in order}


def _letters() -> Iterator[str]:
    return chain(LETTERS, (f"q{i}" for i in count(1)))


def _name_assigned(
    run: Run, order: Sequence[Node], named: dict[Node, str], taken: set[str]
) -> None:
    """Names the values that a name had before its last one: s1, s2, …"""
    targets = dict(_targets(run.text.tree.block))
    earlier: dict[str, list[Node]] = {}
    for node, after in zip(order, [*order[1:], None], strict=True):
        place = _place(node)
        if node not in named and place in targets and (after is None or _place(after) != place):
            earlier.setdefault(targets[place], []).append(node)
    for name, nodes in earlier.items():
        for i, node in enumerate(nodes, 1):
            if f"{name}{i}" not in taken:
                named[node] = f"{name}{i}"


def _place(node: Node) -> Place:
    return (-1, -1) if node.span is None else (node.span.start, node.span.end)


def _targets(block: tree.Block) -> Iterator[tuple[Place, str]]:
    """Where expressions stand whose values get a name."""
    stack: list[tree.Tree] = [block]
    while stack:
        node = stack.pop()
        if isinstance(node, tree.Assign) and isinstance(node.target, tree.Name):
            start = node.value.start if node.op is None else node.start
            yield (start, node.value.end), node.target.id
        stack.extend(children(node))

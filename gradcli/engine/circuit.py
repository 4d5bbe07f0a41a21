"""A run as a circuit: its steps by name, and what flows forward and back between them.

Explanations and drawings are made of it. A step is what the program writes as one operation: nodes
made for one piece of text, such as the parts of a mean, are one step if nothing else uses them.
"""

from __future__ import annotations

import re
from collections import ChainMap
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from gradcli.engine.boxes import boxed
from gradcli.engine.gradient import seeds_of
from gradcli.ir.kinds import Ties
from gradcli.ir.node import WORDS, Node, ancestors
from gradcli.ir.op import Elementwise, Linear, Multilinear, Reduction, Structural
from gradcli.ir.record import CONSTANT, INPUT
from gradcli.ir.shapes import reduced_shape
from gradcli.lower.trees import children
from gradcli.ops.catalog import find
from gradcli.passes import modes
from gradcli.passes.batch import dependents
from gradcli.passes.cotangent import Carried, add, partials, scaled, sum_to, value_at
from gradcli.passes.reverse import cotangents
from gradcli.render.formula import ATOM, applied, formula
from gradcli.render.steps import Step, Way, brief
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from gradcli.engine.run import Run
    from gradcli.render.steps import Box

    Place = tuple[int, int]

LETTERS = "qrstuvw"
"""What steps without a name are called, as in lectures on circuits; then q1, q2 …"""

RESULTS = ("f", "y", "out", "result")
"""What the value is called if the program has no name for it, nor uses the word."""

SHORT = 12
"""Characters of a constant up to which all its digits are written."""

SMALL = 4
"""Elements of a constant that is written where it is used; of others a few."""


class Circuit:
    """All steps of a run, operands first, the boxes that they stand in, and the ways between them.

    `wrt` are the inputs that are differentiated by. Where the run has unknown inputs, no step has a
    value, and where the value does not depend on them, none has a cotangent.
    """

    def __init__(self, run: Run, wrt: Sequence[str], dy: Any = None) -> None:
        self.run = run
        self.wrt = [run.inputs[name] for name in wrt]
        self.order = ancestors(run.results)
        moving = _dependents(self.order, [*run.inputs.values()])
        boxes = boxed(run, moving)
        inner = _inner(moving, boxes, run.results)
        nodes = [node for node in moving if node not in inner]
        names = _names(run, nodes, boxes)
        self.constants = self._constants(moving)
        self.texts: dict[Node, str] = {**self.constants, **names}
        self.steps: dict[Node, Step] = {}
        for node in nodes:
            operands = [self.steps[x] for x in _operands(node, self.steps)]
            step = Step(node, names[node], self._operation(node, operands), operands)
            step.box = boxes.get(node)
            self.steps[node] = step
        self._cotangents: dict[Node, Node] = {}
        self._parts: dict[Way, Node] = {}
        self._factors: dict[Way, Node] = {}
        self._derive(dy)
        if not run.guessed:
            self._evaluate()

    @property
    def results(self) -> list[Step]:
        """The steps of the value."""
        return [self.steps[y] for y in dict.fromkeys(self.run.results) if y in self.steps]

    def _constants(self, moving: Collection[Node]) -> dict[Node, str]:
        """What does not depend on an input, as it is written where it is used."""
        operands = {x for node in moving for x in node.inputs} - set(moving)
        self.run.evaluator.run(operands)
        arrays = {x: self.run.array(x) for x in operands}
        self.numbers = {x: x.graph.constant(n) for x, n in arrays.items() if not n.shape}
        return {
            x: _constant(x.graph.constant(array)) if array.size <= SMALL else brief(array)
            for x, array in arrays.items()
        }

    def _operation(self, node: Node, operands: Sequence[Step]) -> str:
        """The operation on the names of its operands, as it is written in the program if it can."""
        if node.op is INPUT:
            return "input"
        if isinstance(node.op, Elementwise) and all(x in self.texts for x in node.inputs):
            return applied(node, [(self.texts[x], ATOM) for x in node.inputs])[0]
        return _as_written(node, operands) or formula(
            node, {x: text for x, text in self.texts.items() if x is not node}
        )

    # --- the pass back ----------------------------------------------------------------------

    def _derive(self, dy: Any) -> None:
        """The cotangents as nodes, and the part of them that each way brings."""
        results = self.run.results
        active = {x for x in _dependents(self.order, self.wrt) if not x.is_bool}
        if active.isdisjoint(results):
            return
        path = [node for node in self.steps if node in active]
        arriving = cotangents(results, path, seeds_of(self.run, dy))
        for node in path:
            g = value_at(node, arriving.get(node))
            if g is None:
                continue
            self._cotangents[node] = g
            for step in self.steps[node].operands:
                if step.node in active:
                    self._go_back(self.steps[node], (g, arriving[node][1]), step)

    def _go_back(self, step: Step, arriving: Carried, source: Step) -> None:
        """The way back from a step to an operand, unless none is open."""
        others = [other.node for other in step.operands if other is not source]
        part = self._part(step.node, arriving, source.node, others)
        if part is None:
            return
        way = Way(step, source)
        way.local, factor = self._local(step.node, source.node, others)
        way.maps = factor is None and not self._is_reduced(step.node)
        self._parts[way] = part
        if factor is not None:
            self._factors[way] = factor
        step.ways.append(way)
        source.arriving.append(way)

    def _part(self, z: Node, arriving: Carried, x: Node, others: list[Node]) -> Node | None:
        """What a step passes on to an operand; None if no derivative flows there."""
        if self._is_direct(z) and isinstance(z.op, Elementwise):
            return _elementwise_part(z, arriving, x)
        if not _is_open(z, x, others):
            return None
        (part,) = modes.reverse([z], [x], [arriving[0]], others)
        return part

    def _is_direct(self, z: Node) -> bool:
        """Whether a step is one node, made of steps and constants."""
        return all(y in self.texts for y in z.inputs)

    def _is_reduced(self, z: Node) -> bool:
        """Whether a step folds axes away, and does nothing else."""
        return self._is_direct(z) and isinstance(z.op, Reduction)

    def _local(self, z: Node, x: Node, others: list[Node]) -> tuple[str, Node | None]:
        """The derivative of a step by an operand as a formula, and as a node if it is one array."""
        op = z.op
        direct = self._is_direct(z)
        if direct and isinstance(op, Elementwise):
            operands = [self.numbers.get(y, y) for y in z.inputs]
            factors = [_selected(z, i, operands) for i, y in enumerate(z.inputs) if y is x]
            factor = sum(factors[1:], factors[0])
            return self._written(factor, z), z.graph.lift(factor)
        if direct and isinstance(op, Reduction):
            kept = z.graph.input(self.texts[z], reduced_shape(x.shape, z.attrs[0], True))
            weight = op.weight(x, kept)
            if isinstance(op.special, Ties):
                weight = WORDS["where"](WORDS["eq"](x, kept), weight, 0.0)
            return self._written(weight, z), None
        if z.size == 1 or modes.is_elementwise(z, x):
            (slope,) = modes.reverse([z], [x], None, others)
            assert slope is not None
            return self._written(slope, z), slope
        return self._of_arrays(z, x), None

    def _of_arrays(self, z: Node, x: Node) -> str:
        """What becomes of a cotangent g, with a formula as far as the operations have one."""
        texts = dict(self.texts)
        path = [n for n in ancestors([z], after=x.order) if n not in self.texts or n is z]
        for node in path:
            if _moves(node):
                texts[node] = texts.get(node.inputs[0], "")
        reached: dict[Node, Node] = {z: z.graph.input("g", z.shape)}
        for node in reversed(path):
            g = reached.get(node)
            for i, y in enumerate(node.inputs if g is not None else ()):
                if y is x or y in path:
                    assert g is not None
                    back = _reshaped(g, y, texts) if _moves(node) else _back(node, i, g)
                    if back is None:
                        return ""
                    reached[y] = reached[y] + back if y in reached else back
        return _bare(_spoken(reached[x], texts)) if x in reached else ""

    def _written(self, factor: Node | float, z: Node) -> str:
        """What belongs to a step, by its name and those of its operands, and of no other steps."""
        if not isinstance(factor, Node):
            return f"{factor:g}"
        own = {step.node: step.name for step in (self.steps[z], *self.steps[z].operands)}
        return _spoken(factor, ChainMap(own, self.constants))

    # --- numbers ----------------------------------------------------------------------------

    def _evaluate(self) -> None:
        """The arrays of values, cotangents, factors and parts."""
        run = self.run
        nodes = [*self._cotangents.values(), *self._parts.values(), *self._factors.values()]
        run.evaluator.run([*self.steps, *nodes])
        for node, step in self.steps.items():
            step.value = run.array(node)
            if node in self._cotangents:
                step.cotangent = run.array(self._cotangents[node])
        varying = _varying(self._factors.values())
        for way, part in self._parts.items():
            way.passed = run.array(part)
            if way in self._factors:
                way.factor = run.array(self._factors[way])
                way.is_steady = self._factors[way] not in varying


# --- derivatives of one step ----------------------------------------------------------------------


def _constant(node: Node) -> str:
    """A few numbers as they are written, in six digits if they have many."""
    text = formula(node)
    return text if len(text) <= SHORT else brief(node.attrs[0])


def _elementwise_part(z: Node, arriving: Carried, x: Node) -> Node | None:
    """The chain rule for an operand of an elementwise node, at all places where it stands."""
    carried: Carried | None = None
    for i, (y, flows) in enumerate(zip(z.inputs, z.op.flows(len(z.inputs)), strict=True)):
        if y is x and flows:
            part = sum_to(scaled(arriving, *partials(z, i)), x.shape)
            carried = part if carried is None else add(carried, part)
    return None if carried is None else value_at(x, carried)


def _varying(nodes: Iterable[Node]) -> set[Node]:
    """Which nodes change with an input by and by, not only from one side of a break to the other.

    Their operands that do are among them.
    """
    varying: set[Node] = set()
    for node in ancestors(list(nodes)):
        flows = zip(node.inputs, node.op.flows(len(node.inputs)), strict=True)
        if node.op is INPUT or any(f and x in varying for x, f in flows):
            varying.add(node)
    return varying


def _is_open(z: Node, x: Node, others: Collection[Node]) -> bool:
    """Whether a derivative can flow from a step to its operand, through nodes that are no steps."""
    smooth = {x}
    for node in ancestors([z], after=x.order):
        flows = node.op.flows(len(node.inputs))
        if node not in others and any(
            f and y in smooth for y, f in zip(node.inputs, flows, strict=True)
        ):
            smooth.add(node)
    return z in smooth


def _selected(node: Node, i: int, operands: Sequence[Node]) -> Node | float:
    """The partial derivative of an elementwise node by operand i, 0 where that is not selected."""
    op = node.op
    assert isinstance(op, Elementwise)
    factor, select = op.partials[i](*operands, node), op.selects[i]
    is_share = isinstance(op.special, Ties)  # which is 0 of what was not selected
    return (
        factor
        if select is None or is_share
        else WORDS["where"](select(*operands, node), factor, 0.0)
    )


def _moves(node: Node) -> bool:
    """Whether a node only puts the elements of its one input into another shape or order."""
    op = node.op
    return isinstance(op, Linear) and op.moves and node.size == node.inputs[0].size


def _back(node: Node, i: int, g: Node) -> Node | None:
    """What an operation makes of a cotangent for its operand i."""
    op = node.op
    if isinstance(op, Multilinear):
        return op.adjoint(node.inputs, node.attrs, g, i)
    if isinstance(op, Linear):
        return op.adjoint(node, g)[i] if i < len(node.inputs) - op.indices else None
    if isinstance(op, Elementwise):
        return g * _selected(node, i, node.inputs)
    return op.vjp(node, g)[i] if isinstance(op, Structural) else None


def _spoken(node: Node, texts: Mapping[Node, str]) -> str:
    """A formula; "" for one with parts that the language has no words for."""
    stack = [node]
    while stack:
        part = stack.pop()
        if part not in texts:
            if not _has_words(part):
                return ""
            stack += part.inputs
    return formula(node, texts)


def _has_words(node: Node) -> bool:
    """Whether what a node does is written as in a program: by signs, or as a call with numbers."""
    op = node.op
    if op in (INPUT, CONSTANT) or op.notation or op.notes(node):
        return True
    plain = (bool, int, float, type(None))
    items = [item for a in node.attrs for item in (a if isinstance(a, tuple) else (a,))]
    return find(op.name) is not None and all(isinstance(item, plain) for item in items)


def _reshaped(g: Node, y: Node, texts: dict[Node, str]) -> Node:
    """A cotangent for what was only moved: written as it was before."""
    moved = g.graph.input("g", y.shape)
    text = formula(g, texts)
    texts[moved] = f"({text})" if " " in text else text
    return moved


def _bare(text: str) -> str:
    """A text without the brackets that are around all of it because it was moved."""
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


# --- which nodes are steps ----------------------------------------------------------------------


def _dependents(order: Sequence[Node], xs: Sequence[Node]) -> list[Node]:
    """The nodes that depend on an x, and the xs among them."""
    reached = {*xs, *dependents(order, xs)}
    return [node for node in order if node in reached]


def _inner(order: Sequence[Node], boxes: Mapping[Node, Box], results: Sequence[Node]) -> set[Node]:
    """The nodes that only serve others made for the same piece of text.

    One that only moves elements may serve others elsewhere, too.
    """
    serving: set[Node] = set()
    elsewhere: set[Node] = set()
    for node in order:
        for x in node.inputs:
            alike = _place(x) == _place(node) and boxes.get(x) is boxes.get(node)
            (serving if alike or x.span is None else elsewhere).add(x)
    return {
        x for x in serving.difference(results) if x.inputs and (x not in elsewhere or _moves(x))
    }


def _operands(node: Node, steps: Collection[Node]) -> list[Node]:
    """The steps that a node is made of, directly or through nodes that are none."""
    found: dict[Node, None] = {}
    stack = list(reversed(node.inputs))
    while stack:
        x = stack.pop()
        if x in steps:
            found[x] = None
        else:
            stack += reversed(x.inputs)
    return list(found)


def _as_written(node: Node, operands: Sequence[Step]) -> str | None:
    """The piece of text that a node is made for, with the names of operands in their places."""
    span = node.span
    if span is None or "\n" in span.text:
        return None
    text, end = "", span.start
    inside = [s for s in operands if s.node.span is not None and not s.is_input]
    for step in sorted(inside, key=lambda step: _place(step.node)):
        start, stop = _place(step.node)
        if end <= start and stop <= span.end and (start, stop) != _place(node):
            text += span.source.text[end:start] + step.name
            end = stop
    text += span.source.text[end : span.end]
    words = set(re.findall(r"\w+", text))
    return text if words.issuperset(step.name for step in operands) else None


# --- names --------------------------------------------------------------------------------------


def _names(run: Run, nodes: Sequence[Node], boxes: Mapping[Node, Box]) -> dict[Node, str]:
    """The name of each step: that of the program, one with the number of a turn, or a letter."""
    named = {x: name for name, x in run.inputs.items()}
    for name, node in run.scope.items():
        if isinstance(node, Node):
            named.setdefault(node, name)
    taken = {*run.text.words(), *run.inputs}
    _name_assigned(run, nodes, named, taken)
    unnamed = [y for y in run.results if y not in named]
    word = next((word for word in RESULTS if word not in taken), None)
    if len(unnamed) == 1 and word is not None:
        named[unnamed[0]] = word
    free = (word for word in chain(LETTERS, (f"q{i}" for i in count(1))) if word not in taken)
    for hidden in (False, True):
        for node in nodes:
            box = boxes.get(node)
            if node not in named and (box is not None and box.is_hidden) is hidden:
                named[node] = next(free)
    return {node: named[node] for node in nodes}


def _name_assigned(
    run: Run, nodes: Sequence[Node], named: dict[Node, str], taken: set[str]
) -> None:
    """Names the values that a name had before its last one: s1, s2 and so on."""
    targets = dict(_targets(run.text.tree.block))
    earlier: dict[str, list[Node]] = {}
    for node in nodes:
        if node not in named and _place(node) in targets:
            earlier.setdefault(targets[_place(node)], []).append(node)
    for name, values in earlier.items():
        for i, node in enumerate(values, 1):
            if f"{name}{i}" not in taken:
                named[node] = f"{name}{i}"


def _place(node: Node) -> Place:
    return (-1, -node.order) if node.span is None else (node.span.start, node.span.end)


def _targets(block: tree.Block) -> Iterator[tuple[Place, str]]:
    """Where expressions stand whose values get a name."""
    stack: list[tree.Tree] = [block]
    while stack:
        node = stack.pop()
        if isinstance(node, tree.Assign) and isinstance(node.target, tree.Name):
            start = node.value.start if node.op is None else node.start
            yield (start, node.value.end), node.target.id
        stack.extend(children(node))

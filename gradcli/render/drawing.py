"""A graph to be drawn: what stands on nodes and links, and the boxes that it may be folded into."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gradcli.render.labels import SMALL
from gradcli.render.layout import Arrangement, arranged
from gradcli.render.steps import brief

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gradcli.render.steps import Array, Box, Step

INPUT, STEP, RESULT, FOLDED = "input", "step", "result", "folded"
"""The kinds of nodes."""

DEEPEST = 4
"""How many boxes may be within one another; what is deeper stands in the last of them."""

CHARACTER, LINE, PADDING = 7.3, 16.0, 10.0
"""The width and the height of a character at 12 pixels, and the room around a text."""


@dataclass(frozen=True, slots=True)
class Vertex:
    """A node: its name, what it does, the box that it stands in, its value and its gradient."""

    name: str
    operation: str
    kind: str
    box: int | None = None
    value: Array | None = None
    gradient: Array | None = None

    @property
    def text(self) -> str:
        """`q = x + y`; an input is its name."""
        if self.kind == INPUT:
            return self.name
        return self.operation if self.kind == FOLDED else f"{self.name} = {self.operation}"


@dataclass(frozen=True, slots=True)
class Edge:
    """A link from an operand to an operation: what flows forward, and what comes back along it."""

    source: int
    target: int
    value: Array | None = None
    gradient: Array | None = None

    @property
    def labels(self) -> tuple[str, str]:
        """What stands above and below."""
        return label(self.value), label(self.gradient)

    def joined(self, other: Edge) -> Edge:
        """Both as one link: of one value with what comes back along both, of several without."""
        if self.source < 0:
            return Edge(self.source, self.target)
        parts = [edge.gradient for edge in (self, other) if edge.gradient is not None]
        return replace(self, gradient=sum(parts[1:], parts[0]) if parts else None)


@dataclass(frozen=True, slots=True)
class Frame:
    """A box: a call, a turn, or many like them, which is `folded` unless somebody opens it."""

    label: str
    parent: int | None = None
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes, links between them by number, and boxes by number."""

    nodes: dict[int, Vertex] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    frames: dict[int, Frame] = field(default_factory=dict)

    def chain(self, frame: int | None) -> Iterator[int]:
        """A box, the one around it, and so on outwards."""
        while frame is not None:
            yield frame
            frame = self.frames[frame].parent

    def unfolded(self, opened: Collection[int] | None = None) -> Drawing:
        """The drawing with these boxes open, or those that are not folded; others are one node."""
        if opened is None:
            opened = {i for i, frame in self.frames.items() if not frame.folded}
        stands: dict[int, int] = {}
        nodes: dict[int, Vertex] = {}
        for i, vertex in self.nodes.items():
            closed = [box for box in self.chain(vertex.box) if box not in opened]
            stands[i] = -1 - closed[-1] if closed else i
            if closed and stands[i] not in nodes:
                frame = self.frames[closed[-1]]
                nodes[stands[i]] = Vertex("", frame.label, FOLDED, frame.parent)
            elif not closed:
                nodes[i] = vertex
        edges: dict[tuple[int, int], Edge] = {}
        for edge in self.edges:
            ends = stands[edge.source], stands[edge.target]
            if ends[0] != ends[1]:
                moved = replace(edge, source=ends[0], target=ends[1])
                edges[ends] = edges[ends].joined(moved) if ends in edges else moved
        used = {box for vertex in nodes.values() for box in self.chain(vertex.box)}
        frames = {i: frame for i, frame in self.frames.items() if i in used}
        return Drawing(nodes, list(edges.values()), frames)

    def plan(self) -> Arrangement:
        """Where everything is drawn."""
        sizes = {
            i: (max(len(v.text) * CHARACTER, 8.0) + 2 * PADDING, LINE + PADDING)
            for i, v in self.nodes.items()
        }
        links = {
            (edge.source, edge.target): max(map(len, edge.labels)) * SMALL for edge in self.edges
        }
        parents: dict[Any, Any] = {i: _box(v.box) for i, v in self.nodes.items()}
        parents |= {("box", i): _box(frame.parent) for i, frame in self.frames.items()}
        return arranged(sizes, links, parents)


def _box(frame: int | None) -> Any:
    return None if frame is None else ("box", frame)


def label(array: Array | None) -> str:
    """What stands on a link: a number in few digits, an array in fewer."""
    return "" if array is None else brief(array, 3 if array.ndim else 5, 3)


# --- from the steps of a run ----------------------------------------------------------------------


def drawn(steps: Iterable[Step], results: Collection[Step]) -> Drawing:
    """The drawing of steps; calls and turns in the middle of many alike share one box."""
    drawing = Drawing()
    numbers: dict[Step, int] = {}
    boxes: dict[Any, int] = {}
    for step in steps:
        i = numbers[step] = len(numbers)
        kind = INPUT if step.is_input else RESULT if step in results else STEP
        box = _frame(drawing, boxes, step.box)
        vertex = Vertex(step.name, step.operation, kind, box, step.value, step.cotangent)
        drawing.nodes[i] = vertex
        passed = {way.source: way.passed for way in step.ways}
        drawing.edges.extend(Edge(numbers[x], i, x.value, passed.get(x)) for x in step.operands)
    _take_in(drawing)
    return drawing


def _take_in(drawing: Drawing) -> None:
    """Puts into a box of many calls what lies between them, and would lead out of it and back."""
    nodes, frames = drawing.nodes, drawing.frames
    operands: dict[int, list[int]] = {i: [] for i in nodes}
    for edge in drawing.edges:
        operands[edge.target].append(edge.source)
    inside: dict[int, set[int]] = {box: set() for box in frames}
    for i, vertex in nodes.items():
        for box in drawing.chain(vertex.box):
            inside[box].add(i)
    for box in [number for number, frame in frames.items() if frame.folded]:
        while beside := _between(inside[box], operands):
            around = [*drawing.chain(box)]
            for i in beside:
                outside = [x for x in drawing.chain(nodes[i].box) if x not in around]
                if outside:  # a call moves as a whole
                    frames[outside[-1]] = replace(frames[outside[-1]], parent=box)
                else:
                    nodes[i] = replace(nodes[i], box=box)
                for x in around:
                    inside[x] |= inside[outside[-1]] if outside else {i}


def _between(inside: set[int], operands: Mapping[int, list[int]]) -> set[int]:
    """What is made of nodes in a box, is not in it, and is what others in it are made of."""
    span = range(min(inside), max(inside) + 1)
    made, read = {*inside}, {*inside}
    for i in span:
        if not made.isdisjoint(operands[i]):
            made.add(i)
    for i in reversed(span):
        if i in read:
            read.update(operands[i])
    return (made & read) - inside


def _frame(drawing: Drawing, boxes: dict[Any, int], box: Box | None) -> int | None:
    """The number of the frame of a box, made with those around it when first met."""
    number: int | None = None
    for depth, outer in enumerate(reversed(list(box.chain()) if box else [])):
        if depth == DEEPEST:
            break
        key = (number, outer.of) if outer.hidden else outer
        if key not in boxes:
            boxes[key] = len(drawing.frames)
            label = f"{outer.alike - 2:,} more: {outer.head}" if outer.hidden else outer.label
            drawing.frames[boxes[key]] = Frame(label, number, outer.hidden)
        number = boxes[key]
    return number

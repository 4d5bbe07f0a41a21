"""A drawing as text: a tree for a terminal, and the languages of Graphviz and Mermaid."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from gradcli.render.drawing import FOLDED, INPUT, RESULT
from gradcli.render.steps import brief

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.render.drawing import Drawing, Edge, Vertex


class Line(NamedTuple):
    """A line of the tree: its branches, the node, and what flows along the link to it."""

    branches: str
    text: str
    value: str
    gradient: str


DEEPEST = 20
"""How many levels a tree has at most; what is deeper is a tree of its own below."""


LOW = 3
"""Levels of what is never a tree of its own."""


def tree(drawing: Drawing, deepest: int = DEEPEST) -> list[Line]:
    """The graph from its results to the inputs, in trees of so many levels.

    What was shown before ends in an arrow up, what is shown as a tree further down in one down.
    """
    return _Trees(drawing, deepest).lines()


class _Trees:
    """The trees of a drawing; `waiting` are nodes that are yet to be the root of one."""

    def __init__(self, drawing: Drawing, deepest: int) -> None:
        self.nodes = drawing.nodes
        self.deepest = max(deepest, 2)
        self.incoming: dict[int, list[Edge]] = {}
        self.leaving: dict[int, int] = {}
        for link in drawing.edges:
            self.incoming.setdefault(link.target, []).append(link)
            self.leaving[link.source] = self.leaving.get(link.source, 0) + 1
        is_end = {i: v.kind == RESULT or i not in self.leaving for i, v in self.nodes.items()}
        self.waiting = dict.fromkeys(i for i, end in is_end.items() if end)
        self.heights: dict[int, int] = {}
        self._measure()
        self.shown: set[int] = set()

    def _measure(self) -> None:
        """How many levels there are below each node and with it; a folded one may come first."""
        stack = list(self.nodes)
        while stack:
            i = stack[-1]
            sources = [link.source for link in self.incoming.get(i, ())]
            missing = [x for x in sources if x not in self.heights]
            if i in self.heights or not missing:
                self.heights[stack.pop()] = 1 + max((self.heights[x] for x in sources), default=0)
            stack += missing

    def lines(self) -> list[Line]:
        """All of them, one below the other."""
        lines: list[Line] = []
        while self.waiting:
            root = next(iter(self.waiting))
            lines += self._tree(root)
            del self.waiting[root]
        return lines

    def _tree(self, root: int) -> Iterator[Line]:
        stack: list[tuple[int, Edge | None, str, str, int]] = [(root, None, "", "", 1)]
        while stack:
            i, edge, branch, below, depth = stack.pop()
            operands = self.incoming.get(i, [])
            arrow = ""
            if operands and edge is not None:
                if i in self.shown:
                    arrow = " ↑"
                elif i in self.waiting or (depth >= self.deepest and self.heights[i] > LOW):
                    self.waiting[i] = None
                    arrow = " ↓"
            yield self._line(i, edge, branch, arrow)
            if not arrow:
                self.shown.add(i)
                for n, link in reversed(list(enumerate(operands, 1))):
                    start, rest = ("└─ ", "   ") if n == len(operands) else ("├─ ", "│  ")
                    stack.append((link.source, link, below + start, below + rest, depth + 1))

    def _line(self, i: int, edge: Edge | None, branch: str, arrow: str) -> Line:
        """A node with its value, and what comes back along the link that it was reached by."""
        vertex = self.nodes[i]
        gradient = vertex.gradient if edge is None else edge.gradient
        flow = "" if gradient is None else brief(gradient)
        if self.leaving.get(i, 0) > 1 and edge is not None and flow and vertex.kind != FOLDED:
            flow += f" of {brief(vertex.gradient)}"
        value = "" if vertex.value is None else brief(vertex.value)
        text = f"{vertex.name or vertex.text}{arrow}" if arrow else vertex.text
        return Line(branch, text, value, flow)


# --- for other programs -------------------------------------------------------------------------


def dot(drawing: Drawing) -> str:
    """The graph in Graphviz's language, values above gradients on its edges."""
    lines = [
        "digraph gradcli {",
        "  rankdir=LR;",
        '  node [shape=box, style=rounded, fontname="monospace"];',
        '  edge [fontname="monospace", fontsize=10];',
        *_nested(drawing, _Dot),
    ]
    for edge in drawing.edges:
        label = "\\n".join(text for text in edge.labels if text)
        ending = f' [label="{label}"]' if label else ""
        lines.append(f"  {_id(edge.source)} -> {_id(edge.target)}{ending};")
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(drawing: Drawing) -> str:
    """The graph in Mermaid's language, `value | gradient` on its edges."""
    lines = ["flowchart LR", *_nested(drawing, _Mermaid)]
    for edge in drawing.edges:
        label = " | ".join(text for text in edge.labels if text)
        arrow = f'-- "{label}" -->' if label else "-->"
        lines.append(f"  {_id(edge.source)} {arrow} {_id(edge.target)}")
    return "\n".join(lines) + "\n"


class _Dot:
    """How Graphviz writes nodes and boxes."""

    END = "}"
    STYLES: ClassVar = {
        INPUT: ', style="rounded,filled", fillcolor="#ddf4ff"',
        RESULT: ', style="rounded,filled", fillcolor="#fff8c5"',
        FOLDED: ", style=dashed",
    }

    @classmethod
    def node(cls, name: str, vertex: Vertex) -> str:
        return f"{name} [label={_quoted(vertex.text)}{cls.STYLES.get(vertex.kind, '')}];"

    @staticmethod
    def start(name: str, label: str) -> str:
        return f"subgraph cluster_{name} {{ label={_quoted(label)};"


class _Mermaid:
    """How Mermaid writes nodes and boxes."""

    END = "end"
    BRACKETS: ClassVar = {INPUT: ("([", "])"), RESULT: ("([", "])"), FOLDED: ("[[", "]]")}

    @classmethod
    def node(cls, name: str, vertex: Vertex) -> str:
        start, end = cls.BRACKETS.get(vertex.kind, ("(", ")"))
        return f'{name}{start}"{_escaped(vertex.text)}"{end}'

    @staticmethod
    def start(name: str, label: str) -> str:
        return f'subgraph {name} ["{_escaped(label)}"]'


def _nested(
    drawing: Drawing, notation: type[_Dot | _Mermaid], box: int | None = None, depth: int = 1
) -> Iterator[str]:
    """The nodes of a box, and the boxes in it with theirs."""
    blanks = "  " * depth
    for i, vertex in drawing.nodes.items():
        if vertex.box == box:
            yield blanks + notation.node(_id(i), vertex)
    for i, frame in drawing.frames.items():
        if frame.parent == box:
            yield blanks + notation.start(f"box{i}", frame.label)
            yield from _nested(drawing, notation, i, depth + 1)
            yield blanks + notation.END


def _id(number: int) -> str:
    """The name of a node; that of a closed box has the number of the box."""
    return f"n{number}" if number >= 0 else f"folded{-1 - number}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_ENTITIES = str.maketrans({"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;"})


def _escaped(text: str) -> str:
    """A label in which Mermaid finds neither entities nor tags."""
    return text.translate(_ENTITIES)

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


def tree(drawing: Drawing) -> list[Line]:
    """The graph from its results to the inputs; what was shown before ends in an arrow."""
    incoming: dict[int, list[Edge]] = {}
    leaving: dict[int, int] = {}
    for link in drawing.edges:
        incoming.setdefault(link.target, []).append(link)
        leaving[link.source] = leaving.get(link.source, 0) + 1
    results = [i for i, v in drawing.nodes.items() if v.kind == RESULT or not leaving.get(i)]
    lines: list[Line] = []
    shown: set[int] = set()
    stack: list[tuple[int, Edge | None, str, str]] = [(i, None, "", "") for i in reversed(results)]
    while stack:
        i, edge, branch, below = stack.pop()
        vertex, again = drawing.nodes[i], i in shown
        gradient = vertex.gradient if edge is None else edge.gradient
        flow = "" if gradient is None else brief(gradient)
        if leaving.get(i, 0) > 1 and edge is not None and flow and vertex.kind != FOLDED:
            flow += f" of {brief(vertex.gradient)}"
        value = "" if vertex.value is None else brief(vertex.value)
        text = f"{vertex.name or vertex.text} ↑" if again and incoming.get(i) else vertex.text
        lines.append(Line(branch, text, value, flow))
        if not again:
            shown.add(i)
            operands = incoming.get(i, [])
            for n, link in reversed(list(enumerate(operands, 1))):
                is_last = n == len(operands)
                start, rest = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
                stack.append((link.source, link, below + start, below + rest))
    return lines


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


def _escaped(text: str) -> str:
    return text.replace("#", "#35;").replace('"', "#quot;")

"""The graph of a run as an answer: nodes and links as data, and every way to look at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.data.report import Report
from gradcli.errors import terminal_columns
from gradcli.render.graph_text import DEEPEST, dot, mermaid, tree
from gradcli.render.svg import svg

if TYPE_CHECKING:
    from gradcli.data.formats.page import Page
    from gradcli.render.drawing import Drawing
    from gradcli.render.graph_text import Line

COLUMNS = "name operation kind box value gradient".split()

LEVEL = 6
"""Columns of a screen for each level of a tree: two are branches, the others hold the rest."""

ENDLESS, GAP = 100_000, "  "
"""Columns where there is no screen, and what is between columns."""

GREEN, RED, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[0m"

LANGUAGES = {"dot": dot, "mermaid": mermaid}


class Picture(Report):
    """A graph: `nodes`, `edges` and `boxes` as lists of dicts, in the order of the forward pass.

    It shows itself as a tree in text, and as SVG in a notebook. `shown` is `tree`, or the language
    in which a shell shows it; "" where it went into a file.
    """

    __slots__ = ("graph", "shown", "title_of_page")

    def __init__(self, graph: Drawing, text: str, shown: str = "tree") -> None:
        self.graph = graph
        self.shown = shown
        self.title_of_page = text
        rows = [[*node.values()] for node in self.nodes]
        whole = {"nodes": self.nodes, "edges": self.edges, "boxes": self.boxes}
        super().__init__(COLUMNS, rows, {"graph": whole})

    @property
    def nodes(self) -> list[dict[str, Any]]:
        """Name, operation, kind, box, value and gradient of each node."""
        return [
            {name: getattr(vertex, name) for name in COLUMNS}
            for vertex in self.graph.nodes.values()
        ]

    @property
    def edges(self) -> list[dict[str, Any]]:
        """Numbers of the nodes at both ends, the value forward and the gradient back."""
        names = "source target value gradient".split()
        return [{name: getattr(edge, name) for name in names} for edge in self.graph.edges]

    @property
    def boxes(self) -> list[dict[str, Any]]:
        """The label of each box, the number of the box around it, and whether it is folded."""
        names = "label parent folded".split()
        return [{n: getattr(frame, n) for n in names} for frame in self.graph.frames.values()]

    # --- forms ------------------------------------------------------------------------------

    def svg(self) -> str:
        """The picture, boxes of many that are alike folded."""
        return svg(self.graph.unfolded())

    def html(self) -> str:
        """One page, on which boxes open and paths are highlighted."""
        from gradcli.render.page import page

        return page(self.graph, self.title_of_page)

    def png(self) -> bytes:
        """The picture in pixels; a UsageError where matplotlib is not installed."""
        from gradcli.render.png import png

        return png(self.graph.unfolded())

    def dot(self) -> str:
        """The graph for Graphviz."""
        return dot(self.graph.unfolded())

    def mermaid(self) -> str:
        """The graph for Mermaid."""
        return mermaid(self.graph.unfolded())

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in _columns(tree(self.graph.unfolded())))

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        """The same: notebooks prefer HTML."""
        return self.svg()

    def drawing(self, page: Page) -> str:
        """What the shell shows of it."""
        if self.shown != "tree":
            written = LANGUAGES.get(self.shown)
            return "" if written is None else written(self.graph.unfolded())
        opened = self.graph.frames if page.everything else None
        lines = tree(self.graph.unfolded(opened), min(page.width // LEVEL, DEEPEST))
        drawn = "".join(f"{line}\n" for line in _columns(lines, page.width, colour=page.colour))
        return drawn if page.unicode else drawn.translate(_ASCII)


_ASCII = str.maketrans("├└─│↑↓…×", "|`-|^v~x")


def _columns(lines: list[Line], width: int = ENDLESS, *, colour: bool = False) -> list[str]:
    """The lines with values and gradients in columns behind them, where there are any.

    What is too long for the width is cut, so that no line is broken.
    """
    green, red, plain = (GREEN, RED, PLAIN) if colour else ("", "", "")
    nodes = [line.branches + line.text for line in lines]
    values, flows = [line.value for line in lines], [line.gradient for line in lines]
    first, broad, last = _widths(width - 2 * len(GAP), *map(_widest, (nodes, values, flows)))
    texts = []
    for node, value, flow in zip(nodes, values, flows, strict=True):
        text = _fitting(node, first)
        if broad:
            text += GAP + green + _fitting(value, broad) + plain
        if flow:
            text += GAP + red + _fitting(flow, last).rstrip() + plain
        texts.append(text.rstrip())
    return texts


def _widths(width: int, node: int, value: int, flow: int) -> tuple[int, int, int]:
    """How wide columns are that would be so wide: all that they need, or their shares."""
    flow = min(flow, max(width // 3, width - node - value))
    value = min(value, max(width // 4, width - node - flow))
    return min(node, width - value - flow), value, flow


def _widest(texts: list[str]) -> int:
    return max(map(terminal_columns, texts))


def _fitting(text: str, room: int) -> str:
    """A text in so many columns, cut if it is longer."""
    while terminal_columns(text) > room:
        text = text[: min(room - 1, len(text) - 2)] + "…"
    return text + " " * (room - terminal_columns(text))

"""Where all that is in a drawing stands: nodes, boxes, links in rows, and the numbers on links.

What would be a long strip is cut into rows, as a text is into lines: links go on at the left of the
row below, under the name of what they carry.
"""

from __future__ import annotations

from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.render.drawing import FOLDED, RESULT, label
from gradcli.render.labels import SMALL, Text, block, spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gradcli.render.drawing import Drawing, Edge, Vertex

    Point = tuple[float, float]
    Piece = tuple[Point, Point, Point, Point]
    Rectangle = tuple[float, float, float, float]

EDGE, STUB = 14.0, 34.0
"""Around the picture, and the room for what leaves the result on the right."""

WIDE, SHAPE = 2400.0, 1.5
"""Up to which width a picture is one row; how many times as wide as high those of more rows are."""

BETWEEN = 40.0
"""Between rows, and on both sides of one that is not alone."""


class Link(NamedTuple):
    """A link as it is drawn: its pieces, each with two points that bend it, and its numbers."""

    edge: Edge
    pieces: list[Piece]
    texts: list[Text]


class Stub(NamedTuple):
    """The line that leaves a result: its ends, its height, value and gradient."""

    left: float
    right: float
    y: float
    texts: list[Text]


class Scene:
    """A drawing with the places of all that is in it; y grows downwards."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        places = drawing.plan()
        width, height = places.size
        ends = [v for v in drawing.nodes.values() if v.kind == RESULT]
        self._stub = max((_widest(v) for v in ends), default=0.0) + (STUB if ends else 0.0)
        at = {
            k: (*corner, *places.sizes[k])
            for k, corner in places.corners.items()
            if k in places.sizes
        }
        whole = [_pieces(_points(edge, at, places.bends)) for edge in drawing.edges]
        nodes = [at[i] for i in drawing.nodes]
        each = {piece for link in whole for piece in link}  # many links have the same
        rows = _Rows(nodes, each, (width + self._stub, height))
        self.size = rows.size
        self.nodes = {i: rows.moved(at[i]) for i in drawing.nodes}
        self.frames = {i: list(rows.parts(at["box", i])) for i in drawing.frames}
        cut = {piece: [*rows.split(piece)] for piece in each}
        pieces = [[part for piece in link for part in cut[piece]] for link in whole]
        self.stubs = [self._stub_of(i) for i, v in drawing.nodes.items() if v.kind == RESULT]
        names = self._carried(pieces)
        taken = [*self.nodes.values(), *(block(text) for text in names)]
        taken += [block(text) for stub in self.stubs for text in stub.texts]
        texts = spread([edge.labels for edge in drawing.edges], pieces, taken)
        self.names = names
        self.links = [Link(*link) for link in zip(drawing.edges, pieces, texts, strict=True)]

    def rounding(self, i: int) -> float:
        """The radius of the corners of a node; a half circle, unless it stands for a box."""
        return 4.0 if self.drawing.nodes[i].kind == FOLDED else self.nodes[i][3] / 2

    def _stub_of(self, i: int) -> Stub:
        x, y, width, height = self.nodes[i]
        left, middle = x + width, y + height / 2
        right = left + self._stub - 4
        vertex = self.drawing.nodes[i]
        across = (left + right) / 2
        texts = [
            Text(across, middle - 5, label(vertex.value), "value"),
            Text(across, middle + 13, label(vertex.gradient), "gradient"),
        ]
        return Stub(left, right, middle, [text for text in texts if text.text])

    def _carried(self, links: Iterable[list[Piece]]) -> list[Text]:
        """At the start of a row the names of what comes from the row above."""
        names: dict[Point, Text] = {}
        for edge, pieces in zip(self.drawing.edges, links, strict=True):
            vertex = self.drawing.nodes[edge.source]
            for before, after in pairwise(pieces):
                x, y = after[0]
                if before[3] != (x, y) and vertex.name:
                    names[x, y] = Text(x - BETWEEN / 2, y + 4, vertex.name, "name")
        return list(names.values())


def _widest(vertex: Vertex) -> float:
    return max(len(label(vertex.value)), len(label(vertex.gradient))) * SMALL


def _points(
    edge: Edge, at: Mapping[Any, Rectangle], bends: Mapping[Any, list[Point]]
) -> list[Point]:
    """The ends of a link, and where it passes through columns."""
    x, y, width, height = at[edge.source]
    u, v, _, other = at[edge.target]
    between = bends.get((edge.source, edge.target), [])
    return [(x + width, y + height / 2), *between, (u, v + other / 2)]


def _pieces(points: list[Point]) -> list[Piece]:
    return [
        ((x, y), (x + (u - x) / 2, y), (u - (u - x) / 2, v), (u, v))
        for (x, y), (u, v) in pairwise(points)
    ]


# --- rows -----------------------------------------------------------------------------------------


class _Rows:
    """A strip of nodes and links cut into rows, where no node stands."""

    def __init__(self, nodes: list[Rectangle], pieces: Iterable[Piece], size: Point) -> None:
        self.cuts = _cuts(nodes, size)
        count = len(self.cuts) - 1
        self.margin = EDGE if count == 1 else BETWEEN
        tops, bottoms = [size[1]] * count, [0.0] * count
        for x, y, _, height in nodes:
            row = self._row(x)
            tops[row], bottoms[row] = min(tops[row], y), max(bottoms[row], y + height)
        for piece in pieces if count > 1 else ():
            (x, y), (u, v) = piece[0], piece[3]
            for row in range(self._row(x), self._row(u) + 1):
                tops[row] = min(tops[row], y, v)
                bottoms[row] = max(bottoms[row], y, v)
        if count == 1:
            tops, bottoms = [0.0], [size[1]]
        self.shifts: list[Point] = []
        y = EDGE
        for left, top, bottom in zip(self.cuts, tops, bottoms, strict=False):
            self.shifts.append((self.margin - left, y - top))
            y += max(bottom - top, 0.0) + BETWEEN
        self.tops, self.bottoms = tops, bottoms
        widest = max(b - a for a, b in pairwise(self.cuts))
        self.size = (widest + 2 * self.margin, y - BETWEEN + EDGE)

    def _row(self, x: float) -> int:
        """The row of what begins at x."""
        return next(i for i in range(len(self.cuts) - 2, -1, -1) if x >= self.cuts[i] or not i)

    def moved(self, place: Rectangle) -> Rectangle:
        """Where something that is in one row stands."""
        x, y, width, height = place
        dx, dy = self.shifts[self._row(x)]
        return x + dx, y + dy, width, height

    def parts(self, place: Rectangle) -> Iterable[Rectangle]:
        """Where something stands that may go on in other rows."""
        x, y, width, height = place
        for row, (left, right) in enumerate(pairwise(self.cuts)):
            start, end = max(left, x), min(right, x + width)
            if start < end:
                dx, dy = self.shifts[row]
                yield start + dx, y + dy, end - start, height

    def split(self, piece: Piece) -> Iterable[Piece]:
        """A piece of a link, cut where it leaves a row."""
        row = self._row(piece[0][0])
        while row + 2 < len(self.cuts) and piece[3][0] > self.cuts[row + 1]:
            first, piece = _halves(piece, _where(piece, self.cuts[row + 1]))
            yield self._shifted(first, row)
            row += 1
        yield self._shifted(piece, row)

    def _shifted(self, piece: Piece, row: int) -> Piece:
        dx, dy = self.shifts[row]
        a, b, c, d = ((x + dx, y + dy) for x, y in piece)
        return a, b, c, d


def _cuts(nodes: list[Rectangle], size: Point) -> list[float]:
    """Where rows begin and end: right behind columns."""
    width, height = size
    row = max(WIDE, sqrt(width * (height + BETWEEN) * SHAPE))
    cuts = [0.0]
    if width > 1.25 * row:
        free = _gaps(nodes)
        while width - cuts[-1] > 1.1 * row:
            fitting = [x for x in free if cuts[-1] + row / 2 < x <= cuts[-1] + row]
            later = [x for x in free if x > cuts[-1] + row]
            if not fitting and not later:
                break
            cuts.append(fitting[-1] if fitting else later[0])
    return [*cuts, width]


def _gaps(nodes: list[Rectangle]) -> list[float]:
    """Where stretches without a node begin, from left to right: links are still apart there."""
    gaps: list[float] = []
    end = 0.0
    for x, _, width, _ in sorted(nodes):
        if x > end:
            gaps.append(end + (x - end) / 16)
        end = max(end, x + width)
    return gaps


def _where(piece: Piece, x: float) -> float:
    """The part of a piece, which leads to the right, that is left of x."""
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        if _halves(piece, middle)[0][3][0] < x:
            low = middle
        else:
            high = middle
    return low


def _halves(piece: Piece, t: float) -> tuple[Piece, Piece]:
    """Both parts of a piece (de Casteljau)."""

    def between(p: Point, q: Point) -> Point:
        return p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])

    a, b, c, d = piece
    e, f, g = between(a, b), between(b, c), between(c, d)
    h, k = between(e, f), between(f, g)
    m = between(h, k)
    return (a, e, h, m), (m, k, g, d)

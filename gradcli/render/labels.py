"""Where the numbers of links stand: each beside its own link, and none on another or on a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator, Sequence

    Point = tuple[float, float]
    Piece = tuple[Point, Point, Point, Point]
    Rectangle = tuple[float, float, float, float]

SMALL = 6.4
"""The width of a character of a label."""

ABOVE, BELOW = 5.0, 13.0
"""From a link up to the base line of its value, and down to that of its gradient."""

ASCENT, DESCENT = 9.0, 3.0

PLACES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.14, 0.86)
"""Where on a piece of a link its numbers may stand, the best first."""

CELL = 48.0


class Text(NamedTuple):
    """A text, where the middle of its base line is, and what it is: `value`, `gradient`, `name`."""

    x: float
    y: float
    text: str
    what: str


def block(text: Text) -> Rectangle:
    """Left, top, width, height of a text."""
    width = len(text.text) * SMALL
    return text.x - width / 2, text.y - ASCENT, width, ASCENT + DESCENT


def spread(
    labels: Sequence[tuple[str, str]], links: Sequence[Sequence[Piece]], taken: Iterable[Rectangle]
) -> list[list[Text]]:
    """The texts of each link, value above and gradient below one point of it.

    Each takes the best of its places that is free, or the one that hides the least; flat links come
    first. A second time round, each may move to what is free now.
    """
    grid = _Grid()
    for place in taken:
        grid.add(place, 4.0)
    lines = _Grid()
    often = _counted(piece for link in links for piece in link)
    for piece in often:
        for x, y in _along(piece):
            lines.add((x, y, 0.0, 0.0), 1.0)
    texts: list[list[Text]] = [[] for _ in links]
    order = sorted(range(len(links)), key=lambda i: abs(links[i][-1][3][1] - links[i][-1][0][1]))
    for i in (*order, *order):
        if any(labels[i]):
            own = [piece for piece in links[i] if often[piece] == 1] or [links[i][-1]]
            for text in texts[i]:
                grid.remove(block(text), 1.0)
            texts[i] = _best(labels[i], own, grid, lines)
            for text in texts[i]:
                grid.add(block(text), 1.0)
    return texts


def _counted(pieces: Iterable[Piece]) -> Counter[Piece]:
    from collections import Counter

    return Counter(pieces)


def _best(
    labels: tuple[str, str], pieces: Sequence[Piece], grid: _Grid, lines: _Grid
) -> list[Text]:
    best: list[Text] = []
    least = float("inf")
    for n, piece in enumerate(reversed(pieces)):
        along = [*_along(piece)]
        for i, t in enumerate(PLACES):
            texts = _beside(labels, _point(piece, t))
            blocks = [block(text) for text in texts]
            own = sum(_holds(b, point) for b in blocks for point in along)
            hidden = sum(map(grid.hidden, blocks))
            crossed = max(sum(map(lines.hidden, blocks)) - own, 0.0)
            cost = 100 * hidden + crossed + 0.4 * i + 0.5 * n
            if cost < least:
                best, least = texts, cost
        if least < 2:
            break
    return best


def _holds(place: Rectangle, point: Point) -> bool:
    x, y, width, height = place
    return x <= point[0] <= x + width and y <= point[1] <= y + height


def _beside(labels: tuple[str, str], point: Point) -> list[Text]:
    (x, y), (value, gradient) = point, labels
    texts = [Text(x, y - ABOVE, value, "value"), Text(x, y + BELOW, gradient, "gradient")]
    return [text for text in texts if text.text]


def _along(piece: Piece) -> Iterator[Point]:
    """Points of a piece, about a dozen pixels apart."""
    (x, y), (u, v) = piece[0], piece[3]
    count = max(int((abs(u - x) + abs(v - y)) / 12), 1)
    return (_point(piece, k / count) for k in range(count + 1))


def _point(piece: Piece, t: float) -> Point:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = piece
    s = 1 - t
    a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
    return a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy


class _Grid:
    """Rectangles, found by the cells that they touch."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], list[tuple[Rectangle, float]]] = {}

    def add(self, place: Rectangle, weight: float) -> None:
        for cell in _cells(place):
            self.cells.setdefault(cell, []).append((place, weight))

    def remove(self, place: Rectangle, weight: float) -> None:
        for cell in _cells(place):
            self.cells[cell].remove((place, weight))

    def hidden(self, place: Rectangle) -> float:
        """The weights of all that a rectangle would touch."""
        x, y, width, height = place
        met: set[Rectangle] = set()
        total = 0.0
        for cell in _cells(place):
            for other, weight in self.cells.get(cell, ()):
                u, v, w, h = other
                if (
                    other not in met
                    and x < u + w
                    and u < x + width
                    and y < v + h
                    and v < y + height
                ):
                    met.add(other)
                    total += weight
        return total


def _cells(place: Rectangle) -> Iterator[tuple[int, int]]:
    x, y, width, height = place
    for column in range(int(x // CELL), int((x + width) // CELL) + 1):
        for row in range(int(y // CELL), int((y + height) // CELL) + 1):
            yield column, row

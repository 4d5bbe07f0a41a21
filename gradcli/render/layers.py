"""One level of a layout: columns by longest path, few crossings, few bends.

The order within columns is by barycentres (Sugiyama, Tagawa and Toda, 1981), the heights are the
least squares to those of neighbours that keep the order (isotonic regression).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Key = Any
    Link = tuple[Key, Key]
    Size = tuple[float, float]
    Point = tuple[float, float]

SWEEPS = 8
ROW_GAP, COLUMN_GAP = 44.0, 30.0

FEW = 2
"""Links that may become longer as one becomes shorter: mostly they share their way with others."""

LABEL, LOOSE, MOST_BESIDE = 34.0, 2.0, 4.0
"""The height of a label; how much more room many need than they fill; how many may be beside one
another between two columns."""

FLAT = 4.0
"""The height of a link that passes through a column."""


class Gate(NamedTuple):
    """Where what comes from a node goes into a box, on the left, or out of it, on the right."""

    box: Key
    source: Key
    leads_out: bool


class Layers:
    """One level: nodes in columns, links that pass through columns as nodes of their own."""

    def __init__(
        self, nodes: Sequence[Key], widths: Mapping[Link, float], sizes: Mapping[Key, Size]
    ) -> None:
        self.nodes = nodes
        self.sizes = sizes
        self.before: dict[Key, list[Key]] = {node: [] for node in nodes}
        self.after: dict[Key, list[Key]] = {node: [] for node in nodes}
        for first, last in widths:
            self.before[last].append(first)
            self.after[first].append(last)
        self.rank = self._ranks()
        self.passing: dict[Link, list[Key]] = {}
        self._pass_through()
        self.columns = self._columns()
        self._uncross()
        self.heights = {n: s[1] for n, s in sizes.items() if n in self.before}
        self.middle = self._middles()
        self.lefts, self.column_widths, width = self._across(widths)
        top = min((self.middle[n] - self._height(n) / 2 for n in self.middle), default=0.0)
        bottom = max((self.middle[n] + self._height(n) / 2 for n in self.middle), default=0.0)
        self.middle = {n: m - top for n, m in self.middle.items()}
        self.size = (width, bottom - top)

    @property
    def corners(self) -> dict[Key, Point]:
        """The left upper corner of each node, which stands in the middle of its column."""
        corners = {}
        for node in self.nodes:
            rank, (width, height) = self.rank[node], self.sizes[node]
            left = self.lefts[rank] + (self.column_widths[rank] - width) / 2
            corners[node] = (left, self.middle[node] - height / 2)
        return corners

    @property
    def bends(self) -> dict[Link, list[Point]]:
        """Where links pass through columns: the left and the right edge of each."""
        bends = {}
        for link in self.passing:
            points: list[Point] = []
            for node in self.passing[link]:
                left, y = self.lefts[self.rank[node]], self.middle[node]
                points += [(left, y), (left + self.column_widths[self.rank[node]], y)]
            bends[link] = points
        return bends

    # --- columns ----------------------------------------------------------------------------

    def _ranks(self) -> dict[Key, int]:
        """As far on the right as what it leads to allows; columns are by the longest path.

        What many lead to stays next to them.
        """
        rank: dict[Key, int] = {}
        missing = {node: len(self.before[node]) for node in self.nodes}
        ready = [node for node in self.nodes if not missing[node]]
        order: list[Key] = []
        while ready:
            node = ready.pop()
            order.append(node)
            rank[node] = max((rank[x] + 1 for x in self.before[node]), default=0)
            for x in self.after[node]:
                missing[x] -= 1
                if not missing[x]:
                    ready.append(x)
        for node in reversed(order):
            before, after = self.before[node], self.after[node]
            if after and len(before) <= max(len(after), FEW) and not isinstance(node, Gate):
                rank[node] = min(rank[x] for x in after) - 1
        last = max((rank[node] for node in order if not isinstance(node, Gate)), default=0)
        rank |= {n: last + 1 for n in order if isinstance(n, Gate) and n.leads_out}
        return rank

    def _pass_through(self) -> None:
        """A node of its own for each column that links of a node pass through, which share it."""
        for first in self.nodes:
            lasts, start = self.after[first], self.rank[first] + 1
            chain = [
                ("pass", first, r) for r in range(start, max(map(self._rank, lasts), default=0))
            ]
            row = [first, *chain]
            self.after |= {node: [] for node in row}
            for previous, node in pairwise(row):
                self.rank[node], self.before[node] = node[2], [previous]
                self.after[previous].append(node)
            for last in lasts:
                behind = self.rank[last] - start
                self.passing[first, last] = chain[:behind]
                self.after[row[behind]].append(last)
                self.before[last][self.before[last].index(first)] = row[behind]

    def _rank(self, node: Key) -> int:
        return self.rank[node]

    def _columns(self) -> list[list[Key]]:
        """The nodes of each column, in the order in which a walk from the left meets them."""
        columns: list[list[Key]] = [[] for _ in range(max(self.rank.values(), default=-1) + 1)]
        met: set[Key] = set()
        stack = [node for node in reversed(self.nodes) if not self.before[node]]
        while stack:
            node = stack.pop()
            if node not in met:
                met.add(node)
                columns[self.rank[node]].append(node)
                stack += reversed(self.after[node])
        return columns

    def _uncross(self) -> None:
        """Sorts columns by where their neighbours stand, to and fro; keeps the best order met."""
        best, fewest = self.columns, self._crossings()
        for sweep in range(SWEEPS if fewest else 0):
            forth = sweep % 2 == 0
            neighbours = self.before if forth else self.after
            self.columns = [list(column) for column in self.columns]
            pairs = list(pairwise(self.columns))
            for left, right in pairs if forth else reversed(pairs):
                still, moved = (left, right) if forth else (right, left)
                at = {node: i for i, node in enumerate(still)}
                wished = {
                    node: _mean([at[x] for x in neighbours[node]], i)
                    for i, node in enumerate(moved)
                }
                moved.sort(key=wished.__getitem__)
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = self.columns, crossings
        self.columns = best

    def _crossings(self) -> int:
        """How many pairs of links cross."""
        total = 0
        for left, right in pairwise(self.columns):
            at = {node: i for i, node in enumerate(right)}
            ends: list[int] = []
            for node in left:
                own = sorted(at[x] for x in self.after[node])
                total += sum(len(ends) - bisect_right(ends, end) for end in own)
                for end in own:
                    insort(ends, end)
        return total

    # --- places -----------------------------------------------------------------------------

    def _height(self, node: Key) -> float:
        return self.heights.get(node, FLAT)

    def _middles(self) -> dict[Key, float]:
        """The height of the middle of each node: near its neighbours, none too near another."""
        middle: dict[Key, float] = {}
        for column in self.columns:
            offsets = self._offsets(column)
            middle |= dict(zip(column, offsets, strict=True))
        for sweep in range(2 * SWEEPS):
            forth = sweep % 2 == 0
            for column in self.columns if forth else reversed(self.columns):
                near = self.before if forth else self.after
                wished = [_mean([middle[x] for x in near[n]], middle[n]) for n in column]
                offsets = self._offsets(column)
                fitted = _isotonic([w - o for w, o in zip(wished, offsets, strict=True)])
                middle |= {n: f + o for n, f, o in zip(column, fitted, offsets, strict=True)}
        return middle

    def _offsets(self, column: Sequence[Key]) -> list[float]:
        """The middles of a column's nodes as near to one another as they may be."""
        offsets: list[float] = []
        bottom = 0.0
        for node in column:
            height = self._height(node)
            offsets.append(bottom + height / 2)
            bottom += height + ROW_GAP
        return offsets

    def _across(self, widths: Mapping[Link, float]) -> tuple[list[float], list[float], float]:
        """The left edges of the columns, their widths, and the width of all."""
        labels = [0.0] * len(self.columns)
        ends: list[list[float]] = [[] for _ in self.columns]
        for (first, last), width in widths.items():
            rank = self.rank[last]
            labels[rank] = max(labels[rank], width)
            if width:
                start = (self.passing[first, last] or [first])[-1]
                ends[rank] += [self.middle[start], self.middle[last]]
        labels = [width * _beside_another(ys) for width, ys in zip(labels, ends, strict=True)]
        lefts: list[float] = []
        column_widths: list[float] = []
        x = 0.0
        for rank, column in enumerate(self.columns):
            x += labels[rank] + COLUMN_GAP if rank else 0.0
            width = max((self.sizes[n][0] for n in column if n in self.heights), default=0.0)
            lefts.append(x)
            column_widths.append(width)
            x += width
        return lefts, column_widths, x


def _beside_another(ends: Sequence[float]) -> float:
    """How many labels must find room beside one another, of links with ends at these heights."""
    if not ends:
        return 1.0
    height = max(ends) - min(ends) + LABEL
    return min(max(LOOSE * LABEL * len(ends) / 2 / height, 1.0), MOST_BESIDE)


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _isotonic(wished: Sequence[float]) -> list[float]:
    """The numbers nearest to those wished that never fall: neighbours that would are pooled."""
    pools: list[tuple[float, int]] = []
    for value in wished:
        mean, count = value, 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        pools.append((mean, count))
    return [mean for mean, count in pools for _ in range(count)]

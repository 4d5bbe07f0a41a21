"""Histories of loops: a row a turn of what its turns keep.

Where all rows would take too much memory, some of them stay, at even distances, and those between
are made again when a loop that goes the other way asks for them: by the turns themselves, since
what is carried is among what they keep.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from gradcli.exec.memory_left import spare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.ir.node import Node

    Again = Callable[[range, Sequence[Any]], Sequence[Sequence[Any]]]

LARGE = 1 << 12
"""Bytes of the rows of a turn up to which all are kept."""

SHARE = 4
"""A loop may take one of so many parts of the memory that is left, for rows that stay."""

FEWEST = 4
"""Rows that stay, at the least."""


def histories(kept: Sequence[Node], carried: Sequence[int] | None) -> list[Any]:
    """Where rows of these nodes will go; `carried` says which of them are carried, if all are."""
    row = sum(8 * x.size for x in kept)
    if carried is None or row < LARGE:
        return [_history(x) for x in kept]
    rows = Rows(carried, max(spare() // SHARE // row, FEWEST))
    return [History(rows, i) for i in range(len(kept))]


def _history(node: Node) -> Any:
    """A row a turn of a node's values: numbers take eight bytes each."""
    return array("d") if not node.shape and node.dtype.char == "d" else []


class Rows:
    """What the histories of a loop share: `most` rows of each that stay, and how to make others.

    `again(turns, state)` gives the rows of these turns by what is carried before them; `carried`
    says in which histories that is.
    """

    def __init__(self, carried: Sequence[int], most: int) -> None:
        self.carried = carried
        self.most = most
        self.histories: list[History] = []
        self.again: Again | None = None
        self._made: Sequence[Sequence[Any]] = ()
        self._turns = range(0)

    def row(self, number: int, k: int) -> Any:
        """A row of the history of that number, with all others of the same stretch."""
        if k not in self._turns:
            assert self.again is not None
            self._made, self._turns = (), range(0)
            every = self.histories[number].every
            start = k - k % every
            stop = min(start + every, len(self.histories[number]))
            state = [self.histories[i].kept(start) for i in self.carried]
            self._made = self.again(range(start, stop), state)
            self._turns = range(start, stop)
        return self._made[number][k - self._turns.start]


class History:
    """The rows of one node: one of `every` so many stays, and the last one."""

    __slots__ = ("_count", "_last", "_number", "_rows", "_shared", "every")

    def __init__(self, shared: Rows, number: int) -> None:
        self._shared = shared
        self._number = number
        self._rows: list[Any] = []
        self._count = 0
        self._last: Any = None
        self.every = 1
        shared.histories.append(self)

    @property
    def rows(self) -> Rows:
        """What it shares with the loop's other histories."""
        return self._shared

    def append(self, row: Any) -> None:
        """One row more; where there are too many, every other one goes."""
        if self._count % self.every == 0:
            self._rows.append(row)
            if len(self._rows) > self._shared.most:
                self._rows = self._rows[::2]
                self.every *= 2
        self._count += 1
        self._last = row

    def extend(self, rows: Iterable[Any]) -> None:
        """Rows more, of an array that does not stay."""
        for row in rows:
            self.append(row.copy())

    def pop(self) -> Any:
        """The last row, which goes."""
        row = self[self._count - 1] if self._last is None else self._last
        self._cut(self._count - 1)
        return row

    def kept(self, k: int) -> Any:
        """A row that has stayed."""
        return self._rows[k // self.every]

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, where: int) -> Any:
        if not 0 <= where < self._count:
            raise IndexError(where)
        if where % self.every == 0:
            return self.kept(where)
        return self._shared.row(self._number, where)

    def __delitem__(self, where: slice) -> None:
        self._cut(range(*where.indices(self._count)).start)

    def _cut(self, count: int) -> None:
        """Forgets what comes behind so many rows."""
        self._count = count
        self._rows = self._rows[: -(-count // self.every)]
        self._last = None

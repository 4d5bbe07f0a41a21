"""A loop as data: what each of its turns makes of the values that the turn before has left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.ir.node import split
from gradcli.ir.record import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.ir.node import Node


class Guard(NamedTuple):
    """A node that a turn's course hangs on, and the value that leads this way."""

    node: Node
    value: Any


class Turn:
    """One way through the body of a loop, as nodes between parameters and results.

    Parameters are the `carried` inputs, `rows`, each of which is a row of a stack that changes from
    turn to turn (None: this turn does not use that stack), and the nodes `captured` from around the
    loop. Results are `after`, what is carried on, and `kept`, of which the loop keeps a row a turn.
    The turn goes this way only where all `guards` hold; it counts as so many `steps` of a program.
    `body` is what has to be computed in it, `code` what its executor has made of it.
    """

    __slots__ = ("after", "body", "captured", "carried", "code", "guards", "kept", "rows", "steps")

    def __init__(
        self,
        carried: Sequence[Node],
        rows: Sequence[Node | None],
        after: Sequence[Node],
        kept: Sequence[Node] = (),
        guards: Sequence[Guard] = (),
        steps: int = 0,
    ) -> None:
        self.carried = tuple(carried)
        self.rows = tuple(rows)
        self.after = tuple(after)
        self.kept = tuple(kept)
        self.guards = tuple(guards)
        self.steps = steps
        self.body, needed = split(self.outputs(), self.parameters())
        self.captured = tuple(x for x in needed if x.op is not CONSTANT)
        self.code: Any = None

    @property
    def first(self) -> int:
        """The order of the first parameter: what the turn is made of comes behind it."""
        return min(x.order for x in self.parameters())

    def among(self, before: int, behind: int) -> Turn:
        """The same turn in a loop of more stacks, of which it does not use these."""
        if not (before or behind):
            return self
        turn = Turn.__new__(Turn)
        for slot in self.__slots__:
            setattr(turn, slot, getattr(self, slot))
        turn.rows = (*[None] * before, *self.rows, *[None] * behind)
        return turn

    def parameters(self) -> list[Node]:
        """What changes from turn to turn."""
        return [*self.carried, *(row for row in self.rows if row is not None)]

    def outputs(self) -> list[Node]:
        """What a turn must compute."""
        return [*self.after, *self.kept, *(guard.node for guard in self.guards)]


class Piece(NamedTuple):
    """Where an array lies in the vector that is the value of a loop: from where, and its shape."""

    start: int
    shape: tuple[int, ...]
    is_bool: bool

    @property
    def stop(self) -> int:
        """Behind its last number."""
        size = 1
        for length in self.shape:
            size *= length
        return self.start + size


class Loop:
    """Turns run one after another: the attribute of a node whose inputs are what they start from.

    The inputs are a start for each carried value, the stacks, and the nodes in `captured`. `path`
    says which of the `turns` are taken how often, by the rows of stacks that they use; a loop that
    runs `backwards` begins with the last row. `run(loop, arrays)` gives the node's value, a vector:
    what is carried at the end, then a row a turn of what is kept, as `ends` and `histories` say.
    """

    __slots__ = (
        "backwards",
        "captured",
        "count",
        "ends",
        "histories",
        "path",
        "run",
        "size",
        "turns",
    )

    def __init__(
        self,
        turns: Sequence[Turn],
        path: Sequence[tuple[int, int]],
        run: Callable[[Loop, Sequence[Any]], Any],
        *,
        backwards: bool = False,
    ) -> None:
        self.turns = tuple(turns)
        self.path = tuple(path)
        self.run = run
        self.backwards = backwards
        self.count = sum(count for _, count in path)
        self.captured = tuple(dict.fromkeys(x for turn in turns for x in turn.captured))
        first = self.turns[0]
        self.ends, start = _pieces(first.carried, 0, ())
        self.histories, self.size = _pieces(first.kept, start, (self.count,))

    def like(self, turns: Sequence[Turn], *, backwards: bool | None = None) -> Loop:
        """A loop of other turns in the same order, or in the opposite one."""
        way = self.backwards if backwards is None else backwards
        return Loop(turns, self.path, self.run, backwards=way)


def _pieces(
    nodes: Iterable[Node], start: int, lead: tuple[int, ...]
) -> tuple[tuple[Piece, ...], int]:
    """Where arrays of the nodes' shapes lie one behind the other, and where they end."""
    pieces = []
    for node in nodes:
        pieces.append(Piece(start, (*lead, *node.shape), node.is_bool))
        start = pieces[-1].stop
    return tuple(pieces), start


def same(value: Any, other: Any) -> bool:
    """Whether two values lead a program the same way."""
    return bool(np.array_equal(value, other))

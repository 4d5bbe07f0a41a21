"""A loop as data: what each of its turns makes of the values that the turn before has left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.ir.node import TRACE, split
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
    The turn goes this way only where all `guards` hold; it counts as so many `steps` of a program,
    without those of loops in it that find their course when they run.
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


class Way(NamedTuple):
    """A way through a loop's body, and the stacks that its rows are of, one row for each turn."""

    turn: Turn
    stacks: Sequence[Node]

    def free(self) -> Way:
        """The same without guards, and without what only they need."""
        turn, stacks = self
        if not turn.guards:
            return self
        own = Turn(turn.carried, turn.rows, turn.after, turn.kept, (), turn.steps)
        used = {x for node in own.body for x in node.inputs}.union(own.outputs())
        pairs = [(row, x) for row, x in zip(turn.rows, stacks, strict=True) if row in used]
        own.rows = tuple(row for row, _ in pairs)
        return Way(own, [x for _, x in pairs])


class Bounds(NamedTuple):
    """How far a loop may go: so many turns, and so many steps of a program."""

    turns: int
    steps: int


class Trace:
    """How a loop has gone, or is going: the value of its node.

    `path` says which turns were taken how often, `count` how many that are, and `steps` how many of
    the program; `state` is what is carried. Each of the `histories` has a row a turn, in the order
    of the rows of stacks; None where there is none.
    """

    __slots__ = ("count", "histories", "path", "state", "steps")

    dtype = TRACE

    def __init__(
        self,
        state: Sequence[Any] = (),
        histories: Sequence[Any] = (),
        path: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.state = state
        self.histories = histories
        self.path = list(path)
        self.count = sum(count for _, count in path)
        self.steps = 0

    def add(self, which: int, count: int, steps: int) -> None:
        """Notes turns, each of so many steps."""
        self.count += count
        self.steps += count * steps
        if self.path and self.path[-1][0] == which:
            count += self.path.pop()[1]
        self.path.append((which, count))

    def step_back(self, steps: Sequence[int]) -> None:
        """Forgets the last turn; `steps` are those of each way."""
        self.state = [history.pop() for history in self.histories]
        which, count = self.path.pop()
        if count > 1:
            self.path.append((which, count - 1))
        self.count -= 1
        self.steps -= steps[which]

    def likely(self, ways: int) -> list[int]:
        """Ways of the next turn, of so many: the last one's first."""
        last = [which for which, _ in self.path[-1:]]
        return [*last, *(i for i in range(ways) if i not in last)]

    def rows(self, i: int, shape: tuple[int, ...]) -> Any:
        """A history as an array of this shape, zeros in what the loop has not reached."""
        array = np.zeros(shape)
        rows = self.histories[i]
        count = min(len(rows), shape[0])
        if count:
            array[:count] = rows[:count]
        return array

    def chosen(self, which: Sequence[int | None]) -> Trace:
        """A trace of some of the histories."""
        return Trace(histories=[None if i is None else self.histories[i] for i in which])

    def plus(self, other: Trace) -> Trace:
        """The sum of all histories; those that are not there are zeros."""
        pairs = zip(self.histories, other.histories, strict=True)
        return Trace(histories=[_sum(a, b) for a, b in pairs])


def _sum(a: Any, b: Any) -> Any:
    """The sum of two histories, of which one may be longer."""
    if a is None or b is None:
        return b if a is None else a
    count = min(len(a), len(b))
    return np.asarray(a)[:count] + np.asarray(b)[:count]


class Piece(NamedTuple):
    """Where an array lies in the vector of what a loop has carried: from where, and its shape."""

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
    """Turns run one after another: the attribute of a node whose value is a `Trace`.

    The inputs are a start for each carried value, so many `stacks`, other traces that are
    `followed`, each of which has so many histories, and the nodes in `captured`. The rows of turns
    are those of stacks, then those of histories. `path` says which of the `turns` are taken how
    often; without, the loop goes as the first trace that it follows has gone, and one that follows
    none finds its course by its guards, within `bounds`. A loop that runs `backwards` begins with
    the last row. `run(loop, arrays)` gives the trace; what is carried at the end makes a vector, as
    `ends` says.
    """

    __slots__ = (
        "backwards",
        "bounds",
        "captured",
        "ends",
        "followed",
        "path",
        "run",
        "size",
        "stacks",
        "turns",
    )

    def __init__(
        self,
        turns: Sequence[Turn],
        run: Callable[[Loop, Sequence[Any]], Trace],
        *,
        stacks: int = 0,
        followed: Sequence[int] = (),
        path: Sequence[tuple[int, int]] | None = None,
        bounds: Bounds | None = None,
        backwards: bool = False,
    ) -> None:
        self.turns = tuple(turns)
        self.run = run
        self.stacks = stacks
        self.followed = tuple(followed)
        self.path = None if path is None else tuple(path)
        self.bounds = bounds
        self.backwards = backwards
        self.captured = tuple(dict.fromkeys(x for turn in turns for x in turn.captured))
        self.ends, self.size = _pieces(self.carried)

    @property
    def carried(self) -> tuple[Node, ...]:
        """The parameters of what is carried, of one turn for all."""
        return self.turns[0].carried

    @property
    def kept(self) -> tuple[Node, ...]:
        """What the histories are of, of one turn for all."""
        return self.turns[0].kept

    def of(self, turns: Sequence[Turn]) -> Loop:
        """A loop of other turns that goes the same way, which is known."""
        return Loop(
            turns,
            self.run,
            stacks=self.stacks,
            followed=self.followed,
            path=self.path,
            backwards=self.backwards,
        )

    def parts(self, items: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
        """Starts, stacks, traces and what is captured, among what belongs to the inputs."""
        n = len(self.carried)
        m = n + self.stacks
        k = m + len(self.followed)
        return list(items[:n]), list(items[n:m]), list(items[m:k]), list(items[k:])

    def packed(self, state: Sequence[Any]) -> Any:
        """What is carried at the end, as one vector."""
        vector = np.empty(self.size, self.carried[0].graph.dtype)
        for piece, value in zip(self.ends, state, strict=True):
            vector[piece.start : piece.stop] = np.reshape(value, -1)
        return vector


def _pieces(nodes: Iterable[Node]) -> tuple[tuple[Piece, ...], int]:
    """Where arrays of the nodes' shapes lie one behind the other, and where they end."""
    pieces, start = [], 0
    for node in nodes:
        pieces.append(Piece(start, node.shape, node.is_bool))
        start = pieces[-1].stop
    return tuple(pieces), start


def same(value: Any, other: Any) -> bool:
    """Whether two values lead a program the same way."""
    return bool(np.array_equal(value, other))


def full(x: Any) -> Any:
    """Numbers as they are, but 0 for those too small for all their digits (subnormal ones)."""
    return np.where(np.abs(x) < np.finfo(x.dtype).tiny, x.dtype.type(0), x)

"""Loops of many turns as single nodes: turns that go the same way are lowered once.

The first turns are lowered as they stand, then one with parameters in the place of what the turn
before has left. Whatever the interpreter asks for in it is a guard: as long as the guards answer as
before, turns are run and not lowered; where one answers differently, the turn goes its own way,
which is lowered if it is new. The last turn is always lowered as it stands, with all that it alone
assigns.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.errors import BatchError, GradcliError
from gradcli.ir.loop import Guard, Loop, Turn
from gradcli.ir.node import WORDS, Node, ancestors, body_of
from gradcli.lower.trees import assigned_in, read_first
from gradcli.lower.values import leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradcli.lower.needs import Turns
    from gradcli.lower.values import Value
    from gradcli.lower.walk import Walk
    from gradcli.syntax import tree

WARM = 16
"""Turns that are lowered as they stand, before one is lowered for all others."""

EARLY = 3
"""The same where it is known how many turns there will be."""

AHEAD = 60
"""Turns that must be ahead where their number is known."""

WORTH = 16
"""Turns that are worth a node of their own."""

MOST_WAYS = 16
"""Ways through a body that are lowered; a loop with more goes on turn by turn."""

SELDOM = 4
"""Turns for each way below which, once there are as many ways, a loop has no ways worth knowing."""

LARGEST = 1 << 22
"""Numbers that a loop may keep of its turns."""


class UnrolledError(Exception):
    """What is going on cannot be a part of a loop's node."""


class Form:
    """What a name holds: nodes in tuples; all else in them must stay the same from turn to turn."""

    def __init__(self, value: Value) -> None:
        self.nodes = leaves(value)
        self._like = value

    def filled(self, nodes: Iterator[Node]) -> Value:
        """A value of this form, of other nodes."""
        return _filled(self._like, nodes)

    def taken(self, value: Value) -> list[Node]:
        """The nodes of a value of this form, each of the same shape."""
        nodes = leaves(value)
        alike = len(nodes) == len(self.nodes) and all(
            x.shape == own.shape and x.is_bool == own.is_bool
            for x, own in zip(nodes, self.nodes, strict=True)
        )
        if not (alike and _filled(value, iter(self.nodes)) == self._like):
            raise UnrolledError
        return nodes


def _filled(like: Value, nodes: Iterator[Node]) -> Value:
    if isinstance(like, tuple):
        return tuple([_filled(part, nodes) for part in like])
    return next(nodes) if isinstance(like, Node) else like


class Way(NamedTuple):
    """A way through a loop's body, and the stacks that its rows are of, one row for each turn."""

    turn: Turn
    stacks: Sequence[Node]


class Rolling:
    """A loop that is running, which is rolled up from time to time.

    `lower(row)` lowers a turn in the present scope, for this row of the array that it goes `over`,
    and says whether there is one. Of the names that the block assigns those are carried that may be
    read before; while one of these is not set yet, nothing can be rolled up.
    """

    def __init__(
        self,
        walk: Walk,
        statement: tree.While | tree.For,
        lower: Callable[[Any], bool],
        over: Node | None = None,
    ) -> None:
        assert walk.turns is not None
        self.walk = walk
        self.turns = walk.turns()
        self.statement = statement
        self.lower = lower
        self.over = over
        self.wait = WARM if over is None else EARLY
        self.ways: list[Way] = []
        self.forms: dict[str, Form] = {}
        self.unset: set[str] = set()

    def after(self, k: int) -> int:
        """How many turns were rolled up behind one that was lowered; `k` is the next one's number.

        One more is left, which is lowered as it stands.
        """
        self.wait -= 1
        ahead = LARGEST if self.over is None else self.over.shape[0] - 1 - k
        if self.wait > 0 or ahead < AHEAD:
            return 0
        self.walk.graph.span = self.walk.span(self.statement)
        count = 0
        with suppress(UnrolledError):
            count = self._rolled(k, ahead)
        if count < WORTH:  # which cost more than it saved
            self.wait = 8 * WARM << len(self.ways)
        return count

    def _rolled(self, k: int, ahead: int) -> int:
        """Rolls turns up from what the scope holds and binds what they leave; how many."""
        walk, names = self.walk, self.walk.scope.names
        if not self.forms:
            self._look()
        starts = [x for name, form in self.forms.items() for x in form.taken(names[name])]
        course = Course(self, starts, k)
        course.go(min(ahead, LARGEST // max(sum(x.size for x in starts), 1)))
        if not course.total:
            return 0
        ends = iter(course.ends())
        for name, form in self.forms.items():
            names[name] = form.filled(ends)
        walk.steps += sum(self.ways[i].turn.steps * count for i, count in course.path)
        walk.decisions += course.decisive()
        walk.is_rolled = True
        return course.total

    def _look(self) -> None:
        """Finds out what is carried."""
        names = self.walk.scope.names
        read, always = read_first(self.walk.block, self.statement)
        assigned = assigned_in(self.statement.block)
        carried = assigned & read
        if (assigned - always) & self.walk.marks:  # who differentiates by it wants its own turn
            raise UnrolledError
        self.unset = carried.difference(names)
        self.forms = {name: Form(names[name]) for name in names if name in carried}
        if self.unset or not any(form.nodes for form in self.forms.values()):
            self.forms = {}
            raise UnrolledError

    # --- lowering a turn for all others -----------------------------------------------------------

    def way(self, state: Sequence[Any], k: int) -> Way | None:
        """The way that turn `k` takes from these values; None if there is no such turn."""
        walk, graph, turns = self.walk, self.walk.graph, self.turns
        before = Before(walk, turns)
        like = [x for form in self.forms.values() for x in form.nodes]
        carried = [graph.input("carried", x.shape, x.dtype) for x in like]
        for x, value in zip(carried, state, strict=True):
            turns.suppose(x, value)
        row = None
        if self.over is not None:
            row = graph.input("row", self.over.shape[1:], self.over.dtype)
            turns.suppose(row, turns.value(self.over)[k])
        parameters = carried if row is None else [*carried, row]
        walk.parameters = {*walk.parameters, *parameters}
        names, items = walk.scope.names, iter(carried)
        names.update({name: form.filled(items) for name, form in self.forms.items()})
        try:
            if not self.lower(row):
                return None
            after = [x for name, form in self.forms.items() for x in form.taken(names[name])]
            guards = before.guards(parameters)
            steps = walk.steps - before.steps
            outputs = [*after, *(guard.node for guard in guards)]
            before.check_gathered(parameters, outputs)
            guards += self._smooth(parameters, outputs)
        except GradcliError:  # which the turn raises again, lowered as it stands
            raise UnrolledError from None
        finally:
            before.restore()
        rows = [] if row is None else [row]
        return self._hoisted(Turn(carried, rows, after, carried, guards, steps), row)

    def _smooth(self, parameters: Sequence[Node], outputs: Sequence[Node]) -> list[Guard]:
        """Guards against turns in which a convention may pass for a slope, which are looked at."""
        turns = self.turns
        body = body_of(parameters, outputs)
        guards = [Guard(x, turns.value(x)) for x in turns.questions(body, {*parameters, *body})]
        if any(guard.value for guard in guards):
            raise UnrolledError
        return guards

    def _hoisted(self, turn: Turn, row: Node | None) -> Way:
        """The way of a turn; what depends on its row alone is done once, for all rows."""
        if row is None or self.over is None:
            return Way(turn, ())
        edge = _edge(turn, row)
        stacks = [self.over for x in edge if x is row]
        if len(stacks) < len(edge) and self.over.shape[0] * sum(x.size for x in edge) <= LARGEST:
            with suppress(BatchError):
                stacks = list(self.walk.modes.batch(edge, {row: self.over}))
        if len(stacks) < len(edge):
            edge, stacks = [row], [self.over]
        return Way(Turn(turn.carried, edge, turn.after, turn.kept, turn.guards, turn.steps), stacks)


def _edge(turn: Turn, row: Node) -> list[Node]:
    """What depends on the row alone, and is used by what depends on what is carried."""
    outputs, body = turn.outputs(), turn.body
    moving = {*turn.carried, *body_of(turn.carried, outputs)}
    used = dict.fromkeys([*(x for node in body if node in moving for x in node.inputs), *outputs])
    alone = {row, *body}.difference(moving)
    return [x for x in used if x in alone]


GROWING = ("decisions", "notices", "differentiated", "frames", "gathered")
"""The lists of a walk that grow as it goes on."""


class Before:
    """A walk before a turn is lowered for all others, to which it returns."""

    def __init__(self, walk: Walk, turns: Turns) -> None:
        if walk.backwards:
            raise UnrolledError
        self.walk = walk
        self.turns = turns
        self.steps = walk.steps
        self.names = dict(walk.scope.names)
        self.parameters = walk.parameters
        self.printed = walk.printed
        self.lengths = {name: len(getattr(walk, name)) for name in GROWING}
        self.asked: list[Node] = []
        walk.printed = _refuse

    def guards(self, parameters: Sequence[Node]) -> list[Guard]:
        """What was asked for since and depends on a parameter, with the answers."""
        walk = self.walk
        asked = dict.fromkeys(walk.decisions[self.lengths["decisions"] :])
        moving = {*parameters, *body_of(parameters, [*asked])}
        self.asked = [x for x in asked if x not in moving]
        if walk.backwards or (self.parameters and len(self.asked) < len(asked)):
            raise UnrolledError  # an inner loop would go different ways in different turns
        first = min(x.order for x in parameters)
        derivatives = walk.differentiated[self.lengths["differentiated"] :]
        if any(x.order < first for derivative in derivatives for x in derivative.xs):
            raise UnrolledError  # what is carried may depend on x, which its parameter hides
        return [Guard(x, self.turns.value(x)) for x in asked if x in moving]

    def check_gathered(self, parameters: Sequence[Node], outputs: Sequence[Node]) -> None:
        """Refuses a turn that takes what nobody needs: its indices would never be looked at."""
        gathered = self.walk.gathered[self.lengths["gathered"] :]
        moving = body_of(parameters, [*outputs, *gathered])
        if not {*body_of(parameters, outputs)}.issuperset({*gathered}.intersection(moving)):
            raise UnrolledError

    def restore(self) -> None:
        """Makes the walk what it was, but for what was asked for around the loop."""
        walk = self.walk
        walk.steps = self.steps
        walk.scope.names.clear()
        walk.scope.names.update(self.names)
        walk.parameters = self.parameters
        walk.printed = self.printed
        walk.backwards.clear()
        for name, length in self.lengths.items():
            del getattr(walk, name)[length:]
        walk.decisions += self.asked


def _refuse(_line: str) -> None:
    raise UnrolledError


class Course:
    """The ways that turns take one after another, from the present one on.

    `path` says which of the ways were taken how often, `total` how many turns that is.
    """

    def __init__(self, rolling: Rolling, starts: Sequence[Node], k: int) -> None:
        self.rolling = rolling
        self.walk = rolling.walk
        self.turns = turns = rolling.turns
        self.starts = starts
        self.first = k
        self.path: list[tuple[int, int]] = []
        self.total = 0
        self.steps = self.walk.max_steps - self.walk.steps
        self.state: Sequence[Any] = [turns.value(x) for x in starts]
        self.histories: Sequence[Any] | None = None

    def go(self, limit: int) -> None:
        """Finds the way of one turn after the other, up to the limit; the last is not counted."""
        rolling = self.rolling
        if not rolling.ways and not self._learn(limit):
            return
        way = rolling.ways[0]
        if rolling.over is not None and not way.turn.guards:  # it is run when somebody asks
            self._count(0, min(limit, self.steps // way.turn.steps))
            return
        self.histories = self.turns.histories(way.turn)
        while self.total < limit and (self._goes_on(limit) or self._learn(limit)):
            pass
        if rolling.over is None and self.path:
            self._step_back()

    def _goes_on(self, limit: int) -> bool:
        """Whether the next turn takes a way that is known."""
        last = [index for index, _ in self.path[-1:]]
        others = [i for i in range(len(self.rolling.ways)) if i not in last]
        return any(self._follows(i, limit) for i in (*last, *others))

    def _learn(self, limit: int) -> bool:
        """Whether the next turn takes a new way, which is lowered."""
        ways = self.rolling.ways
        seldom = len(ways) >= SELDOM and self.total < SELDOM * len(ways)
        if seldom or len(ways) == MOST_WAYS:
            return False
        try:
            way = self.rolling.way(self.state, self.first + self.total)
        except UnrolledError:
            return False
        endless = self.rolling.over is None
        if way is None or (endless and not way.turn.guards):  # that has no end but a limit
            return False
        ways.append(way)
        return self.histories is None or self._follows(len(ways) - 1, limit)

    def _follows(self, index: int, limit: int) -> bool:
        """Whether turns go this way; as many as do are run."""
        turn, stacks = self.rolling.ways[index]
        assert self.histories is not None
        start = self.first + self.total
        ahead = min(limit - self.total, self.steps // turn.steps)
        state = self.turns.follow(
            turn, self.state, stacks, range(start, start + ahead), self.histories
        )
        if state is None:
            return False
        self.state = state
        count = len(self.histories[0]) - self.total
        if count:
            self._count(index, count)
        return count > 0

    def _count(self, index: int, count: int) -> None:
        """Adds turns to the path."""
        if self.path and self.path[-1][0] == index:
            count += self.path.pop()[1]
        self.path.append((index, count))
        self.steps -= count * self.rolling.ways[index].turn.steps
        self.total = sum(count for _, count in self.path)

    def _step_back(self) -> None:
        """Leaves the last turn to be lowered as it stands."""
        assert self.histories is not None
        self.state = [history.pop() for history in self.histories]
        index, count = self.path.pop()
        if count > 1:
            self.path.append((index, count - 1))
        self.total -= 1

    # --- what comes of it -------------------------------------------------------------------------

    def ends(self) -> Sequence[Node]:
        """What is carried at the end, as nodes."""
        ways = self.rolling.ways
        counts = [len(way.stacks) for way in ways]
        turns = [
            way.turn.among(sum(counts[:i]), sum(counts[i + 1 :])) for i, way in enumerate(ways)
        ]
        rows = slice(self.first, self.first + self.total)
        stacks = [WORDS["index"](stack, rows) for way in ways for stack in way.stacks]
        loop = Loop(turns, self.path, self.turns.run)
        node, ends = self.walk.modes.looped(loop, self.starts, stacks)
        if self.histories is not None:
            self.turns.suppose(node, self.turns.packed(loop, self.state, self.histories))
        return ends

    def decisive(self) -> list[Node]:
        """What the path hangs on: the starts, the stacks and the captured behind the guards."""
        nodes: dict[Node, None] = {}
        carried: set[int] = set()
        before = -1
        while len(nodes) + len(carried) != before:
            before = len(nodes) + len(carried)
            for turn, stacks in self.rolling.ways:
                outputs = [guard.node for guard in turn.guards]
                outputs += [turn.after[i] for i in carried]
                used = {*outputs, *ancestors(outputs, after=turn.first - 1)}
                carried.update(i for i, x in enumerate(turn.carried) if x in used)
                nodes |= dict.fromkeys(x for x in turn.captured if x in used)
                pairs = zip(turn.parameters()[len(turn.carried) :], stacks, strict=True)
                nodes |= dict.fromkeys(stack for x, stack in pairs if x in used)
        return [*nodes, *(self.starts[i] for i in sorted(carried))]

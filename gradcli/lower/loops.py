"""Loops of many turns as single nodes: turns that go the same way are lowered once.

The first turns are lowered as they stand, then one with parameters in the place of what the turn
before has left. Whatever the interpreter asks for in it is a guard: as long as the guards answer as
before, turns are run and not lowered; where one answers differently, the turn goes its own way,
which is lowered if it is new. The last turn is always lowered as it stands, with all that it alone
assigns.

A loop in a turn that is lowered for all others finds its course anew whenever it is run: it goes on
as long as one of its ways fits. What is asked for behind it, the condition or the number of turns,
is a guard of the turn that it is in.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gradcli.errors import BatchError, GradcliError, LimitError, LoopError
from gradcli.ir.loop import Bounds, Guard, Loop, Trace, Turn, Way
from gradcli.ir.node import TRACE, WORDS, Node, ancestors, body_of
from gradcli.ir.record import CONSTANT
from gradcli.lower.forms import Before, Form, UnrolledError
from gradcli.lower.hidden import Derived, End
from gradcli.lower.trees import around, assigned_in, derived_by, read_first, used_around
from gradcli.lower.words import DERIVATIVES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.lower.hidden import Pairs
    from gradcli.lower.walk import Walk
    from gradcli.syntax import tree

WARM = 16
"""Turns that are lowered as they stand, before one is lowered for all others."""

EARLY = 0
"""The same where it is known how many turns there will be, if what they carry is there before."""

FEW = 2
"""The same where turns have loops in them, or where the loop has been rolled up before."""

AHEAD = 60
"""Turns that must be ahead where their number is known; a quarter of them where they are dear."""

LONG = range(1 << 9, 1 << 14)
"""Numbers of an array that makes turns dear, if these multiply no matrices: that is done as well in
turns that stand one behind the other, in which all threads do what longer arrays need."""

STRAIGHT = 8
"""Turns of a loop, within turns for all others, that are lowered as they stand at first."""

PATHS = 3
"""Ways through a body up to which its loops are; with more of them, these find their course."""

WORTH = 16
"""Turns that are worth a node of their own."""

MOST_WAYS = 16
"""Ways through a body that are lowered; a loop with more goes on turn by turn."""

SELDOM = 4
"""Turns for each way below which, once there are as many ways, a loop has no ways worth knowing."""

LARGEST = 1 << 22
"""Numbers that are computed of all rows before a loop, at most."""


class Rolling:
    """A loop that is running, which is rolled up from time to time.

    `lower(row)` lowers a turn in the present scope, for this row of the array that it goes `over`,
    and says whether there is one. Of the names that the block assigns those are carried that may be
    read before; while one of these is not set yet, nothing can be rolled up. In a turn that is
    lowered for all others it `finds` its course anew when it is run: then those are carried, too,
    that may be read behind it.
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
        self.finds = bool(walk.parameters)
        self.asked = len(walk.decisions)
        first = WARM if over is None else EARLY
        self.wait = FEW if statement in walk.rolled else first
        self.rolls = walk.rolls
        self.paths = PATHS
        self.derived = Derived()
        self.starts: Sequence[Node] = ()
        self.ways: list[Way] = []
        self.quiet: set[Node] = set()
        self.still: list[bool] = []
        self.forms: dict[str, Form] = {}
        self.unset: set[str] = set()
        self.few = False

    def after(self, k: int) -> int:
        """How many turns were rolled up behind one that was lowered; `k` is the next one's number.

        One more is left, which is lowered as it stands, unless the loop finds its course.
        """
        if self.finds:
            straight = STRAIGHT if self.walk.is_straight and self.over is None else 1
            if k < straight:
                return 0
            if k == straight and self._hangs():
                self.wait = 0
                self.walk.is_straight = False
        if self.rolls < self.walk.rolls:  # a turn with loops in it is dear
            self.wait, self.rolls = min(self.wait, FEW), sys.maxsize
        self.wait -= k > 0
        ahead = sys.maxsize if self.over is None else self.over.shape[0] - k - (not self.finds)
        self.few = ahead < AHEAD and not self.finds
        if self.wait > 0 or ahead < AHEAD // 4 or (self.few and not self._is_long()):
            return 0
        self.walk.graph.span = self.walk.span(self.statement)
        count = 0
        with suppress(UnrolledError):
            count = self._rolled(k, ahead)
        if not k and not self.ways:  # the first turn may give what is carried another shape
            self.forms = {}
        elif count < WORTH and not self.unset:  # which cost more than it saved, the more the later
            self.wait = max(8 * WARM << len(self.ways), k)
        return count

    def pairs(self) -> Pairs:
        """What is carried by now, as it was made and as the ways that are known make it."""
        ways = [(turn.carried, turn.after) for turn, _ in self.ways]
        return [((), self.starts), *ways]

    def _check_hidden(self, pairs: Pairs) -> None:
        if self.derived.hides(pairs):
            raise UnrolledError

    @cached_property
    def assigned(self) -> set[str]:
        """The names that a turn assigns."""
        return assigned_in(self.statement.block)

    def _is_long(self) -> bool:
        """Whether few turns may be worth a node, since arrays are long."""
        names = self.walk.scope.names
        values = map(names.get, self.assigned)
        return any(isinstance(x, Node) and x.size in LONG for x in values)

    def _hangs(self) -> bool:
        """Whether the way that the first turn went hangs on what changes around the loop."""
        asked, parameters = self.walk.decisions[self.asked :], self.walk.parameters
        return not parameters.isdisjoint(asked) or bool(body_of(parameters, asked))

    def _rolled(self, k: int, ahead: int) -> int:
        """Rolls turns up from what the scope holds and binds what they leave; how many."""
        walk, names = self.walk, self.walk.scope.names
        if not self.forms:
            self._look()
        starts = [x for name, form in self.forms.items() for x in form.taken(names[name])]
        still = [_is_made_of(x, self.quiet) for x in starts]
        if self.ways and still != self.still:
            raise UnrolledError
        self.still, self.starts = still, starts
        self._check_hidden(self.pairs())
        course = Course(self, starts, k)
        course.go(ahead)
        trace = course.trace
        if not trace.count:
            return 0
        ends = course.ends()
        self.quiet |= {x for x, is_still in zip(ends, self.still, strict=True) if is_still}
        walk.ends |= {x: End(i, ends, self.pairs()) for i, x in enumerate(ends)}
        parts = iter(ends)
        for name, form in self.forms.items():
            names[name] = form.filled(parts)
        walk.steps += course.steps()
        if walk.steps > walk.max_steps:  # perhaps within a turn
            raise LoopError("turns of loops take too many steps", span=walk.graph.span)
        walk.is_rolled = True
        walk.rolled.add(self.statement)
        walk.rolls += 1
        return trace.count

    def _look(self) -> None:
        """Finds out what is carried."""
        walk, names = self.walk, self.walk.scope.names
        read, always = read_first(walk.block, self.statement)
        carried = self.assigned & read
        if self.finds:
            carried |= self.assigned & used_around(walk.block, self.statement)
        elif (
            self.assigned - always
        ) & self._marks():  # who differentiates by it wants its own turn
            raise UnrolledError
        self.unset = carried.difference(names)
        self.forms = {name: Form(names[name]) for name in names if name in carried}
        if self.unset or not any(form.nodes for form in self.forms.values()):
            self.forms = {}
            raise UnrolledError

    def _marks(self) -> frozenset[str]:
        """The names around the loop by which somebody differentiates."""
        walk = self.walk
        by = derived_by(around(walk.block, self.statement), frozenset(DERIVATIVES))
        marks = walk.names.aliased(by)
        return marks | walk.wanted if walk.scope is walk.top else marks

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
        walk.is_straight = len(self.ways) < self.paths and (walk.is_straight or not self.finds)
        names, items = walk.scope.names, iter(carried)
        names.update({name: form.filled(items) for name, form in self.forms.items()})
        try:
            if not self.lower(row):
                return None
            self.paths *= walk.is_straight
            after = [x for name, form in self.forms.items() for x in form.taken(names[name])]
            guards = before.guards(parameters)
            self.derived.note(carried, before.derivatives)
            self._check_hidden([*self.pairs(), (carried, after)])
            steps = walk.steps - before.steps
            outputs = [*after, *(guard.node for guard in guards)]
            before.check_gathered(parameters, outputs)
            guards += self._smooth(parameters, carried, after)
        except GradcliError:  # which the turn raises again, lowered as it stands
            raise UnrolledError from None
        finally:
            before.restore()
        rows = [] if row is None else [row]
        turn = Turn(carried, rows, after, carried, guards, steps)
        if any(x.dtype is TRACE for x in turn.captured):
            raise UnrolledError
        if self.few and any(node.op.term is not None for node in turn.body):
            raise UnrolledError
        return self._hoisted(turn, row)

    def _smooth(
        self, parameters: Sequence[Node], carried: Sequence[Node], after: Sequence[Node]
    ) -> list[Guard]:
        """Guards against turns in which a convention may pass for a slope, which are looked at.

        No slope goes through conditions, nor through what is carried and made of constants alone,
        such as a count.
        """
        turns, still = self.turns, self._still(carried, after)
        if self.over is not None and _is_made_of(self.over, set()):
            still.update(parameters[len(carried) :])  # the row of numbers that are counted
        moving = [x for x in parameters if x not in still]
        body = body_of(moving, after) if moving else []
        guards = [Guard(x, turns.value(x)) for x in turns.questions(body, {*moving, *body})]
        if any(guard.value for guard in guards):
            raise UnrolledError
        return guards

    def _still(self, carried: Sequence[Node], after: Sequence[Node]) -> set[Node]:
        """What is carried and made of constants alone, in this way and those that are known."""
        still = {x for x, is_still in zip(carried, self.still, strict=True) if is_still}
        count = -1
        while len(still) != count:
            count = len(still)
            pairs = zip(carried, after, strict=True)
            still = {x for x, y in pairs if x in still and _is_made_of(y, still)}
        if self.ways and count < sum(self.still):
            raise UnrolledError
        self.still = [x in still for x in carried]
        return still

    def _hoisted(self, turn: Turn, row: Node | None) -> Way:
        """The way of a turn; what depends on its row alone is done once, for all rows."""
        if row is None or self.over is None:
            return Way(turn, ())
        edge = _edge(turn, row)
        if any(x.dtype is TRACE for x in edge):
            edge = [row]
        stacks = [self.over for x in edge if x is row]
        if len(stacks) < len(edge) and self.over.shape[0] * sum(x.size for x in edge) <= LARGEST:
            with suppress(BatchError):
                stacks = list(self.walk.modes.batch(edge, {row: self.over}))
        if len(stacks) < len(edge):
            edge, stacks = [row], [self.over]
        return Way(Turn(turn.carried, edge, turn.after, turn.kept, turn.guards, turn.steps), stacks)


def _is_made_of(node: Node, leaves: set[Node]) -> bool:
    """Whether a node is made of these and of constants alone."""
    stack = [node]
    while stack:
        x = stack.pop()
        if x in leaves or x.op is CONSTANT:
            continue
        if not x.inputs:
            return False
        stack += x.inputs
    return True


def _edge(turn: Turn, row: Node) -> list[Node]:
    """What depends on the row alone, and is used by what depends on what is carried."""
    outputs, body = turn.outputs(), turn.body
    moving = {*turn.carried, *body_of(turn.carried, outputs)}
    used = dict.fromkeys([*(x for node in body if node in moving for x in node.inputs), *outputs])
    alone = {row, *body}.difference(moving)
    return [x for x in used if x in alone]


class Course:
    """The ways that turns take one after another, from the present one on, as a trace."""

    def __init__(self, rolling: Rolling, starts: Sequence[Node], k: int) -> None:
        self.rolling = rolling
        self.walk = rolling.walk
        self.turns = turns = rolling.turns
        self.starts = starts
        self.first = k
        self.bounds = Bounds(0, self.walk.max_steps - self.walk.steps)
        self.trace = Trace([turns.value(x) for x in starts], turns.histories(starts))
        self.has_run = True
        self.inner = turns.steps

    def go(self, limit: int) -> None:
        """Finds the way of one turn after the other, up to the limit; the last is not counted."""
        rolling, ways = self.rolling, self.rolling.ways
        self.bounds = Bounds(limit, self.bounds.steps)
        if not ways and not self._learn():
            return
        if rolling.over is not None and self._is_known(ways[0], limit):  # run when somebody asks
            self.has_run = False
            steps = ways[0].turn.steps
            self.trace.add(0, min(limit, self.bounds.steps // steps), steps)
            return
        while self._advances() or (self._learn() and self._advances()):
            pass
        if rolling.over is None and self.trace.count and not rolling.finds:
            self.trace.step_back([turn.steps for turn, _ in ways])

    def _is_known(self, way: Way, limit: int) -> bool:
        """Whether rows alone say that all turns take this way."""
        stacks = dict(zip(way.turn.rows, way.stacks, strict=True))
        rows = slice(self.first, self.first + limit)
        return all(
            guard.node in stacks
            and (self.turns.value(stacks[guard.node])[rows] == guard.value).all()
            for guard in way.turn.guards
        )

    def _advances(self) -> bool:
        """Whether turns take ways that are known; as many as do are run."""
        count = self.trace.count
        try:
            self.turns.go(self.rolling.ways, self.trace, self.bounds, self.first)
        except LimitError:
            raise
        except GradcliError as error:  # perhaps of a row that another way takes
            raise LoopError(error.message) from error
        return self.trace.count > count

    def _learn(self) -> bool:
        """Whether the next turn takes a new way, which is lowered."""
        ways, count = self.rolling.ways, self.trace.count
        seldom = len(ways) >= SELDOM and count < SELDOM * len(ways)
        if seldom or len(ways) == MOST_WAYS or count == self.bounds.turns:
            return False
        try:
            way = self.rolling.way(self.trace.state, self.first + count)
        except UnrolledError:
            return False
        if way is None:
            return False
        if self.rolling.over is None and not way.turn.guards:  # that has no end but a limit
            if self.rolling.finds:
                raise self.walk.endless(self.rolling.statement)
            return False
        ways.append(way)
        return True

    # --- what comes of it -------------------------------------------------------------------------

    @property
    def is_found(self) -> bool:
        """Whether the loop finds its course anew whenever it is run."""
        return self.rolling.finds and self.has_run

    def steps(self) -> int:
        """How many steps the turns were, with those of loops in them."""
        return 0 if self.is_found else self.trace.steps + self.turns.steps - self.inner

    def ends(self) -> Sequence[Node]:
        """What is carried at the end, as nodes; what leads there is asked for."""
        ways, walk = self.rolling.ways, self.walk
        if not self.is_found:
            ways = [way.free() for way in ways]
        counts = [len(way.stacks) for way in ways]
        turns = [
            way.turn.among(sum(counts[:i]), sum(counts[i + 1 :])) for i, way in enumerate(ways)
        ]
        rows = slice(self.first, None if self.is_found else self.first + self.trace.count)
        stacks = [WORDS["index"](stack, rows) for way in ways for stack in way.stacks]
        path = None if self.is_found else self.trace.path
        loop = Loop(turns, self.turns.run, stacks=len(stacks), path=path, bounds=self.bounds)
        node, ends = walk.modes.looped(loop, self.starts, stacks)
        if self.has_run:
            self.turns.suppose(node, self.trace)
        if not self.is_found:
            walk.decisions += self.decisive()
        else:
            walk.left += ends
            if self.rolling.over is not None:
                walk.ask(walk.modes.turns_of(node))
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
                behind = {*outputs, *ancestors(outputs, after=turn.first - 1)}
                used = behind.union(x for node in behind for x in node.inputs)
                carried.update(i for i, x in enumerate(turn.carried) if x in used)
                nodes |= dict.fromkeys(x for x in turn.captured if x in used)
                pairs = zip(turn.parameters()[len(turn.carried) :], stacks, strict=True)
                nodes |= dict.fromkeys(stack for x, stack in pairs if x in used)
        return [*nodes, *(self.starts[i] for i in sorted(carried))]

"""A turn of a loop that is lowered for all others: what names hold in it, and what comes before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.ir.loop import Guard
from gradcli.ir.node import Node, body_of
from gradcli.lower.hidden import hides
from gradcli.lower.values import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.lower.needs import Turns
    from gradcli.lower.values import Value
    from gradcli.lower.walk import Walk


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


GROWING = ("decisions", "notices", "differentiated", "frames", "gathered", "left")
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
        self.is_straight = walk.is_straight
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
        first = min(x.order for x in parameters)
        derivatives = walk.differentiated[self.lengths["differentiated"] :]
        left = set(walk.left[self.lengths["left"] :])
        around = any(x.order < first or x in left for done in derivatives for x in done.xs)
        if around or hides(walk.ends, derivatives):
            raise UnrolledError  # what is carried may depend on x, which its parameter hides
        self.derivatives = derivatives
        if walk.backwards:
            raise UnrolledError
        return [Guard(x, self.turns.value(x)) for x in asked if x in moving]

    def check_gathered(self, parameters: Sequence[Node], outputs: Sequence[Node]) -> None:
        """Refuses a turn that takes what nobody needs: its indices would never be looked at."""
        gathered = self.walk.gathered[self.lengths["gathered"] :]
        if not gathered:
            return
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
        walk.is_straight = self.is_straight
        walk.printed = self.printed
        walk.backwards.clear()
        for name, length in self.lengths.items():
            del getattr(walk, name)[length:]
        walk.decisions += self.asked


def _refuse(_line: str) -> None:
    raise UnrolledError

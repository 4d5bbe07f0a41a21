"""What the parameters of a loop's turns hide: that what is carried is made of what else is.

A derivative by a name that is carried goes through all that is made of its value, even in the turn
before. In a turn that is lowered for all others, and behind a loop, nothing shows that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gradcli.ir.node import Node, ancestors, body_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gradcli.lower.gradient import Differentiated

Pairs = Sequence[tuple[Sequence[Node], Sequence[Node]]]
"""For each way through a loop's body what a turn is given, and what it carries on."""


def hidden(i: int, pairs: Pairs) -> set[int]:
    """By number, what is carried and may be made of what number i was in the turn before.

    To whoever differentiates by that one, a turn's parameters hide it.
    """
    found: set[int] = set()
    stays = any(carried and after[i] is carried[i] for carried, after in pairs)
    while True:
        more = set(found)
        for carried, after in pairs:
            moving = {after[i]}
            if carried and after[i] is carried[i]:  # so that it was that in the turn before
                moving.update(carried[k] for k in found)
            moving.update(body_of(moving, after))
            more.update(j for j, y in enumerate(after) if j != i and y in moving)
        if more == found or not stays:
            return more
        found = more


class Derived:
    """By which of the values that turns carry they differentiate, and what uses which others."""

    def __init__(self) -> None:
        self.by: list[tuple[int, set[int]]] = []

    def note(self, carried: Sequence[Node], done: Iterable[Differentiated]) -> None:
        """Keeps in mind what was differentiated in a turn that is given these."""
        first = carried[0].order
        for one in done:
            numbers = [i for i, x in enumerate(carried) if x in one.xs]
            if numbers:
                behind = ancestors(one.ys, after=first - 1)
                used = {j for j, x in enumerate(carried) if x in behind}
                self.by += [(i, used) for i in numbers]

    def hides(self, pairs: Pairs) -> bool:
        """Whether parameters hide something from one of the derivatives."""
        return any(used & hidden(i, pairs) for i, used in self.by)


class End(NamedTuple):
    """A value that a loop has left: its number among all of them, and how turns made these."""

    number: int
    all: Sequence[Node]
    pairs: Pairs


def hides(ends: Mapping[Node, End], derivatives: Iterable[Differentiated]) -> bool:
    """Whether what loops have left hides from derivatives how it hangs together."""
    for done in derivatives if ends else ():
        for number, all_, pairs in [ends[x] for x in done.xs if x in ends]:
            others, first = {all_[j] for j in hidden(number, pairs)}, min(x.order for x in all_)
            if others and not others.isdisjoint(ancestors(done.ys, after=first - 1)):
                return True
    return False

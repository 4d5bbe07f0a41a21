"""Functions that yield: their calls give values one after another, and stop in between."""

from __future__ import annotations

from threading import Semaphore, Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import LimitError
from gradcli.snippets import tree
from gradcli.snippets.errors import Raised
from gradcli.snippets.values import MISSING
from gradcli.snippets.walk.statements import Returned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_PRODUCERS = 200
"""Calls of functions that yield, begun and not ended at the same time."""


class Producer:
    """One call of a function that yields: a thread, so that it can stop within an expression.

    Only one thread runs at any time: that of the call, or the one that asks for the next value.
    `result` is what the function returns at its end.
    """

    def __init__(self, machine: Any, body: tree.Tree) -> None:
        self.machine = machine
        self.body = body
        self.goes, self.stops = Semaphore(0), Semaphore(0)
        self.thread: Thread | None = None
        self.state = self.now()
        self.is_done = False
        self.given: Any = None
        self.sent: Any = None
        self.result: Any = machine.language.nothing
        self.failure: BaseException | None = None

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        value = self.resume(self.machine.language.nothing)
        if value is MISSING:
            raise StopIteration
        return value

    def send(self, value: Any) -> Any:
        """The next value, where the last `yield` gives this one."""
        found = self.resume(value)
        if found is MISSING:
            raise Raised("StopIteration")
        return found

    def close(self) -> None:
        """No value is asked for any more."""
        self.is_done = True

    def resume(self, sent: Any) -> Any:
        """The next value, where `sent` is what the last `yield` gives; MISSING at the end."""
        if self.is_done:
            self.result = self.machine.language.nothing
            return MISSING
        machine, outer = self.machine, self.now()
        if self in machine.producers:
            raise Raised("ValueError", "generator already executing")
        if self.thread is None:
            self.begin()
        self.sent = sent
        self.restore(self.state)
        machine.producers.append(self)
        self.goes.release()
        self.stops.acquire()
        machine.producers.pop()
        self.restore(outer)
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        return MISSING if self.is_done else self.given

    def begin(self) -> None:
        """Starts its thread, which waits to be let go."""
        most = LimitError(
            f"more than {MAX_PRODUCERS:,} functions wait at a `yield`", span=self.machine.span
        )
        if self.machine.produced >= MAX_PRODUCERS:
            raise most
        self.thread = Thread(target=self.main, daemon=True)
        try:
            self.thread.start()
        except RuntimeError:  # there is no room for another
            raise most from None
        self.machine.produced += 1

    def main(self) -> None:
        """What its thread does."""
        self.goes.acquire()
        try:
            with np.errstate(all="ignore"):
                signal = self.machine.evaluate(self.body)
            if isinstance(signal, Returned):
                self.result = signal.value
        except BaseException as error:
            self.failure = error
        self.is_done = True
        self.machine.produced -= 1
        self.stops.release()

    def give(self, value: Any) -> Any:
        """`yield value`: stops until the next is asked for; gives what was sent then."""
        self.given = value
        self.state = self.now()
        self.stops.release()
        self.goes.acquire()
        return self.sent

    def now(self) -> tuple[Any, ...]:
        """Where the walk is."""
        machine = self.machine
        return machine.scope, machine.calls, machine.span, machine.handling, machine.is_class_body

    def restore(self, state: tuple[Any, ...]) -> None:
        """Has the walk go on elsewhere."""
        machine = self.machine
        machine.scope, machine.calls, machine.span, machine.handling, machine.is_class_body = state


def produced(machine: Any, node: tree.Produced) -> Returned:
    """The body of a function that yields: a call gives what produces the values."""
    return Returned(Producer(machine, node.body))


def yield_(machine: Any, node: tree.Yield) -> Any:
    """`yield value`, and `yield from values`."""
    value = machine.language.nothing if node.value is None else machine.evaluate(node.value)
    machine.step(node)
    if not machine.producers:
        raise Raised("SyntaxError", "'yield' outside function")
    own = machine.producers[-1]
    if not node.is_all:
        return own.give(value)
    inner = machine.within(node, lambda: machine.iterate(value))
    for item in inner:
        own.give(item)
    return getattr(inner, "result", machine.language.nothing)


PRODUCING: dict[type, Callable[[Any, Any], Any]] = {tree.Produced: produced, tree.Yield: yield_}
"""What walks what functions that yield have of their own."""

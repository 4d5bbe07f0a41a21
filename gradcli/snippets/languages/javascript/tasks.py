"""What happens later in JavaScript: promises, functions that are `async`, timers."""

from __future__ import annotations

from collections import deque
from functools import partial
from heapq import heappop, heappush
from threading import Semaphore, Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import GradcliError, LimitError
from gradcli.snippets.errors import Refusal
from gradcli.snippets.languages.javascript.tree import Await
from gradcli.snippets.languages.javascript.values import Promise
from gradcli.snippets.tree import Function, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.snippets.languages.javascript.tree import Promised

MAX_TASKS = 1_000
"""Functions that wait at the same time."""


class Loop:
    """The queues of what is to be done, and the tasks that wait."""

    def __init__(self, machine: Any) -> None:
        self.machine = machine
        self.queue: deque[Callable[[], None]] = deque()
        self.timers: list[tuple[float, int, Callable[[], None]]] = []
        self.now = 0.0
        self.count = self.tasks = 0
        self.current: Task | None = None
        self.promises: list[Promise] = []

    def soon(self, act: Callable[[], None]) -> None:
        """Has something done when what runs now has ended."""
        self.queue.append(act)

    def later(self, delay: float, act: Callable[[], None]) -> float:
        """Has something done after a delay; gives its number."""
        self.count += 1
        heappush(self.timers, (self.now + max(delay, 1.0), self.count, act))
        return float(self.count)

    def forget(self, number: Any) -> None:
        """Cancels what was to be done after a delay."""
        self.timers = sorted(timer for timer in self.timers if timer[1] != number)

    def turn(self) -> bool:
        """Does the next thing; False if there is none."""
        if self.queue:
            self.queue.popleft()()
        elif self.timers:
            self.now, _, act = heappop(self.timers)
            act()
        else:
            return False
        return True

    def finish(self) -> None:
        """Does all that is to be done; raises the errors that nobody handles."""
        while self.turn():
            pass
        for promise in self.promises:
            if promise.state == "rejected" and not promise.is_handled:
                raise promise.error

    def call(self, function: Any, args: Sequence[Any] = ()) -> Any:
        """Calls a function of the snippet."""
        return self.machine.language.call(function, args)

    def settle_with(self, promise: Promise, function: Any, args: Sequence[Any]) -> None:
        """Settles a promise with what a function gives, or raises."""
        self.settle(promise, lambda: self.call(function, args))

    def settle(self, promise: Promise, act: Callable[[], Any]) -> None:
        """Settles a promise with what is done, or with its error."""
        self.promises.append(promise)
        try:
            promise.settle("fulfilled", act())
        except (LimitError, Refusal):
            raise
        except GradcliError as error:
            promise.settle("rejected", self.machine.exception(error), error)

    def wait(self, value: Any) -> Any:
        """`await value`."""
        promise = value if isinstance(value, Promise) else self.settled(value)
        if self.current is not None:
            self.current.wait(promise)
        else:
            promise.is_handled = True
            while promise.state == "pending" and self.turn():
                pass
        if promise.state == "rejected":
            raise promise.error
        return promise.value

    def settled(self, value: Any) -> Promise:
        """A promise that has its value already."""
        promise = Promise(self)
        promise.settle("fulfilled", value)
        return promise

    def settled_after(self, turns: int, value: Any) -> Promise:
        """A promise that has its value when the queue has been worked on so many times."""
        promise = Promise(self)

        def turn(left: int) -> None:
            if left:
                self.soon(partial(turn, left - 1))
            else:
                promise.settle("fulfilled", value)

        turn(turns)
        return promise

    def promised(self, node: Promised, run: Callable[[], Any]) -> Promise:
        """What a call of a function that is `async` gives."""
        if not waits(node):
            promise = Promise(self)
            self.settle(promise, run)
            return promise
        if self.tasks >= MAX_TASKS:
            raise LimitError(f"more than {MAX_TASKS:,} functions wait")
        task = Task(self, run)
        task.resume()
        return task.promise


class Task:
    """A call of a function that is `async`: a thread, so that it can stop within an expression.

    Only one thread runs at any time: that of the task, or the one that resumed it.
    """

    def __init__(self, loop: Loop, run: Callable[[], Any]) -> None:
        self.loop = loop
        self.run = run
        self.promise = Promise(loop)
        self.goes, self.stops = Semaphore(0), Semaphore(0)
        self.thread: Thread | None = None
        self.failure: BaseException | None = None

    def resume(self) -> None:
        """Lets it run until it waits, or ends."""
        loop = self.loop
        state, outer = _state(loop.machine), loop.current
        loop.current = self
        if self.thread is None:
            loop.tasks += 1
            self.thread = Thread(target=self.main, daemon=True)
            self.thread.start()
        else:
            self.goes.release()
        self.stops.acquire()
        loop.current = outer
        _restore(loop.machine, state)
        if self.failure is not None:
            raise self.failure

    def main(self) -> None:
        """What its thread does."""
        try:
            with np.errstate(all="ignore"):
                self.loop.settle(self.promise, self.run)
        except BaseException as error:
            self.failure = error
        self.loop.tasks -= 1
        self.stops.release()

    def wait(self, promise: Promise) -> None:
        """Stops until a promise is settled."""
        state = _state(self.loop.machine)
        promise.when(self.resume)
        self.stops.release()
        self.goes.acquire()
        _restore(self.loop.machine, state)


def _state(machine: Any) -> tuple[Any, ...]:
    return machine.scope, machine.calls, machine.span, machine.handling


def _restore(machine: Any, state: tuple[Any, ...]) -> None:
    machine.scope, machine.calls, machine.span, machine.handling = state


def waits(node: Promised) -> bool:
    """Whether there is an `await` in a body, and not only in functions within it."""
    if node.is_waiting is None:
        node.is_waiting = _has_await(node.body)
    return node.is_waiting


def _has_await(node: Tree) -> bool:
    stack: list[Any] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, Await):
            return True
        if isinstance(part, (tuple, list)):
            stack.extend(part)
        elif isinstance(part, Tree) and not isinstance(part, Function):
            stack.extend(vars(part).values())
    return False

"""JavaScript's `Promise`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import Promise, native
from gradcli.snippets.values import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def make_promise(language: Any) -> Kind:
    """`Promise`."""
    promises = Promises(language)
    functions = {
        "resolve": language.loop.settled,
        "reject": promises.reject,
        "all": promises.all,
        "allSettled": promises.all_settled,
        "race": promises.race,
    }
    members = {name: native(name, function) for name, function in functions.items()}
    return Kind("Promise", promises.make, lambda v: isinstance(v, Promise), members)


class Promises:
    """What makes promises of a language, which has the loop that they wait for."""

    def __init__(self, language: Any) -> None:
        self._language = language
        self._loop = language.loop

    def make(self, executor: Any) -> Promise:
        """`new Promise((resolve, reject) => …)`."""
        promise = Promise(self._loop)
        self._loop.promises.append(promise)

        def rejected(value: Any) -> Any:
            promise.settle("rejected", value, self._language.raised(value))
            return UNDEFINED

        def resolved(value: Any) -> Any:
            promise.settle("fulfilled", value)
            return UNDEFINED

        functions = [native("resolve", resolved), native("reject", rejected)]
        self._language.call(executor, functions)
        return promise

    def reject(self, value: Any) -> Promise:
        """`Promise.reject(error)`."""
        promise = Promise(self._loop)
        promise.settle("rejected", value, self._language.raised(value))
        self._loop.promises.append(promise)
        return promise

    def all(self, items: Any) -> Promise:
        """`Promise.all([…])`: all values, or the first error."""
        return self._together(items, lambda promise: promise.value, fails=True)

    def all_settled(self, items: Any) -> Promise:
        """`Promise.allSettled([…])`: how each ended."""
        return self._together(items, _outcome)

    def _together(
        self, items: Any, outcome: Callable[[Promise], Any], *, fails: bool = False
    ) -> Promise:
        """What came of all of them, once that is known; or the first error, if that `fails` it."""
        promises = self._listed(items)
        made = Promise(self._loop)
        left = [len(promises)]

        def ended(promise: Promise) -> None:
            left[0] -= 1
            if fails and promise.state == "rejected":
                made.settle(promise.state, promise.value, promise.error)
            elif not left[0]:
                made.settle("fulfilled", list(map(outcome, promises)))

        self._each(promises, ended)
        if not promises:
            made.settle("fulfilled", [])
        return made

    def race(self, items: Any) -> Promise:
        """`Promise.race([…])`: what the first to be settled comes to."""
        made = Promise(self._loop)
        self._each(self._listed(items), made.follow)
        return made

    def _listed(self, items: Any) -> list[Promise]:
        """Values as promises."""
        return [
            item if isinstance(item, Promise) else self._loop.settled(item)
            for item in self._language.machine.items(items)
        ]

    def _each(self, promises: Sequence[Promise], act: Callable[[Promise], None]) -> None:
        """Has something done with each promise when it is settled."""
        for promise in promises:
            promise.when(partial(act, promise))


def _outcome(promise: Promise) -> dict[str, Any]:
    """How a promise ended."""
    word = "reason" if promise.state == "rejected" else "value"
    return {"status": promise.state, word: promise.value}

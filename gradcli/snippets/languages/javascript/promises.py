"""JavaScript's `Promise`."""

from __future__ import annotations

from typing import Any

from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import Promise, native
from gradcli.snippets.values import Kind


def make_promise(language: Any) -> Kind:
    """`Promise`."""
    promises = Promises(language)
    functions = {"resolve": language.loop.settled, "reject": promises.reject, "all": promises.all}
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
        promises = [
            item if isinstance(item, Promise) else self._loop.settled(item)
            for item in self._language.machine.items(items)
        ]
        made = Promise(self._loop)
        left = [len(promises)]

        def ended(promise: Promise) -> None:
            left[0] -= 1
            if promise.state == "rejected":
                made.settle(promise.state, promise.value, promise.error)
            elif not left[0]:
                made.settle("fulfilled", [p.value for p in promises])

        for promise in promises:
            promise.when(lambda p=promise: ended(p))  # type: ignore[misc]
        if not promises:
            made.settle("fulfilled", [])
        return made

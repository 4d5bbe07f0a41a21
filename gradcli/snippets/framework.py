"""What all frameworks have in common: names looked up, arrays made and computed with.

A framework is a folder with a class derived from this one, and a row in `frameworks.roots`. Its
tables name what has a state or transforms functions; every other function is the library's, called
as that framework calls it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradcli.lower.functions import method_meant, prefixed_function
from gradcli.lower.values import BuiltIn
from gradcli.ops import catalog
from gradcli.snippets.arrays.library import Library
from gradcli.snippets.arrays.showing import Showing
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.values import Array, Namespace, Native
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcli.errors import GradcliError


class Framework(Library, Showing):
    """One framework as a snippet uses it.

    `members` are the things behind its prefix by their paths (`autograd.grad`), `methods` and
    `values` what stands behind the dot of its arrays, `setters` what can be assigned there.
    `whole_paths` are those behind which there is nothing but members.
    `rank` says whose an operation of arrays of two frameworks is: the higher one's.
    """

    whole_paths: ClassVar[frozenset[str]] = frozenset()
    instead: ClassVar[dict[str, tuple[str, str | None]]] = {}

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.members: dict[str, Any] = {}
        self.methods: dict[str, Callable[..., Any]] = {}
        self.values: dict[str, Callable[[Any], Any]] = {}
        self.setters: dict[str, Callable[[Any, Any], None]] = {}
        self.found: dict[tuple[str, ...], Any] = {}

    # --- names ----------------------------------------------------------------------------------

    def native(self, path: str, function: Callable[..., Any]) -> Native:
        """A function of the framework under its path."""
        return Native(path.rpartition(".")[2], function)

    def add(self, **members: Callable[..., Any]) -> None:
        """Functions behind the prefix; `__` in a name stands for a dot."""
        for name, function in members.items():
            path = name.replace("__", ".").removesuffix("_")
            self.members[path] = self.native(path, function)

    def namespace(self, words: tuple[str, ...]) -> Any:
        """A module of the framework."""
        return self.member(words) if words else Namespace(self, ())

    def member(self, words: tuple[str, ...]) -> Any:
        """What stands under a path behind the prefix."""
        value = self.found.get(words)
        if value is None:
            value = self.found[words] = self.find(words)
        return value

    def result_of(self, path: str, /, *args: Any, **named: Any) -> Any:
        """What the function under a path behind the prefix gives."""
        return self.machine.call(self.member(tuple(path.split("."))), args, named)

    def find(self, words: tuple[str, ...]) -> Any:
        """What stands under a path, looked for."""
        path = ".".join(words)
        for spelling in self.spellings(words):
            if spelling in self.members:
                return self.members[spelling]
        if path in self.instead or words[-1] in self.instead:
            what, help_ = self.instead.get(path) or self.instead[words[-1]]
            raise Refusal(what.format(f"{self.prefix}.{path}"), help=help_)
        if words[-1] in self.types:
            return self.type_value(words[-1])
        if words[-1] in _NUMBERS:
            return _NUMBERS[words[-1]]
        if self.is_path(words) and words[-1] not in ("maximum", "minimum"):
            return Namespace(self, words)
        function = self.library_function(words)
        if function is not None:
            made = self.lifted(function)
            if words[-1] in ("maximum", "minimum"):
                made.attributes["accumulate"] = self.lifted_path((*words, "accumulate"))
            return made
        raise self.unknown(words)

    def lifted_path(self, words: tuple[str, ...]) -> Native | None:
        """A function of the library under a path that is one itself: `np.maximum.accumulate`."""
        function = self.library_function(words)
        return None if function is None else self.lifted(function)

    def spellings(self, words: tuple[str, ...]) -> Iterator[str]:
        """The paths under which the framework's own things may be listed."""
        yield ".".join(words)

    def listed(self, words: tuple[str, ...]) -> dict[str, Any]:
        """All that is behind a path, if that is known; what is of the library is not listed."""
        path = ".".join(words)
        if path not in self.whole_paths:
            return {}
        self.member(words)
        rest = {m.removeprefix(path + "."): m for m in self.members if m.startswith(path + ".")}
        return {word: self.members[m] for word, m in rest.items() if "." not in word}

    def is_path(self, words: tuple[str, ...]) -> bool:
        """Whether there are things behind this path."""
        path = ".".join(words) + "."
        is_distribution = words[-2:-1] == ("stats",) and f"{words[-1]}_logpdf" in catalog.NAMES
        return (
            is_distribution
            or words[-1] in catalog.PATHS
            or any(m.startswith(path) for m in self.members)
        )

    def library_function(self, words: tuple[str, ...]) -> BuiltIn | None:
        """The function of the library that the framework has under this path."""
        function = prefixed_function(catalog, (self.prefix, *of_distribution(words)))
        return function if isinstance(function, BuiltIn) else None

    def unknown(self, words: tuple[str, ...]) -> GradcliError:
        """The error of a name that there is not."""
        path = ".".join((self.prefix, *words))
        names = [m.rpartition(".")[2] for m in self.members]
        near = nearest(words[-1], [*names, *catalog.NAMES])
        help_ = f"did you mean '{near}'?" if near else "`gradcli help snippets` lists what is"
        return Refusal(f"`{path}` is not part of the subset", help=help_)

    # --- attributes of arrays -------------------------------------------------------------------

    def attribute(self, array: Array, name: str) -> Any:
        """What stands behind the dot of an array."""
        if name in self.values:
            return self.values[name](array)
        method = self.methods.get(name)
        if method is not None:
            own = method
            return Native(name, lambda *args, **named: own(array, *args, **named))
        if name in self.instead:
            what, help_ = self.instead[name]
            raise Refusal(what.format(f".{name}"), help=help_)
        function = self.library_method(name)
        if function is None:
            raise Raised("AttributeError", f"'{self.type_name}' object has no attribute '{name}'")
        found = function
        return Native(name, lambda *args, **named: self.call(found, (array, *args), named))

    def library_method(self, name: str) -> BuiltIn | None:
        """The function of the library that arrays have as a method of this name."""
        function = self.found.get(("x", name))
        if function is None:
            function = method_meant(catalog, name, self.prefix)
            self.found["x", name] = function
        return function if isinstance(function, BuiltIn) else None

    def set_attribute(self, array: Array, name: str, value: Any) -> None:
        """Assigns what stands behind the dot of an array."""
        setter = self.setters.get(name)
        if setter is None:
            raise Raised("AttributeError", f"'{self.type_name}' object has no attribute '{name}'")
        setter(array, value)


def of_distribution(words: tuple[str, ...]) -> tuple[str, ...]:
    """`stats.norm.cdf` is the library's `stats.norm_cdf`."""
    return (*words[:-2], "_".join(words[-2:])) if words[-3:-2] == ("stats",) else words


_NUMBERS: dict[str, Any] = {
    "pi": np.pi,
    "e": np.e,
    "inf": np.inf,
    "nan": np.nan,
    "euler_gamma": np.euler_gamma,
    "newaxis": None,
}

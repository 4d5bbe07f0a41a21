"""Python where its tree is walked: names, modules and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gradcli.snippets.errors import KINDS, Raised, Refusal
from gradcli.snippets.languages.python.builtins import BUILTINS
from gradcli.snippets.languages.python.calls import Calls
from gradcli.snippets.languages.python.modules import MODULES, make_module
from gradcli.snippets.languages.python.operators import Operators
from gradcli.snippets.languages.python.text import type_name
from gradcli.snippets.values import Namespace, Scope
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.errors import GradcliError


class Python(Operators, Calls):
    """Python."""

    modules = frozenset(MODULES)
    kinds: ClassVar[Mapping[str, str]] = KINDS
    binds = True

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.loaded: dict[str, Any] = {}
        self.starred: list[str] = []

    # --- names ----------------------------------------------------------------------------------

    def builtin(self, name: str) -> Any:
        """A function or a type of Python's own."""
        return self.builtins.find(name)

    def unknown(self, name: str) -> GradcliError:
        """The error of a name without a value."""
        if name in _REFUSED:
            return Refusal(f"`{name}` is not part of the subset", help=_REFUSED[name])
        scope: Scope | None = self.machine.scope
        names: list[str] = [*BUILTINS]
        while scope is not None:
            names += scope.names
            scope = scope.around
        near = nearest(name, names)
        help_ = f"did you mean '{near}'?" if near else None
        if self.starred:
            said = (
                f"`{name}` has no value, or is of `{self.starred[-1]}` and not part of the subset"
            )
            return Refusal(said, help=help_)
        return Raised("NameError", f"name '{name}' is not defined", help=help_)

    def module(self, path: str) -> Any:
        """A module of Python's own."""
        module = self.loaded.get(path)
        if module is None:
            module = self.loaded[path] = make_module(self.machine, path)
        return module

    def imported(self, path: str, word: str) -> Any:
        """A name of a module."""
        self.machine.is_importing = True
        try:
            return self.machine.attribute(self.machine.module(path), word)
        except Refusal as refusal:
            return self.machine.outside(f"{path}.{word}", refusal)
        finally:
            self.machine.is_importing = False

    def import_all(self, path: str) -> None:
        """`from module import *`."""
        module = self.machine.module(path)
        members: Mapping[str, Any] | None = getattr(module, "members", None)
        if isinstance(module, Namespace):
            members = module.framework.listed(module.words)
        if not members:
            raise Refusal(f"`from {path} import *` is not part of the subset", help="name them")
        self.starred.append(path)
        for name, value in members.items():
            self.machine.bind(name, value)

    # --- text -----------------------------------------------------------------------------------

    def type_name(self, value: Any) -> str:
        """What the type of a value is called."""
        return type_name(value)

    def text(self, value: Any) -> str:
        """A value as text."""
        return self.printer.text(value)

    def represent(self, value: Any) -> str:
        """A value as a session shows it."""
        return self.printer.represent(value)

    def show_last(self, value: Any) -> None:
        """Shows the value of a last expression."""
        if value is not None:
            self.machine.write(self.printer.represent(value) + "\n")

    def formatted(self, value: Any, conversion: str, layout: str) -> str:
        """A value within an f-string."""
        return self.printer.formatted(value, conversion, layout)


_REFUSED = {
    **dict.fromkeys(("eval", "exec", "compile"), "write the expression itself"),
    **dict.fromkeys(("open", "input"), "write the values into the snippet"),
    **dict.fromkeys(("globals", "locals", "vars", "dir", "__import__"), None),
    "plt": "`gradcli plot` draws; leave these lines out",
}


LANGUAGE = Python

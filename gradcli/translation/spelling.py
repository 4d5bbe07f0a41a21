"""What a target calls the functions of the library: tables in the notation of its own signatures.

A line `torch.special: erfinv digamma i0=i0` has functions that take arrays by position, by our
names, or ours and theirs; a line `sum = torch.sum(input, dim=None, keepdim=False)` one with other
parameters, as `lower.frameworks` reads it; what is `lacking` there is refused unless it is left at
what it is here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gradcli.ir.function import REQUIRED
from gradcli.lower.frameworks import FrameworkSignature
from gradcli.translation.definitions import definitions, signature
from gradcli.translation.work import untranslated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.ir.function import Parameter
    from gradcli.syntax import tree
    from gradcli.translation.calls import Called

    Write = Callable[[Parameter, list[tree.Expression]], str]

_HEAD = re.compile(r"^def (\w+\(.*\)):$", re.MULTILINE)
"""The head of a helper, which says what it takes."""

ARRAYS = frozenset(("Array", "Arrays", "Rest"))
"""Kinds of parameters that a function of arrays alone has."""


class Spelling:
    """The functions of a target: `table` names those that it has, `helpers` are texts of others.

    What neither has may have a definition. Where all arguments stand `by_position`, those between
    that have their defaults do, too. A helper `var_more` has parameters that `var` lacks there.
    """

    def __init__(
        self, title: str, table: str, helpers: Mapping[str, str], *, by_position: bool = False
    ) -> None:
        self.title = title
        self.by_position = by_position
        self.helpers = helpers
        self._heads: dict[str, str] = {}
        self._signatures: dict[str, str] = {}
        for line in filter(None, map(str.strip, table.splitlines())):
            name, is_signature, signature = line.partition(" = ")
            if is_signature:
                self._signatures[name] = signature
                continue
            prefix, _, words = line.partition(":")
            for word in words.split():
                ours, _, theirs = word.partition("=")
                self._heads[ours] = f"{prefix}.{theirs or ours}"

    def head(self, name: str) -> str:
        """What a function of arrays is called."""
        return self._heads.get(name, name)

    def has(self, name: str) -> bool:
        """Whether the target has the function of this name here, or a helper for it."""
        return name in self._heads or name in self._signatures or name in self.helpers

    def write(self, call: Called, write: Write, plain: Callable[[Any], str]) -> tuple[str, str]:
        """The text of a call, and the name of the helper that it needs or ""."""
        name = call.record.name
        helper = self.helpers.get(name, "")
        head = _HEAD.search(helper)
        form = head[1] if head else self._signatures.get(name)
        if not self.has(name) and name in definitions():
            form, helper = signature(definitions()[name]), name
        if form:
            theirs = FrameworkSignature(call.record, form)
            more = _HEAD.search(self.helpers.get(f"{name}_more", ""))
            if more and not call.arguments.keys() <= theirs.by_ours.keys():
                theirs, helper = FrameworkSignature(call.record, more[1]), f"{name}_more"
                return self._by_signature(call, theirs, write, plain), helper
            return self._by_signature(call, theirs, write, plain), name if helper else ""
        if not self.has(name):
            raise untranslated(self.title, name, call.span)
        return self._of_arrays(call, write), name if helper else ""

    def _of_arrays(self, call: Called, write: Write) -> str:
        parameters = {p.name: p for p in call.record.parameters}
        for name in (*call.arguments, *call.defaults):
            if parameters[name].kind not in ARRAYS:
                raise untranslated(self.title, f"'{name}' of {call.record.name}", call.span)
        parts = [write(parameters[n], trees) for n, trees in call.arguments.items()]
        return f"{self.head(call.record.name)}({', '.join(parts)})"

    def _by_signature(
        self, call: Called, theirs: FrameworkSignature, write: Write, plain: Callable[[Any], str]
    ) -> str:
        parameters = {p.name: p for p in call.record.parameters}
        fixed = {n for n, v in call.defaults.items() if v == theirs.defaults.get(n, v)}
        for name in {*call.arguments, *(call.defaults.keys() - fixed)} - theirs.by_ours.keys():
            if name in parameters:
                raise untranslated(self.title, f"'{name}' of {call.record.name}", call.span)
        parts: list[str] = []
        skipped: list[str] = []
        in_order = True
        for word, target in theirs.targets.items():
            trees = call.arguments.get(target.name)
            ours = parameters[target.name].default if target.name else REQUIRED
            value = call.defaults.get(target.name, ours)
            text = None
            if trees:
                text = write(parameters[target.name], trees)
                text = f"not {text}" if target.opposite else text
            elif value is None and isinstance(target.default, float):
                pass  # a definition says what holds where nothing is given
            elif target.name and value is not REQUIRED and value != _theirs(target):
                text = plain(not value if target.opposite else value)
            if text is None:
                in_order = False
                skipped.append(plain(target.default))
                continue
            if self.by_position:
                parts += [*skipped, text]
                skipped = []
                continue
            by_position = in_order and word in theirs.positional and target.default is REQUIRED
            parts.append(text if by_position else f"{word}={text}")
        return f"{theirs.head}({', '.join(parts)})"


def _theirs(target: Any) -> Any:
    """The default of a framework's parameter, as one of ours."""
    return not target.default if target.opposite else target.default

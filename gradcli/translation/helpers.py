"""The functions that a file needs besides its program's own, and the calls of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcli.errors import GradcliError, Span
from gradcli.syntax import tree
from gradcli.translation.calls import Called, called
from gradcli.translation.definitions import MET_AS, SAFE, alone, definitions, is_safe
from gradcli.translation.kinds import NUMBER, Kinds
from gradcli.translation.names import PYTHON, Naming
from gradcli.translation.slopes import function_of
from gradcli.translation.stable import Stable, is_squares
from gradcli.translation.work import lacking, untranslated

if TYPE_CHECKING:
    from gradcli.ir.function import Function, Parameter
    from gradcli.translation.style import Style
    from gradcli.translation.work import Work


_CALLS = re.compile(r"\b(folded|sort|eliminated)\(")
"""Helpers that others call."""


class Helpers:
    """Takes in what stands before a program.

    `helped` are the helpers that it needs, by name; `imports` the modules, `math` among them;
    `before` are the lines of functions that stand in expressions. The operations that are `met` at
    points without a derivative have gradcli's slope there, unless the text `is_plain`.
    """

    def __init__(self, work: Work, style: Style, naming: Naming) -> None:
        self._work = work
        self._style = style
        self._naming = naming
        self._kinds = Kinds(work)
        self._stable = Stable(work, style.has)
        self.met = work.met() if style.differs else frozenset()
        self.is_plain = False
        self.helped: dict[str, str] = {}
        self.imports: set[str] = set()
        self.before: list[str] = []

    @property
    def title(self) -> str:
        """What people call the framework."""
        return self._style.spelling.title

    def refuse(self, what: str, node: tree.Tree, help: str | None = None) -> Exception:
        """The error of something that the framework lacks."""
        return lacking(self.title, what, Span(self._work.source, node.start, node.end), help)

    def helper(self, node: tree.Define) -> str:
        """A function that stands before the program."""
        raise NotImplementedError

    def text(self, node: tree.Tree) -> str:
        """An expression as it stands by itself."""
        raise NotImplementedError

    def _lifted(self, node: tree.Tree) -> str:
        """An argument that has to be an array."""
        raise NotImplementedError

    def _argument(
        self, record: Function, parameter: Parameter, trees: list[tree.Expression]
    ) -> str:
        """An argument of a library function."""
        raise NotImplementedError

    # --- helpers --------------------------------------------------------------------------------

    def _help(self, name: str, span: Span | None = None) -> str:
        """Takes a helper in, and gives its name."""
        if name in self.helped:
            return name
        text = self._style.spelling.helpers.get(name)
        if text is None:
            self.helped[name] = ""
            text = self._defined(definitions()[name], span)
            del self.helped[name]
        for other in _CALLS.findall(text):
            if other != name and other in self._style.spelling.helpers:
                self._help(other)
        self.helped[name] = text
        if re.search(r"\bmath\.(?=\w+\b(?!\.))(?<!tf\.math\.)", text):
            self.imports.add("math")
        return name

    def _defined(self, definition: tree.Define, span: Span | None) -> str:
        """A helper that is defined in gradcli's language, as one of the target's."""
        words = {*PYTHON, *definitions(), *self._style.spelling.helpers} - {definition.id}
        naming = Naming(words)
        script = self.__class__(alone(self._work, definition), self._style, naming)
        script.helped, script.imports = self.helped, self.imports
        script.is_plain = is_safe(definition)
        script.met = frozenset() if script.is_plain else self.met
        try:
            return script.helper(definition)
        except GradcliError as error:
            raise untranslated(self.title, definition.id, span) from error

    def _is_defined(self, name: str) -> bool:
        """Whether one definition calls another."""
        return name in definitions() and name not in self._work.names.defined

    # --- points without a derivative ------------------------------------------------------------

    def _safe(self, call: Called) -> str:
        """The call of what has gradcli's slope where there is no derivative, if that is met."""
        word = call.record.name
        is_met = word in self._style.differs and MET_AS.get(word, word) in self.met
        if not is_met or call.defaults:
            return ""
        definition = definitions().get(SAFE + word + "_along" * ("axis" in call.arguments))
        names = [] if definition is None else [p.id for p in definition.parameters]
        if definition is None or [*call.arguments] != names:
            return ""
        if word == "sqrt" and not is_squares(self._work, *call.arguments["x"]):
            return ""
        parameters = {p.name: p for p in call.record.parameters}
        texts = [self._argument(call.record, parameters[n], call.arguments[n]) for n in names]
        return f"{self._help(definition.id, call.span)}({', '.join(texts)})"

    def _limited(self, node: tree.Arithmetic) -> str:
        """A quotient that has a limit at 0, or a product that is 0 beside the logarithm of 0."""
        if self.is_plain or "with_rule" not in self._style.spelling.helpers:
            return ""
        name, argument = self._stable.over_itself(node)
        if argument is not None:
            return f"{self._help(name)}({self._lifted(argument)})"
        return self._logarithmic(node)

    def _logarithmic(self, node: tree.Arithmetic) -> str:
        """A product of something that is 0 with the logarithm of 0, which is 0."""
        if node.ops != ("*",) or not {"log", "mul"} <= self.met:
            return ""
        for x, y in (node.operands, node.operands[::-1]):
            if self._kinds.of(x) == NUMBER:
                continue
            call = called(self._work, y) if isinstance(y, tree.Call) else None
            if isinstance(call, Called) and call.record.name == "log":
                texts = [self._lifted(x), self._lifted(*call.arguments["x"])]
                return f"{self._help('xlogy')}({', '.join(texts)})"
        return ""

    def _is_root(self, node: tree.Power) -> bool:
        """Whether this is a root of a sum of squares that is 0."""
        base, exponent = node.operands[0], node.operands[1]
        is_half = isinstance(exponent, tree.Number) and exponent.value == 0.5
        return is_half and "pow" in self.met and is_squares(self._work, base)

    # --- derivatives inside the program ---------------------------------------------------------

    def _slope(self, node: tree.Call, are_several: bool) -> str:
        """A derivative inside the program: of a function, or of a value by names."""
        value, *others = [a.value for a in node.arguments]
        if not others:
            return f"{self._slope_of(are_several)}({self.text(value)})"
        by = others[0]
        items = by.items if isinstance(by, tree.Tuple) else (by,)
        names = [x.id for x in items if isinstance(x, tree.Name)]
        function = function_of(self._work, value, names)
        if function is None or len(others) > 1:
            raise self.refuse("such derivatives inside a program", node, "f(x) = …; grad(f)(x)")
        at = ", ".join(map(self._naming, names))
        return f"{self._slope_of(by is not items[0])}({self.text(function)})({at})"

    def _slope_of(self, are_several: bool) -> str:
        """What gives the slope of a function, or the slopes."""
        name = self._help("slopes")
        return name if are_several else self._help("slope")

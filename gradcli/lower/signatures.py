"""How functions are called: which argument belongs to which parameter, and what is amiss."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from gradcli.errors import ProgramNameError, ProgramTypeError, Span
from gradcli.ir.function import REQUIRED
from gradcli.lower.words import FORMS, OF_TAPES, PARAMETERS_INSTEAD, PREFIXED, is_type
from gradcli.suggest import nearest
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Function

SEVERAL = frozenset({"Shape", "Arrays", "Ints", "Rest"})
"""Kinds of parameters that take the rest of the arguments if they are last: `x.reshape(2, 3)`."""


class Argument:
    """One argument of a call: its tree, or a value already at hand (a method's), and its name."""

    __slots__ = ("name", "span", "tree", "value")

    def __init__(
        self,
        span: Span,
        tree: tree.Expression | None = None,
        value: Any = None,
        name: str | None = None,
    ) -> None:
        self.span = span
        self.tree = tree
        self.value = value
        self.name = name


class Signature:
    """What a function takes: `positional` parameters, and `keywords` that are only given by name.

    Those in `needed` have no default. `written()` shows the function with its parameters. One of
    the library has a `record`: its parameters go by the names of frameworks, too, and the last
    positional one may take all arguments that are left.
    """

    def __init__(
        self,
        name: str,
        positional: Sequence[str],
        needed: Sequence[str],
        written: Callable[[], str],
        record: Function | None = None,
    ) -> None:
        self.name = name
        self.positional = positional
        self.needed = needed
        self.written = written
        parameters = record.parameters if record else ()
        self.keywords = [p.name for p in parameters if p.keyword]
        last = [p.kind for p in parameters if not p.keyword][-1:]
        self.rest = not SEVERAL.isdisjoint(last)
        self.library = record is not None
        self.names = dict.fromkeys((*positional, *self.keywords))
        self.hint = record.hint if record else ""
        self.ignored: frozenset[str] = frozenset()

    @classmethod
    def of(cls, word: str, form: str) -> Signature:
        """That of a word of the language; the form has what may be left out in brackets."""
        positional = [name.strip("[]") for name in form.split()]
        needed = [name for name in positional if f"[{name}]" not in form]
        signature = cls(word, positional, needed, f"{word}({', '.join(positional)})".format)
        signature.ignored = OF_TAPES
        return signature

    def match(self, arguments: Sequence[Argument], span: Span) -> dict[str, list[Argument]]:
        """The arguments of each parameter: one, or several for one that takes the rest."""
        slots: dict[str, list[Argument]] = {}
        count = 0
        for argument in arguments:
            name: str | None
            if argument.name is not None:
                name = self.parameter(argument.name, argument.span)
                if argument.name == "dtype" and self.library:
                    refuse_no_type(argument)
                if name is None:
                    continue
                if name in slots:
                    message = f"{self.name} is given '{name}' twice"
                    raise ProgramTypeError(message, span=argument.span)
            elif count < len(self.positional):
                name = self.positional[count]
                count += 1
            elif self.rest:
                slots[self.positional[-1]].append(argument)
                continue
            else:
                raise self.too_many(arguments, argument.span)
            slots[name] = [argument]
        for name in self.needed:
            if name not in slots:
                raise self.missing(name, span, arguments)
        return slots

    def ordered(self, arguments: Sequence[Argument], span: Span) -> list[Argument]:
        """The arguments in the order of the parameters, which they may not leave gaps in."""
        slots = self.match(arguments, span)
        for name in self.positional[: len(slots)]:
            if name not in slots:
                raise self.missing(name, span)
        return [slots[name][0] for name in self.positional[: len(slots)]]

    def parameter(self, word: str, span: Span) -> str | None:
        """The parameter that a named argument means; None if it has no effect."""
        names = self.names
        if word in names:
            return word
        if word in self.ignored:
            return None
        if self.library:
            from gradcli.lower.synonyms import NO_EFFECT, SYNONYMS

            if word in NO_EFFECT:
                return None
            for name in SYNONYMS.get(word, ()):
                if name in names:
                    return name
        near = nearest(word, names)
        help_ = f"did you mean '{near}'?" if near else self.written()
        message = f"{self.name} has no parameter '{word}'"
        raise ProgramNameError(message, span=span, help=PARAMETERS_INSTEAD.get(word, help_))

    def missing(
        self, name: str, span: Span, arguments: Sequence[Argument] = ()
    ) -> ProgramTypeError:
        """The error of a call without that parameter."""
        message = f"{self.name} needs a value for '{name}'"
        is_whole = len(arguments) == 1 and not self.library and self.holds_all(arguments[0])
        listed = f"give each parameter an argument of its own: ({', '.join(self.needed)})"
        return ProgramTypeError(message, span=span, help=listed if is_whole else self.written())

    def holds_all(self, argument: Argument) -> bool:
        """Whether one array or tuple holds all the arguments, as in `tf.grads(f)([a, b])`."""
        if isinstance(argument.tree, (tree.Array, tree.Tuple)):
            return len(argument.tree.items) == len(self.needed)
        return getattr(argument.value, "shape", ())[:1] == (len(self.needed),)

    def too_many(self, arguments: Sequence[Argument], span: Span) -> ProgramTypeError:
        """The error of a call with more arguments than there are parameters for."""
        count = sum(argument.name is None for argument in arguments)
        most = len(self.positional)
        least = sum(name in self.needed for name in self.positional)
        between = f"{least} {'or' if most - least == 1 else 'to'} " if least < most else ""
        takes = f"{between}{counted(most, 'argument')}, not {count}" if most else "no arguments"
        message = f"{self.name} takes {takes}"
        hint = self.hint if most <= 2 else ""
        texts = [argument.span.text for argument in arguments]
        if (
            most == 1
            and count == 2
            and not hint
            and self.library
            and all(map(str.isdecimal, texts))
        ):
            hint = f"the decimal mark is a point: {self.name}({'.'.join(texts)})"
        return ProgramTypeError(message, span=span, help=hint or self.written())


def refuse_no_type(argument: Argument) -> None:
    """Refuses a text that names no type of numbers."""
    if isinstance(argument.tree, tree.String) and not is_type(argument.tree.text):
        raise ProgramTypeError(
            f"there is no type {argument.tree.text!r}",
            span=argument.span,
            help='"float64", "int32" or "bool"',
        )


def counted(count: int, what: str) -> str:
    """A number of things in words."""
    return f"{count} {what}{'s' * (count != 1)}"


@cache
def signature_of(record: Function, name: str = "") -> Signature:
    """How a function of the library is called, under a name of its own or the record's."""
    positional = [p.name for p in record.parameters if not p.keyword]
    needed = [p.name for p in record.parameters if p.default is REQUIRED]
    name = name or record.name
    return Signature(name, positional, needed, lambda: signature(record, name), record)


def signature(record: Function, name: str = "") -> str:
    """A function of the library as it is written: `sum(x, axis=None, keepdims=false)`."""
    parts = [
        p.name if p.default is REQUIRED else f"{p.name}={_default(p.default)}"
        for p in record.parameters
    ]
    return f"{name or record.name}({', '.join(parts)})"


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else repr(value)


SIGNATURES = {word: Signature.of(word, form) for word, form in (FORMS | PREFIXED).items()}
"""How the words of the language are called."""

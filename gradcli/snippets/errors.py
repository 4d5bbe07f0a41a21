"""What can go wrong in a snippet: what its language raises and catches, and what is refused."""

from __future__ import annotations

from typing import Any

from gradcli.errors import GradcliError, ProgramTypeError

PARENTS = {
    "BaseException": "",
    "Exception": "BaseException",
    **dict.fromkeys(
        "ArithmeticError AssertionError AttributeError ImportError LookupError NameError OSError "
        "RuntimeError StopIteration SyntaxError TypeError ValueError Warning MemoryError".split(),
        "Exception",
    ),
    "ZeroDivisionError": "ArithmeticError",
    "OverflowError": "ArithmeticError",
    "FloatingPointError": "ArithmeticError",
    "IndexError": "LookupError",
    "KeyError": "LookupError",
    "ModuleNotFoundError": "ImportError",
    "UnboundLocalError": "NameError",
    "NotImplementedError": "RuntimeError",
    "RecursionError": "RuntimeError",
    "UserWarning": "Warning",
    "LinAlgError": "ValueError",
    "AxisError": "ValueError",
    "InvalidArgumentError": "Exception",
    "TracerBoolConversionError": "ConcretizationTypeError",
    "TracerArrayConversionError": "TypeError",
    "TracerIntegerConversionError": "TypeError",
    "ConcretizationTypeError": "TypeError",
    "NonConcreteBooleanIndexError": "IndexError",
    "UnexpectedTracerError": "Exception",
    "GradcheckError": "RuntimeError",
}
"""The kinds of errors that snippets raise and catch, and the kind that each is one of."""

KINDS = {
    "shape": "ValueError",
    "type": "TypeError",
    "name": "NameError",
    "domain": "ValueError",
    "input": "ValueError",
}
"""What an error of the engine is to a snippet, unless its framework says otherwise."""


class Raised(GradcliError):  # noqa: N818 - what a snippet raises
    """An error of the snippet's language: of this kind, with these arguments.

    The first is the text that the snippet sees; `help` is for people.
    """

    kind = "raised"

    def __init__(
        self, type_name: str, *arguments: Any, value: Any = None, help: str | None = None
    ) -> None:
        text = " ".join(str(argument) for argument in arguments)
        super().__init__(f"{type_name}: {text}" if text else type_name, help=help)
        self.type_name = type_name
        self.arguments = arguments
        self.value = value


class Anew(Exception):  # noqa: N818
    """A snippet is to be walked again, as it is `known` now what its placeholders are given."""

    def __init__(self, known: dict[int, tuple[int, ...]]) -> None:
        super().__init__(known)
        self.known = known


class Refusal(ProgramTypeError):  # noqa: N818 - no error of the snippet
    """Something that is not part of the subset; no snippet can catch it."""

    kind = "refused"


def kinds_of(type_name: str) -> list[str]:
    """A kind of error and those that it is one of."""
    kinds = []
    while type_name:
        kinds.append(type_name)
        type_name = PARENTS.get(type_name, "Exception" if type_name != "BaseException" else "")
    return kinds

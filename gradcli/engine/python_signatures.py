"""Signatures, types and docstrings of the questions as Python has them, made from their records."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from inspect import Parameter, Signature, cleandoc
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

import numpy as np

from gradcli.data.report import Report
from gradcli.engine.options import (
    ARRAY,
    ARRAYS,
    CHOICE,
    COUNT,
    FILE,
    FLAG,
    FORMULAS,
    NAMES,
    NUMBER,
    RUNNING,
    SHAPES,
    TEXTS,
    VALUES,
    VERDICT,
)
from gradcli.engine.raised import in_one_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.engine.options import Option
    from gradcli.engine.question import Question

P = ParamSpec("P")
R = TypeVar("R")

TYPES = {
    NAMES: "str | Sequence[str] | None",
    TEXTS: "str | Sequence[str] | None",
    ARRAY: "Values | None",
    ARRAYS: "Values | Mapping[str, Values] | None",
    VALUES: "Mapping[str, Values] | None",
    FORMULAS: "Mapping[str, str] | None",
    SHAPES: "Mapping[str, str | Sequence[str | int]] | None",
    COUNT: "int",
    NUMBER: "float",
    FLAG: "bool",
    FILE: "str | PathLike[str] | None",
}
"""The type of what a kind of option takes; `Values` is anything that NumPy makes an array of."""

_VALUES = """Values are given by name, as one mapping, or as a table whose columns they are.
A gradient has the shape of its input; angles are in radians."""

_SPACE = {
    "Any": Any,
    "Iterable": Iterable,
    "Iterator": Iterator,
    "Names": str | Sequence[str],
    "Path": str | os.PathLike[str],
    "Literal": Literal,
    "Mapping": Mapping,
    "PathLike": os.PathLike,
    "Sequence": Sequence,
    "Report": Report,
    "np": np,
    "os": os,
    "Array": np.ndarray[Any, np.dtype[Any]],
    "Values": Any,
}


def type_of(option: Option) -> str:
    """The type of an option, as a text."""
    if option.kind == CHOICE:
        words = ", ".join(f'"{word}"' for word in option.choices)
        dtype = " | type[np.floating[Any]] | np.dtype[Any]" if option.name == "dtype" else ""
        none = " | None" if option.default is None else ""
        return f"Literal[{words}]{dtype}{none}"
    text = TYPES[option.kind]
    optional = option.default is None and not text.endswith("None")
    return f"{text} | None" if optional else text


def result_of(question: Question) -> str:
    """The type of what a question gives, as its function states it, with arrays for nodes."""
    stated = question.plain or str(question.function.__annotations__.get("return"))
    parts = stated.replace("Gradient", "Array").replace("Node", "Array")
    if question.unconnected == "none":
        parts = parts.replace(" | None", "").replace("Array", "Array | None")
    else:
        parts = parts.replace(" | None", "")
    if question.alone and parts.startswith("dict[str, "):
        parts = parts.removeprefix("dict[str, ").removesuffix("]")
    if question.answers is None:
        return "Any"
    return f"tuple[Any, {parts}]" if question.value else parts


def parameters_of(question: Question) -> list[tuple[str, str, Any]]:
    """Name, type and default of all that a question can be asked with.

    Verdicts are no part of what a function gives: `ask` has them.
    """
    own = [o for o in (*question.options.values(), *RUNNING) if o is not VERDICT]
    options = [(option.name, type_of(option), option.default) for option in own]
    return [*options, ("timeout", "float | None", None)]


def document(
    function: Callable[..., Any], question: Question, name: str, program: type, *, is_method: bool
) -> None:
    """Gives a function the signature, the types and the docstring of its question."""
    first = "self" if is_method else "program"
    either = program if is_method else program | str
    parameters = [Parameter(first, Parameter.POSITIONAL_ONLY, annotation=either)]
    parameters += [
        Parameter("values", Parameter.VAR_POSITIONAL, annotation=Any),
        *(
            Parameter(key, Parameter.KEYWORD_ONLY, default=default, annotation=_typed(text))
            for key, text, default in parameters_of(question)
        ),
        Parameter("inputs", Parameter.VAR_KEYWORD, annotation=Any),
    ]
    result = _typed(result_of(question))
    signature = Signature(parameters, return_annotation=result)
    function.__signature__ = signature  # type: ignore[attr-defined]
    function.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": result}
    function.__doc__ = docstring(question, name)


def public(function: Callable[P, R]) -> Callable[P, R]:
    """A function of the Python API: errors show one frame of it, and `get_type_hints` works."""
    types: dict[str, Any] = function.__annotations__
    space = vars(sys.modules[function.__module__])
    types.update({name: _typed(text, **space) for name, text in types.items()})
    return in_one_frame(function)


def _typed(text: str, **names: Any) -> Any:
    return eval(text, {**names, **_SPACE})  # noqa: S307 - texts of this package


_IN_SHELL = "; so is --NAME VALUE"


def docstring(question: Question, name: str) -> str:
    """What a question is, what it takes and gives, what it raises, and an example that runs."""
    options = [
        f"    {o.name}: {o.sentence.replace(_IN_SHELL, '')}"
        for o in question.options.values()
        if o is not VERDICT
    ]
    examples = [f">>> {text}" for item in question.examples if (text := example(name, item))]
    doc = cleandoc(question.doc).replace(": a text, @FILE, or - for standard input", "")
    if question.script:  # what else is said of it is said of files
        doc, examples = "", []
    parts = [
        question.sentence,
        doc,
        _VALUES,
        "Options:\n" + "\n".join(options) if options else "",
        f"Gives {result_of(question)}. Raises a GradcliError of some kind, with its place.",
        "\n".join(examples),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def example(name: str, line: str) -> str | None:
    """An example of the shell as a call; None for what Python has another way of."""
    if not line.startswith(("eval" if name == "evaluate" else name.replace("_", "-")) + " "):
        return None
    _, text, *words = shlex.split(line)
    places: list[str] = []
    named: dict[str, Any] = {}
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            places.append(word)
            continue
        key, equals, value = word[2:].partition("=")
        value = value if equals else words.pop(0) if words else ""
        group, equals, item = value.partition("=")
        if key == "raw" or not value:
            named[key] = True
        elif equals:
            named.setdefault(key, {})[group.strip()] = _literal(item.strip())
        else:
            named[key] = _literal(value)
    if "-o" in places:
        del places[places.index("-o") :]
    if any(isinstance(value, str) and "(" in value for value in named.values()):
        return None
    arguments = [f'"{text}"', *([repr(places)] if places else [])]
    keywords = [f"{key.replace('-', '_')}={value!r}" for key, value in named.items()]
    return f"gradcli.{name}({', '.join([*arguments, *keywords])})"


def _literal(text: str) -> Any:
    """A value of the shell: numbers, rows of them, or words."""
    rows = [[_number(cell) for cell in row.split(",")] for row in text.split(";")]
    if not all(isinstance(cell, float) for row in rows for cell in row):
        return text
    row = [cell if cell % 1 else int(cell) for cell in rows[0]]
    return rows if len(rows) > 1 else row if len(row) > 1 else row[0]


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text

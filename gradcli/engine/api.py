"""The Python API: the command line's words as functions over NumPy arrays."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.report import Report
from gradcli.engine import question as registry
from gradcli.engine.fields import read
from gradcli.engine.memory import MEMORY
from gradcli.engine.options import RUNNING, WRT
from gradcli.engine.program import Text, as_input, check_values, inputs_named
from gradcli.engine.request import Request
from gradcli.engine.run import Run
from gradcli.engine.settings import Settings, canonical
from gradcli.engine.told import Told, owned
from gradcli.errors import InputError, SpelledInPython, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.engine.question import Question

    Array = np.ndarray[Any, np.dtype[Any]]
    Value = Any
    Names = str | Sequence[str]
    Values = Mapping[str, Any]


class Program:
    """A program parsed once, to be run often; safe to share between threads.

    `wrt` names the inputs to differentiate by (default: all of them, in the order of first use).
    Calling it gives the value; every question is a method. Inputs are anything NumPy takes, by
    name, or in a mapping where a name means something else here, such as `dy`; results are arrays
    of the working dtype, each of its own.
    """

    def __init__(
        self, text: str, *, wrt: str | Sequence[str] | None = None, settings: Settings | None = None
    ) -> None:
        if not isinstance(text, str):
            raise UsageError(f"a program is a text, not {type(text).__name__}")
        self._text = Text.of(text)
        self._settings = settings or Settings()
        self._wrt = names_in(wrt)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in the order of first use."""
        return tuple(self._text.names(self._wrt or ()).inputs)

    def __repr__(self) -> str:
        return f"gradcli.compile({self._text.source.text!r})"

    def record(self, values: Values) -> Run:
        """One run of the program at these inputs."""
        names = self._text.names(values)
        check_values(self._text, names, values, _keyword)
        return Run(self._text, names, values, self._settings)

    def __call__(self, values: Values | None = None, /, **inputs: Value) -> Value:
        """The value at these inputs: an array, or a tuple of arrays."""
        return self.evaluate(values, **inputs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """The question of that name, asked of this program."""
        record = None if name.startswith("_") else _question(name)
        if record is None:
            raise AttributeError(f"a program has no attribute {name!r}", name=name, obj=self)

        def ask(self: Program, values: Values | None = None, /, **keywords: Value) -> Any:
            return self._ask(record, values, keywords)

        ask.__name__, ask.__doc__ = name, record.doc
        setattr(Program, name, ask)  # from now on a method like any other
        return getattr(self, name)  # type: ignore[no-any-return]

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *function_names()])

    def _ask(self, question: Any, values: Values | None, keywords: Values) -> Any:
        """The answer to a question as Python has it: arrays, alone or by name."""
        with SpelledInPython():
            options, inputs = _sorted(question, keywords)
            if self._wrt is not None and "wrt" in question.options:
                options.setdefault("wrt", list(self._wrt))
            given = merged(values, inputs)
            request = Request(question, self._text, given, options, self._settings, way=_keyword)
            return _as_python(question, request.tell())


def _as_python(question: Question, told: Told | Report) -> Any:
    """What was told as Python has it: the value, the derivatives, or both; a report as it is."""
    if isinstance(told, Report):
        return told
    value, parts = told.value, told.parts
    if told.others is not None:
        value, parts = owned((value, parts), set(told.others))
    if question.alone and isinstance(parts, dict):
        (parts,) = parts.values()
    if question.answers is None:
        return value
    return (value, parts) if question.value else parts


def _sorted(question: Question, keywords: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """The keywords that are options of a question, in its form, and those that are inputs."""
    options: dict[str, Any] = {}
    inputs: dict[str, Any] = {}
    for name, item in keywords.items():
        option = question.options.get(name)
        if option is None or option.setting:
            inputs[name] = item
        elif item is not None:
            options[name] = read(option, item, _array)
    return options, inputs


def _array(item: Any, name: str) -> Array:
    return as_input(name, item, np.dtype(np.float64))


def _keyword(name: str) -> str:
    """How a value is given to a name."""
    return f'add {{"{name}": …}}' if name in _TAKEN else f"add {name}=…"


_TAKEN = ("dy", "wrt", "dtype", "method")


def merged(values: Values | None, inputs: Values) -> dict[str, Value]:
    """The inputs of a call by their canonical names, from a mapping and from keywords."""
    if values is None and all(map(str.isascii, inputs)):
        return dict(inputs)
    if values is not None and not isinstance(values, Mapping):
        raise UsageError(
            f"values are given by name, not as {type(values).__name__}",
            help='write {"x": [1, 2]}, or x=[1, 2]; map takes tables',
        )
    by_name: dict[str, Value] = {}
    for name, value in [*(values or {}).items(), *inputs.items()]:
        word = canonical(str(name))
        if word in by_name:
            raise InputError(f"'{word}' is given twice")
        by_name[word] = value
    return by_name


def names_in(wrt: Names | None) -> tuple[str, ...] | None:
    """`"x,y"`, or names one by one."""
    return None if wrt is None else tuple(read(WRT, wrt, _array))


def compile(  # noqa: A001 - the word of the contract
    text: str, *, wrt: str | Sequence[str] | None = None, **settings: Any
) -> Program:
    """A program for repeated use.

    `settings` say how it is run: dtype, method, unconnected, max_steps, max_elements, stabilize,
    threads. Raises ParseError or ProgramNameError, with the place, for a text that is no program,
    and InputError for a name in `wrt` that is no input.
    """
    for name in settings.keys() - Settings.__dataclass_fields__.keys():
        raise UsageError(f"compile takes no '{name}'", help="values are given at each run")
    program = Program(text, wrt=wrt, settings=Settings(**settings))
    names = names_in(wrt)
    inputs_named(Text.of(text).names(names or ()), names)  # to fail now, not at a run
    return program


# --- questions as functions ---------------------------------------------------------------------


def function_names() -> list[str]:
    """What the questions are called as functions."""
    return ["evaluate", *(name.replace("-", "_") for name in registry.names())]


def _question(name: str) -> Question | None:
    """The question that Python calls by a name."""
    return registry.find("eval" if name == "evaluate" else name.replace("_", "-"))


def function(name: str) -> Callable[..., Any] | None:
    """A question as a function of a program's text and its inputs; None if there is none."""
    record = _question(name)
    if record is None:
        return None
    settings = {o.name for o in (*record.options.values(), *RUNNING) if o.setting}

    def ask(text: str, values: Values | None = None, /, **keywords: Value) -> Any:
        chosen = {key: keywords.pop(key) for key in settings.intersection(keywords)}
        return _program(text, chosen)._ask(record, values, keywords)  # noqa: SLF001 - its own

    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = record.doc
    return ask


def _program(text: str, settings: dict[str, Any]) -> Program:
    """The program of a call; the one of a call before with the same text and settings."""
    if not isinstance(text, str) or not all(isinstance(s, Hashable) for s in settings.values()):
        return Program(text, settings=Settings(**settings))
    key = "program", text, tuple(settings.items())
    program: Program = MEMORY.kept(
        key, lambda: Program(text, settings=Settings(**settings)), 64 + len(text)
    )
    return program


evaluate = function("evaluate")

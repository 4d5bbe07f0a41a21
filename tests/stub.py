"""Types of the Python API, made from the records: `python -m tests.stub` writes them."""

from __future__ import annotations

import re
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradcli
from gradcli.engine import question as registry
from gradcli.engine.python_signatures import parameters_of, result_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.engine.question import Question

PLACE = Path(gradcli.__file__).with_suffix(".pyi")

HEAD = '''"""Types of the Python API; made from the records of the questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from os import PathLike
from typing import Any, Literal, Protocol, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradcli.data.answer import Answer
from gradcli.data.report import Report
from gradcli.errors import (
    {errors},
)

__version__: str

Array = NDArray[Any]
Values = ArrayLike

class Table(Protocol):
    """A table of pandas, Polars or PyArrow: its columns are values by name."""

    def __getitem__(self, name: str, /) -> Any: ...

class Program:
    @property
    def text(self) -> str: ...
    @property
    def wrt(self) -> tuple[str, ...] | None: ...
    @property
    def dtype(self) -> str: ...
    @property
    def inputs(self) -> tuple[str, ...]: ...
    def __init__(self, text: str, *, wrt: str | Sequence[str] | None = None) -> None: ...
    def __call__(
        self, values: Mapping[str, Values] | Table | None = None, /, **inputs: Values
    ) -> Any: ...
    def plot(
        self,
        values: Mapping[str, Values | tuple[float, float] | str] | None = None,
        /,
        *,
        order: int = 1,
        over: Mapping[str, Sequence[Any]] | None = None,
        data: Any = None,
        **inputs: Values | tuple[float, float] | str,
    ) -> Any: ...
'''

TAIL = """
@overload
def ask(
    question: Literal[REPORTS], program: Program | str, /, *values: Any, **keywords: Any
) -> Report: ...
@overload
def ask(question: str, program: Program | str, /, *values: Any, **keywords: Any) -> Answer: ...
def plot(
    program: Program | str,
    values: Mapping[str, Values | tuple[float, float] | str] | None = None,
    /,
    *,
    order: int = 1,
    over: Mapping[str, Sequence[Any]] | None = None,
    data: Any = None,
    **inputs: Values | tuple[float, float] | str,
) -> Any: ...
def functions(name: str | None = None) -> list[dict[str, Any]]: ...
def memory_limit(most: int | str) -> AbstractContextManager[None]: ...
def compile(
    text: str,
    *,
    wrt: str | Sequence[str] | None = None,
    dtype: DTYPE = "float64",
    method: METHOD = "reverse",
    unconnected: Literal["zero", "none"] | None = None,
    max_steps: int = ...,
    max_elements: int = ...,
    threads: int | None = None,
    timeout: float | None = None,
    stabilize: bool = True,
    verdict: bool = False,
    strict: bool = False,
) -> Program: ...
"""


def stub() -> str:
    """The whole file."""
    errors = ",\n    ".join(f"{name} as {name}" for name in gradcli.__all__ if name[-5:] in _ENDS)
    parts = [HEAD.replace("{errors}", errors)]
    named = [("evaluate" if q.name == "eval" else q.name, q) for q in registry.every()]
    named += [(q.name, q) for q in registry.every() if q.name == "eval"]
    for name, question in named:
        parts.append(_function(name.replace("-", "_"), question, "self", "    "))
    parts += [_function(name.replace("-", "_"), q, "program: Program | str") for name, q in named]
    every = {o[0]: o[1] for q in registry.every() for o in parameters_of(q)}
    tail = TAIL.replace("DTYPE", every["dtype"]).replace("METHOD", every["method"])
    run = {name: f"{every[name]} = ..." for name in ("dtype", "unconnected")}
    table = "@overload\n" + _plain(gradcli.map, "Any", output="None = None", **run)
    path = "str | PathLike[str]"
    nothing = "@overload\n" + _plain(gradcli.map, "None", output=path, **run)
    reports = ", ".join(f'"{q.name}"' for q in registry.every() if _is_report(q))
    tail = tail.replace("REPORTS", reports)
    jobs = _plain(gradcli.batch, "Iterator[dict[str, Any]]")
    return "".join([*parts, tail, table, nothing, jobs])


_ENDS = ("Error", "rning")


def _is_report(question: Question) -> bool:
    """Whether its whole answer is a table, or a drawing."""
    kind = question.function.__annotations__["return"]
    return kind in ("Report", "Explanation", "Picture")


def _plain(function: Callable[..., Any], result: str, **own: str) -> str:
    """A function that is no question, by its signature; some parameters have types of their own."""
    parameters = signature(function).parameters.values()
    lines: list[str] = []
    kind = next(iter(parameters)).kind
    for parameter in parameters:
        if parameter.kind != kind:
            lines += _MARKS.get((kind, parameter.kind), [])
            kind = parameter.kind
        text, equals, default = _PACKAGES.sub("", str(parameter)).partition(" = ")
        if equals:
            text += " = None" if default == "None" else " = ..."
        typed = own.get(parameter.name)
        lines.append(text if typed is None else f"{parameter.name}: {typed}")
    body = "".join(f"    {line},\n" for line in lines)
    return f"def {function.__name__}(\n{body}) -> {result}: ...\n"


_PACKAGES = re.compile(r"\b(collections\.abc|os|typing)\.")
_MARKS = {
    (Parameter.POSITIONAL_ONLY, Parameter.KEYWORD_ONLY): ["/", "*"],
    (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY): ["*"],
}
"""What stands between parameters of two kinds."""


def _function(name: str, question: Question, first: str, indent: str = "") -> str:
    forms = [(result_of(question), {})]
    if "unconnected" in question.options:
        zero = result_of(question).replace(" | None", "")
        none = zero.replace("Array", "Array | None")
        default = {"unconnected": 'Literal["zero"] | None = None'}
        if question.unconnected == "none":
            forms = [(zero, {"unconnected": 'Literal["zero"]'})]
            forms.append((none, {"unconnected": 'Literal["none"] | None = None'}))
        else:
            forms = [(none, {"unconnected": 'Literal["none"]'}), (zero, default)]
    return "".join(
        ("" if len(forms) == 1 else f"{indent}@overload\n")
        + _form(name, question, first, indent, result, own)
        for result, own in forms
    )


def _form(
    name: str, question: Question, first: str, indent: str, result: str, own: dict[str, str]
) -> str:
    places = [o for o in question.options.values() if o.positional]
    asked = "".join(f"{o.name}: str | Sequence[str] | None = None, " for o in places)
    lines = [f"{first},", f"values: Mapping[str, Values] | Table | None = None, {asked}/, *,"]
    if places:  # what is asked comes first, values are keywords
        lines = [f"{first},", f"ask: str | Sequence[str], values: {VALUES} = None, /, *,"]
    for key, kind, default in parameters_of(question):
        if key in [o.name for o in places]:
            continue
        shown = own.get(key, f"{kind} = {default if default is None else '...'}")
        lines.append(f"{key}: {shown},")
    lines.append("**inputs: Values,")
    body = "".join(f"{indent}    {line}\n" for line in lines)
    return f"{indent}def {name}(\n{body}{indent}) -> {result}: ...\n"


VALUES = "Mapping[str, Values] | Table | None"


if __name__ == "__main__":
    PLACE.write_text(stub())

"""What a call from Python gives: values, tables, options; and answers as Python has them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.report import Report
from gradcli.engine import question as registry
from gradcli.engine.fields import group_in, read, wrong
from gradcli.engine.options import RUNNING
from gradcli.engine.outcome import Outcome, owned
from gradcli.engine.program import as_input
from gradcli.engine.settings import canonical
from gradcli.errors import GradcliError, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.engine.program import Text
    from gradcli.engine.question import Question
    from gradcli.errors import Notice

    Array = np.ndarray[Any, np.dtype[Any]]
    Value = Any
    Values = Mapping[str, Any]


# --- values -------------------------------------------------------------------------------------


def merged(values: Values | None, inputs: Values) -> dict[str, Value]:
    """The inputs of a call by their canonical names, from a mapping and from keywords."""
    if values is None and all(map(str.isascii, inputs)):
        return dict(inputs)
    if values is not None and not isinstance(values, Mapping):
        raise UsageError(
            f"values are given by name, not as {type(values).__name__}",
            help='write {"x": [1, 2]}, or x=[1, 2]',
        )
    by_name: dict[str, Value] = {}
    for name, value in [*(values or {}).items(), *inputs.items()]:
        word = canonical(str(name))
        if word in by_name:
            raise InputError(f"'{word}' is given twice")
        by_name[word] = value
    return by_name


def labels_of(table: Any) -> dict[str, Any] | None:
    """How a pandas, Polars or PyArrow table calls its columns, by name; None for another object."""
    columns = getattr(table, "column_names", None)
    if columns is None:
        columns = getattr(table, "columns", None)
    if columns is None or not hasattr(table, "__getitem__"):
        return None
    return {canonical(str(column)): column for column in columns}


def columns_of(table: Any, text: Text) -> dict[str, Value] | None:
    """The columns of a table that the program has a use for, by name; None for another object."""
    labels = labels_of(table)
    if labels is None:
        return None
    inputs = text.names(labels).inputs
    return _read(table, {name: label for name, label in labels.items() if name in inputs})


def _read(table: Any, labels: Mapping[str, Any]) -> dict[str, Value]:
    """Columns of a table by name; lazy ones cannot be read."""
    try:
        return {name: table[label] for name, label in labels.items()}
    except Exception as error:  # of any library
        what = type(table).__name__
        help_ = "read it first, such as with .collect()"
        raise InputError(f"the columns of {what} cannot be read", help=help_) from error


def points_in(key: str, data: Any) -> Values | str | os.PathLike[str] | None:
    """The columns of an option that is a mapping or a table; the path of one as it is."""
    if isinstance(data, (str, os.PathLike)):
        return data
    if data is None or isinstance(data, Mapping):
        return None if data is None else group_in(key, data)
    labels = labels_of(data)
    if labels is None:
        wrong(key, "a mapping or a table with columns by name")
    return _read(data, labels)


def series_in(key: str, item: Any) -> dict[str, list[Any]]:
    """Several values for each name."""
    series = {} if item is None else group_in(key, item)
    for values in series.values():
        if isinstance(values, str) or not np.iterable(values):
            wrong(key, 'some values by name, such as {"a": [1, 2, 3]}')
    return {name: list(values) for name, values in series.items()}


def by_position(
    question: Question, text: Text, given: Sequence[Any], options: dict[str, Any]
) -> Values | None:
    """What is given by position: a mapping or a table, and options that a shell takes so."""
    values: Values | None = None
    places = [option for option in question.options.values() if option.positional]
    for item in given:
        mapping = item if isinstance(item, Mapping) else columns_of(item, text)
        if mapping is not None and values is None:
            values = mapping
        elif places and item is not None:
            option = places.pop(0)
            options[option.name] = read(option, item, array)
        elif item is not None:
            raise _not_by_position(question, text, given)
    return values


def _not_by_position(question: Question, text: Text, given: Sequence[Any]) -> UsageError:
    """The error of values without names, which shows how to name them."""
    names = [*text.names().inputs] or ["x"]
    pairs = zip([*names, *(f"x{i}" for i in range(len(given)))], given, strict=False)
    named = ", ".join(
        f"{_chosen(question, value) or name}={_short(value)}" for name, value in pairs
    )
    function = "evaluate" if question.name == "eval" else question.name.replace("-", "_")
    kinds = " and ".join(dict.fromkeys(type(value).__name__ for value in given))
    return UsageError(
        f"values are given by name, not as {kinds}",
        help=f"write {function}({_short(text.source.text)}, {named}), or a mapping: "
        f'{{"{names[0]}": …}}',
    )


def _chosen(question: Question, value: Any) -> str | None:
    """The option that a value is a choice of."""
    options = question.options.values()
    return next((o.name for o in options if isinstance(value, str) and value in o.choices), None)


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 and "\n" not in shown else "…"


# --- options ------------------------------------------------------------------------------------


def settings_of(question: Question) -> frozenset[str]:
    """The names of what can be set about how a question is run."""
    options = (*question.options.values(), *RUNNING)
    return frozenset([*(option.name for option in options if option.setting), "timeout"])


def divided(question: Question, keywords: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """The keywords that are options of a question, in its form, and those that are inputs."""
    options: dict[str, Any] = {}
    inputs: dict[str, Any] = {}
    for name, item in keywords.items():
        option = question.options.get(name)
        if option is None or option.setting:
            inputs[name] = item
        elif item is not None:
            options[name] = read(option, item, array)
    return options, inputs


def array(item: Any, name: str) -> Array:
    """The value of an option; whole numbers that are rounded, with a warning, only when asked."""
    rounded: list[Notice] = []
    floats = as_input(name, item, np.dtype(np.float64), rounded)
    return np.asarray(item) if rounded else floats


def refuse_options(question: Question, text: Text, keywords: Values) -> None:
    """Refuses the options of other questions, which would pass for inputs that do not exist."""
    surplus = keywords.keys() - text.names(keywords).inputs.keys() - question.options.keys()
    elsewhere = {name for other in registry.every() for name in other.options} if surplus else ()
    for name in sorted(surplus.intersection(elsewhere)):
        own = ", ".join(f"⟨{option}⟩" for option in question.options)
        function = question.name.replace("-", "_")
        help_ = f"it takes {own}" if own else "it takes values, and how the program is run"
        raise UsageError(f"{function} takes no '{name}'", help=help_)


@dataclass(frozen=True)
class Callback:
    """A function of the caller's, which is named by its setting where it fails."""

    name: str
    function: Callable[[str], object]

    def __call__(self, text: str) -> None:
        """Passes the text on; raises UsageError for what the function raises."""
        try:
            self.function(text)
        except GradcliError:
            raise
        except Exception as error:  # whatever the caller's function raises
            reason = f"{type(error).__name__}: {error}"
            raise UsageError(f"the function given as {self.name} failed: {reason}") from error


def settled(chosen: dict[str, Any]) -> dict[str, Any]:
    """Settings as gradcli names them: a dtype may be written as NumPy takes it."""
    told = {k: chosen[k] for k in ("printed", "planned") if callable(chosen.get(k))}
    if told:
        chosen = {**chosen, **{name: Callback(name, function) for name, function in told.items()}}
    dtype = chosen.get("dtype")
    if dtype is None or (dtype.__class__ is str and dtype.startswith("float")):
        return chosen
    try:
        return {**chosen, "dtype": np.dtype(dtype).name}
    except (TypeError, ValueError):  # nothing that NumPy takes: the settings say so
        return chosen


# --- answers ------------------------------------------------------------------------------------


def as_python(question: Question, outcome: Outcome | Report) -> Any:
    """An outcome as Python has it: the value, the derivatives, or both; a report as it is."""
    if isinstance(outcome, Report):
        return outcome if outcome.plain is None else outcome.plain
    return arranged(question, *for_python(outcome))


def for_python(outcome: Outcome) -> tuple[Any, Any]:
    """Value and parts of an outcome, whose arrays nobody else holds."""
    found = outcome.value, outcome.parts
    both: tuple[Any, Any] = (
        scalars(found) if outcome.others is None else owned(found, set(outcome.others))
    )
    return both


def arranged(question: Question, value: Any, parts: Any) -> Any:
    """What a question gives: the value, the derivatives, or both."""
    if question.alone and isinstance(parts, dict):
        (parts,) = parts.values()
    if question.answers is None:
        return value
    return (value, parts) if question.value else parts


def scalars(part: Any) -> Any:
    """The same with NumPy's scalars for arrays of no axes, in tuples and dicts, too."""
    if part.__class__ is dict:
        return {name: scalars(item) for name, item in part.items()}
    if part.__class__ is tuple:
        return tuple([scalars(item) for item in part])
    return part[()] if part.__class__ is np.ndarray and not part.ndim else part

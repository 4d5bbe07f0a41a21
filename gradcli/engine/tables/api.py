"""`gradcli.map`: a program over the rows of a table, from Python."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, get_type_hints
from warnings import warn

import numpy as np

from gradcli.data.tables.dialect import Dialect
from gradcli.data.tables.files import expand, folder_keys
from gradcli.data.tables.input import FileInput
from gradcli.data.tables.kinds import named_kind
from gradcli.data.tables.memory import MemoryInput
from gradcli.data.tables.output import TableOutput, output_of
from gradcli.engine.fields import texts_in
from gradcli.engine.program import Text, as_input
from gradcli.engine.python_signatures import public
from gradcli.engine.python_values import merged, settled
from gradcli.engine.rounding import as_floats
from gradcli.engine.settings import MAX_ELEMENTS, MAX_STEPS, Settings, canonical, count
from gradcli.engine.tables.mapping import LOCAL, Options, map_table
from gradcli.engine.tables.row_program import RowRequest
from gradcli.engine.time_limit import limited
from gradcli.errors import GradcliWarning, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.data.tables.input import TableInput
    from gradcli.errors import Notice

P = ParamSpec("P")
R = TypeVar("R")

Path = str | os.PathLike[str]
Names = str | Sequence[str]

KEYWORD_ONLY = Parameter.KEYWORD_ONLY

MOST_DIGITS = 17
"""Significant digits that tell every float64 from its neighbours."""

_SETTINGS = "dtype unconnected max_steps max_elements stabilize timeout".split()
"""The options that are settings of every run."""


@dataclass(frozen=True, kw_only=True)
class MapOptions:
    """What `map` takes besides the table and values; other keywords are values."""

    wrt: Names | None = None
    output: Path | None = None
    keep: Names | None = None
    drop: Names | None = None
    rename: Mapping[str, str] | None = None
    prefix: str = ""
    precision: int | None = None
    hessian: bool = False
    ask: Names | Mapping[str, str] = ()
    names: Names = ()
    dy: Any = None
    on_bad_row: str = "fail"
    on_missing: str = "null"
    sep: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    null_words: Names | None = None
    workers: int | None = None
    dask: str | bool | None = None
    from_: str | None = None
    to: str | None = None
    dtype: str = "float64"
    unconnected: str | None = None
    max_steps: int = MAX_STEPS
    max_elements: int = MAX_ELEMENTS
    stabilize: bool = True
    timeout: float | None = None

    def __post_init__(self) -> None:
        for name, (kinds, wanted) in _FORMS.items():
            item = getattr(self, name)
            if item is not None and not isinstance(item, kinds):
                raise UsageError(f"{name} must be {wanted}, not {type(item).__name__}")
        names = [name for pair in (self.rename or {}).items() for name in pair]
        if not all(isinstance(name, str) for name in names):
            raise UsageError("rename must be columns by names, and both are texts")

    def dialect(self) -> Dialect:
        """How cells of text are read."""
        words = _listed("null_words", self.null_words)
        return Dialect.of(self.sep, self.decimal, self.thousands, words)

    def settings(self) -> Settings:
        """How the program is run."""
        return Settings(**settled({name: getattr(self, name) for name in _SETTINGS}))

    def request(self, dtype: str) -> RowRequest:
        """What is asked of each row."""
        results = tuple(texts_in("names", self.names))
        return RowRequest(
            _names(self.wrt),
            _array("dy", self.dy, dtype),
            self.hessian,
            _asked(self.ask),
            self.prefix or "",
            results,
        )

    def mapping(self, settings: Settings) -> Options:
        """All of it in the form that is the same for the shell."""
        return Options(
            request=self.request(settings.dtype),
            settings=settings,
            keep=_listed("keep", self.keep),
            drop=_listed("drop", self.drop),
            rename=self.rename or {},
            on_bad_row=self.on_bad_row,
            on_missing=self.on_missing,
            precision=_precision(self.precision),
            workers=_workers(self.workers),
            dask=LOCAL if self.dask is True else self.dask or None,
            option=_keyword,
        )


def _signed(function: Callable[P, R]) -> Callable[P, R]:
    """Gives `map` a signature that names the options of the record."""
    types = get_type_hints(MapOptions)
    *first, constants = signature(function).parameters.values()
    options = [
        Parameter(option.name, KEYWORD_ONLY, default=option.default, annotation=types[option.name])
        for option in fields(MapOptions)
    ]
    parameters = [*first, *options, constants.replace(name="constants")]
    function.__signature__ = Signature(parameters, return_annotation=Any)  # type: ignore[attr-defined]
    function.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": Any}
    return function


@_signed
@public
def map(  # noqa: A001 - the word of the contract
    text: str, table: Any, values: Mapping[str, Any] | None = None, /, **options: Any
) -> Any:
    """The value and gradients of a program in each row of a table, as a table of PyArrow.

    `table` is one of PyArrow, pandas or Polars, a dict of arrays, or the paths of files, folders or
    globs. Its columns are the inputs; other names get values from keywords, or from a mapping. With
    `output`, a path, it is written there, and None returned. `dask` is the address of a cluster, or
    True for one of this machine; `timeout` is in seconds. Notices come as GradcliWarnings.
    """
    names = [option.name for option in fields(MapOptions)]
    record = MapOptions(**{name: options.pop(name) for name in names if name in options})
    dialect, settings = record.dialect(), record.settings()
    mapping = record.mapping(settings)
    destination = _output(record.output, record.to)
    given = merged(values, options)
    constants = _arrays(given, settings.dtype)
    with limited(record.timeout), closing(_input(table, record.from_, dialect)) as opened:
        outcome = map_table(_program(text), opened, destination, constants, mapping)
    _tell([*_rounded({"dy": record.dy, **given}), *outcome.notices()])
    return destination.table


def _arrays(values: Mapping[str, Any], dtype: str) -> dict[str, Any]:
    """The values of names that are no columns."""
    return {name: _array(name, value, dtype) for name, value in values.items()}


def _rounded(values: Mapping[str, Any]) -> list[Notice]:
    """What there is to say of whole numbers among the values that are rounded."""
    arrays = {name: np.asarray(value) for name, value in values.items() if value is not None}
    return [notice for name, array in arrays.items() for notice in as_floats(name, array)[1]]


def _tell(notices: Sequence[Notice]) -> None:
    """Passes notices on as warnings, which point to who called `map`."""
    for notice in notices:
        warn(GradcliWarning(notice), stacklevel=4)


def _precision(digits: int | None) -> int | None:
    """How many significant digits there are to be; a float64 has 17."""
    if digits is not None and count("precision", digits) > MOST_DIGITS:
        raise UsageError(
            f"precision is more than {MOST_DIGITS}", help="a whole number from 1 to 17"
        )
    return digits


def _workers(workers: int | None) -> int:
    """How many there are to be; 0 leaves it to the settings."""
    return 0 if workers is None else count("workers", workers)


def _program(text: str) -> Text:
    if not isinstance(text, str):
        way_out = "compiled programs have it in .text" if hasattr(text, "text") else None
        raise UsageError(f"a program is a text, not {type(text).__name__}", help=way_out)
    return Text(text)


def _input(table: Any, kind: str | None, dialect: Dialect) -> TableInput:
    """Files, if it is a path or several of them; else what is in memory."""
    paths = [table] if isinstance(table, (str, os.PathLike)) else table
    if not isinstance(paths, (list, tuple)):
        dialect.refuse_other("arrow", "a table in memory")
        return MemoryInput(table)
    if not paths or not all(isinstance(path, (str, os.PathLike)) for path in paths):
        raise InputError("a list is not a table", help="a dict has an array for each column")
    names = [os.fspath(path) for path in paths]
    return FileInput(expand(names), named_kind(kind, "from_"), None, folder_keys(names), dialect)


def _output(path: Path | None, kind: str | None) -> TableOutput:
    """A file or a folder; memory, if there is no path."""
    if path is None:
        return TableOutput()
    return output_of(os.fspath(path), named_kind(kind, "to"), None)


def _array(name: str, value: Any, dtype: str) -> Any:
    return None if value is None else as_input(name, value, np.dtype(dtype))


def _asked(ask: Names | Mapping[str, str]) -> tuple[str, ...]:
    """Questions, alone or by the names of their columns."""
    if isinstance(ask, Mapping):
        return tuple(f"{name}={question}" for name, question in ask.items())
    return (ask,) if isinstance(ask, str) else tuple(texts_in("ask", ask))


def _listed(option: str, names: Names | None) -> list[str] | None:
    return None if names is None else texts_in(option, names)


def _names(names: Names | None) -> tuple[str, ...] | None:
    """Names of the program."""
    return None if names is None else tuple([canonical(name) for name in texts_in("wrt", names)])


_FORMS: dict[str, tuple[Any, str]] = {
    "rename": (Mapping, "columns by names"),
    "output": ((str, os.PathLike), "a path"),
    "prefix": (str, "a text"),
    "hessian": ((bool, np.bool_), "True or False"),
    "on_bad_row": (str, "a text"),
    "on_missing": (str, "a text"),
    "sep": (str, "a character"),
    "decimal": (str, "a character"),
    "thousands": (str, "a character"),
    "dask": ((str, bool), "an address, or True"),
    "from_": (str, "the name of a format"),
    "to": (str, "the name of a format"),
}


def _keyword(name: str) -> str:
    """How a value is given to a name."""
    return f"{name}=…"

"""`gradcli.map`: a program over the rows of a table, from Python."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any
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
from gradcli.engine.settings import MAX_ELEMENTS, MAX_STEPS, Settings, canonical, count
from gradcli.engine.tables.mapping import LOCAL, Options, map_table
from gradcli.engine.tables.row_program import RowRequest
from gradcli.engine.time_limit import limited
from gradcli.errors import GradcliWarning, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.data.tables.input import TableInput
    from gradcli.errors import Notice

    Path = str | os.PathLike[str]
    Names = str | Sequence[str]


@public
def map(  # noqa: A001 - the word of the contract
    text: str,
    table: Any,
    values: Mapping[str, Any] | None = None,
    /,
    *,
    wrt: Names | None = None,
    output: Path | None = None,
    keep: Names | None = None,
    drop: Names | None = None,
    rename: Mapping[str, str] | None = None,
    prefix: str = "",
    precision: int | None = None,
    hessian: bool = False,
    ask: Names | Mapping[str, str] = (),
    names: Names = (),
    dy: Any = None,
    on_bad_row: str = "fail",
    on_missing: str = "null",
    sep: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    null_words: Names | None = None,
    workers: int | None = None,
    dask: str | bool | None = None,
    from_: str | None = None,
    to: str | None = None,
    dtype: str = "float64",
    unconnected: str | None = None,
    max_steps: int = MAX_STEPS,
    max_elements: int = MAX_ELEMENTS,
    stabilize: bool = True,
    timeout: float | None = None,
    **constants: Any,
) -> Any:
    """The value and gradients of a program in each row of a table, as a table of PyArrow.

    `table` is one of PyArrow, pandas or Polars, a dict of arrays, or the paths of files, folders or
    globs. Its columns are the inputs; other names get values from keywords, or from a mapping. With
    `output`, a path, it is written there, and None returned. `dask` is the address of a cluster, or
    True for one of this machine; `timeout` is in seconds. Notices come as GradcliWarnings.
    """
    _check(rename=rename, output=output, prefix=prefix, hessian=hessian, on_bad_row=on_bad_row)
    _check(dask=dask, from_=from_, to=to, on_missing=on_missing)
    _check(sep=sep, decimal=decimal, thousands=thousands)
    dialect = Dialect.of(sep, decimal, thousands, _listed("null_words", null_words))
    limits: Any = {"max_steps": max_steps, "max_elements": max_elements, "timeout": timeout}
    how: Any = {"dtype": dtype, "unconnected": unconnected, "stabilize": stabilize}
    settings = Settings(**settled(limits | how))
    seed, results = _array("dy", dy, settings.dtype), tuple(texts_in("names", names))
    options = Options(
        request=RowRequest(_names(wrt), seed, hessian, _asked(ask), prefix or "", results),
        settings=settings,
        keep=_listed("keep", keep),
        drop=_listed("drop", drop),
        rename=rename or {},
        on_bad_row=on_bad_row,
        on_missing=on_missing,
        precision=None if precision is None else count("precision", precision),
        workers=_workers(workers),
        dask=LOCAL if dask is True else dask or None,
        option=_keyword,
    )
    destination = _output(output, to)
    arrays = _arrays(merged(values, constants), settings.dtype)
    with limited(timeout), closing(_input(table, from_, dialect)) as opened:
        outcome = map_table(_program(text), opened, destination, arrays, options)
    _tell(outcome.notices())
    return destination.table


def _arrays(values: Mapping[str, Any], dtype: str) -> dict[str, Any]:
    """The values of names that are no columns."""
    return {name: _array(name, value, dtype) for name, value in values.items()}


def _tell(notices: Sequence[Notice]) -> None:
    """Passes notices on as warnings, which point to who called `map`."""
    for notice in notices:
        warn(GradcliWarning(notice), stacklevel=4)


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


def _check(**options: Any) -> None:
    """Refuses options that are not what they must be."""
    for name, item in options.items():
        kinds, wanted = _FORMS[name]
        if item is not None and not isinstance(item, kinds):
            raise UsageError(f"{name} must be {wanted}, not {type(item).__name__}")
    names = [name for pair in (options.get("rename") or {}).items() for name in pair]
    if not all(isinstance(name, str) for name in names):
        raise UsageError("rename must be columns by names, and both are texts")


def _keyword(name: str) -> str:
    """How a value is given to a name."""
    return f"{name}=…"

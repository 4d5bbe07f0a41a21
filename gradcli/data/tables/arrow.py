"""The one place that imports PyArrow, when a table is first touched; sorts of its types.

PyArrow and not Polars, which was measured on one core of 2.4 GHz: Polars makes 26 million numbers a
second into text (PyArrow 7) and reads as fast, but it has fewer types. Columns that pass through
would come out as others: seconds as milliseconds, times of day as nanoseconds, bytes of one length,
categories of numbers, string and list with other offsets, and 256-bit decimals end the process. To
use it for texts alone would take 0.1 s more to start, which is what it gains over 500,000 rows; and
it spells numbers otherwise (1.0, 1e-6). orjson formats three times as fast as PyArrow, under the
lock of the interpreter: `digits.py` has it write what both spell alike. Of a map from CSV to CSV
(500,000 rows, 5 columns in, 11 out; 0.45 s of two cores) 0.14 s are the start, 0.09 numbers made to
text, 0.08 text to numbers, 0.06 writing, 0.02 the formula.
PyArrow's datasets take folders and filters off one's hands, but write by threads of their own, in
an order and in cuts that depend on them, and do not say in which row a cell stands.
"""

from __future__ import annotations

from array import array
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import UsageError, cannot_load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@cache
def arrow() -> Any:
    """PyArrow without what is not needed for every table."""
    try:
        import pyarrow
    except ImportError as error:
        if unloaded := cannot_load(error):
            raise unloaded from error
        raise UsageError(
            "tables need PyArrow, which is not installed", help="pip install 'gradcli[table]'"
        ) from error
    return pyarrow


@cache
def compute() -> Any:
    """PyArrow's functions of columns."""
    arrow()
    import pyarrow.compute

    return pyarrow.compute


@cache
def functions() -> Any:
    """What calls PyArrow's functions by name, and their options.

    They are those of `compute`, whose import takes 22 ms, as it writes signatures and documentation
    for each function; here it is 4.
    """
    arrow()
    try:
        import pyarrow._compute as functions
    except ImportError:  # the module is not meant for others: it may be called otherwise some day
        return compute()
    return functions


def as_type(column: Any, kind: Any) -> Any:
    """A column in another type; an ArrowInvalid says that a cell has no place in it."""
    options = functions().CastOptions.safe(kind)
    return functions().call_function("cast", [column], options)


def joined(columns: Sequence[Any]) -> Any:
    """The texts of columns and texts that stand in every row, side by side; nulls are empty."""
    options = functions().JoinOptions(null_handling="replace", null_replacement="")
    pieces = [*columns, text_scalar("")]  # the last one is what stands between the others
    return functions().call_function("binary_join_element_wise", pieces, options)


@cache
def csv_reader() -> Any:
    """PyArrow's reader of CSV."""
    arrow()
    import pyarrow.csv

    return pyarrow.csv


@cache
def parquet() -> Any:
    """PyArrow's reader and writer of Parquet.

    They are those beneath `pyarrow.parquet`, whose import takes 12 ms: it brings what reads from
    file systems elsewhere, and with that pathlib, urllib and ssl.
    """
    arrow()
    import pyarrow._parquet as parquet_alone

    return parquet_alone


# pa.array, pa.scalar and to_numpy import pandas, if it is installed, which takes 0.4 s.


def text_column(texts: Iterable[str]) -> Any:
    """Texts as a column."""
    pa = arrow()
    cells = [text.encode() for text in texts]
    offsets = array("i", accumulate(map(len, cells), initial=0))
    buffers = map(pa.py_buffer, (offsets, b"".join(cells)))
    return pa.StringArray.from_buffers(len(cells), *buffers)


def text_scalar(text: str) -> Any:
    """A text that stands in every row."""
    return text_column([text])[0]


def numbers_of(column: Any) -> Any:
    """The numbers of a column without nulls, where they lie in memory."""
    return np.from_dlpack(column)


def is_number(kind: Any) -> bool:
    """Whether a column of this type holds numbers of any sort."""
    types = arrow().types
    return bool(types.is_floating(kind) or types.is_integer(kind) or types.is_decimal(kind))


def is_bytes(kind: Any) -> bool:
    """Whether a column of this type holds bytes of any meaning."""
    types = arrow().types
    tests = types.is_binary, types.is_large_binary, types.is_fixed_size_binary, types.is_binary_view
    return any(test(kind) for test in tests)

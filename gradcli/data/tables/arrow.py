"""The one place that imports PyArrow, when a table is first touched; sorts of its types."""

from __future__ import annotations

from functools import cache
from typing import Any

from gradcli.errors import UsageError, cannot_load


@cache
def arrow() -> Any:
    """PyArrow with its modules for CSV, Parquet, IPC and arithmetic on columns."""
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.csv
        import pyarrow.ipc
        import pyarrow.parquet
    except ImportError as error:
        if unloaded := cannot_load(error):
            raise unloaded from error
        raise UsageError(
            "tables need PyArrow, which is not installed", help="pip install 'gradcli[table]'"
        ) from error
    return pyarrow


def is_number(kind: Any) -> bool:
    """Whether a column of this type holds numbers of any sort."""
    types = arrow().types
    return bool(types.is_floating(kind) or types.is_integer(kind) or types.is_decimal(kind))


def is_bytes(kind: Any) -> bool:
    """Whether a column of this type holds bytes of any meaning."""
    types = arrow().types
    tests = types.is_binary, types.is_large_binary, types.is_fixed_size_binary, types.is_binary_view
    return any(test(kind) for test in tests)

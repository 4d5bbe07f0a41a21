"""The one place that imports PyArrow, when a table is first touched."""

from __future__ import annotations

from functools import cache
from typing import Any

from gradcli.errors import UsageError


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
        raise UsageError(
            "tables need PyArrow, which is not installed", help="pip install 'gradcli[table]'"
        ) from error
    return pyarrow

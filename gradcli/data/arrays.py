"""NumPy's own files, read without ever unpickling."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.missing import missing
from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection

    from gradcli.data.answer import Array

_BROKEN = (ValueError, OSError, EOFError, KeyError, SyntaxError, TypeError, NotImplementedError)


def npy(data: bytes, shown: str) -> Array:
    """The array of a `.npy` file."""
    return numeric(_load(data, shown), shown)


def npz(
    data: bytes, shown: str, wanted: Collection[str] | None, *, strict: bool = True
) -> dict[str, Array]:
    """The wanted arrays (`None`: all) of an `.npz` file; `strict` requires that all are there."""
    archive = _load(data, shown)
    found = {}
    for name in archive.files if wanted is None else wanted:
        if name in archive.files:
            found[name] = numeric(_member(archive, name, shown), f"{shown}:{name}")
        elif strict:
            raise missing(name, archive.files, shown, "arrays")
    return found


def _load(data: bytes, shown: str) -> Any:
    """The file as NumPy has it, its complaints in our words."""
    from zipfile import BadZipFile

    try:
        return np.load(io.BytesIO(data), allow_pickle=False)
    except (*_BROKEN, BadZipFile) as error:
        raise _broken(shown, error) from error


def _member(archive: Any, name: str, shown: str) -> Any:
    from zipfile import BadZipFile
    from zlib import error as ZlibError  # noqa: N812 - an exception, named like one

    try:
        return archive[name]
    except (*_BROKEN, BadZipFile, ZlibError, RuntimeError) as error:
        raise _broken(f"{shown}:{name}", error) from error


def _broken(shown: str, error: Exception) -> InputError:
    if "pickle" in str(error).lower():
        return InputError(f"'{shown}' holds Python objects, not numbers")
    return InputError(f"'{shown}' is damaged or not a NumPy file: {error}")


def numeric(item: Any, shown: str) -> Array:
    """The array as float64 (float32 stays), in C order and native bytes."""
    kind = item.dtype.kind if isinstance(item, np.ndarray) else ""
    if kind not in ("b", "i", "u", "f"):
        held = f"{item.dtype} values" if kind else "no array"
        raise InputError(f"'{shown}' holds {held}, not real numbers")
    dtype = np.float32 if item.dtype.newbyteorder("=") == np.float32 else np.float64
    return np.array(item, dtype=dtype, order="C")

"""Arrays from NumPy's own files, read without ever unpickling."""

from __future__ import annotations

import io
import math
from contextlib import suppress
from tokenize import TokenError
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings

import numpy as np

from gradcli.data.file_kinds import LONGEST_HEADER
from gradcli.data.missing import missing
from gradcli.errors import InputError, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gradcli.data.answer import Array

_UNPARSED = (TokenError, SyntaxError, TypeError, RecursionError, OverflowError)
"""What Python raises of a header that is no text of its dictionaries, as one has to be."""

_BROKEN = (ValueError, *_UNPARSED, OSError, EOFError, KeyError, RuntimeError)


class NumpyFile:
    """A `.npy` file: one array without a name."""

    def __init__(self, data: bytes, shown: str) -> None:
        self.array = _loaded(data, shown)
        self.shown = shown

    def value(self, _name: str, key: str | None) -> Array:
        """The array."""
        if key is None:
            return _numeric(self.array, self.shown)
        raise InputError(
            f"'{self.shown}' holds one array without a name, so there is no '{key}' in it"
        )

    def inputs(self, _wanted: Collection[str] | None) -> dict[str, Array]:
        """An error, for inputs need names."""
        raise InputError(
            f"'{self.shown}' holds one array without a name, and inputs need names",
            help="give it to a variable: --x @FILE",
        )


class NumpyArchive:
    """An `.npz` file: arrays by name."""

    def __init__(self, data: bytes, shown: str, most: int) -> None:
        self.archive = _loaded(data, shown)
        self.shown = shown
        self._most = most

    def value(self, name: str, key: str | None) -> Array:
        """The array `key`, else `name`."""
        name = key or name
        if name not in self.archive.files:
            raise missing(name, self.archive.files, self.shown, "array")
        shown = f"{self.shown}:{name}"
        self._refuse_large(name, shown)
        return _numeric(_complaining(lambda: self.archive[name], shown), shown)

    def _refuse_large(self, name: str, shown: str) -> None:
        """Asks the header of an array how large it is before anything is unpacked."""

        def header() -> bytes:
            member = name if name in self.archive.zip.namelist() else f"{name}.npy"
            with self.archive.zip.open(member) as stream:
                start: bytes = stream.read(LONGEST_HEADER)
                return start

        refuse_large(_complaining(header, shown), self._most)

    def inputs(self, wanted: Collection[str] | None) -> dict[str, Array]:
        """The wanted arrays that there are (`None`: all)."""
        names = self.archive.files if wanted is None else wanted
        return {name: self.value(name, None) for name in names if name in self.archive.files}


def refuse_large(start: bytes, most: int) -> None:
    """Refuses an array whose header says that it has more than `most` elements.

    A header that cannot be read is complained of where the array is.
    """
    from numpy.lib import format as npy

    stream = io.BytesIO(start)
    with suppress(ValueError, *_UNPARSED), catch_warnings(action="ignore"):
        read = _HEADERS.get(npy.read_magic(stream))
        if read is not None:
            size = math.prod(read(npy, stream)[0])
            if size > most:
                raise too_large(size, most)


_HEADERS: dict[tuple[int, int], Any] = {
    (1, 0): lambda npy, stream: npy.read_array_header_1_0(stream),
    (2, 0): lambda npy, stream: npy.read_array_header_2_0(stream),
    (3, 0): lambda npy, stream: npy.read_array_header_2_0(stream),
}
"""What reads the header of each version; of numbers, the third differs in nothing."""


def _loaded(data: bytes, shown: str) -> Any:
    stream = io.BytesIO(data)
    loaded = _complaining(lambda: np.load(stream, allow_pickle=False), shown)
    if isinstance(loaded, np.ndarray) and stream.tell() < len(data):
        more = len(data) - stream.tell()
        raise InputError(f"'{shown}' has {more:,} bytes more than the array of its header")
    return loaded


def _complaining(read: Callable[[], Any], shown: str) -> Any:
    """What NumPy reads, its complaints in our words; not that a file is of Python 2."""
    from zipfile import BadZipFile
    from zlib import error as ZlibError  # noqa: N812 - an exception, named like one

    try:
        with catch_warnings(action="ignore"):
            return read()
    except (*_BROKEN, BadZipFile, ZlibError) as error:
        raise InputError(f"'{shown}' {_complaint(error)}") from error


def _complaint(error: Exception) -> str:
    """What is wrong with a file, in NumPy's words where they are about files, not about Python."""
    said = str(error)
    if "max_header_size" in said:
        return "is damaged or not a NumPy file: its header is too long"
    if "pickle" in said.lower():
        return "holds Python objects, not numbers"
    if isinstance(error, _UNPARSED) or "malformed node" in said:
        said = "its header cannot be read"
    return f"is damaged or not a NumPy file: {said}"


def _numeric(item: Any, shown: str) -> Array:
    """The array as float64 (float32 stays), in C order and native bytes."""
    if not isinstance(item, np.ndarray):
        raise InputError(f"'{shown}' is not an array")
    if item.dtype.kind not in "biuf":
        raise InputError(f"'{shown}' holds {item.dtype} values, not real numbers")
    dtype = np.float32 if item.dtype.newbyteorder("=") == np.float32 else np.float64
    return np.array(item, dtype=dtype, order="C")

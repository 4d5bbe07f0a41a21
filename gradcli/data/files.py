"""Arrays from files and standard input, named by `@FILE`, `@FILE:KEY`, `-`, `--inputs FILE`."""

from __future__ import annotations

import codecs
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from gradcli.data.file_kinds import LONGEST_HEADER, binary_kind
from gradcli.errors import GradcliError, InputError, LimitError, too_large
from gradcli.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gradcli.data.answer import Array
    from gradcli.data.console import StandardInput
    from gradcli.data.file_kinds import FileKind
    from gradcli.data.json_arrays import JsonArrays
    from gradcli.data.numpy_arrays import NumpyArchive, NumpyFile
    from gradcli.data.text_arrays import TextArrays

LONGEST_TEXT = 2**26
"""Bytes of a program or a notebook, of which more than these are not read."""

MANY_ELEMENTS = 2**40
"""Elements of an array that no memory holds."""

STDIN = "stdin"  # the name under which messages cite standard input


def cited(path: str) -> str:
    """How messages cite a file, or (`-`) standard input."""
    return STDIN if path == "-" else path


def is_reference(text: str) -> bool:
    """Whether a value on the command line names a file or standard input."""
    return text == "-" or text.startswith("@")


def split_reference(text: str) -> tuple[str, str | None]:
    """File and key; a colon belongs to the file's name if there is such a file."""
    reference = text.removeprefix("@")
    path, _, key = reference.rpartition(":")
    is_drive = len(path) == 1 and path.isalpha() and key[:1] in "\\/"
    if not path or not key or is_drive or os.path.exists(reference):
        return reference, None
    return path, key


def read_value(reference: str, name: str, stdin: StandardInput, most: int = MANY_ELEMENTS) -> Array:
    """The array that `@FILE`, `@FILE:KEY`, `-` or `@-` holds for the variable `name`.

    More elements than `most` are refused; of a file of NumPy's by its header, before it is read.
    """
    path, key = split_reference(reference)
    with _opened(path, stdin, f"--{name}") as stream:
        return _bounded(_arrays(stream, cited(path), most).value(name, key), most)


def read_inputs(
    path: str,
    stdin: StandardInput,
    wanted: Collection[str] | None = None,
    most: int = MANY_ELEMENTS,
) -> dict[str, Array]:
    """The arrays by name of a JSON object, an `.npz` or a CSV with a header.

    Only the names in `wanted` are read when it is given; what else the file holds does not matter.
    """
    with _opened(path, stdin, "--inputs") as stream:
        arrays = _arrays(stream, cited(path), most).inputs(wanted)
    return {name: _bounded(array, most) for name, array in arrays.items()}


def _bounded(array: Array, most: int) -> Array:
    """The array, if it has no more elements than `most`: texts do not say so in a header."""
    if array.size > most:
        raise too_large(array.size, most)
    return array


def _arrays(
    stream: BinaryIO, shown: str, most: int
) -> NumpyFile | NumpyArchive | JsonArrays | TextArrays:
    """What a file holds, its kind told by its first bytes."""
    data = stream.read(LONGEST_HEADER)
    kind = binary_kind(data)
    if kind is not None and kind.name == "npy":
        from gradcli.data.numpy_arrays import refuse_large

        refuse_large(data, most)
    data = _from(data, stream)
    if kind is not None:
        return _binary_arrays(data, shown, kind, most)
    text = decode(data, shown)
    if text[:4096].lstrip().startswith(("{", "[")):
        from gradcli.data.json_arrays import JsonArrays

        return JsonArrays(text, shown)
    from gradcli.data.text_arrays import TextArrays

    return TextArrays(text, shown)


def _from(head: bytes, stream: BinaryIO) -> bytes:
    """All of a stream whose head was read; of a file it is read once more, and not copied."""
    if len(head) < LONGEST_HEADER:
        return head
    if stream.seekable():
        stream.seek(-len(head), os.SEEK_CUR)
        return stream.read()
    return head + stream.read()


def _binary_arrays(data: bytes, shown: str, kind: FileKind, most: int) -> NumpyFile | NumpyArchive:
    from gradcli.data.numpy_arrays import NumpyArchive, NumpyFile

    if kind.name not in ("npy", "npz"):
        readable = "arrays come from .npy .npz .json .csv .tsv .txt"
        raise InputError(f"'{shown}' is {kind.described}", help=readable)
    return NumpyFile(data, shown) if kind.name == "npy" else NumpyArchive(data, shown, most)


def read_text(path: str, stdin: StandardInput, use: str = "the program") -> str:
    """A whole text, such as a program, from a file or (`-`) standard input."""
    return decode(read_bytes(path, stdin, use), cited(path))


def read_bytes(path: str, stdin: StandardInput, use: str) -> bytes:
    """All of a file, or of standard input for `-`."""
    with _opened(path, stdin, use) as stream:
        data = stream.read(LONGEST_TEXT + 1)
    if len(data) > LONGEST_TEXT:
        raise LimitError(f"'{cited(path)}' is longer than {LONGEST_TEXT:,} bytes")
    return data


@contextmanager
def _opened(path: str, stdin: StandardInput, use: str) -> Iterator[BinaryIO]:
    """A file, or standard input for `-`; what the system says of it is said in our words."""
    if path == "-":
        yield stdin.take(use)
        return
    try:
        with open(path, "rb") as stream:
            yield stream
    except GradcliError:
        raise
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def converted(data: bytes) -> str:
    """How a text in another encoding becomes one in UTF-8."""
    is_wide = data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or b"\0" in data[:64]
    encoding = "UTF-16" if is_wide else "ISO-8859-1"
    return f"iconv -f {encoding} -t UTF-8 converts it"


def decode(data: bytes, shown: str) -> str:
    """Text in UTF-8 or, when marked so, UTF-16; line ends become newlines."""
    encoding = "utf-16" if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"'{shown}' is not text in UTF-8: see line {line}"
        raise InputError(message, help=converted(data)) from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def unreadable(path: str, error: Exception) -> InputError:
    """What to say about a file that cannot be read."""
    if not path:
        return InputError("'@' needs a file's name after it", help="@FILE, or - for standard input")
    reason = getattr(error, "strerror", None) or str(error)
    advice = _neighbour(path) if isinstance(error, FileNotFoundError) else None
    if path[0] == "-" and path[1:].isalnum():
        advice = f"{path} is no option either"
    return InputError(f"cannot read '{path}': {reason.lower()}", help=advice)


def _neighbour(path: str) -> str | None:
    """A file of nearly that name in the same folder."""
    folder, name = os.path.split(path)
    try:
        return did_you_mean(name, os.listdir(folder or "."), os.path.join(folder, ""))
    except OSError:
        return f"there is no folder '{folder}'"

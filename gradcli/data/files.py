"""Arrays from files and standard input, named by `@FILE`, `@FILE:KEY`, `-`, `--inputs FILE`."""

from __future__ import annotations

import codecs
import os
from typing import TYPE_CHECKING

from gradcli.data.file_kinds import binary_kind
from gradcli.errors import InputError
from gradcli.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

    from gradcli.data.answer import Array
    from gradcli.data.console import StandardInput
    from gradcli.data.file_kinds import FileKind
    from gradcli.data.json_arrays import JsonArrays
    from gradcli.data.numpy_arrays import NumpyArchive, NumpyFile
    from gradcli.data.text_arrays import TextArrays

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


def read_value(reference: str, name: str, stdin: StandardInput) -> Array:
    """The array that `@FILE`, `@FILE:KEY`, `-` or `@-` holds for the variable `name`."""
    path, key = split_reference(reference)
    return _arrays(read_bytes(path, stdin, f"--{name}"), cited(path)).value(name, key)


def read_inputs(
    path: str, stdin: StandardInput, wanted: Collection[str] | None = None
) -> dict[str, Array]:
    """The arrays by name of a JSON object, an `.npz` or a CSV with a header.

    Only the names in `wanted` are read when it is given; what else the file holds does not matter.
    """
    return _arrays(read_bytes(path, stdin, "--inputs"), cited(path)).inputs(wanted)


def _arrays(data: bytes, shown: str) -> NumpyFile | NumpyArchive | JsonArrays | TextArrays:
    """What a file holds, its kind told by its first bytes."""
    kind = binary_kind(data)
    if kind is not None:
        return _binary_arrays(data, shown, kind)
    text = decode(data, shown)
    if text[:4096].lstrip().startswith(("{", "[")):
        from gradcli.data.json_arrays import JsonArrays

        return JsonArrays(text, shown)
    from gradcli.data.text_arrays import TextArrays

    return TextArrays(text, shown)


def _binary_arrays(data: bytes, shown: str, kind: FileKind) -> NumpyFile | NumpyArchive:
    from gradcli.data.numpy_arrays import NumpyArchive, NumpyFile

    if kind.name not in ("npy", "npz"):
        readable = "arrays come from .npy .npz .json .csv .tsv .txt"
        raise InputError(f"'{shown}' is {kind.described}", help=readable)
    return NumpyFile(data, shown) if kind.name == "npy" else NumpyArchive(data, shown)


def read_text(path: str, stdin: StandardInput, use: str = "the program") -> str:
    """A whole text, such as a program, from a file or (`-`) standard input."""
    return decode(read_bytes(path, stdin, use), cited(path))


def read_bytes(path: str, stdin: StandardInput, use: str) -> bytes:
    """All of a file, or of standard input for `-`."""
    if path == "-":
        return stdin.read(use)
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def decode(data: bytes, shown: str) -> str:
    """Text in UTF-8 or, when marked so, UTF-16; line ends become newlines."""
    encoding = "utf-16" if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"'{shown}' is not text in UTF-8: see line {line}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def unreadable(path: str, error: Exception) -> InputError:
    """What to say about a file that cannot be read."""
    if not path:
        return InputError("'@' needs a file's name after it", help="@FILE, or - for standard input")
    reason = getattr(error, "strerror", None) or str(error)
    advice = _neighbour(path) if isinstance(error, FileNotFoundError) else None
    return InputError(f"cannot read '{path}': {reason.lower()}", help=advice)


def _neighbour(path: str) -> str | None:
    """A file of nearly that name in the same folder."""
    folder, name = os.path.split(path)
    try:
        return did_you_mean(name, os.listdir(folder or "."), os.path.join(folder, ""))
    except OSError:
        return f"there is no folder '{folder}'"

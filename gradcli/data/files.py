"""Arrays from files and standard input, named by `@FILE`, `@FILE:KEY`, `-`, `--inputs FILE`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gradcli.errors import InputError
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

    from gradcli.data.answer import Array
    from gradcli.data.console import StandardInput

STDIN = "stdin"  # the name under which messages cite standard input


def cited(path: str) -> str:
    """How messages cite a file, or (`-`) standard input."""
    return STDIN if path == "-" else path


def is_reference(text: str) -> bool:
    """Whether a value on the command line names a file or standard input."""
    return text == "-" or text.startswith("@")


def read_value(reference: str, name: str, stdin: StandardInput) -> Array:
    """The array that `@FILE`, `@FILE:KEY`, `-` or `@-` holds for the variable `name`."""
    path, key = split_reference(reference)
    data = read_bytes(path, stdin, f"--{name}")
    shown = cited(path)
    kind = _kind(data, shown)
    if kind == "npy":
        from gradcli.data.arrays import npy

        _no_key(key, shown)
        return npy(data, shown)
    if kind == "npz":
        from gradcli.data.arrays import npz

        return npz(data, shown, [key or name])[key or name]
    text = decode(data, shown)
    if kind == "json":
        from gradcli.data.objects import json_value

        return json_value(text, shown, name, key)
    from gradcli.data.rows import text_value

    return text_value(text, shown, name, key)


def read_inputs(
    path: str, stdin: StandardInput, wanted: Collection[str] | None = None
) -> dict[str, Array]:
    """The arrays by name of a JSON object, an `.npz` or a CSV with a header.

    Only the names in `wanted` are read when it is given; what else the file holds does not matter.
    """
    data = read_bytes(path, stdin, "--inputs")
    shown = cited(path)
    kind = _kind(data, shown)
    if kind == "npy":
        raise InputError(
            f"'{shown}' holds one array without a name", help=f"give it to a variable: --x @{path}"
        )
    if kind == "npz":
        from gradcli.data.arrays import npz

        return npz(data, shown, wanted, strict=False)
    text = decode(data, shown)
    if kind == "json":
        from gradcli.data.objects import json_inputs

        return json_inputs(text, shown, wanted)
    from gradcli.data.rows import text_inputs

    return text_inputs(text, shown, wanted)


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
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"'{shown}' is not text in UTF-8: see line {line}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


_FOREIGN = {b"\x1f\x8b": "compressed by gzip", b"PAR1": "Parquet", b"\x89HDF": "HDF5"}


def _kind(data: bytes, shown: str) -> str:
    """`npy`, `npz`, `json` or `text`, told by the first bytes."""
    if data.startswith(b"\x93NUMPY"):
        return "npy"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "npz"
    for magic, what in _FOREIGN.items():
        if data.startswith(magic):
            raise InputError(
                f"'{shown}' is {what}", help="arrays come from .npy .npz .json .csv .tsv .txt"
            )
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return "json" if start in (b"{", b"[") else "text"


def split_reference(text: str) -> tuple[str, str | None]:
    """File and key; a colon belongs to the file's name if there is such a file."""
    reference = text.removeprefix("@")
    path, colon, key = reference.rpartition(":")
    if not colon or not path or not key or os.path.exists(reference):
        return reference, None
    if len(path) == 1 and path.isalpha() and key[0] in "\\/":
        return reference, None
    return path, key


def _no_key(key: str | None, shown: str) -> None:
    if key is not None:
        raise InputError(f"'{shown}' holds one array without a name, so there is no '{key}' in it")


def unreadable(path: str, error: OSError | ValueError) -> InputError:
    """What to say about a file that cannot be read."""
    if not path:
        return InputError("'@' needs a file's name after it", help="@FILE, or - for standard input")
    reason = getattr(error, "strerror", None) or str(error)
    hint = _neighbour(path) if isinstance(error, FileNotFoundError) else None
    return InputError(f"cannot read '{path}': {reason.lower()}", help=hint)


def _neighbour(path: str) -> str | None:
    """A file of nearly that name in the same folder."""
    folder, name = os.path.split(path)
    try:
        near = nearest(name, os.listdir(folder or "."))
    except OSError:
        return f"there is no folder '{folder}'"
    return None if near is None else f"did you mean '{os.path.join(folder, near)}'?"

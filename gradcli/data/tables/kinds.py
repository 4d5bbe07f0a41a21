"""The kinds of tables in files, told by extension or named by an option."""

from __future__ import annotations

import os

from gradcli.data.file_kinds import COMPRESSIONS, DELIMITERS, FILE_KINDS, binary_kind
from gradcli.errors import UsageError

KINDS = (*DELIMITERS, "jsonl", "parquet", "arrow")

EXTENSIONS = {ending: kind for kind in KINDS for ending in FILE_KINDS[kind].extensions}

TEXT = frozenset({*DELIMITERS, "jsonl"})
"""Kinds whose cells are text, so that a column may change its type on the way."""


PACKED = tuple(ending for kind in COMPRESSIONS.values() for ending in kind.extensions)
"""What the names of compressed files end in."""


_ARROW_STREAM = b"\xff\xff\xff\xff"
"""What Arrow's format for streams begins with."""


def kind_of(path: str) -> str | None:
    """The kind that a file's name asks for; None if it asks for none."""
    return EXTENSIONS.get(os.path.splitext(path)[1].lower())


def packed_kind(path: str) -> str | None:
    """The same for a file to read, which may be compressed."""
    root, extension = os.path.splitext(path)
    return kind_of(root if extension.lower() in PACKED else path)


def read_kind(path: str) -> str | None:
    """The kind of a file to read; in JSON the first character tells an array from lines."""
    return packed_kind(path) or ("jsonl" if _is_json(path) else None)


def kind_of_head(head: bytes) -> str | None:
    """The kind of a table that begins so; None where its first bytes do not tell."""
    binary = binary_kind(head)
    if binary is not None:
        return binary.name if binary.name in KINDS else None
    if head.startswith(_ARROW_STREAM):
        return "arrow"
    line = head.lstrip().partition(b"\n")[0]
    if not line or b"\0" in head:
        return None
    if line[:1] in (b"{", b"["):
        return "jsonl"
    return "tsv" if b"\t" in line and b"," not in line else "csv"


def _is_json(path: str) -> bool:
    root, extension = os.path.splitext(path.lower())
    return (root if extension in PACKED else path.lower()).endswith(FILE_KINDS["json"].extensions)


def named_kind(name: str | None, option: str) -> str | None:
    """The kind that an option names, by its own name or an extension's; JSON is lines of it."""
    kind = None if name is None else read_kind(f"_.{name}")
    if name is not None and kind is None:
        raise UsageError(f"{option}: '{name}' is not a kind of table", help=", ".join(KINDS))
    return kind


def kind_or_fail(path: str) -> str:
    """The kind of a file to read, which may be compressed."""
    kind = read_kind(path)
    if kind is None:
        raise unknown_kind(path, "--from")
    return kind


_INSTEAD = {
    "json": "JSON is written a row a line, as .jsonl; ",
    **dict.fromkeys("xls xlsx xlsm ods numbers".split(), "spreadsheets read and save CSV; "),
    **dict.fromkeys("pkl pickle h5 hdf5 feather orc db sqlite".split(), "save it as Parquet; "),
}
"""What to say of extensions of other files."""


def unknown_kind(path: str, option: str) -> UsageError:
    """The error of a name without a kind; `option` is how it can be said otherwise."""
    return UsageError(
        "standard input has no extension to tell what kind of table it is"
        if path == "-"
        else f"the extension does not tell what kind of table '{path}' is",
        help=f"{_INSTEAD.get(path.rpartition('.')[2].lower(), '')}{option} {'|'.join(KINDS)}",
    )

"""The kinds of files that gradcli knows, each once: what their names end in, how they begin."""

from __future__ import annotations

import os


class FileKind:
    """A kind of file; `described` completes "FILE is …" in messages.

    `magics` are the bytes that one of it may begin with; text has none.
    """

    def __init__(
        self, name: str, described: str, extensions: tuple[str, ...], magics: tuple[bytes, ...] = ()
    ) -> None:
        self.name = name
        self.described = described
        self.extensions = extensions
        self.magics = magics


# fmt: off
_CONTENTS = (
    FileKind("txt",     "text",           (".txt",)),
    FileKind("json",    "JSON",           (".json",)),
    FileKind("jsonl",   "JSON lines",     (".jsonl", ".ndjson")),
    FileKind("csv",     "CSV",            (".csv",)),
    FileKind("tsv",     "TSV",            (".tsv", ".tab")),
    FileKind("npy",     "a NumPy file",   (".npy",), (b"\x93NUMPY",)),
    FileKind("npz",     "a zip file",     (".npz",), (b"PK\x03\x04", b"PK\x05\x06")),
    FileKind("parquet", "a Parquet file", (".parquet", ".pq"), (b"PAR1",)),
    FileKind("arrow",   "an Arrow file",  (".arrow", ".feather", ".ipc", ".arrows"), (b"ARROW1",)),
    FileKind("hdf5",    "an HDF5 file",   (".h5", ".hdf5"), (b"\x89HDF",)),
)
_COMPRESSIONS = (
    FileKind("gzip",    "compressed with gzip", (".gz",), (b"\x1f\x8b",)),
    FileKind("bz2",     "compressed with bz2",  (".bz2",), (b"BZh",)),
    FileKind("zstd",    "compressed with zstd", (".zst",), (b"\x28\xb5\x2f\xfd",)),
    FileKind("lz4",     "compressed with lz4",  (".lz4",), (b"\x04\x22\x4d\x18",)),
    FileKind("xz",      "compressed with xz",   (".xz",), (b"\xfd7zXZ\x00",)),
)
# fmt: on

FILE_KINDS = {kind.name: kind for kind in _CONTENTS}
COMPRESSIONS = {kind.name: kind for kind in _COMPRESSIONS}
DELIMITERS = {"csv": ",", "tsv": "\t"}
LONGEST_MAGIC = max(len(magic) for kind in (*_CONTENTS, *_COMPRESSIONS) for magic in kind.magics)
"""How many bytes of a file tell its kind."""

LONGEST_HEADER = 1 << 16
"""Bytes in which the header of a file of NumPy's ends."""

_BY_EXTENSION = {extension: kind.name for kind in _CONTENTS for extension in kind.extensions}


def kind_of_name(path: str) -> str | None:
    """The name of the kind that the extension of a file stands for; None if it stands for none."""
    return _BY_EXTENSION.get(os.path.splitext(path)[1].lower())


def binary_kind(head: bytes) -> FileKind | None:
    """The kind of a file, or of its compression, by its first bytes; None for text."""
    return _beginning(head, (*_CONTENTS, *_COMPRESSIONS))


def compression(head: bytes) -> str | None:
    """What a file is compressed with, by its first bytes; None if it is not compressed."""
    kind = _beginning(head, _COMPRESSIONS)
    return None if kind is None else kind.name


def _beginning(head: bytes, kinds: tuple[FileKind, ...]) -> FileKind | None:
    return next((kind for kind in kinds if head.startswith(kind.magics)), None)

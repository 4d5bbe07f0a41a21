"""Where a table is to go, and in what kind: a file, a folder of parts, standard output."""

from __future__ import annotations

import os
import stat

from gradcli.data.formats import FORMATS
from gradcli.data.tables.kinds import KINDS, PACKED, TEXT, kind_of
from gradcli.errors import UsageError

_WORDS = {**{kind: kind for kind in KINDS}, "json": "jsonl"}
"""What `-o` takes for a kind on standard output; a table as JSON is an object a line."""


class Target:
    """`path` is None for standard output, `kind` None for that of what is read."""

    __slots__ = ("kind", "path")

    def __init__(self, path: str | None, kind: str | None) -> None:
        self.path = path
        self.kind = kind

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of parts: there is one, or the name has no extension."""
        path = self.path
        if path is None:
            return False
        return os.path.isdir(path) or not (os.path.splitext(path)[1] or os.path.exists(path))

    @property
    def is_stream(self) -> bool:
        """Whether what is written is gone: standard output, a pipe, a device."""
        if self.path is None:
            return True
        kind = os.stat(self.path).st_mode if os.path.exists(self.path) else 0
        return kind != 0 and not (stat.S_ISREG(kind) or stat.S_ISDIR(kind))


def target_of(output: str | None, kind: str | None, is_terminal: bool) -> Target:
    """What `-o OUTPUT` and `--to KIND` say."""
    if output == "":
        raise UsageError("-o needs a name", help="-o out.csv, or - for standard output")
    word = _WORDS.get(output or "")
    if word is not None:
        if kind not in (None, word):
            raise UsageError(f"two kinds for one table: '{output}' and '{kind}'")
        output, kind = None, word
    target = Target(None if output == "-" else output, kind)
    if target.path is not None:
        _settle(target, target.path)
    elif is_terminal and kind is not None and kind not in TEXT:
        raise UsageError(f"'{kind}' is not for a terminal", help=f"write a file: -o file.{kind}")
    return target


def _settle(target: Target, path: str) -> None:
    """The kind of a file by its extension; names that are neither files nor folders."""
    extension = os.path.splitext(path)[1].lower()
    if path in FORMATS:
        raise UsageError(
            f"-o: a table is not written as '{path}'",
            help=f"{', '.join(KINDS)}; a folder of that name is ./{path}",
        )
    if extension in PACKED:
        raise UsageError(
            "tables are read compressed, but not written so",
            help="-o - --to csv | gzip > out.csv.gz, or Parquet, which is compressed by itself",
        )
    if not target.is_folder and extension and target.kind is None:
        target.kind = kind_of(path)
        if target.kind is None:
            raise UsageError(
                f"the extension does not tell what kind of table '{path}' is",
                help=f"--to {'|'.join(KINDS)}",
            )

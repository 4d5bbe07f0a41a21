"""Tables to write: encoded block by block, appended in order, whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.encode import csv_header, csv_lines, json_lines
from gradcli.data.tables.text import DELIMITERS
from gradcli.data.writer import unwritable
from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

GROUP = 2**18
"""Rows of a row group, or of a batch of Arrow."""

SUFFIXES = {kind: "." + kind for kind in ("csv", "tsv", "jsonl", "parquet", "arrow")}


def encode(
    kind: str, names: Sequence[str], columns: Sequence[Any], schema: Any, extras: Any = None
) -> Any:
    """A block in the form that a sink of this kind appends; safe to call from many threads.

    `extras` are further keys for JSON lines.
    """
    if kind in DELIMITERS:
        return csv_lines(columns, DELIMITERS[kind])
    if kind == "jsonl":
        return json_lines(names, columns, extras)
    return arrow().record_batch(list(columns), schema=schema)


class TextSink:
    """Lines of text; the header first, if there are names."""

    def __init__(self, stream: BinaryIO, kind: str, names: Sequence[str]) -> None:
        self._stream = stream
        has_header = bool(names) and kind in DELIMITERS
        self._header = csv_header(names, DELIMITERS[kind]) if has_header else b""

    def write(self, block: Any) -> None:
        """Appends an encoded block."""
        self._begin()
        self._stream.write(block)

    def _begin(self) -> None:
        """Writes the header as late as can be: before it an error leaves no trace."""
        self._stream.write(self._header)
        self._header = b""

    def close(self) -> None:
        """Nothing follows."""
        self._begin()
        self._stream.flush()


class TypedSink:
    """Parquet or Arrow IPC: blocks gathered into groups of rows."""

    def __init__(self, stream: BinaryIO, kind: str, schema: Any) -> None:
        pa = arrow()
        self._schema = schema
        self._waiting: list[Any] = []
        self._count = 0
        if kind == "parquet":
            texts = [field.name for field in schema if not _is_plain(field.type)]
            self._writer = pa.parquet.ParquetWriter(stream, schema, use_dictionary=texts)
        elif _is_seekable(stream):
            self._writer = pa.ipc.new_file(stream, schema)
        else:
            self._writer = pa.ipc.new_stream(stream, schema)
        self._options = {"row_group_size": GROUP} if kind == "parquet" else {}

    def write(self, block: Any) -> None:
        """Appends an encoded block."""
        self._waiting.append(block)
        self._count += block.num_rows
        if self._count >= GROUP:
            self._flush()

    def _flush(self) -> None:
        table = arrow().Table.from_batches(self._waiting, self._schema)
        self._waiting, self._count = [], 0
        self._writer.write_table(table, **self._options)

    def abandon(self) -> None:
        """What was written is of no use; the writer must not live longer than its stream."""
        with suppress(Exception):
            self._writer.close()

    def close(self) -> None:
        """Nothing follows."""
        if self._waiting:
            self._flush()
        self._writer.close()


def _is_plain(kind: Any) -> bool:
    """Whether values of this type hardly repeat, so that no dictionary pays."""
    pa = arrow()
    return bool(pa.types.is_floating(kind) or pa.types.is_nested(kind))


def _is_seekable(stream: Any) -> bool:
    try:
        return bool(stream.seekable() and stream.name != 1)
    except (AttributeError, OSError):
        return False


@contextmanager
def sink(
    stream: BinaryIO, kind: str, names: Sequence[str], schema: Any
) -> Iterator[Callable[[Any], None]]:
    """Within it, what appends an encoded block to a stream."""
    if kind not in ("parquet", "arrow"):
        lines = TextSink(stream, kind, names)
        yield lines.write
        lines.close()
        return
    rows = TypedSink(stream, kind, schema)
    try:
        yield rows.write
    except BaseException:
        rows.abandon()
        raise
    rows.close()


# --- whole or not at all ------------------------------------------------------------------------


@contextmanager
def whole_file(path: str) -> Iterator[BinaryIO]:
    """A stream to a file that is there only when all went well; devices are written to directly."""
    target = os.path.realpath(path)
    beside = _beside(target)
    try:
        mode = os.stat(target).st_mode if os.path.exists(target) else None
        if mode is not None and not stat.S_ISREG(mode):
            with open(target, "wb") as stream:
                yield stream
            return
        with open(beside, "xb") as stream:
            yield stream
            stream.flush()
            if mode is not None:
                os.chmod(beside, stat.S_IMODE(mode))
            os.fsync(stream.fileno())
        os.replace(beside, target)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(OSError):
            os.unlink(beside)


def _beside(target: str) -> str:
    folder, name = os.path.split(target)
    return os.path.join(folder, f".{name[:100]}.{os.urandom(4).hex()}.tmp")


@contextmanager
def whole_folder(path: str) -> Iterator[str]:
    """A folder that takes its name only when all went well, and the place of an older one."""
    target = os.path.realpath(path)
    beside = _beside(target)
    try:
        _refuse_foreign(path, target)
        os.mkdir(beside)
        yield beside
        old = beside + ".old"
        if os.path.lexists(target):
            os.rename(target, old)
        os.rename(beside, target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _refuse_foreign(path: str, target: str) -> None:
    """A folder that holds anything but parts is not to be replaced."""
    for name in os.listdir(target) if os.path.isdir(target) else ():
        if not re.fullmatch(r"part-\d{5,}\.\w+", name):
            raise InputError(
                f"the folder '{path}' holds other files, such as '{name}'",
                help="name a new folder, or a file with an extension",
            )


def part_name(number: int, kind: str) -> str:
    """The name of a part in a folder of parts."""
    return f"part-{number:05d}{SUFFIXES[kind]}"

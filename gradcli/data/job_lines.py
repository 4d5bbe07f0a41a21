"""The lines of files and streams of jobs, in UTF-8: as many at a time as are read at once."""

from __future__ import annotations

import codecs
import gzip
import io
import os
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from gradcli.data.file_kinds import COMPRESSIONS, LONGEST_MAGIC, binary_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Lines = Sequence[bytes | None]
    """Lines that are at hand; None alone stands for waiting for what is still to come."""

GZIP = COMPRESSIONS["gzip"]

_PIECE = 1 << 16

LONGEST_LINE = 2**28
"""Bytes of one line, which may be a whole array of jobs."""


def lines_of_file(path: str) -> Iterator[Lines]:
    """The lines of a file, unpacked; those in UTF-16 in UTF-8."""
    with _opened(path) as stream:
        yield from _tidied(_utf8(stream))


def lines_of_stream(stream: BinaryIO) -> Iterator[Lines]:
    """The lines of a stream as soon as they come."""
    try:
        descriptor = stream.fileno()
    except OSError:
        yield from _tidied([line] for line in stream)
        return
    yield from _tidied(_whole(_pieces(descriptor)))


def _pieces(descriptor: int) -> Iterator[bytes | None]:
    """What can be read, piece by piece; None before waiting for one."""
    while True:
        if not _is_ready(descriptor):
            yield None
        data = os.read(descriptor, _PIECE)
        if not data:
            return
        yield data


def _is_ready(descriptor: int) -> bool:
    """Whether reading would not wait."""
    import select

    try:
        return bool(select.select([descriptor], [], [], 0)[0])
    except (OSError, ValueError):
        return False


def _opened(path: str) -> BinaryIO:
    """A file for reading, without the compression of gzip."""
    if os.path.isfile(path):
        with open(path, "rb") as stream:
            kind = binary_kind(stream.read(LONGEST_MAGIC))
        if kind is GZIP:
            return cast("BinaryIO", gzip.open(path))
    return open(path, "rb")


def _utf8(stream: Any) -> Iterator[Lines]:
    """The lines of a file; a pipe may bring them one by one."""
    mark = stream.read(2) if stream.seekable() else b""
    if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
        with io.TextIOWrapper(stream, encoding, "replace") as text:
            yield from ([line.encode()] for line in text)
        return
    if mark:
        stream.seek(0)
    yield from _whole(iter(partial(stream.read1, _PIECE), b""))


def _whole(pieces: Iterable[bytes | None]) -> Iterator[Lines]:
    """The lines that are whole with each piece, and at the end what has none."""
    held: list[bytes] = []
    size = 0
    for data in pieces:
        if data is None:
            yield [None]
            continue
        size += len(data)
        end = data.rfind(b"\n") + 1
        if end:
            yield from _bounded(io.BytesIO(b"".join((*held, data[:end]))).readlines(), size)
            held, size = [], len(data) - end
        held.append(data[end:])
        if size > LONGEST_LINE:
            raise LongLineError(LONGEST_LINE)
    if size:
        yield [b"".join(held)]


def _bounded(lines: list[bytes], size: int) -> Iterator[Lines]:
    """Lines of so many bytes together, up to the first that is too long."""
    if size > LONGEST_LINE:
        for i, line in enumerate(lines):
            if len(line) > LONGEST_LINE:
                if i:
                    yield lines[:i]
                raise LongLineError(LONGEST_LINE)
    yield lines


class LongLineError(Exception):
    """The line behind those that were given has more bytes than that."""


def _tidied(blocks: Iterable[Lines]) -> Iterator[Lines]:
    """The lines without the mark of UTF-8 before the first, which old systems may have cut."""
    blocks = iter(blocks)
    for block in blocks:
        if block[0] is not None:
            yield [*_first(block[0]), *block[1:]]
            break
        yield block
    yield from blocks


def _first(line: bytes) -> list[bytes]:
    """A line without the mark; the lines that it is, where returns alone end them."""
    text = line.removeprefix(codecs.BOM_UTF8)
    is_old = b"\r" in text and not text.endswith(b"\n")
    return [part + b"\n" for part in text.split(b"\r")] if is_old else [text]

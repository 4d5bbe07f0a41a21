"""The bytes of tables: files opened anew each time, pipes once; what is compressed, unpacked."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.file_kinds import LONGEST_MAGIC, compression
from gradcli.data.files import cited, unreadable
from gradcli.data.tables import sizes
from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.flaws import TableError
from gradcli.data.tables.json_table import HEAD, begins_array, lines_of_array
from gradcli.data.tables.kinds import kind_of_head
from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.data.console import StandardInput


def is_pipe(path: str) -> bool:
    """Whether it can be read only once: standard input, a named pipe, a process's output."""
    return path == "-" or not os.path.isfile(path)


class Streams:
    """Opens the files of a run; a pipe goes on where it was left."""

    def __init__(self, stdin: StandardInput | None) -> None:
        self._stdin = stdin
        self._pipes: dict[str, BinaryIO] = {}
        self._own: list[BinaryIO] = []

    @contextmanager
    def opened(self, path: str, *, is_array: bool = False) -> Iterator[BinaryIO]:
        """The bytes of a file, unpacked, of an array lines; complaints about them in our words."""
        with complaints(path):
            if is_pipe(path):
                yield self._pipe(path)
                return
            with _opened(path) as stream:
                unpacked = _unpacked(stream, path)
                yield lines_of_array(unpacked, cited(path)) if is_array else unpacked

    def is_array(self, path: str) -> bool:
        """Whether JSON is an array and not lines, which a pipe then brings of it."""
        if not is_pipe(path):
            with self.opened(path) as stream:
                return begins_array(stream.read(HEAD))
        is_array = begins_array(self.head(path, HEAD))
        if is_array:
            self._pipes[path] = lines_of_array(self._pipe(path), cited(path))
        return is_array

    def kind(self, path: str) -> str | None:
        """The kind of what a pipe brings, by its first bytes; None where they do not tell."""
        is_readable = path != "-" or self._stdin is not None
        return kind_of_head(self.head(path, HEAD)) if is_pipe(path) and is_readable else None

    def settle(self, path: str) -> None:
        """A pipe can be read from any place from now on: what it brings is kept aside."""
        if is_pipe(path) and not self._pipe(path).seekable():
            self._own.append(_aside(self._pipe(path)))
            self._pipes[path] = self._own[-1]

    @contextmanager
    def seekable(self, path: str) -> Iterator[BinaryIO]:
        """The same for kinds that are not read from beginning to end: kept aside if need be."""
        with self.opened(path) as stream:
            if stream.seekable():
                yield stream
                return
            with _aside(stream) as aside:
                yield aside

    def head(self, path: str, size: int) -> bytes:
        """The first bytes of a pipe, which it then brings once more."""
        with complaints(path):
            head, self._pipes[path] = _peeked(self._pipe(path), size)
        return head

    def head_of_lines(self, path: str, size: int) -> bytes:
        """The same with as many bytes, or so many that the first line is whole, if it may be."""
        head = self.head(path, size)
        while len(head) == size <= sizes.LONGEST and b"\n" not in head:
            size = min(2 * size, sizes.LONGEST + 1)
            head = self.head(path, size)
        return head

    def close(self) -> None:
        """Closes the pipes that it opened."""
        for stream in self._own:
            stream.close()

    def _pipe(self, path: str) -> BinaryIO:
        if path not in self._pipes:
            self._pipes[path] = _unpacked(self._begun(path), path)
        return self._pipes[path]

    def _begun(self, path: str) -> BinaryIO:
        """A pipe at its beginning."""
        if path == "-" and self._stdin is not None:
            return self._stdin.take("the table")
        self._own.append(_opened(path))
        return self._own[-1]


def is_plain(path: str) -> bool:
    """Whether its bytes can be read from any place: a file that is not compressed."""
    if is_pipe(path):
        return False
    with _opened(path) as stream:
        return compression(stream.read(LONGEST_MAGIC)) is None


def skip(stream: BinaryIO, count: int) -> None:
    """Leaves out bytes at the beginning of a stream."""
    if stream.seekable():
        stream.seek(count)
        return
    while count and (data := stream.read(min(count, 2**20))):
        count -= len(data)


@contextmanager
def complaints(path: str) -> Iterator[None]:
    """Arrow's and the system's complaints about a file in our words."""
    pa = arrow()
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        text = str(error).split("\n", maxsplit=1)[0].rstrip(".")
        raise TableError(f"'{cited(path)}' cannot be read: {text}") from error
    except UnicodeDecodeError as error:
        text = "the name of a column is not text in UTF-8"
        raise TableError(f"'{cited(path)}' cannot be read: {text}") from error


def _opened(path: str) -> BinaryIO:
    try:
        return open(path, "rb")
    except OSError as error:
        raise unreadable(path, error) from error


def _unpacked(stream: BinaryIO, path: str) -> BinaryIO:
    """A stream at its beginning, unpacked if it is compressed."""
    head, stream = _peeked(stream, LONGEST_MAGIC)
    codec = compression(head)
    if codec is None:
        return stream
    pa = arrow()
    if codec == "xz" or not pa.Codec.is_available(codec):
        raise InputError(
            f"'{cited(path)}' is compressed with {codec}",
            help=f"unpack it first: {codec} -d < FILE | …",
        )
    return io.BufferedReader(pa.CompressedInputStream(stream, codec))


def _peeked(stream: BinaryIO, size: int) -> tuple[bytes, BinaryIO]:
    """The next bytes of a stream, and a stream that brings them again."""
    position = stream.tell() if stream.seekable() else None
    head = b""
    while len(head) < size and (more := stream.read(size - len(head))):  # a pipe gives pieces
        head += more
    if position is None:
        return head, io.BufferedReader(_Joined(head, stream), 2**20)
    stream.seek(position)
    return head, stream


def _aside(stream: BinaryIO) -> BinaryIO:
    """All of a stream in a temporary file without a name."""
    from shutil import copyfileobj
    from tempfile import TemporaryFile

    kept: Any = TemporaryFile()  # noqa: SIM115 - closed by who asks
    copyfileobj(stream, kept, 2**20)
    kept.seek(0)
    return kept  # type: ignore[no-any-return]


class _Joined(io.RawIOBase):
    """Bytes that were read already, then the stream that they came from."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        """A stream to read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        data = data or self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

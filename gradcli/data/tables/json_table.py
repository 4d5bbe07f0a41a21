"""An array of JSON objects to read as JSON lines, an element at a time however long it is."""

from __future__ import annotations

import io
import json
import re
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Any, BinaryIO

from gradcli.data.tables import sizes
from gradcli.data.tables.flaws import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = 64
"""Bytes that tell an array from lines, blanks before it included."""

_BLANKS = re.compile(r"[ \t\r\n]*")
_KEPT = "surrogateescape"
"""Bytes that are no text stay what they are: they make their row a bad one, and no other."""


def begins_array(head: bytes) -> bool:
    """Whether JSON that begins so is an array, and not lines of objects."""
    return head.lstrip().startswith(b"[")


def lines_of_array(stream: BinaryIO, shown: str) -> BinaryIO:
    """The elements of an array as lines; `shown` is how messages cite it."""
    return io.BufferedReader(_Pieces(_Elements(stream, shown).lines()), sizes.CHUNK)


class _Elements:
    """The text of an array as far as it is read, from the element that comes next."""

    def __init__(self, stream: BinaryIO, shown: str) -> None:
        self._stream = stream
        self._shown = shown
        self._decode = getincrementaldecoder("utf-8")(_KEPT).decode
        self._scan = json.JSONDecoder().raw_decode
        self._text = ""
        self._start = 0
        self._row = 1
        self._is_whole = False

    def lines(self) -> Iterator[bytes]:
        """The elements, each on one line: within them a line's end is nothing but a blank."""
        self._start = self._behind_blanks() + 1
        if self._next() != "]":
            mark = ","
            while mark == ",":
                element, mark = self._element()
                yield re.sub(r"[\r\n]", " ", element).encode(errors=_KEPT) + b"\n"
            if mark != "]":
                raise self._damage(
                    "lacks a comma behind it" if mark else "is the last, and the array has no end"
                )
        self._start += self._next() == "]"
        if self._next():
            raise self._damage("is the last, and something follows the array")

    def _element(self) -> tuple[str, str]:
        """The next element, and what stands behind it; more is read until it has an end."""
        while True:
            start = self._behind_blanks()
            try:
                _, end = self._scan(self._text, start)
                behind = _behind(self._text, end)
                if behind < len(self._text) or self._is_whole:
                    break
            except json.JSONDecodeError:
                pass  # perhaps only its beginning is there
            except RecursionError:
                raise self._damage("is nested too deeply") from None
            if self._is_whole or len(self._text) - start > sizes.LONGEST:
                raise self._damage("is not JSON")
            self._read()
        mark = self._text[behind : behind + 1]
        element = self._text[start:end]
        self._start, self._row = behind + (mark == ","), self._row + (mark == ",")
        return element, mark

    def _next(self) -> str:
        """The next character that is no blank; "" at the end."""
        position = self._behind_blanks()
        return self._text[position : position + 1]

    def _behind_blanks(self) -> int:
        while (position := _behind(self._text, self._start)) == len(self._text):
            if self._is_whole:
                break
            self._read()
        return position

    def _read(self) -> None:
        """Reads as much again as there is, so that a long element is not scanned too often."""
        size = max(sizes.CHUNK, len(self._text) - self._start)
        data = self._stream.read(size)
        self._is_whole = not data
        self._text = self._text[self._start :] + self._decode(data, final=not data)
        self._start = 0

    def _damage(self, reason: str) -> TableError:
        return TableError(f"row {self._row} of the array in '{self._shown}' {reason}")


def _behind(text: str, start: int) -> int:
    blanks = _BLANKS.match(text, start)
    return blanks.end() if blanks else start


class _Pieces(io.RawIOBase):
    """Bytes that come in pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        """A stream to read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        data = self._rest or next(self._pieces, b"")
        size = min(len(buffer), len(data))
        buffer[:size], self._rest = data[:size], data[size:]
        return size

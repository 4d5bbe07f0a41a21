"""Footers of Parquet: row groups that were encoded apart take their places in one file.

Encoding is most of what writing Parquet costs, and PyArrow's writer encodes one row group after
another. So each worker encodes row groups into a small file of its own, in memory; their bytes are
written one behind the other, and only the offsets in the footer change. No library offers this; a
footer is a structure in Thrift's compact protocol (parquet.thrift).
"""

from __future__ import annotations

from typing import Any

Struct = dict[int, tuple[int, Any]]
"""Fields by number: their types as Thrift numbers them, and their values."""

MAGIC = b"PAR1"
TAIL = 8
"""Bytes after the footer: its length and the magic."""

# Fields, by the names that parquet.thrift gives them.
NUM_ROWS, ROW_GROUPS = 3, 4
COLUMNS, ORDINAL = 1, 7
META_DATA = 3
GROUP_OFFSETS = (5,)  # file_offset
CHUNK_OFFSETS = (2, 4, 6)  # file_offset, offset_index_offset, column_index_offset
COLUMN_OFFSETS = (9, 10, 11, 14)  # data_page, index_page, dictionary_page, bloom_filter

TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
INTEGERS = (4, 5, 6)  # of 16, 32 and 64 bits


class Footer:
    """The footer of a file whose row groups are those of several, in the order of `append`."""

    def __init__(self) -> None:
        self._first: Struct = {}
        self._rows = 0
        self._groups: list[Any] = []

    def append(self, written: bytes, position: int) -> None:
        """Takes over the row groups that a footer tells of, which stand at that position."""
        footer = _Reader(written).struct()
        self._first = self._first or footer
        self._rows += footer[NUM_ROWS][1]
        for group in footer[ROW_GROUPS][1][1]:
            _move(group, position - len(MAGIC), len(self._groups))
            self._groups.append(group)

    def tail(self) -> bytes:
        """What ends the file."""
        whole = dict(self._first)
        whole[NUM_ROWS] = (whole[NUM_ROWS][0], self._rows)
        whole[ROW_GROUPS] = (LIST, (STRUCT, self._groups))
        out = bytearray()
        _put_struct(out, whole)
        return bytes(out) + len(out).to_bytes(4, "little") + MAGIC


def parted(file: memoryview) -> tuple[memoryview, bytes]:
    """The row groups of a file, and the footer that tells of them."""
    size = int.from_bytes(file[-TAIL : 4 - TAIL], "little")
    end = len(file) - TAIL - size
    return file[len(MAGIC) : end], bytes(file[end : len(file) - TAIL])


def _move(group: Struct, distance: int, ordinal: int) -> None:
    """A row group stands so many bytes further on, as that of a number."""
    _shift(group, GROUP_OFFSETS, distance)
    if ORDINAL in group:
        group[ORDINAL] = (group[ORDINAL][0], ordinal)
    for chunk in group[COLUMNS][1][1]:
        _shift(chunk, CHUNK_OFFSETS, distance)
        _shift(chunk[META_DATA][1], COLUMN_OFFSETS, distance)


def _shift(fields: Struct, numbers: tuple[int, ...], distance: int) -> None:
    """Moves the offsets that there are; 0 stands for none."""
    for number in numbers:
        kind, offset = fields.get(number, (0, 0))
        if offset:
            fields[number] = (kind, offset + distance)


# --- Thrift's compact protocol ------------------------------------------------------------------


class _Reader:
    """Reads values one behind the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self) -> Struct:
        """A structure: fields, each with its distance in number from the one before."""
        fields: Struct = {}
        number = 0
        while head := self._take(1)[0]:
            number = number + (head >> 4) if head >> 4 else self._integer()
            kind = head & 15
            fields[number] = kind, kind == TRUE if kind <= FALSE else self._value(kind)
        return fields

    def _value(self, kind: int) -> Any:
        if kind in INTEGERS:
            return self._integer()
        if kind == BINARY:
            return self._take(self._varint())
        if kind in (LIST, SET):
            head = self._take(1)[0]
            count = self._varint() if head >> 4 == 15 else head >> 4
            return head & 15, [self._value(head & 15) for _ in range(count)]
        if kind == STRUCT:
            return self.struct()
        return self._take(8 if kind == DOUBLE else 1)

    def _take(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def _varint(self) -> int:
        value, shift = 0, 0
        while True:
            byte = self._data[self._at]
            self._at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)


def _put_struct(out: bytearray, fields: Struct) -> None:
    before = 0
    for number in sorted(fields):
        kind, value = fields[number]
        if number - before < 16:
            out.append((number - before) << 4 | kind)
        else:
            out.append(kind)
            _put_integer(out, number)
        if kind > FALSE:
            _put(out, kind, value)
        before = number
    out.append(0)


def _put(out: bytearray, kind: int, value: Any) -> None:
    if kind in INTEGERS:
        _put_integer(out, value)
    elif kind == BINARY:
        _put_varint(out, len(value))
        out += value
    elif kind in (LIST, SET):
        _put_list(out, *value)
    elif kind == STRUCT:
        _put_struct(out, value)
    else:
        out += value


def _put_list(out: bytearray, kind: int, values: list[Any]) -> None:
    out.append(min(len(values), 15) << 4 | kind)
    if len(values) >= 15:
        _put_varint(out, len(values))
    for value in values:
        _put(out, kind, value)


def _put_varint(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _put_integer(out: bytearray, value: int) -> None:
    _put_varint(out, value << 1 if value >= 0 else (-value << 1) - 1)

"""Footers of Parquet: what is read is written again to the byte, and what is written is read."""

from __future__ import annotations

import io
from itertools import accumulate
from typing import Any

import numpy as np
import pytest

from gradcli.data.tables import footer
from gradcli.data.tables.footer import BINARY, BYTE, DOUBLE, FALSE, LIST, SET, STRUCT, TRUE, Footer

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

INTEGERS = [0, -1, 1, 63, 64, -64, -65, 8191, -8192, 8192, 2**31, -(2**31), 2**63 - 1, -(2**63)]
SIZES = [0, 1, 14, 15, 16, 127, 128, 300]


def written(fields: footer.Struct) -> bytes:
    out = bytearray()
    footer._put_struct(out, fields)
    return bytes(out)


def test_values_of_all_kinds_are_read_as_they_were_written() -> None:
    """Numbers of fields lie up to 200 apart, lists and texts have all sizes where heads end."""
    values: list[tuple[int, Any]] = [(TRUE, True), (FALSE, False), (BYTE, b"a"), (DOUBLE, b"8" * 8)]
    values += [(kind, n) for kind in footer.INTEGERS for n in INTEGERS]
    values += [(BINARY, b"x" * size) for size in SIZES]
    values += [(LIST, (footer.INTEGERS[0], [*range(size)])) for size in SIZES]
    values += [(SET, (BINARY, [b"y" * size for size in SIZES]))]
    values += [(STRUCT, {1: (TRUE, True), 3: (LIST, (STRUCT, [{}, {2: (BYTE, b"z")}]))})]
    gaps = [1, 15, 16, 17, 2, 200]
    numbers = accumulate(gaps[i % len(gaps)] for i in range(len(values)))
    fields = dict(zip(numbers, values, strict=True))
    assert footer._Reader(written(fields)).struct() == fields


def file_of(columns: int, rows: int, **options: Any) -> memoryview:
    rng = np.random.default_rng(columns)
    names = [f"column {i}" for i in range(columns)]
    table = pa.table([rng.normal(size=rows) for _ in names], names)
    stream = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"k": "v" * 200}), stream, **options)
    return memoryview(stream.getvalue())


@pytest.mark.parametrize("columns", [1, 13, 14, 15, 130])
def test_footers_of_arrow_are_written_to_the_byte(columns: int) -> None:
    """The head of a list holds its length up to 14; that of columns has one for the whole, too."""
    for groups in (1, 15):
        _, found = footer.parted(file_of(columns, 30, row_group_size=30 // groups))
        assert written(footer._Reader(found).struct()) == found


def test_files_behind_one_another() -> None:
    """Each group tells where it stands, and which it is."""
    files = [file_of(3, rows, row_group_size=20, write_page_index=True) for rows in (50, 7)]
    whole, position = Footer(), len(footer.MAGIC)
    data = bytearray(footer.MAGIC)
    for file in files:
        groups, found = footer.parted(file)
        whole.append(found, position)
        data += groups
        position += len(groups)
    joined = pq.ParquetFile(io.BytesIO(bytes(data) + whole.tail()))
    assert joined.read().equals(pa.concat_tables(map(pq.read_table, map(pa.BufferReader, files))))
    assert [joined.metadata.row_group(i).num_rows for i in range(4)] == [20, 20, 10, 7]


def test_all_that_says_where_a_group_stands_moves() -> None:
    """Offsets of 0 are none; the number of the group stands where there is one."""

    def group(chunk: int, page: int, number: int) -> footer.Struct:
        data = {9: (6, page), 10: (6, 0), 11: (6, page + 1), 14: (6, page + 2), 4: (6, 7)}
        part = {2: (6, chunk), 3: (STRUCT, data), 4: (6, chunk + 1), 6: (6, chunk + 2), 5: (5, 7)}
        return {1: (LIST, (STRUCT, [part])), 3: (6, 7), 5: (6, chunk), 7: (4, number)}

    whole = Footer()
    for position in (4, 104):
        groups = LIST, (STRUCT, [group(10, 20, 0)])
        whole.append(written({1: (5, 2), 3: (6, 9), 4: groups}), position)
    assert whole._groups == [group(10, 20, 0), group(110, 120, 1)]
    found = footer._Reader(whole.tail()).struct()
    assert found == {1: (5, 2), 3: (6, 18), 4: (LIST, (STRUCT, whole._groups))}

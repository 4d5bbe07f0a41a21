"""The types of columns that pass through `map`: kept, found in texts, widened."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import gradcli
from gradcli.data.tables import sizes
from tests.tables import Done, ipc, pa, pq, ran, written

if TYPE_CHECKING:
    from pathlib import Path


def test_columns_of_text_become_numbers(tmp_path: Path) -> None:
    """What is written with types infers those of text; a bad cell is null there."""
    text = b'x,n,d,s,l\n1,1,2020-01-01,007,"[1, 2]"\nbad,2,2021-01-01,1,[3]\n2.5,3,,x,\n'
    out = tmp_path / "out.parquet"
    done = Done("x*sum(l)", "-", "--from", "csv", "-o", out, "--on-bad-row", "null", stdin=text)
    assert done.status == 3
    found = pq.read_table(out)
    assert found.schema.types[:5] == [
        pa.float64(),
        pa.int64(),
        pa.date32(),
        pa.string(),
        pa.string(),
    ]
    assert found["x"].to_pylist() == [1, None, 2.5]
    assert found["d_l"].to_pylist() == [[1, 1], None, None]
    rows = b"x,n\n" + b"1,1\n" * 10
    before, sizes.CHUNK = sizes.CHUNK, 32
    try:
        done = Done("x", "-", "--from", "csv", "-o", out, stdin=rows + b"2,many\n")
    finally:
        sizes.CHUNK = before
    assert done.status == 1
    assert "'many' at stdin:12, column n" in done.err
    assert found.equals(pq.read_table(out))


TYPED = b"""id,x,code,note,n,b
9007199254740993,1,007,a,1,true
9007199254740995,2.5,1,NA,NA,FALSE
1,NA,2,"",2.5,
"""


def test_columns_come_out_as_they_went_in(tmp_path: Path) -> None:
    """Whole numbers keep all digits, codes their zeros, words for nothing are null in numbers."""
    out = tmp_path / "out.parquet"
    ran("x", "-", "--from", "csv", "-o", out, "-q", stdin=TYPED)
    found = pq.read_table(out)
    assert found.schema.types[:6] == [
        pa.int64(),
        pa.float64(),
        pa.string(),
        pa.string(),
        pa.float64(),
        pa.bool_(),
    ]
    wanted = {
        "id": [9007199254740993, 9007199254740995, 1],
        "x": [1, 2.5, None],
        "code": ["007", "1", "2"],
        "note": ["a", "NA", ""],
        "n": [1, None, 2.5],
        "b": [True, False, None],
        "value": [1, 2.5, None],
    }
    for name, cells in wanted.items():
        assert found[name].to_pylist() == cells
    lines = ran("x", "-", "--from", "csv", "--to", "jsonl", "-q", stdin=TYPED)
    rows = [json.loads(line) for line in lines.splitlines()]
    assert {name: [row[name] for row in rows] for name in wanted} == wanted
    assert all(row["id"] == given for row, given in zip(rows, wanted["id"], strict=True))


@pytest.mark.parametrize(
    ("first", "second", "kind", "cells"),
    [
        ("1", "2.5", pa.float64(), [1, 2.5]),
        ("1", "two", pa.string(), ["1", "two"]),
        ("1", "02", pa.string(), ["1", "02"]),
        ("1.5", "", pa.float64(), [1.5, None]),
        ("true", "1", pa.string(), ["true", "1"]),
        ("2020-01-01", "2020-01-01 12:00:00", pa.timestamp("s"), None),
        ("1", "99999999999999999999", pa.string(), ["1", "99999999999999999999"]),
    ],
)
def test_types_of_all_rows(
    tmp_path: Path, first: str, second: str, kind: Any, cells: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes late in a file, or in another one, widens the type of a column."""
    monkeypatch.setattr(sizes, "CHUNK", 16)
    (tmp_path / "one.csv").write_text("x,n\n" + f"1,{first}\n" * 20 + f"3,{second}\n")
    (tmp_path / "a.csv").write_text(f"x,n\n1,{first}\n")
    (tmp_path / "b.csv").write_text(f"x,n\n3,{second}\n")
    for data in ([tmp_path / "one.csv"], [tmp_path / "a.csv", tmp_path / "b.csv"]):
        ran("x", *data, "-o", tmp_path / "out.arrow")
        found = ipc.open_file(str(tmp_path / "out.arrow")).read_all()["n"]
        assert found.type == kind
        assert cells is None or found.to_pylist()[:: len(found) - 1] == cells
        stream = Done("x", *data, "--to", "arrow").bytes
        assert ipc.open_stream(stream).read_all()["n"].equals(found)


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_files_of_several_types(tmp_path: Path, kind: str) -> None:
    """Whole numbers in one file and others in the next; notes about the table are kept."""
    schema = pa.schema([("x", pa.int32()), ("c", pa.string()), ("n", pa.null())], {"by": "me"})
    a = written(tmp_path / f"a.{kind}", pa.table([[1, 2], ["1", "2"], [None] * 2], schema=schema))
    b = written(tmp_path / f"b.{kind}", pa.table({"x": [1.5], "c": [3], "n": pa.nulls(1)}))
    lines = ran("x^2", a, b, "--to", "jsonl").splitlines()
    assert [json.loads(line)["c"] for line in lines] == ["1", "2", 3]
    done = Done("x^2", a, b, "-o", tmp_path / "out.parquet")
    assert (done.status, "the column 'c' is int64 in" in done.err) == (1, True)
    assert "--drop c" in done.err
    ran("x^2", a, b, "-o", tmp_path / "out.parquet", "--drop", "c")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.schema.types == [pa.float64(), pa.null(), pa.float64(), pa.float64()]
    assert found.schema.metadata == {b"by": b"me"}
    assert found["value"].to_pylist() == [1, 4, 2.25]


def test_later_cells_of_other_types_in_json() -> None:
    """Texts as JSON: numbers digit for digit where they are, what is none of them a text."""
    cells = ["1", "2.50", "+3", "007", "many", "", "NaN"]
    table = "x,n,b\n" + "".join(
        f"1,{n},{b}\n" for n, b in zip(cells, ["True"] * 6 + ["1"], strict=True)
    )
    before, sizes.CHUNK = sizes.CHUNK, 16
    try:
        lines = ran("x", "-", "--from", "csv", "--to", "jsonl", stdin=table.encode()).splitlines()
    finally:
        sizes.CHUNK = before
    found = [json.loads(line) for line in lines]
    assert [row["n"] for row in found] == [1, 2.5, 3, "007", "many", None, "NaN"]
    assert [row["b"] for row in found] == [True] * 6 + ["1"]


def test_numbers_in_other_columns(tmp_path: Path) -> None:
    """Categories of numbers, nothing at all, decimals, matrices with gaps."""
    table = pa.table(
        {
            "c": pa.array(["1", "2", "1"]).dictionary_encode(),
            "n": pa.nulls(3),
            "d": pa.array([1, 2, None]).cast(pa.decimal128(22, 3)),
            "e": [Decimal("9" * 37 + ".5"), Decimal("0.1"), None],
            "m": [[[1.0, 2.0], [3.0, 4.0]], [[1.0, None], [3.0, 4.0]], None],
        }
    )
    source = written(tmp_path / "in.parquet", table)
    assert ran("c*2", source, "--keep", "c", "--to", "csv") == "c,value,d_c\n1,2,2\n2,4,2\n1,2,2\n"
    assert ran("n*2", source, "--keep", "", "--to", "csv", "-q") == "value,d_n\n,\n,\n,\n"
    assert ran("d*2", source, "--keep", "", "--to", "csv", "-q") == "value,d_d\n2,2\n4,2\n,\n"
    assert ran("e*2", source, "--keep", "", "--to", "csv", "-q") == "value,d_e\n2e+37,2\n0.2,2\n,\n"
    assert ran("det(m)", source, "--keep", "", "--wrt", "", "--to", "csv", "-q").splitlines()[
        2:
    ] == ['""', '""']


def test_keys_that_come_later(tmp_path: Path) -> None:
    lines = b'{"x": 1}\n{"x": 2, "note": "new"}\n'
    monkey = sizes.CHUNK
    sizes.CHUNK = 10
    try:
        found = ran("x^2", "-", "--from", "jsonl", stdin=lines)
        assert json.loads(found.splitlines()[1]) == {"x": 2, "value": 4, "d_x": 4, "note": "new"}
        done = Done("x^2", "-", "--from", "jsonl", "--to", "csv", stdin=lines)
        assert "'note' at stdin:2 is not a column of the first rows" in done.err
        found = ran("x^2", "-", "--from", "jsonl", "--to", "csv", "--keep", "x", stdin=lines)
        assert found == "x,value,d_x\n1,1,2\n2,4,4\n"
    finally:
        sizes.CHUNK = monkey


def test_float32(tmp_path: Path) -> None:
    source = written(tmp_path / "in.parquet", pa.table({"x": [0.1, 2.0], "k": [1, 2]}))
    ran("sin(x)*k", source, "-o", tmp_path / "out.parquet", "--dtype", "float32")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.schema.types == [pa.float64(), pa.int64(), *[pa.float32()] * 3]
    value = gradcli.compile("sin(x)*k", dtype="float32")(x=0.1, k=1)
    assert found["value"][0].as_py() == value


def test_beyond_float32(tmp_path: Path) -> None:
    """Infinity, and no warning but our own, on whichever path the rows go."""
    source = written(tmp_path / "in.parquet", pa.table({"x": [1e308, 2.0]}))
    found = Done("x if x > 3 else 2*x", source, "-o", tmp_path / "out.parquet", "--dtype=float32")
    assert (found.status, "Runtime" in found.err) == (0, False)
    assert pq.read_table(tmp_path / "out.parquet")["value"].to_pylist() == [float("inf"), 4]

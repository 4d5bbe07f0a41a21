"""Tables in and out of `map`: kinds, pipes, packed files, folders, damaged ones."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import threading
from itertools import product
from struct import pack
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gradcli
from gradcli.data.tables import chunks, delimited, sizes
from gradcli.data.tables.chunks import record_end
from tests.tables import KINDS, Done, ipc, pa, pq, ran, read, sample, written

if TYPE_CHECKING:
    from pathlib import Path


# --- kinds --------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
def test_every_kind_into_every_other(tmp_path: Path, of: str, to: str) -> None:
    table = sample()
    source = written(tmp_path / f"in.{of}", table)
    out = tmp_path / f"out.{to}"
    ran("x^2*sin(y)", source, "-o", out)
    found = read(out)
    assert [list(row) for row in found] == [["id", "name", "x", "y", "value", "d_x", "d_y"]] * 5
    for row, given in zip(found, table.to_pylist(), strict=True):
        assert {k: row[k] for k in given} == given
        value, grads = gradcli.value_and_grads("x^2*sin(y)", x=given["x"], y=given["y"])
        assert np.isclose(row["value"], value, rtol=1e-14)
        assert np.isclose(row["d_x"], grads["x"], rtol=1e-14)
        assert np.isclose(row["d_y"], grads["y"], rtol=1e-14)


@pytest.mark.parametrize("of", KINDS)
def test_no_rows(tmp_path: Path, of: str) -> None:
    table = sample(0) if of != "jsonl" else sample(1)
    source = written(tmp_path / f"in.{of}", table)
    ran("x*y", source, "-o", tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.column_names == ["id", "name", "x", "y", "value", "d_x", "d_y"]
    assert found.num_rows == table.num_rows


def test_types_are_kept(tmp_path: Path) -> None:
    """A float32, a whole number, a date and a category stay what they are."""
    table = pa.table(
        {
            "x": pa.array([1, 2], pa.int32()),
            "w": pa.array([1, 2], pa.float32()),
            "d": pa.array([0, 1], pa.date32()),
            "c": pa.array(["a", "b"]).dictionary_encode(),
        }
    )
    source = written(tmp_path / "in.parquet", table)
    ran("x^2", source, "-o", tmp_path / "out.arrow")
    found = ipc.open_file(str(tmp_path / "out.arrow")).read_all()
    assert found.schema.types[:3] == [pa.int32(), pa.float32(), pa.date32()]
    assert str(found.schema.field("c").type).startswith("dictionary")
    assert found["d_x"].to_pylist() == [2, 4]


def test_text_passes_through_as_it_is() -> None:
    text = b'id,x,"a ""b"""\n007,1.50,"p,q"\n08,+2,"two\nlines"\n'
    wanted = 'id,x,"a ""b""",value\n007,1.50,"p,q",2.5\n08,+2,"two\nlines",3\n'
    assert ran("x+1", "-", "--from", "csv", "--wrt", "", stdin=text) == wanted


def test_line_ends_marks_and_blanks() -> None:
    text = b"\xef\xbb\xbfx , y\r\n 1 ,2\r\n\r\n3, 4"
    assert ran("x*y", "-", "--from", "csv", "--keep", "", stdin=text) == (
        "value,d_x,d_y\n2,2,1\n12,4,3\n"
    )


def test_streams() -> None:
    """Arrow and JSON lines through pipes."""
    lines = b'{"x": 1, "more": {"a": [1, "b"]}}\n\n{"x": "NaN"}\n'
    done = Done("x^2", "-", "--from", "jsonl", "--to", "jsonl", stdin=lines)
    assert done.status == 0
    first, second = map(json.loads, done.out.splitlines())
    assert first == {"x": 1, "more": {"a": [1, "b"]}, "value": 1, "d_x": 2}
    assert (second["value"], second["d_x"]) == ("NaN", "NaN")
    assert done.err == (
        "warning: value and d_x are infinite or not a number in 1 row, first at stdin:3: "
        "the input x is nan\n"
    )
    whole = Done("x^2", "-", "--from", "csv", "--to", "arrow", stdin=b"x\n3\n").bytes
    again = ran("value*d_x", "-", "--from", "arrow", "--to", "csv", "--prefix", "n_", stdin=whole)
    assert again == "x,value,d_x,n_value,n_d_value,n_d_d_x\n3,9,6,54,6,9\n"


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        (b"x,y\n3,4\n", "x,y,value,d_x\n3,4,6,2\n"),
        (b"x\ty\n3\t4\n", "x\ty\tvalue\td_x\n3\t4\t6\t2\n"),
        (b"x\n3\n", "x,value,d_x\n3,6,2\n"),
        (b'{"x": 3}\n', '{"x": 3, "value": 6, "d_x": 2}\n'),
        (b' [{"x": 3}]', '{"x": 3, "value": 6, "d_x": 2}\n'),
        (b"", "standard input has no extension"),
        (b"PK\x03\x04", "standard input has no extension"),
    ],
)
def test_the_first_bytes_tell_the_kind(table: bytes, wanted: str) -> None:
    done = Done("2x", "-", stdin=table)
    assert wanted in done.out + done.err


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_the_first_bytes_of_typed_tables(kind: str) -> None:
    typed = Done("x", "-", "--to", kind, stdin=b"x\n3\n").bytes
    assert Done("2x", "-", "--to", "csv", "--keep", "", stdin=typed).out == "value,d_x\n6,2\n"


def test_many_files(tmp_path: Path) -> None:
    """Globs, folders and several files are one table, whatever the order of the columns."""
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text("y,x\n3,4\n")
    wanted = "x,y,value,d_x\n1,2,-1,1\n4,3,1,1\n"
    for data in ([tmp_path / "a.csv", tmp_path / "b.csv"], [tmp_path / "*.csv"], [tmp_path]):
        assert ran("x-y", *data, "--wrt", "x") == wanted
    (tmp_path / "c.csv").write_text("x\n1\n")
    done = Done("x-y", tmp_path / "*.csv")
    assert done.status == 1
    assert "has no column 'y'" in done.err


def test_columns_that_only_some_files_have(tmp_path: Path) -> None:
    """A column that is neither used nor kept may be missing."""
    (tmp_path / "a.csv").write_text("x,note\n1,a\n")
    (tmp_path / "b.csv").write_text("x\n2\n")
    assert ran("x^2", tmp_path, "--keep", "x") == "x,value,d_x\n1,1,2\n2,4,4\n"
    done = Done("x^2", tmp_path)
    assert (done.status, "has no column 'note'" in done.err) == (1, True)
    assert "--drop note" in done.err


ROWS = sample(3)


PACKERS = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".zst": lambda data: pa.compress(data, codec="zstd", asbytes=True),
}


@pytest.mark.parametrize("end", PACKERS)
@pytest.mark.parametrize("kind", KINDS)
def test_pipes_and_packed_files(tmp_path: Path, kind: str, end: str) -> None:
    """What a file holds does as well packed, on standard input and through a named pipe."""
    source = written(tmp_path / f"in.{kind}", ROWS)
    wanted = ran("x*y", source, "--to", "csv")
    data = PACKERS[end](source.read_bytes())
    assert ran("x*y", "-", "--from", kind, "--to", "csv", stdin=data) == wanted
    file = tmp_path / f"packed.{kind}{end}"
    file.write_bytes(data)
    assert ran("x*y", file, "--to", "csv") == wanted
    pipe = tmp_path / f"pipe.{kind}"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    assert ran("x*y", pipe, "--to", "csv") == wanted
    writer.join()


class Unseekable(io.BytesIO):
    """A pipe, which gives what it has in pieces."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: Any) -> int:
        raise OSError("a pipe")

    tell = seek

    def read(self, size: int | None = -1) -> bytes:
        return super().read(-1 if size is None or size < 0 else min(size, 100))


@pytest.mark.parametrize("kind", [*KINDS, "arrows"])
def test_standard_input_that_cannot_be_rewound(tmp_path: Path, kind: str) -> None:
    if kind == "arrows":
        data = Done("x*y", written(tmp_path / "in.csv", ROWS), "--to", "arrow").bytes
    else:
        data = written(tmp_path / f"in.{kind}", ROWS).read_bytes()
    done = Done(
        "x*y",
        "-",
        "--from",
        kind.removesuffix("s"),
        "--to",
        "csv",
        "--prefix",
        "n_",
        stdin=Unseekable(data),
    )
    assert (done.status, done.err) == (0, "")
    assert [row.split(",")[0] for row in done.out.splitlines()] == ["id", "0", "1", "2"]


def streamed(**columns: list[Any]) -> bytes:
    """A table as Arrow sends it through a pipe."""
    table, stream = pa.table(columns), io.BytesIO()
    with ipc.new_stream(stream, table.schema) as out:
        out.write_table(table)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "args", "words"),
    [
        (b"\xfd7zXZ\x00more", ("csv",), ["compressed with xz", "xz -d"]),
        (b"\x1f\x8bnothing", ("csv",), ["'stdin' cannot be read"]),
        (b"PAR1", ("parquet",), ["'stdin' cannot be read"]),
        (
            streamed(x=[1.0], xy=["a"]).replace(b"xy", b"\xffy"),
            ("arrow",),
            ["'stdin' cannot be read: the name of a column is not text in UTF-8"],
        ),
        (
            streamed(x=[1.0] * 3, t=["a", "bb", "ccc"]).replace(
                pack("<4i", 0, 1, 3, 6), pack("<4i", 0, 1, 1 << 30, 6)
            ),
            ("arrow",),
            ["'stdin' cannot be read", "offset"],
        ),
        (b"x,y\r1,2\r", ("csv",), ["carriage returns alone", "tr '"]),
        (b'x,"y\n1,2\n', ("csv",), ["a quote in the first line", "never closed"]),
        (b'x,y\n1,a\n2,"b\n3,c\n', ("csv",), ["a quote opens and is never closed at stdin:3"]),
        (b"x,y,x\n1,2,3\n", ("csv",), ["2 columns named 'x'", "in the first line"]),
        (b"x,\xff\n1,2\n", ("csv",), ["'stdin' is not text in UTF-8"]),
        (b"x,t\n1,a\n2,\xff\n", ("csv",), ["stdin:3 is not text in UTF-8"]),
        (b'x,t\n1,"' + b"a\n" * 99, ("csv",), ["the row at stdin:2 has no end"]),
        (b"x,t\n1," + b"a" * 99, ("csv",), ["the line at stdin:2 is longer than 64 bytes"]),
        (b'{"x": "' + b"1" * 99 + b'"}', ("jsonl",), ["the line at stdin:1 is longer than 64"]),
        (b'[{"x": "' + b"1" * 99 + b'"}]', ("json",), ["the line at stdin:1 is longer than 64"]),
        (b"", ("jsonl",), ["no column and no value for 'x'"]),
        (b'{"x": "[1, 2"}\n', ("jsonl",), ['"[1, 2" is not a number at stdin:1']),
        (b'x\n"[1, 2]"\n"[1, 2"\n', ("csv",), ['"[1, 2" is not a number at stdin:3, column x']),
        (b"x," * 40 + b"\n1\n", ("csv",), ["the line at stdin:1 is longer than 64 bytes"]),
        (b"\n" * 50 + b"x\n1\n", ("csv",), ["the first 20 lines of 'stdin' are empty"]),
        (b'"' + b"\n" * 50, ("csv",), ["the row at stdin:1 has no end"]),
    ],
)
def test_tables_that_are_damaged(
    data: bytes, args: tuple[str], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "LONGEST", 64)
    monkeypatch.setattr(sizes, "CHUNK", 32)
    monkeypatch.setattr(delimited, "HEADER_LINES", 20)
    done = Done("x", "-", "--from", *args, stdin=data)
    assert done.status in (1, 2), done.err
    assert all(word in done.err for word in words), done.err
    assert done.err.count("error: ") == 1


def test_a_long_row_is_read_once_and_looked_at_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """In steps of as much again as there is, whatever it holds; rows behind it are cut as usual."""
    looked_at: list[int] = []

    def noting(data: bytearray, has_quotes: bool) -> int:
        looked_at.append(len(data))
        return record_end(data, has_quotes)

    monkeypatch.setattr(sizes, "CHUNK", 16)
    monkeypatch.setattr(sizes, "LONGEST", 3000)
    monkeypatch.setattr(chunks, "record_end", noting)
    text = b'1,"' + b'a\n""b' * 500 + b'"\n' + b"2,b\n" * 500
    found = [*chunks.text_chunks(chunks.Extent("a.csv", "csv"), io.BytesIO(text))]
    assert b"".join(chunk.data for chunk in found) == text
    assert found[0].data.startswith(b'1,"')
    assert [len(chunk.data) for chunk in found[1:-1]] == [16] * (len(found) - 2)
    assert [size for size in looked_at if size > 32] == [64, 128, 256, 512, 1024, 2048, 3001]


@pytest.mark.parametrize(
    ("count", "sizes_of_chunks"),
    [(63, [63]), (66, [66]), (68, [34, 34]), (127, [64, 63]), (129, [64, 65]), (131, [64, 34, 33])],
)
def test_the_last_chunks_of_an_extent_are_about_as_large_as_the_others(
    count: int, sizes_of_chunks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of a few bytes, and none for which machine code is made anew."""
    monkeypatch.setattr(sizes, "CHUNK", 64)
    extent = chunks.Extent("a.csv", "csv", stop=count)
    found = chunks.text_chunks(extent, io.BytesIO(b"\n" * count))
    assert [len(chunk.data) for chunk in found] == sizes_of_chunks


@pytest.mark.parametrize("seen", [1, 3, 100])
def test_where_the_last_whole_record_ends(seen: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "LOOKED_AT", seen)
    for text in map("".join, product('a"\n', repeat=7)):
        ends = [i + 1 for i, c in enumerate(text) if c == "\n" and text[:i].count('"') % 2 == 0]
        assert record_end(bytearray(text, "ascii"), True) == max(ends, default=0)


def test_a_folder_without_tables(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x\n1\n")
    done = Done("x", tmp_path)
    assert (done.status, f"there is no table in '{tmp_path}'" in done.err) == (2, True)
    assert "tables end in .csv .tsv" in done.err


def test_nothing_in_parts(tmp_path: Path) -> None:
    """Files without row groups, without rows, without lines make empty parts."""
    pq.ParquetWriter(tmp_path / "in.parquet", pa.schema([("x", pa.float64())])).close()
    ran("x^2", tmp_path / "in.parquet", "-o", tmp_path / "out", "--to", "csv")
    assert (tmp_path / "out" / "part-00000.csv").read_text() == "x,value,d_x\n"


def test_twins(tmp_path: Path) -> None:
    table = pa.table([[1.0], [2.0]], names=["x", "x"])
    for kind in ("parquet", "arrow"):
        done = Done("x", written(tmp_path / f"in.{kind}", table))
        assert (done.status, "2 columns named 'x'" in done.err) == (1, True)
    (tmp_path / "in.csv").write_text("x,,\n1,2,3\n")
    assert "2 columns named ''" in (err := Done("x", tmp_path / "in.csv").err)
    assert "if blanks are between the cells: tr -s ' ' < FILE makes several one" in err


@pytest.mark.parametrize("to", ["csv", "jsonl"])
def test_bytes_as_text(tmp_path: Path, to: str) -> None:
    table = pa.table(
        {
            "x": [1.0, 2.0],
            "a": [b"one", "zwölf".encode()],
            "b": [b"1", b"\xff"],
            "l": pa.array(["p,q", "r"], pa.large_string()),
            "n": [[b"a"], [b"\xff"]],
        }
    )
    source = written(tmp_path / "in.parquet", table)
    done = Done("x", source, "--to", to)
    assert (done.status, done.out) == (1, "")
    assert "bytes that are not text in UTF-8 at" in done.err
    assert "in.parquet, row 2, column b\n  help: --drop b" in done.err
    out = tmp_path / f"out.{to}"
    assert (
        "a list holds bytes that are not text in UTF-8"
        in Done("x", source, "--drop", "b", "--to", to).err
    )
    ran("x", source, "--drop", "b,n", "-o", out)
    assert [(row["a"], row["l"]) for row in read(out)] == [("one", "p,q"), ("zwölf", "r")]


def test_a_folder_that_is_named_like_a_file(tmp_path: Path) -> None:
    """Is asked for by its slash: a file was meant, else."""
    (tmp_path / "in.csv").write_text("x\n3\n")
    (tmp_path / "out.csv").mkdir()
    done = Done("x^2", tmp_path / "in.csv", "-o", tmp_path / "out.csv")
    assert done.status == 2
    assert f"'{tmp_path / 'out.csv'}' is a folder" in done.err
    ran("x^2", tmp_path / "in.csv", "-o", f"{tmp_path / 'out.csv'}/")
    assert [row["value"] for row in read(tmp_path / "out.csv" / "part-00000.csv")] == [9]


def test_folder_of_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "SHARE", 64)
    (tmp_path / "in.csv").write_text("x\n" + "".join(f"{i}\n" for i in range(100)))
    for _ in range(2):
        ran("x^2", tmp_path / "in.csv", "-o", tmp_path / "out", "--to", "parquet")
        parts = sorted(os.listdir(tmp_path / "out"))
        assert len(parts) > 2
        found = [row for part in parts for row in read(tmp_path / "out" / part)]
        assert [row["value"] for row in found] == [i * i for i in range(100)]
    assert sorted(os.listdir(tmp_path)) == ["in.csv", "out"]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_keys_of_folders(tmp_path: Path, kind: str) -> None:
    """Folders named key=value give columns to the tables in them."""
    values = [(1, "a b", 2.0), (1, "c", 3.0), (20, "c", 4.0)]
    for k, name, x in values:
        folder = tmp_path / "all" / f"k={k}" / f"name={name.replace(' ', '%20')}"
        folder.mkdir(parents=True)
        written(folder / f"part.{kind}", pa.table({"x": [x]}))
    wanted = "x,k,name,value,d_x\n" + "".join(
        f"{x:g},{k},{n},{k * x:g},{k}\n" for k, n, x in values
    )
    assert ran("x*k", tmp_path / "all", "--to", "csv", "--wrt", "x") == wanted
    ran("x", tmp_path / "all", "-o", tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.schema.types[1:3] == [pa.int64(), pa.string()]
    assert found["k"].to_pylist() == [1, 1, 20]
    line = ran("x", tmp_path / "all", "--to", "jsonl").splitlines()[0]
    assert json.loads(line) == {"x": 2, "k": 1, "name": "a b", "value": 2, "d_x": 1}


# --- arrays of JSON -----------------------------------------------------------------------------

ARRAY = '\n[ {"x": 1,\n "n": "a\\nb"}, {"x": "u"},3, {"x": null, "n": "ü]"} ]\n'.encode()


def test_arrays_of_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, packed ones and pipes of them are tables, however they are cut while read."""
    args = ("--wrt", "", "--to", "csv", "--on-bad-row", "null")
    wanted = 'x,n,value\n1,"a\nb",1\nu,,\n,,\n,ü],\n'
    (tmp_path / "in.json").write_bytes(ARRAY)
    (tmp_path / "in.json.gz").write_bytes(gzip.compress(ARRAY))
    (tmp_path / "in.jsonl").write_bytes(ARRAY)
    for size in (sizes.CHUNK, 1, 7):
        monkeypatch.setattr(sizes, "CHUNK", size)
        for name in ("in.json", "in.json.gz", "in.jsonl") if size > 7 else ("in.json",):
            done = Done("x^2", tmp_path / name, *args)
            assert (done.status, done.out) == (3, wanted), done.err
            assert f'"u" is not a number at {tmp_path / name}, row 2, column x' in done.err
    monkeypatch.undo()
    done = Done("x^2", "-", "--from", "json", *args, stdin=Unseekable(ARRAY))
    assert (done.status, done.out) == (3, wanted), done.err
    assert gradcli.map("x", tmp_path / "in.json", on_bad_row="skip").num_rows == 2


DAMAGED_ARRAYS = [
    ('[{"x": 1}', "row 1 of the array in 'stdin' is the last, and the array has no end"),
    ('[{"x": 1} {"x": 2}]', "row 1 of the array in 'stdin' lacks a comma behind it"),
    ('[{"x": 1}] []', "row 1 of the array in 'stdin' is the last, and something follows the arr"),
    ('[{"x": 1},]', "row 2 of the array in 'stdin' is not JSON"),
    ('[{"x": 1}, {"x: 2}]', "row 2 of the array in 'stdin' is not JSON"),
    ("[" * 100_000, "row 1 of the array in 'stdin' is nested too deeply"),
    ("[]", "the columns are none"),
    ("[1]", "the row is not a JSON object at stdin, row 1"),
]


@pytest.mark.parametrize(("text", "words"), DAMAGED_ARRAYS)
def test_damaged_arrays(text: str, words: str) -> None:
    done = Done("x^2", "-", "--from", "json", stdin=text.encode())
    assert (done.status in (1, 2), done.out) == (True, "")
    assert words in done.err
    assert len(done.err) < 300

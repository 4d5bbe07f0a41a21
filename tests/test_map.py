"""`map`: tables of all kinds in and out, rows that decide differently, bad rows, interruptions."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradcli
from gradcli.cli.main import run
from gradcli.data.console import Console
from gradcli.data.tables import chunks as chunks_module
from gradcli.data.tables import input as input_module
from gradcli.data.tables import writers
from gradcli.engine.tables import cluster as cluster_module
from gradcli.engine.tables import row_path

pa = pytest.importorskip("pyarrow")
csv = pytest.importorskip("pyarrow.csv")
ipc = pytest.importorskip("pyarrow.ipc")
pq = pytest.importorskip("pyarrow.parquet")

KINDS = ("csv", "tsv", "jsonl", "parquet", "arrow")


class Done:
    """What a command line gave."""

    def __init__(
        self, *args: Any, stdin: bytes | io.BytesIO = b"", is_terminal: bool = False
    ) -> None:
        stdin = io.BytesIO(stdin) if isinstance(stdin, bytes) else stdin
        out = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
        err = io.StringIO()
        console = Console(stdin, out, err, {}, width=100, is_terminal=is_terminal)
        self.status = run(["map", *map(str, args)], console)
        out.flush()
        self.bytes = out.buffer.getvalue()  # type: ignore[attr-defined]
        self.err = err.getvalue()

    @property
    def out(self) -> str:
        return self.bytes.decode()


def ran(*args: Any, stdin: bytes = b"") -> str:
    done = Done(*args, stdin=stdin)
    assert (done.status, done.err) == (0, "")
    return done.out


def written(path: Path, table: Any) -> Path:
    """A table in the kind of the file's extension."""
    kind = path.suffix[1:]
    if kind == "parquet":
        pq.write_table(table, path)
    elif kind == "arrow":
        with ipc.new_file(str(path), table.schema) as out:
            out.write_table(table)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    else:
        delimiter = {"csv": ",", "tsv": "\t"}[kind]
        csv.write_csv(table, path, csv.WriteOptions(delimiter=delimiter))
    return path


def read(path: Path) -> Any:
    """The rows of a table, as dicts."""
    kind = path.suffix[1:]
    if kind == "parquet":
        return pq.read_table(path).to_pylist()
    if kind == "arrow":
        return ipc.open_file(str(path)).read_all().to_pylist()
    if kind == "jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    options = csv.ParseOptions(delimiter={"csv": ",", "tsv": "\t"}[kind])
    return csv.read_csv(path, parse_options=options).to_pylist()


def sample(count: int = 5) -> Any:
    rng = np.random.default_rng(1)
    return pa.table(
        {
            "id": pa.array(range(count), pa.int64()),
            "name": [f"n, {i}" for i in range(count)],
            "x": rng.uniform(0.5, 3, count),
            "y": rng.uniform(-1, 1, count),
        }
    )


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


@pytest.mark.parametrize(
    ("data", "args", "words"),
    [
        (b"\xfd7zXZ\x00more", ("csv",), ["compressed with xz", "xz -d"]),
        (b"\x1f\x8bnothing", ("csv",), ["'stdin' cannot be read"]),
        (b"PAR1", ("parquet",), ["'stdin' cannot be read"]),
        (b"x,y\r1,2\r", ("csv",), ["carriage returns alone", "tr '"]),
        (b'x,"y\n1,2\n', ("csv",), ["a quote in the first line", "never closed"]),
        (b'x,y\n1,a\n2,"b\n3,c\n', ("csv",), ["a quote opens and is never closed at stdin:3"]),
        (b"x,y,x\n1,2,3\n", ("csv",), ["2 columns named 'x'", "in the first line"]),
    ],
)
def test_tables_that_are_damaged(data: bytes, args: tuple[str], words: list[str]) -> None:
    done = Done("x", "-", "--from", *args, stdin=data)
    assert done.status in (1, 2), done.err
    assert all(word in done.err for word in words), done.err
    assert done.err.count("error: ") == 1


def test_twins(tmp_path: Path) -> None:
    table = pa.table([[1.0], [2.0]], names=["x", "x"])
    for kind in ("parquet", "arrow"):
        done = Done("x", written(tmp_path / f"in.{kind}", table))
        assert (done.status, "2 columns named 'x'" in done.err) == (1, True)


@pytest.mark.parametrize("to", ["csv", "jsonl"])
def test_bytes_as_text(tmp_path: Path, to: str) -> None:
    table = pa.table(
        {
            "x": [1.0, 2.0],
            "a": [b"one", "zwölf".encode()],
            "b": [b"1", b"\xff"],
            "l": pa.array(["p,q", "r"], pa.large_string()),
        }
    )
    source = written(tmp_path / "in.parquet", table)
    done = Done("x", source, "--to", to)
    assert (done.status, done.out) == (1, "")
    assert "bytes that are not text in UTF-8 at" in done.err
    assert "in.parquet, row 2, column b\n  help: --drop b" in done.err
    out = tmp_path / f"out.{to}"
    ran("x", source, "--drop", "b", "-o", out)
    assert [(row["a"], row["l"]) for row in read(out)] == [("one", "p,q"), ("zwölf", "r")]


def test_folder_of_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_module, "PIECE", 64)
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


# --- names --------------------------------------------------------------------------------------

TABLE = b"e,x,unit price\n1,2,10\n2,3,20\n"


def mapped(program: str, *args: str, table: bytes = TABLE) -> Done:
    return Done(program, "-", "--from", "csv", *args, stdin=table)


def test_constants_and_columns() -> None:
    done = mapped("x*k", "--k", "3", "--wrt", "x,k", "--keep", "x")
    assert done.out == "x,value,d_x,d_k\n2,6,3,2\n3,9,3,3\n"
    done = mapped("x*e", "--wrt", "e", "--drop", "x,unit price")
    assert done.out == "e,value,d_e\n1,2,2\n2,6,3\n"
    done = mapped("p*x", "--rename", "p=unit price", "--keep", "unit price", "--wrt", "p")
    assert done.out == "unit price,value,d_p\n10,20,2\n20,60,3\n"
    done = mapped("x - y", "--rename", "x=e", "--rename", "y=x", "--keep", "")
    assert done.out == "value,d_x,d_y\n-1,1,-1\n-1,1,-1\n"
    done = mapped("a - b", "--rename", "a=b", "--rename", "b=a", table=b"a,b\n5,3\n")
    assert done.out == "a,b,value,d_a,d_b\n5,3,-2,1,-1\n"
    done = mapped("x*2", "--x", "5")
    assert done.status == 2  # nothing of the table is left
    assert "uses no column" in done.err


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (["x*q"], 2, ["no column and no value for 'q'", "--rename q=COLUMN"]),
        (["x*output"], 2, ["no value for 'output'", "--set output=VALUE, or --rename output="]),
        (["x", "--y", "3"], 2, ["--y is neither"]),
        (["x", "--dy", "1,2"], 2, ["the seed has shape (2,), the value ()"]),
        (["x", "--rename", "e=x"], 2, ["already has a column 'e'"]),
        (["x", "--keep", "xx"], 2, ["no column 'xx'", "did you mean"]),
        (["x", "--drop", "x", "--keep", "e"], 2, ["keep and drop cannot be combined"]),
        (["x", "--rename", "p=nix"], 2, ["no column 'nix'"]),
        (["print(x); x"], 1, ["print has no place"]),
        (["x, 1"], 1, ["tuple"]),
        (["x > 2"], 1, ["has no gradient"]),
        (["x", "-o", "a.xyz"], 2, ["--to"]),
        (["x", "-o", ""], 2, ["-o needs a name"]),
        (["x", "-o", "npz"], 2, ["cannot be written as 'npz'", "./npz"]),
        (["x", "-o", "a.csv.gz"], 2, ["can be read, but not written", "| gzip"]),
        (["x", "-o", "csv", "--to", "jsonl"], 2, ["two kinds"]),
        (["x", "--to", "xyz"], 2, ["not a kind of table"]),
        (["x +"], 1, ["program:1"]),
    ],
)
def test_mistakes(args: list[str], status: int, words: list[str]) -> None:
    done = mapped(*args)
    assert done.status == status, done.err
    assert done.out == ""
    for word in words:
        assert word in done.err
    assert done.err.count("error: ") == 1


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("csv", "x,value,d_x\n2,4,4\n3,9,6\n"),
        ("tsv", "x\tvalue\td_x\n2\t4\t4\n3\t9\t6\n"),
        ("json", '{"x": 2, "value": 4, "d_x": 4}\n{"x": 3, "value": 9, "d_x": 6}\n'),
        ("jsonl", '{"x": 2, "value": 4, "d_x": 4}\n{"x": 3, "value": 9, "d_x": 6}\n'),
    ],
)
def test_output_by_the_name_of_a_kind(word: str, wanted: str) -> None:
    assert mapped("x^2", "-o", word, "--keep", "x").out == wanted
    done = mapped("x^2 +", "-o", word)
    assert done.err.startswith("{") == (word == "json")


def test_nothing_binary_to_a_terminal() -> None:
    for kind in ("parquet", "arrow"):
        done = Done("x", "-", "--from", "csv", "--to", kind, stdin=TABLE, is_terminal=True)
        assert (done.status, done.out) == (2, "")
        assert f"'{kind}' is not for a terminal\n  help: write a file: -o file.{kind}" in done.err


def test_collisions() -> None:
    table = b"x,value,d_x\n2,3,4\n"
    done = mapped("x^2", table=table)
    assert done.status == 2
    assert "the table already has a column 'value'" in done.err
    assert "--prefix" in done.err
    assert mapped("x^2", "--prefix", "n_", table=table).out == (
        "x,value,d_x,n_value,n_d_x\n2,3,4,4,4\n"
    )
    assert mapped("x^2", "--drop", "value,d_x", table=table).out == "x,value,d_x\n2,4,4\n"


def test_columns_with_the_names_of_constants() -> None:
    """A column that the program names is an input, and a notice says that it is no constant."""
    table = b"e,pi,inf,F,x\n1,2,3,4,5\n"
    done = mapped("x*log(e) + 0*pi", "--keep", "", "--wrt", "e", table=table)
    assert done.out == "value,d_e\n0,5\n"
    for name, number in (("e", "2.718281828459045"), ("pi", "3.141592653589793")):
        text = f"warning: {name} is the column of that name here, not the constant {number}\n"
        assert f"{text}  help: --{name} VALUE gives it another value\n" in done.err
    done = mapped("x*log(e)", "--e", "e", "--keep", "", "--wrt", "x", table=table)
    assert done.out == "value,d_x\n5,1\n"
    assert done.err == "warning: e has the value given to it, not that of the column 'e'\n"
    assert mapped("where(x < inf, x, 0)", "--keep", "", table=table).out == "value,d_x\n5,1\n"
    assert mapped("F*x", "--keep", "", table=table).out == "value,d_F,d_x\n20,5,4\n"
    done = mapped("F.relu(x)", "--keep", "", table=table)
    assert (done.out, done.err) == ("value,d_x\n5,1\n", "")


def test_missing_columns_of_names() -> None:
    done = mapped("x", table=b"1,2\n3,4\n")
    assert (done.status, "must name the columns" in done.err) == (1, True)
    assert mapped("x", table=b"").status == 1


# --- bad rows and nulls -------------------------------------------------------------------------

BAD = b"x,y\n1,2\noops,3\n,4\nNA,5\n5\n6,1e2\n"


def test_bad_rows() -> None:
    done = mapped("x*y", table=BAD)
    assert (done.status, done.out) == (1, "")
    assert "'oops' is not a number at stdin:3, column x" in done.err
    done = mapped("x*y", "--on-bad-row", "null", "--wrt", "x", table=BAD)
    assert done.status == 3
    assert done.out == "x,y,value,d_x\n1,2,2,2\noops,3,,\n,4,,\nNA,5,,\n5,,,\n6,1e2,600,100\n"
    assert "2 of 6 rows are bad; the first: 'oops' is not a number at stdin:3, column x" in done.err
    done = mapped("x*y", "--on-bad-row", "skip", "--wrt", "x", table=BAD)
    assert (done.status, done.out) == (3, "x,y,value,d_x\n1,2,2,2\n,4,,\nNA,5,,\n6,1e2,600,100\n")


def test_bad_lines_are_counted_through_quotes() -> None:
    table = b'x,t\n1,"a\nb\nc"\n\n2,d\n?,e\n'
    assert "at stdin:7, column x" in mapped("x", table=table).err


def test_bad_json() -> None:
    lines = b'{"x": 1}\n{"x": "one"}\n[1]\n{"x": null}\n{"y": 2}\n'
    done = Done("x^2", "-", "--from", "jsonl", "--on-bad-row", "skip", stdin=lines)
    assert done.status == 3
    assert [json.loads(line)["value"] for line in done.out.splitlines()] == [1, None, None]
    done = Done("x^2", "-", "--from", "jsonl", stdin=lines)
    assert '"one" is not a number at stdin:2, column x' in done.err


def test_rows_of_too_many_cells() -> None:
    table = b"x,y\n1,2\n3,4,5,6\n7\n"
    done = mapped("x", "--on-bad-row", "null", table=table)
    assert (done.status, done.out) == (3, "x,y,value,d_x\n1,2,1,1\n3,4,,\n7,,,\n")
    assert "the row has 4 cells where the header has 2 at stdin:3" in done.err
    assert "1 row had more cells than the header" in done.err
    assert "more cells" not in mapped("x", "--on-bad-row", "skip", table=table).err


def test_rows_without_an_answer(tmp_path: Path) -> None:
    """A singular matrix in one row is that row's."""
    table = pa.table({"a": [1.0, 2, 0, 4]})
    source = written(tmp_path / "in.parquet", table)
    program = "inv([[a, 0], [0, 1]])[0, 0]"
    done = Done(program, source, "--to", "csv")
    assert done.status == 1
    assert "in.parquet, row 3" in done.err
    done = Done(program, source, "--to", "csv", "--on-bad-row", "null")
    assert done.out == "a,value,d_a\n1,1,-1\n2,0.5,-0.25\n0,,\n4,0.25,-0.0625\n"
    assert done.status == 3


OF_A_ROW = [
    ("sum(zeros(k)) + k", b"k\n-1\n2\n3\n", 2, "zeros does not take"),
    ("sum(zeros(k)) + k", b"k\n2\n-1\n3\n", 3, "zeros does not take"),
    ("if k < 0 { [k, k] } else { k }", b"k\n2\n-1\n3\n", 3, "value is one number in the first rows, and a vector at"),
    ("if k < 0 { k > 2 } else { k }", b"k\n2\n3\n-1\n", 4, "true or false"),
    ("w[k]", b"k\n0\n7\n", 3, "out of bounds"),
]


@pytest.mark.parametrize(("program", "table", "line", "words"), OF_A_ROW)
def test_what_is_wrong_with_one_row(program: str, table: bytes, line: int, words: str) -> None:
    """Whatever the row is to blame for names it, and is treated as bad rows are to be."""
    args = ["--w", "1,2", "--wrt", "w"] if "w" in program else []
    done = mapped(program, *args, table=table)
    assert (done.status, done.out) == (1, "")
    assert f"stdin:{line}" in done.err
    assert words in done.err
    assert "--on-bad-row" in done.err
    done = mapped(program, *args, "--on-bad-row", "skip", table=table)
    assert done.status == 3
    good = table.split()[1:]
    del good[line - 2]
    assert [row.split(",")[0] for row in done.out.splitlines()[1:]] == [k.decode() for k in good]
    assert f"stdin:{line}" in done.err


def test_nulls(tmp_path: Path) -> None:
    table = pa.table(
        {"x": [1.0, None, 3.0], "v": [[1.0, 2], [1.0, None], None], "n": pa.nulls(3, pa.float64())}
    )
    source = written(tmp_path / "in.parquet", table)
    assert ran("x^2", source, "--to", "csv", "--keep", "") == "value,d_x\n1,2\n,\n9,6\n"
    assert ran("sum(v)", source, "--to", "csv", "--keep", "") == ('value,d_v\n3,"[1, 1]"\n,\n,\n')
    assert ran("n", source, "--to", "csv", "--keep", "") == "value,d_n\n,\n,\n,\n"


def test_columns_that_are_no_numbers(tmp_path: Path) -> None:
    source = written(
        tmp_path / "in.parquet",
        pa.table({"d": pa.array([0], pa.date32()), "s": [["a"]], "b": [True], "x": [2.0]}),
    )
    assert "'d' holds date32" in Done("d*x", source).err
    assert "'s' holds lists of string" in Done("s*x", source).err
    assert ran("where(b, x, 0)", source, "--to", "csv", "--keep", "x") == "x,value,d_x\n2,2,1\n"
    assert "true or false" in Done("where(b, x, 0)", source, "--wrt", "b").err


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
    before, chunks_module.CHUNK = chunks_module.CHUNK, 32
    try:
        done = Done("x", "-", "--from", "csv", "-o", out, stdin=rows + b"2,many\n")
    finally:
        chunks_module.CHUNK = before
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
    ran("x + 0*id", "-", "--from", "csv", "--wrt", "x", "-o", out, stdin=TYPED)
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
    lines = ran("x + 0*id", "-", "--from", "csv", "--wrt", "x", "--to", "jsonl", stdin=TYPED)
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
    monkeypatch.setattr(chunks_module, "CHUNK", 16)
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


def test_keys_that_come_later(tmp_path: Path) -> None:
    lines = b'{"x": 1}\n{"x": 2, "note": "new"}\n'
    monkey = chunks_module.CHUNK
    chunks_module.CHUNK = 10
    try:
        found = ran("x^2", "-", "--from", "jsonl", stdin=lines)
        assert json.loads(found.splitlines()[1]) == {"x": 2, "value": 4, "d_x": 4, "note": "new"}
        done = Done("x^2", "-", "--from", "jsonl", "--to", "csv", stdin=lines)
        assert "'note' at stdin:2 is not a column of the first rows" in done.err
        found = ran("x^2", "-", "--from", "jsonl", "--to", "csv", "--keep", "x", stdin=lines)
        assert found == "x,value,d_x\n1,1,2\n2,4,4\n"
    finally:
        chunks_module.CHUNK = monkey


def test_float32(tmp_path: Path) -> None:
    source = written(tmp_path / "in.parquet", pa.table({"x": [0.1, 2.0], "k": [1, 2]}))
    ran("sin(x)*k", source, "-o", tmp_path / "out.parquet", "--dtype", "float32")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.schema.types == [pa.float64(), pa.int64(), *[pa.float32()] * 3]
    value = gradcli.compile("sin(x)*k", dtype="float32")(x=0.1, k=1)
    assert found["value"][0].as_py() == value


def test_other_files_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    done = mapped("x", "-o", str(tmp_path / "out"))
    assert (done.status, "holds other files" in done.err) == (2, True)
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


# --- rows of their own ways ---------------------------------------------------------------------

PROGRAMS = {
    "branches": "if x > 1 and y > 0 { x^2*y } else if x > 2 { sin(x) } else { y - x }",
    "loop": "s = x\nn = 0\nwhile s > 0.3 and n < 40 { s = s*abs(y)*0.9\nn = n + 1 }\ns*x",
    "where": "where(y > 0, sqrt(abs(y))*x, x^3)",
    "function": "f(a) = a^2 + y\nf(f(x))",
    "array": "m = [[x, y], [1, 2]]\nsum(m @ m) + det(m)*m[0, 1] + max([x, y])",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_equals_row_by_row(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_path, "ROWS", 64)
    table = sample(200)
    source = written(tmp_path / "in.parquet", table)
    ran(PROGRAMS[name], source, "-o", tmp_path / "out.parquet")
    found = read(tmp_path / "out.parquet")
    for row in found:
        value, grads = gradcli.value_and_grads(PROGRAMS[name], x=row["x"], y=row["y"])
        np.testing.assert_allclose(
            [row["value"], row["d_x"], row["d_y"]],
            [value, grads["x"], grads["y"]],
            rtol=1e-12,
            atol=1e-12,
        )


def test_many_ways() -> None:
    """A way for each value of an index, and rows without an answer on some of them."""
    rng = np.random.default_rng(5)
    index, x = rng.integers(0, 40, 500), rng.integers(1, 9, 500)
    table = "i,x\n" + "".join(f"{i},{k}\n" for i, k in zip(index, x, strict=True))
    done = mapped(
        "w[i]*x^2", "--w", "arange(30)", "--wrt", "x", "--on-bad-row", "null", table=table.encode()
    )
    assert done.status == 3
    lines = [
        f"{i},{k},{i * k * k},{2 * i * k}" if i < 30 else f"{i},{k},,"
        for i, k in zip(index, x, strict=True)
    ]
    assert done.out.splitlines()[1:] == lines
    assert f"{(index >= 30).sum()} of 500 rows are bad; the first: " in done.err


def test_lists(tmp_path: Path) -> None:
    """Vectors of several lengths, weights from an option, matrices, indices."""
    rows = [[1.0, 2.0], [3.0, 4.0, 5.0], [], [6.0, 7.0], [0.5, 1.0, 2.0]]
    table = pa.table({"v": rows, "k": [2.0, 1, 1, 3, 2]})
    for kind in ("parquet", "jsonl", "arrow"):
        source = written(tmp_path / f"in.{kind}", table)
        ran("sum(v^2)*k", source, "-o", tmp_path / "out.jsonl")
        for found, v, k in zip(
            read(tmp_path / "out.jsonl"), rows, table["k"].to_pylist(), strict=True
        ):
            assert found["value"] == sum(a * a for a in v) * k
            assert found["d_v"] == [2 * a * k for a in v]
            assert found["d_k"] == sum(a * a for a in v)
    table = pa.table({"v": [[1.0, 2], [3, 4]], "m": [[[1.0, 2], [3, 4]], [[0, 1], [1, 0]]]})
    source = written(tmp_path / "in.parquet", table)
    ran("v @ m @ w", source, "--w", "1,10", "-o", tmp_path / "out.parquet", "--wrt", "v,m,w")
    first, second = read(tmp_path / "out.parquet")
    assert (first["value"], first["d_v"], first["d_w"]) == (107, [21, 43], [7, 10])
    assert (second["d_m"], second["d_w"]) == ([[3, 30], [4, 40]], [4, 3])
    ran("m @ v", source, "-o", tmp_path / "out.parquet", "--wrt", "v")
    assert [row["value"] for row in read(tmp_path / "out.parquet")] == [[5, 11], [4, 3]]


def test_nothing_but_empty_lists() -> None:
    lines = b'{"v": [1, 2]}\n{"v": []}\n'
    assert ran("v", "-", "--from", "jsonl", stdin=lines) == (
        '{"v": [1, 2], "value": [1, 2], "d_v": [1, 1]}\n{"v": [], "value": [], "d_v": []}\n'
    )


def test_lists_of_truth_values(tmp_path: Path) -> None:
    """True and false in lists, as they are alone; a ragged matrix is a bad cell."""
    table = pa.table({"b": [[True, False], [True], None], "x": [2.0, 3, 4]})
    for kind in ("parquet", "jsonl"):
        source = written(tmp_path / f"in.{kind}", table)
        found = ran("sum(where(b, x, 0))", source, "--to", "csv", "--keep", "x")
        assert found == "x,value,d_x\n2,2,1\n3,3,1\n4,,\n"
    done = Done("sum(x)", "-", "--from", "jsonl", stdin=b'{"x": [[1, 2], [3]]}\n')
    assert "[[1, 2], [3]] has rows of unequal length at stdin:1, column x" in done.err


def test_lists_as_text() -> None:
    table = b'v\n"[1, 2]"\n"[3, 4, 5]"\n'
    assert mapped("sum(v^2)", table=table).out == (
        'v,value,d_v\n"[1, 2]",5,"[2, 4]"\n"[3, 4, 5]",50,"[6, 8, 10]"\n'
    )


def test_questions() -> None:
    table = b"x,y\n2,3\n"
    done = mapped("f = x^3*y; sin(f)*0 + f", "--hessian", "--ask", "d2f/dx2", table=table)
    assert done.out == ("x,y,value,d_x,d_y,d2_x_x,d2_x_y,d2_y_y,d2f/dx2\n2,3,24,36,8,36,12,0,36\n")
    done = mapped("x^2 + 0*y", "--unconnected", "none", "--wrt", "x", table=table)
    assert done.out == "x,y,value,d_x\n2,3,4,4\n"
    done = mapped("x^2 + k", "--k", "1", "--dy", "10", table=table)
    assert done.out == "x,y,value,d_x\n2,3,5,40\n"
    done = mapped("x^2", "--dy", "10", "--hessian", "--keep", "x", table=table)
    assert done.out == "x,value,d_x,d2_x_x\n2,4,40,20\n"


def test_depends_on_nothing() -> None:
    done = mapped("y = x; 3", "--wrt", "x", table=b"x\n1\n")
    assert "the value does not depend on x" in done.err
    assert done.out == "x,value,d_x\n1,3,0\n"


VANISHING = [
    ("floor(k)*2", ["only through floor: its gradient is 0 at program:1:1", "│ floor(k)*2"]),
    ("if k < 2 { floor(k) } else { 1 }", ["only through floor", "program:1:12"]),
    ("if k < 2 { floor(k) } else { k }", []),
    ("where(k > 1, x, 2*x)", ["k only through a comparison"]),
    ("y = k; x", ["does not depend on k"]),
]


@pytest.mark.parametrize(("program", "words"), VANISHING)
def test_gradients_that_vanish(program: str, words: list[str]) -> None:
    """One warning for a name whose gradient is zero in whatever row, with the reason."""
    done = mapped(program, table=b"k,x\n1,2\n3,4\n2,5\n")
    assert done.status == 0
    assert done.err.count("warning: ") == bool(words)
    assert all(word in done.err for word in words), done.err


INFINITE = [
    ("log(x)", "value and d_x are", 2, 3, "log(0) is -inf at program:1:1\n  1 │ log(x)\n"),
    ("1 + sqrt(x)", "d_x is", 2, 3, "the gradient becomes inf at sqrt(x) at program:1:5"),
    ("if x > 3 { x/(x - x) } else { x }", "value and d_x are", 1, 4, "4/0 is inf at program:1:12"),
]


@pytest.mark.parametrize(("program", "names", "rows", "line", "reason"), INFINITE)
def test_what_is_not_finite(program: str, names: str, rows: int, line: int, reason: str) -> None:
    """The operation that it came from first, in the first such row."""
    done = mapped(program, table=b"x\n1\n0\n4\n0\n")
    assert done.status == 0
    many = f"{rows} row{'s' if rows > 1 else ''}"
    text = f"warning: {names} infinite or not a number in {many}, first at stdin:{line}: {reason}"
    assert done.err.startswith(text)
    assert done.err.count("warning: ") == 1


def test_steps_equals_plain() -> None:
    """The executor of blocks gives the plain one's bits."""
    from gradcli.engine.program import Recording, Text
    from gradcli.engine.settings import Settings
    from gradcli.exec.plain import Evaluator
    from gradcli.exec.steps import Steps
    from gradcli.passes.reverse import reverse

    text = Text("y = where(x > 1, erf(x)*k, softmax(x) @ m)\nsum(y^2) + log1p(x[0])*norm(m)")
    rng = np.random.default_rng(2)
    values = {"x": rng.uniform(0, 2, 40), "k": np.float64(3), "m": rng.uniform(-1, 1, (40, 40))}
    run_ = Recording(text, text.names(values), values, Settings())
    x, k, m = (run_.inputs[name] for name in ("x", "k", "m"))
    nodes = [*run_.results, *(g for g in reverse(run_.results, [x, k, m]) if g is not None)]
    plain = Evaluator({x: values["x"], k: values["k"], m: values["m"]})
    steps = Steps(nodes, [x, m], Evaluator({k: values["k"]}))
    for _ in range(2):
        for node, found in zip(nodes, steps([values["x"], values["m"]]), strict=True):
            assert np.array_equal(found, plain(node))
            assert np.asarray(found).dtype == node.dtype


# --- sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 200])
def test_edges_of_blocks(tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_path, "ROWS", 64)
    monkeypatch.setattr(input_module, "ROWS", 64)
    monkeypatch.setattr(chunks_module, "CHUNK", 64)
    table = pa.table({"x": np.arange(count, dtype=float)})
    for kind in ("parquet", "csv", "arrow"):
        source = written(tmp_path / f"in.{kind}", table)
        ran("x^2", source, "-o", tmp_path / "out.parquet", "--workers", "3")
        found = pq.read_table(tmp_path / "out.parquet")
        assert found["value"].to_pylist() == [i * i for i in range(count)]
        assert found["d_x"].to_pylist() == [2 * i for i in range(count)]


def test_cuts_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes however the table is cut: kernels see whole blocks."""
    source = written(tmp_path / "in.csv", sample(3000))
    whole = ran("erf(x)*exp(y) + ndtr(y)", source)
    monkeypatch.setattr(chunks_module, "CHUNK", 1000)
    assert ran("erf(x)*exp(y) + ndtr(y)", source) == whole


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_cuts_do_not_matter_to_groups(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groups of rows of one size, with categories that differ from part to part of the table."""
    monkeypatch.setattr(writers, "GROUP", 50)
    parts = [pa.array([f"c{i}", "all"] * 35).dictionary_encode() for i in range(3)]
    table = pa.table({"x": np.arange(210.0), "c": pa.chunked_array(parts)})
    for size in (7, 70):
        monkeypatch.setattr(input_module, "ROWS", size)
        source = tmp_path / f"in{size}.parquet"
        pq.write_table(table, source, row_group_size=size)
        ran("x^2", source, "-o", tmp_path / f"out{size}.{kind}")
    assert (tmp_path / f"out7.{kind}").read_bytes() == (tmp_path / f"out70.{kind}").read_bytes()
    found = read(tmp_path / f"out7.{kind}")
    assert [row["c"] for row in found] == table["c"].to_pylist()
    if kind == "parquet":
        meta = pq.read_metadata(tmp_path / "out7.parquet")
        assert [meta.row_group(i).num_rows for i in range(5)] == [50, 50, 50, 50, 10]


# --- whole or not at all ------------------------------------------------------------------------


def test_a_failed_run_leaves_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")
    assert Done("x*y", "-", "--from", "csv", "-o", out, stdin=BAD).status == 1
    assert (out.read_text(), os.listdir(tmp_path)) == ("old", ["out.csv"])
    folder = tmp_path / "out"
    assert Done("x*y", "-", "--from", "csv", "-o", folder, stdin=BAD).status == 1
    assert os.listdir(tmp_path) == ["out.csv"]


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_a_failed_run_ends_no_stream(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads a stream can tell that it is not whole."""
    done = Done("x", "-", "--from", "csv", "--to", kind, stdin=b"x\n1\nbad\n")
    assert (done.status, done.bytes) == (1, b"")
    monkeypatch.setattr(writers, "GROUP", 2)
    monkeypatch.setattr(chunks_module, "CHUNK", 16)
    done = Done("x", "-", "--from", "csv", "--to", kind, stdin=b"x\n" + b"1\n" * 90 + b"bad\n")
    assert done.status == 1
    assert len(done.bytes) > 100
    assert not done.bytes.endswith((b"PAR1", b"\xff\xff\xff\xff\0\0\0\0"))


COMMAND = [sys.executable, "-m", "gradcli", "map"]
ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow"])
def test_nobody_reads_on(tmp_path: Path, kind: str) -> None:
    """A closed pipe is no mistake: the end, without a word."""
    source = written(tmp_path / "in.csv", sample(20_000))
    command = [*COMMAND, "x*y", str(source), "--to", kind]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_told_to_end(tmp_path: Path, number: int) -> None:
    """No unfinished file stays behind."""
    command = [*COMMAND, "x", "-", "--from", "csv", "-o", str(tmp_path / "out.csv")]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        process.stdin.write(b"x\n" + b"1\n" * chunks_module.CHUNK)
        process.stdin.flush()
        deadline = time.monotonic() + 20
        while not os.listdir(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert os.listdir(tmp_path)[0].startswith(".out.csv.")
        process.send_signal(number)
        process.stdin.close()
    assert process.returncode == 128 + number
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_killed_at_any_instant(tmp_path: Path, kind: str) -> None:
    """The output is the old file or the new one, whole."""
    source = written(tmp_path / f"in.{kind}", sample(60_000))
    out = tmp_path / f"out.{kind}"
    command = [sys.executable, "-m", "gradcli", "map", "sin(x*y)", str(source), "-o", str(out)]
    start = time.monotonic()
    subprocess.run(command, check=True, cwd=Path(__file__).parents[1])
    took = time.monotonic() - start
    wanted = out.read_bytes()
    out.write_bytes(b"old")
    rng = np.random.default_rng(3)
    for i in range(5):
        with subprocess.Popen(command, cwd=Path(__file__).parents[1]) as process:
            time.sleep(took * rng.uniform(0.3, 1.05))
            process.send_signal(signal.SIGKILL if i % 2 else signal.SIGTERM)
        assert out.read_bytes() in (b"old", wanted)


def test_without_pyarrow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from gradcli.data.tables.arrow import arrow

    arrow.cache_clear()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    done = Done("x", tmp_path / "a.parquet")
    arrow.cache_clear()
    assert done.status == 2
    assert done.err == (
        "error: tables need PyArrow, which is not installed\n  help: pip install 'gradcli[table]'\n"
    )


# --- a cluster ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster() -> Any:
    distributed = pytest.importorskip("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as found:
            yield found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_cluster_with_a_worker_killed(
    tmp_path: Path, cluster: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker killed in mid-run costs time, not rows; the output is the local one."""
    monkeypatch.setattr(input_module, "PIECE", 20_000)
    source = tmp_path / f"in.{kind}"
    if kind == "parquet":
        pq.write_table(sample(20_000), source, row_group_size=400)
    else:
        written(source, sample(20_000))
    program = "if x > 1 { sum(erf([x, y, x*y])) } else { sin(x)*y }"
    ran(program, source, "-o", tmp_path / f"local.{kind}")
    address = cluster.scheduler_address
    killer = threading.Thread(target=_kill_one, args=(cluster, tmp_path))
    killer.start()
    done = Done(program, source, "-o", tmp_path / f"out.{kind}", "--dask", address)
    killer.join()
    assert (done.status, done.err) == (0, "")
    assert (tmp_path / f"out.{kind}").read_bytes() == (tmp_path / f"local.{kind}").read_bytes()
    assert sorted(os.listdir(tmp_path)) == sorted(f"{n}.{kind}" for n in ("in", "local", "out"))
    assert (tmp_path.parent / f"killed-{tmp_path.name}").exists()


def _kill_one(cluster: Any, folder: Path) -> None:
    """Kills the process of a worker as soon as some parts are there."""
    for _ in range(2_000):
        parts = [name for name in folder.glob(".gradcli.*/part-*") if name.exists()]
        if len(parts) > 3:
            os.kill(next(iter(cluster.workers.values())).process.process.pid, signal.SIGKILL)
            (folder.parent / f"killed-{folder.name}").touch()
            return
        time.sleep(0.005)


@pytest.mark.filterwarnings("ignore")
def test_cluster_says_what_is_wrong(
    tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.csv").write_bytes(BAD)
    address = cluster.scheduler_address
    done = Done("x*y", tmp_path / "in.csv", "--dask", address, "-o", tmp_path / "out")
    assert done.status == 1
    assert "'oops' is not a number" in done.err
    assert os.listdir(tmp_path) == ["in.csv"]
    monkeypatch.chdir(tmp_path)
    assert "number at in.csv:3, column x" in Done("x*y", "in.csv", "--dask", address).err
    done = Done(
        "x*y",
        tmp_path / "in.csv",
        "--dask",
        address,
        "-o",
        tmp_path / "out",
        "--on-bad-row",
        "null",
        "--wrt",
        "x",
    )
    assert done.status == 3
    assert (tmp_path / "out" / "part-00000.csv").read_text().startswith("x,y,value,d_x\n1,2,2,2\n")
    assert Done("x", "-", "--from", "csv", "--dask", address, stdin=BAD).status == 2


@pytest.mark.filterwarnings("ignore")
def test_cluster_without_workers(tmp_path: Path) -> None:
    """One waits for them, says so, and gives up when the time is over."""
    distributed = pytest.importorskip("distributed")
    (tmp_path / "in.csv").write_text("x\n1\n")
    with distributed.LocalCluster(
        n_workers=0,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
    ) as empty:
        args = ["x", tmp_path / "in.csv", "--dask", empty.scheduler_address, "--timeout", "2"]
        done = Done(*args)
        assert done.status == 124
        assert done.err.startswith("waiting for workers of the Dask cluster")
        assert Done(*args, "-q").err.startswith("error: not done after 2 s")


def test_cluster_without_gradcli() -> None:
    """It is told before anything is sent that would end the workers."""

    class Client:
        def run_on_scheduler(self, function: Any, *args: Any) -> Any:
            return function("sys")

        def run(self, function: Any, *args: Any, on_error: str) -> dict[str, Any]:
            return {"tcp://1": function("sys"), "tcp://2": None}

    with pytest.raises(gradcli.GradcliError, match="not installed for tcp://2") as caught:
        cluster_module._refuse_strangers(Client(), "ADDRESS")
    assert caught.value.status == 1
    assert "pip install" in str(caught.value)

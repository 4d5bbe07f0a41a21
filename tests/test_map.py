"""`map`: names and options, bad rows, how far it is."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from gradcli.cli.main import run
from gradcli.data.console import Console
from tests.tables import BAD, TABLE, Done, mapped, pa, ran, written

if TYPE_CHECKING:
    from pathlib import Path


# --- names --------------------------------------------------------------------------------------


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
        (["x", "--dy", "1,2"], 2, ["the seed has shape (2,), which does not broadcast to ()"]),
        (["x", "--rename", "e=x"], 2, ["already has a column 'e'"]),
        (["x", "--keep", "xx"], 2, ["no column 'xx'", "did you mean"]),
        (["x", "--drop", "x", "--keep", "e"], 2, ["keep and drop cannot be combined"]),
        (["x", "--rename", "p=nix"], 2, ["no column 'nix'"]),
        (["print(x); x"], 1, ["print has no place"]),
        (["x > 2"], 1, ["has no gradient"]),
        (["x", "-o", "a.xyz"], 2, ["--to"]),
        (["x", "-o", ""], 2, ["-o needs a name"]),
        (["x", "-o", "npz"], 2, ["cannot be written as 'npz'", "./npz"]),
        (["x", "-o", "a.csv.gz"], 2, ["can be read, but not written", "| gzip"]),
        (["x", "-o", "csv", "--to", "jsonl"], 2, ["two kinds"]),
        (["x", "--to", "xyz"], 2, ["not a kind of table"]),
        (["x +"], 1, ["program:1"]),
        (["x*k", "--k"], 2, ["--k needs a value"]),
        (["x*[1, 2]", "--hessian", "--wrt", "x"], 1, ["hessian needs one number a row", "(2,)"]),
        (["x", "--ask", "d/dx", "--ask", "d/dx"], 2, ["two new columns would be named 'd/dx'"]),
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


@pytest.mark.parametrize(
    ("wish", "args", "wanted"),
    [
        ("json", (), '{"x": 3, "value": 6, "d_x": 2}\n'),
        ("jsonl", ("-o", "tsv"), "x\tvalue\td_x\n3\t6\t2\n"),
        ("jsonl", ("--to", "tsv"), "x\tvalue\td_x\n3\t6\t2\n"),
        ("plain", (), "x,value,d_x\n3,6,2\n"),
        ("out.csv", (), "GRADCLI_FORMAT: 'out.csv' is not a format\n"),
    ],
)
def test_the_default_of_the_environment(wish: str, args: tuple[str, ...], wanted: str) -> None:
    out, err = io.TextIOWrapper(io.BytesIO(), newline=""), io.StringIO()
    console = Console(io.BytesIO(b"x\n3\n"), out, err, {"GRADCLI_FORMAT": wish})
    run(["map", "2x", "-", "--from=csv", *args], console)
    out.flush()
    assert wanted in out.buffer.getvalue().decode() + err.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("target", ["d.csv", "./d.csv", "link.csv"])
def test_a_table_is_not_written_into_itself(
    tmp_path: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_bytes(TABLE)
    (tmp_path / "link.csv").symlink_to("d.csv")
    done = Done("x", "d.csv", "-o", target)
    assert (done.status, done.out) == (2, "")
    assert f"'{target}' is read and written at once\n  help: -o results.csv" in done.err
    assert (tmp_path / "d.csv").read_bytes() == TABLE


def test_nothing_binary_to_a_terminal() -> None:
    for kind in ("parquet", "arrow"):
        done = Done("x", "-", "--from", "csv", "--to", kind, stdin=TABLE, is_terminal=True)
        assert (done.status, done.out) == (2, "")
        assert f"'{kind}' is not for a terminal\n  help: write a file: -o file.{kind}" in done.err


def test_no_table() -> None:
    assert Done("x").err.startswith("error: map needs a table\n  help: gradcli map ")


def test_values_from_a_file(tmp_path: Path) -> None:
    """An option overrides a file; what is a column is none of its business."""
    (tmp_path / "in.json").write_text('{"x": 100, "k": 3, "w": 5}')
    done = mapped("x*k*w", "--inputs", str(tmp_path / "in.json"), "--w", "1", "--keep", "")
    assert (done.out, done.err) == ("value,d_x\n6,3\n9,3\n", "")


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
    assert "help: (echo 'x1,x2'; cat FILE) | gradcli map … - names them" in done.err
    assert mapped("x", table=b"").status == 1


# --- bad rows and nulls -------------------------------------------------------------------------


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


DAMAGED_LINES = [
    (b'{"x": 1}{"x": 2}\n', "the line is not a JSON object at stdin:1"),
    (b'{"x": 1}\n{"x": 1, "y": 2, "x": 1}\n', "'x' is given twice at stdin:2"),
    (b'\n{"x": \xff}\n{"x": 1}\n', "the line is not a JSON object at stdin:2"),
    (b'{"x": 1}\n' + b"[" * 100_000 + b"\n", "the line is not a JSON object at stdin:2"),
    (b'{"x": "\\ud800"}\n{"x": 1}\n', "the line is not a JSON object at stdin:1"),
    (
        b'{"x": ' + b"[" * 40 + b"1" + b"]" * 40 + b"}\n",
        "is nested too deeply at stdin:1, column x",
    ),
    (b'{"x": 1' + b"0" * 400 + b"}\n", "is not a number at stdin:1, column x"),
]


@pytest.mark.parametrize(("lines", "words"), DAMAGED_LINES)
def test_damaged_lines(lines: bytes, words: str) -> None:
    done = Done("x^2", "-", "--from", "jsonl", stdin=lines)
    assert done.status == 1
    assert words in done.err
    assert len(done.err) < 300


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
    ("sum(zeros(k)) + k", b"k\n-1\n2\n3\n", 2, "an array cannot have the shape"),
    ("sum(zeros(k)) + k", b"k\n2\n-1\n3\n", 3, "an array cannot have the shape"),
    (
        "if k < 0 { [k, k] } else { k }",
        b"k\n2\n-1\n3\n",
        3,
        "value is one number in the first rows, and a vector at",
    ),
    ("if k < 0 { k > 2 } else { k }", b"k\n2\n3\n-1\n", 4, "true or false"),
    ("if k < 0 { [[[k]]] } else { k }", b"k\n2\n3\n-1\n", 4, "first rows, and of 3 axes at"),
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
    assert ran("x^2", source, "--to", "csv", "--keep", "", "-q") == "value,d_x\n1,2\n,\n9,6\n"
    assert ran("sum(v)", source, "--to", "csv", "--keep", "", "-q") == (
        'value,d_v\n3,"[1, 1]"\n,\n,\n'
    )
    assert ran("n", source, "--to", "csv", "--keep", "", "-q") == "value,d_n\n,\n,\n,\n"


def test_columns_that_are_no_numbers(tmp_path: Path) -> None:
    source = written(
        tmp_path / "in.parquet",
        pa.table({"d": pa.array([0], pa.date32()), "s": [["a"]], "b": [True], "x": [2.0]}),
    )
    assert "'d' holds date32" in Done("d*x", source).err
    assert "'s' holds lists of string" in Done("s*x", source).err
    assert ran("where(b, x, 0)", source, "--to", "csv", "--keep", "x") == "x,value,d_x\n2,2,1\n"
    assert "true or false" in Done("where(b, x, 0)", source, "--wrt", "b").err


# --- how far it is ------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """Standard error that somebody looks at."""

    def isatty(self) -> bool:
        return True


def test_progress(tmp_path: Path) -> None:
    """A bar counts rows and bad ones, where it disturbs no table, and is taken away again."""
    args = ["x*y", "-", "--from", "csv", "--on-bad-row", "null", "--wrt", ""]
    out = tmp_path / "out.csv"
    done = Done(*args, "-o", out, stdin=BAD, err=Terminal())
    assert "6 rows  " in done.err
    assert "/s" in done.err
    assert "2 failed" in done.err
    assert "column x" in done.err.splitlines()[-1]
    assert Done(*args, "-o", out, "-q", stdin=BAD, err=Terminal()).err == ""
    shown = Done(*args, stdin=BAD, err=Terminal(), is_terminal=True)
    assert "/s" not in shown.err
    assert "2 of 6 rows are bad" in shown.err

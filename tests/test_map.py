"""`map`: names and options, bad rows, rows that decide differently, what is asked."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

import gradcli
from gradcli.cli.main import run
from gradcli.data.console import Console
from gradcli.engine.tables import mapper, row_path
from tests.tables import BAD, TABLE, Done, mapped, pa, ran, read, sample, written

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
        (["x, 1"], 1, ["tuple"]),
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
    ("sum(zeros(k)) + k", b"k\n-1\n2\n3\n", 2, "zeros does not take"),
    ("sum(zeros(k)) + k", b"k\n2\n-1\n3\n", 3, "zeros does not take"),
    (
        "if k < 0 { [k, k] } else { k }",
        b"k\n2\n-1\n3\n",
        3,
        "value is one number in the first rows, and a vector at",
    ),
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


def test_what_the_program_says() -> None:
    """Once, however many rows there are."""
    done = mapped("x*2\nx", "--keep", "", "--wrt", "")
    assert done.out == "value\n2\n3\n"
    assert done.err.startswith("warning: line 1 is not used at program:1:1")
    assert done.err.count("warning: ") == 1


def test_many_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """A way for each value of an index, and rows without an answer on some of them."""
    monkeypatch.setattr(mapper, "PATHS", 16)
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


@pytest.mark.parametrize(
    ("program", "question", "none", "zero"),
    [
        ("stop_gradient(x)*y", "d/dx", "", "0"),
        ("stop_gradient(x)*y", "d2/dydx", "", "0"),
        ("x*y", "d2/dx2", "", "0"),
        ("x^2*y", "d2/dxdy", "4", "4"),
        ("floor(x)*y", "d/dx", "0", "0"),
    ],
)
def test_questions_without_an_answer(program: str, question: str, none: str, zero: str) -> None:
    """Nothing, or zero where that is wanted, as `tape` answers."""
    for how, wanted in (("none", none), ("zero", zero)):
        args = ["--wrt", "", "--keep", "", "--unconnected", how, "--ask", question]
        done = mapped(program, *args, table=b"x,y\n2,3\n")
        assert done.out.splitlines()[1].split(",")[1] == wanted
        console = Console(io.BytesIO(), io.StringIO(), io.StringIO(), {}, is_terminal=False)
        values = ["--x", "2", "--y", "3", "--unconnected", how]
        assert run(["tape", program, question, *values], console) == 0
        assert console.stdout.getvalue().split("\t")[1].strip() == (wanted or "none")


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
    from gradcli.engine.program import Text
    from gradcli.engine.run import Run
    from gradcli.engine.settings import Settings
    from gradcli.exec.plain import Evaluator
    from gradcli.exec.steps import Steps
    from gradcli.passes.reverse import reverse

    text = Text("y = where(x > 1, erf(x)*k, softmax(x) @ m)\nsum(y^2) + log1p(x[0])*norm(m)")
    rng = np.random.default_rng(2)
    values = {"x": rng.uniform(0, 2, 40), "k": np.float64(3), "m": rng.uniform(-1, 1, (40, 40))}
    run_ = Run(text, text.names(values), values, Settings())
    x, k, m = (run_.inputs[name] for name in ("x", "k", "m"))
    nodes = [*run_.results, *(g for g in reverse(run_.results, [x, k, m]) if g is not None)]
    plain = Evaluator({x: values["x"], k: values["k"], m: values["m"]})
    steps = Steps(nodes, [x, m], Evaluator({k: values["k"]}))
    for _ in range(2):
        for node, found in zip(nodes, steps([values["x"], values["m"]]), strict=True):
            assert np.array_equal(found, plain(node))
            assert np.asarray(found).dtype == node.dtype


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

"""Cells of tables for `map`: how numbers are written, which are missing, which are bad."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gradcli
from gradcli.data.tables.flaws import way_to_read
from tests.tables import Done, mapped, pa, pq, written

if TYPE_CHECKING:
    from pathlib import Path

GERMAN = b"S;K;T\n1.234,5;2;NA\n-3;1,50;4\n7;1e2;\n"
GERMANY = ("--sep", ";", "--decimal", ",", "--thousands", ".")


# --- how cells are written ----------------------------------------------------------------------

WAYS = [
    ("1,5", "", "with ⟨decimal ,⟩ it is one; "),
    ("1,234", "", "with ⟨decimal ,⟩ or ⟨thousands ,⟩ it is one; "),
    (" -1.234,5", "price", "with ⟨decimal ,⟩ ⟨thousands .⟩ it is one; "),
    ("call", "", ""),
    ("call", "type", 'the column is text, which can be compared: type == "call"; '),
    ("c" * 21, "type", f'the column is text, which can be compared: type == "{"c" * 21}"; '),
    ("c" * 22, "type", ""),
]


@pytest.mark.parametrize(("cell", "column", "way"), WAYS)
def test_ways_to_read_a_cell(cell: str, column: str, way: str) -> None:
    assert way_to_read(cell, column) == way


DIALECTS = [
    (GERMAN, GERMANY, "S,K,T,value\n1234.5,2,NA,2469\n-3,1.50,4,-4.5\n7,1e2,,700\n"),
    (b"S|K\n1|2\n", ("--sep", "|"), "S,K,value\n1,2,2\n"),
    (b"S\tK\n1\t2\n", ("--sep", "\\t"), "S,K,value\n1,2,2\n"),
    (b'S,K\n"1,234,567",\'2\n', ("--thousands", ",", "--on-bad-row", "null"), None),
    (b"S,K\n1'234'567.5,2\n", ("--thousands", "'"), "S,K,value\n1234567.5,2,2469135\n"),
    (b"S,K\n1 234,2\n", ("--thousands", " "), "S,K,value\n1234,2,2468\n"),
    (b'S,K\n"1,5",2\n', ("--decimal", ","), "S,K,value\n1.5,2,3\n"),
    (b'S,K,t\n"1,5",2,"a, b"\n', ("--decimal", ","), 'S,K,t,value\n1.5,2,"a, b",3\n'),
]


@pytest.mark.parametrize(("table", "args", "wanted"), DIALECTS)
def test_dialects(table: bytes, args: tuple[str, ...], wanted: str | None) -> None:
    """Numbers are read as they are written, and written as standard CSV has them."""
    done = mapped("S*K", "--wrt", "", *args, table=table)
    assert done.status == (0 if wanted else 3), done.err
    assert done.out == (wanted or "S,K,value\n1234567,'2,\n")


@pytest.mark.parametrize("cell", ["1.5", "1.23,5", "12.34.567", "1234.567,0", "1,2,3", ",", "."])
def test_numbers_that_another_country_writes(cell: str) -> None:
    """A cell that is no number in the dialect is a bad one, whatever it is elsewhere."""
    done = mapped("x", "--sep", ";", *GERMANY[2:], table=f"x;y\n{cell};1\n".encode())
    assert (done.status, done.out) == (1, "")
    assert f"'{cell}' is not a number at stdin:2, column x" in done.err


def test_dialects_in_files_with_types(tmp_path: Path) -> None:
    """Their numbers are numbers there, on a cluster of workers as in one thread."""
    source = tmp_path / "in.txt"
    source.write_bytes(GERMAN)
    for more in ([], ["--workers", "1"]):
        Done("S*K", source, *GERMANY, *more, "-o", tmp_path / "out.parquet", "--wrt", "")
        found = pq.read_table(tmp_path / "out.parquet")
        assert found.schema.types == [pa.float64(), pa.float64(), pa.int64(), pa.float64()]
        assert found["S"].to_pylist() == [1234.5, -3, 7]
    dialect: dict[str, Any] = {"sep": ";", "decimal": ",", "thousands": "."}
    assert gradcli.map("S*K", source, wrt="", **dialect).equals(found)
    done = Done("S", source, *GERMANY, "--null-words", "-", "--keep", "T", "--to", "jsonl")
    assert json.loads(done.out.splitlines()[0])["T"] == "NA"


MISTAKES = [
    (["--sep", ";;"], "--sep is one character, not ';;'\n  help: a tab is \\t"),
    (["--sep", "x"], "--sep cannot be 'x'"),
    (["--sep", "ü"], "--sep cannot be 'ü'"),
    (["--decimal", ""], "--decimal is one character, not ''"),
    (["--decimal", "-"], "--decimal cannot be '-'"),
    (["--thousands", "."], "--decimal and --thousands are both '.'"),
    (["--from", "jsonl", "--sep", ";"], "--sep is for CSV and TSV, and 'stdin' is jsonl"),
    (["--from", "jsonl", "--null-words", "-"], "--null-words is for CSV and TSV"),
]


@pytest.mark.parametrize(("args", "words"), MISTAKES)
def test_mistakes(args: list[str], words: str) -> None:
    done = mapped("x", *args, table=b"x\n1\n")
    assert (done.status, done.out) == (2, "")
    assert words in done.err


MISREAD = [
    (b"S;K;T\n1;2;3\n", "the table has one column, 'S;K;T'\n  help: --sep ';'\n"),
    (b"S\tK\n1\t2\n", "the table has one column, 'S\\tK'\n  help: --sep '\\t'\n"),
    (b"S K\n1 2\n", "the table has one column, 'S K'\n  help: --sep ' '\n"),
    (b"S  K\n1  2\n", "--sep ' '; first make several blanks one: tr -s ' ' < FILE\n"),
    (b"price in S$\n1\n", "the columns are price in S$\n"),
    (b"# of May\nS,K\n1,2\n", "the first line of the table is a comment, '# of May'"),
    (b"s,K\n1,2\n", "add --S VALUE, or --rename S=COLUMN; the columns are s, K\n"),
]


@pytest.mark.parametrize(("table", "words"), MISREAD)
def test_first_lines_that_were_misread(table: bytes, words: str) -> None:
    """The error says what the columns are taken to be, and the option that reads them."""
    assert words in mapped("S*2", table=table).err
    done = mapped("1 + S*2", "--S", "3", "--keep", "S", table=table)
    assert done.status == 2


# --- missing and bad cells ----------------------------------------------------------------------

HOLES = b"x,y\n1,2\nNA,3\n,\noops,\n5,6\n"


def test_missing_and_bad_are_two_kinds() -> None:
    """An option each, and both are counted at the end."""
    done = mapped("x*y", "--on-bad-row", "null", "--wrt", "", table=HOLES)
    assert (done.status, done.out) == (3, "x,y,value\n1,2,2\nNA,3,\n,,\noops,,\n5,6,30\n")
    assert done.err == (
        "warning: 2 of 5 rows have no results: x is missing in 2 and y is missing in 1\n"
        "warning: 1 of 5 rows is bad; the first: 'oops' is not a number at stdin:5, column x\n"
    )
    done = mapped("x*y", "--on-bad-row", "skip", "--wrt", "", table=HOLES)
    assert done.out == "x,y,value\n1,2,2\nNA,3,\n,,\n5,6,30\n"
    done = mapped("x*y", "--on-bad-row", "null", "--on-missing", "skip", "--wrt", "", table=HOLES)
    assert done.out == "x,y,value\n1,2,2\noops,,\n5,6,30\n"
    assert "warning: 2 of 5 rows are left out: x is missing in 2" in done.err
    done = mapped("x*y", "--on-bad-row", "skip", "--on-missing", "skip", table=HOLES)
    assert done.out == "x,y,value,d_x,d_y\n1,2,2,2,1\n5,6,30,6,5\n"
    done = mapped("x*y", "--on-bad-row", "null", "--on-missing", "fail", table=HOLES)
    assert (done.status, done.out) == (1, "")
    assert "a cell is missing at stdin:3, column x\n  help: --on-missing null leaves" in done.err
    done = mapped("x", "--on-missing", "null", table=b"x\nNA\n1\n")
    assert done.status == 0
    assert done.err == "warning: 1 of 2 rows has no results: x is missing in 1\n"


def test_words_for_missing_cells() -> None:
    """They replace the usual ones; an empty cell is always missing."""
    table = b"x,y\nNA,1\nNULL,2\n-,3\n,4\nn/a,5\n6,6\n"
    done = mapped("x", "--on-bad-row", "skip", "--keep", "y", "--wrt", "", table=table)
    assert done.out == "y,value\n1,\n2,\n4,\n6,6\n"
    args = ("--null-words", "-, n/a", "--on-bad-row", "skip", "--keep", "y", "--wrt", "")
    assert mapped("x", *args, table=table).out == "y,value\n3,\n4,\n5,\n6,6\n"


@pytest.mark.parametrize("table", [b"x,y\n-999,1\n2,3\n", b'x,y\n"-999",1\n2,3\n'])
def test_numbers_that_stand_for_missing_cells(table: bytes) -> None:
    """A word may be a number, as instruments have it, even if all cells are numbers."""
    for args, wanted in (((), "x,y,value\n-999,1,\n2,3,6\n"), (("--keep", ""), 'value\n""\n6\n')):
        done = mapped("x*y", "--null-words=-999", "--wrt", "", *args, table=table)
        assert (done.status, done.out) == (0, wanted)
        assert "x is missing in 1" in done.err


PROGRAMS = [
    ("where(isnan(x), 0, x^2)", "value,d_x\n4,4\n0,0\n9,6\n"),
    ("if isnan(x) { y } else { x*y }", "value,d_x,d_y\n2,1,2\n1,0,1\n3,1,3\n"),
    ("isnan(y)*0 + x", "value,d_y,d_x\n2,0,1\n,,\n3,0,1\n"),
    ("isnan(x) = 1; isnan(x)*x", "value,d_x\n2,1\n,\n3,1\n"),
]


@pytest.mark.parametrize(("program", "wanted"), PROGRAMS)
def test_programs_that_ask_for_missing_cells(program: str, wanted: str) -> None:
    """Where isnan is asked of a column, its missing cells are NaN, and the row has results."""
    done = mapped(program, "--keep", "", table=b"x,y\n2,1\nNA,1\n3,1\n")
    assert (done.status, done.out) == (0, wanted)
    assert ("no results" in done.err) == (",\n" in wanted.replace("value,", ""))


def test_missing_cells_of_every_sort(tmp_path: Path) -> None:
    """Lists, truth values, integers and columns without any cell are seen, too."""
    table = pa.table(
        {
            "v": [[1.0, 2.0], None, [3.0]],
            "b": [True, False, None],
            "n": pa.array([1, None, 3], pa.int64()),
            "o": pa.nulls(3),
        }
    )
    source = written(tmp_path / "in.parquet", table)
    for name, wanted in (("v", [3, -1, 3]), ("n", [1, -1, 3]), ("o", [-1, -1, -1])):
        program = f"if all(isnan({name})) {{ -1 }} else {{ sum({name}) }}"
        done = Done(program, source, "--to", "csv", "--keep", "", "--wrt", "")
        assert done.out == "".join(f"{x}\n" for x in ["value", *wanted]), done.err
    done = Done("where(isnan(b), -1, b)", source, "--to", "csv", "--keep", "", "--wrt", "")
    assert done.out == "value\n1\n0\n-1\n", done.err
    with pytest.warns(gradcli.GradcliWarning, match="n is missing in 1"):
        found = gradcli.map("n^2", table, on_missing="skip", keep="n")
    assert found["value"].to_pylist() == [1, 9]
    with pytest.raises(gradcli.GradcliError, match="a cell is missing at row 2, column n"):
        gradcli.map("n^2", table, on_missing="fail")
    with pytest.raises(gradcli.UsageError, match="on_missing is 'drop'"):
        gradcli.map("n^2", table, on_missing="drop")


# --- whole numbers that float64 lacks -----------------------------------------------------------

LONG = 2**53 + 1
TOO_LONG = [
    pa.array([LONG]),
    pa.array([LONG], pa.uint64()),
    pa.array([LONG]).cast(pa.decimal128(20)),
    pa.array([str(LONG)]),
    pa.array([f" {LONG}"]),
    pa.array([[1, LONG]]),
    pa.array([-LONG]),
    pa.array([f"-{LONG}"]),
    pa.array([[1, -LONG]]),
]


@pytest.mark.parametrize("column", TOO_LONG, ids=lambda column: str(column.type))
def test_whole_numbers_that_would_be_rounded(column: Any) -> None:
    """Never in silence: such a cell is a bad one, and passes through as it is."""
    with pytest.raises(gradcli.GradcliError, match=r"a whole number beyond 2\^53 that float64"):
        gradcli.map("sum(x)", {"x": column})
    assert gradcli.map("y", {"x": column, "y": [1]})["x"].to_pylist() == column.to_pylist()


@pytest.mark.parametrize("number", [2**53, 2**60, -(2**53), 10**20])
def test_whole_numbers_that_are_held(number: int) -> None:
    table = f'{{"x": {number}}}\n'.encode()
    for kind, data in (("jsonl", table), ("csv", f"x\n{number}\n".encode())):
        done = Done("x", "-", "--from", kind, "--to", "csv", "--wrt", "", stdin=data)
        assert done.status == 0, done.err
        assert np.float64(done.out.split(",")[-1]) == number


def test_long_whole_numbers_in_json() -> None:
    lines = f'{{"x": {LONG}}}\n{{"x": [1, [{LONG}]]}}\n{{"x": [1, {LONG}]}}\n{{"x": 1e16}}\n'
    done = Done("x", "-", "--from", "jsonl", "--on-bad-row", "skip", stdin=lines.encode())
    assert (done.status, len(done.out.splitlines())) == (3, 1)
    assert f"3 of 4 rows are bad; the first: {LONG} is a whole number beyond 2^53" in done.err
    done = Done("x", "-", "--from", "jsonl", stdin=lines.splitlines()[2].encode())
    assert f"[1, {LONG}] holds a whole number beyond 2^53" in done.err


# --- columns of text ----------------------------------------------------------------------------

BOOK = b'type,c,S\ncall,NA,1\nput,DE,2\n,FR,3\n" call",NULL,4\n'

COMPARED = [
    ('where(type == "call", S, -S)', "1\n-2\n\n-4\n"),
    ("where('NA' != c, S, -S)", "-1\n2\n3\n4\n"),
    ('if c == "NA" { 10 } else if c == "FR" { 20 } else if c == "NULL" { 30 } else { S }', None),
    ('(c == "DE" or c == "XX")*S', "0\n2\n0\n0\n"),
    ('f(x) = x*(c == "FR"); f(S)', "0\n0\n3\n0\n"),
]


@pytest.mark.parametrize(("program", "wanted"), COMPARED)
def test_columns_of_text(tmp_path: Path, program: str, wanted: str | None) -> None:
    """They are compared with strings; only empty cells are missing in them."""
    wanted = wanted or "10\n2\n20\n30\n"
    texts = {"type": ["call", "put", None, " call"], "c": ["NA", "DE", "FR", "NULL"]}
    table = pa.table({**texts, "S": [1, 2, 3, 4]})
    table = table.set_column(1, "c", table["c"].dictionary_encode())
    for kind in ("parquet", "jsonl"):
        source = written(tmp_path / f"in.{kind}", table)
        args = (source, "--to", "csv", "--keep", "", "--wrt", "")
        assert Done(program, *args).out.replace('""', "") == f"value\n{wanted}"
    done = mapped(program, "--keep", "", "--wrt", "", table=BOOK)
    assert done.out.replace('""', "") == f"value\n{wanted}"
    assert mapped(program, table=BOOK).out.splitlines()[0] == "type,c,S,value,d_S"


def test_columns_of_text_pass_through(tmp_path: Path) -> None:
    """As texts, whatever they look like, in every kind of table."""
    table = b"c,S\nNA,1\n007,2\n"
    for kind in ("parquet", "jsonl"):
        out = tmp_path / f"out.{kind}"
        assert mapped('where(c == "007", S, 0)', "-o", str(out), table=table).status == 0
    assert pq.read_table(tmp_path / "out.parquet")["c"].to_pylist() == ["NA", "007"]
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["c"] for line in lines] == ["NA", "007"]
    found = gradcli.map('where(c == "a", x, 0)', {"c": ["a", "b"], "b": [True, True], "x": [5, 6]})
    assert found["value"].to_pylist() == [5, 0]


NOT_COMPARED = [
    ('where(type == "call", S, type)', "type is a column of text, which can only be compared"),
    ('where(type < "call", S, 1)', "a string can only be compared with a column of text, by == or"),
    ('where(S*2 == "call", S, 1)', "a string can only be compared with a column of text, by == or"),
    ('where("a" == "b", S, 1)', "a string can only be compared with a column of text, by == or"),
    ('where(type == c == "call", S, 1)', "a string can only be compared with a column of text"),
    ('where(isnan(type), S, (type == "a")*1)', "type is a column of text, which can only be comp"),
    ('where(S == 1, "a", "b")', "a number or an array is needed here, not a string"),
    ("type*S", "'call' is not a number at stdin:2, column type"),
]


@pytest.mark.parametrize(("program", "words"), NOT_COMPARED)
def test_what_texts_cannot_do(program: str, words: str) -> None:
    done = mapped(program, table=BOOK)
    assert (done.status, done.out) == (1, "")
    assert words in done.err


def test_a_column_without_texts(tmp_path: Path) -> None:
    table = written(tmp_path / "in.parquet", pa.table({"s": pa.nulls(2), "x": [1, 2]}))
    done = Done('where(s == "a", x, 0)', table, "--to", "csv")
    assert done.err == "warning: 2 of 2 rows have no results: s is missing in 2\n"


def test_no_derivative_by_text(tmp_path: Path) -> None:
    program = 'where(type == "call", S, 1)'
    for args in (["--wrt", "type"], ["--ask", "d/dtype"]):
        done = mapped(program, *args, table=BOOK)
        assert done.status == 2
        assert "type is a column of text: there is no derivative by it" in done.err
    done = Done('x == "a"', written(tmp_path / "in.parquet", pa.table({"x": [1]})))
    assert "the column 'x' holds int64, and is compared with a string" in done.err

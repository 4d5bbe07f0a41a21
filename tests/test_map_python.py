"""`gradcli.map`: the words and the answers of the shell, over tables in memory and in files."""

from __future__ import annotations

import os
import pickle
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gradcli
from gradcli.engine.program import Text
from gradcli.engine.settings import Settings
from gradcli.engine.tables.row_program import RowProgram, RowRequest
from tests.tables import pa, pq, ran, sample, written

if TYPE_CHECKING:
    from pathlib import Path

DISCOUNT = "S*exp(-r*T)"
COLUMNS = {"S": [100.0, 90.0], "T": [1, 2], "n": ["a", "b"]}


class Frame:
    """What pandas and Polars are to gradcli: something that gives its columns to Arrow."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.table.__arrow_c_stream__(requested_schema)


VIEWS = pa.schema([("S", pa.float64()), ("T", pa.int64()), ("n", pa.string_view())])
TABLES = {
    "table": pa.table(COLUMNS),
    "batch": pa.record_batch(COLUMNS),
    "frame": Frame(pa.table(COLUMNS).cast(VIEWS)),
    "dict": COLUMNS,
    "arrays": {name: np.array(cells) for name, cells in COLUMNS.items()},
    "columns": {name: pa.chunked_array([cells]) for name, cells in COLUMNS.items()},
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_in_memory(name: str) -> None:
    found = gradcli.map(DISCOUNT, TABLES[name], wrt=["S"], r=0.03)
    assert found.schema.names == ["S", "T", "n", "value", "d_S"]
    assert found.schema.types[1:3] == [pa.int64(), pa.string()]
    for i, row in enumerate(found.to_pylist()):
        value, grads = gradcli.value_and_grads(DISCOUNT, S=row["S"], T=row["T"], r=0.03)
        assert (row["S"], row["n"]) == (COLUMNS["S"][i], COLUMNS["n"][i])
        assert np.isclose(row["value"], value, rtol=1e-15)
        assert np.isclose(row["d_S"], grads["S"], rtol=1e-15)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files_in_and_out(tmp_path: Path, kind: str) -> None:
    """Paths, globs and folders; what is written is what the shell writes."""
    path = written(tmp_path / f"in.{kind}", sample())
    ran("x^2*sin(y)", path, "-o", tmp_path / "shell.parquet")
    wanted = pq.read_table(tmp_path / "shell.parquet")
    for table in (path, str(path), [path], str(tmp_path / f"i*.{kind}")):
        assert gradcli.map("x^2*sin(y)", table).equals(wanted)
    out = tmp_path / "out.parquet"
    assert gradcli.map("x^2*sin(y)", sample(), output=out) is None
    assert out.read_bytes() == (tmp_path / "shell.parquet").read_bytes()
    assert gradcli.map("x", sample(2), output=tmp_path / "out", to="csv", keep=[]) is None
    assert (tmp_path / "out" / "part-00000.csv").read_text().startswith("value,d_x\n")


def test_nothing_goes_through_text() -> None:
    """All digits, lists, categories and missing cells are there again; many batches are one."""
    x = np.nextafter(1, 2) + np.arange(200_000) / 7
    names = pa.array(["u", "v"] * 100_000).dictionary_encode()
    found = gradcli.map("x", {"x": x, "name": names})
    assert np.array_equal(found["value"], x)
    assert found["name"].to_pylist() == names.to_pylist()
    matrices = np.arange(8.0).reshape(2, 2, 2)
    found = gradcli.map("m @ v", {"m": matrices, "v": [[1, 2], [3, 4]]}, wrt="v")
    assert np.array_equal(found["value"].to_pylist(), [[2, 8], [32, 46]])
    found = gradcli.map("x^2", {"x": np.ma.array([1.0, 2.0], mask=[False, True])})
    assert found["value"].to_pylist() == [1, None]
    found = gradcli.map("x^2", pa.table({"x": pa.array([], pa.float64())}))
    assert (found.schema.names, found.num_rows) == (["x", "value", "d_x"], 0)


OPTIONS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("x^2*k", {"wrt": "x,k", "k": 3}, {"x": 2, "y": 5, "value": 12, "d_x": 12, "d_k": 4}),
    ("x^2", {"wrt": "", "keep": "x"}, {"x": 2, "value": 4}),
    ("x^2", {"drop": ["x"], "prefix": "n_"}, {"y": 5, "n_value": 4, "n_d_x": 4}),
    ("p^2", {"rename": {"p": "x"}, "keep": []}, {"value": 4, "d_p": 4}),
    ("x^3", {"hessian": True, "keep": []}, {"value": 8, "d_x": 12, "d2_x_x": 12}),
    ("x^3", {"ask": "d2/dx2", "wrt": [], "keep": []}, {"value": 8, "d2/dx2": 12}),
    ("x^3", {"ask": ["d/dx"], "wrt": [], "keep": []}, {"value": 8, "d/dx": 12}),
    ("x^2", {"dy": 10, "keep": [], "workers": 1}, {"value": 4, "d_x": 40}),
    ("x^2 + 0*y", {"wrt": "y", "keep": [], "unconnected": "none"}, {"value": 4, "d_y": 0}),
    ("x/3", {"dtype": "float32", "keep": [], "wrt": ""}, {"value": np.float32(2) / np.float32(3)}),
    ("log(1 + exp(400*x))", {"keep": [], "wrt": ""}, {"value": 800}),
]


@pytest.mark.parametrize(("program", "options", "row"), OPTIONS)
def test_options(program: str, options: dict[str, Any], row: dict[str, Any]) -> None:
    assert gradcli.map(program, {"x": [2], "y": [5]}, **options).to_pylist() == [row]


def test_names_of_options() -> None:
    """A mapping gives values to names that mean something else here."""
    table = {"x": [2.0]}
    found = gradcli.map("x*wrt*k", table, {"wrt": 3, "k": [5, 7]}, wrt="x", keep="")
    assert found.to_pylist() == [{"value": [30, 42], "d_x": 36}]


def test_notices_are_warnings() -> None:
    table = {"x": ["1", "one", "0"], "e": [1, 2, 3]}
    with pytest.warns(gradcli.GradcliWarning) as caught:
        found = gradcli.map("log(x) + e", table, on_bad_row="null", wrt="x")
    assert found["value"].to_pylist() == [1, None, -np.inf]
    assert [warning.message.notice.message for warning in caught] == [
        "e is the column of that name here, not the constant 2.718281828459045",
        "value and d_x are infinite or not a number in 1 row, first at row 3: log(0) is -inf",
        "1 of 3 rows is bad; the first: 'one' is not a number at row 2, column x",
    ]
    assert caught[0].message.notice.help == "e=… gives it another value"
    assert caught[1].message.notice.span.text == "log(x)"
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert gradcli.map("x", table, on_bad_row="skip", keep="")["value"].to_pylist() == [1, 0]


@pytest.mark.parametrize("call", ["mean(x)", "np.mean(x)", "x.mean()"])
def test_a_mean_of_one_number(call: str) -> None:
    words = "x is one number in each row, and mean is of that one alone"
    with pytest.warns(gradcli.GradcliWarning, match=words):
        found = gradcli.map(f"x - {call}", {"x": [1.0, 2.0]}, wrt="", keep="")
    assert found["value"].to_pylist() == [0, 0]


MISTAKES: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
    ({"x": [1]}, {"q": 3}, gradcli.InputError, "no variable 'q'"),
    ({"y": [1]}, {}, gradcli.InputError, "no column and no value for 'x'"),
    ({"x": ["a"]}, {}, gradcli.GradcliError, "'a' is not a number at row 1, column x"),
    ({"x": [1]}, {"x": "a"}, gradcli.InputError, "x is text"),
    ({"x": [1]}, {"on_bad_row": "drop"}, gradcli.UsageError, "on_bad_row is 'drop'"),
    ({"x": [1]}, {"keep": "x", "drop": "x"}, gradcli.UsageError, "keep and drop"),
    ({"x": [1]}, {"output": "out.xyz"}, gradcli.UsageError, "kind of table 'out.xyz' is"),
    ({"x": [1]}, {"output": "o", "to": "odd"}, gradcli.UsageError, "to: 'odd' is not a kind"),
    ({"x": [1]}, {"dask": True}, gradcli.InputError, "a cluster reads files"),
    ({"x": [1, 2], "y": [1]}, {}, gradcli.InputError, "expected length 2 but got length 1"),
    ({"x": 3}, {}, gradcli.InputError, "the column 'x' cannot be read"),
    ({"x": [1, "a"]}, {}, gradcli.InputError, "the column 'x' cannot be read"),
    (3, {}, gradcli.InputError, "the table cannot be read"),
    ([{"x": 1}], {}, gradcli.InputError, "a list is not a table"),
    ([], {}, gradcli.InputError, "a list is not a table"),
    ("no such.csv", {}, gradcli.InputError, "cannot read 'no such.csv'"),
    ("no such *.csv", {}, gradcli.InputError, "no file matches"),
    ("", {}, gradcli.InputError, "the name of a table is empty"),
    ("-", {}, gradcli.UsageError, "standard input has no extension"),
    ("-", {"from_": "csv"}, gradcli.InputError, "cannot read '-'"),
]


@pytest.mark.parametrize(("table", "options", "kind", "words"), MISTAKES)
def test_mistakes(
    tmp_path: Path,
    table: Any,
    options: dict[str, Any],
    kind: type[Exception],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind, match=words):
        gradcli.map("x", table, **options)
    assert os.listdir(tmp_path) == []


def test_a_program_is_a_text() -> None:
    with pytest.raises(gradcli.UsageError, match="a program is a text, not int"):
        gradcli.map(3, {"x": [1]})  # type: ignore[arg-type]
    with pytest.raises(gradcli.ParseError):
        gradcli.map("x +", {"x": [1]})


def test_lists_that_hold_themselves() -> None:
    """PyArrow would follow them without end."""
    column: list[Any] = [1.0]
    column.append(column)
    for values in (column, [[1.0], column], (column,)):
        with pytest.raises(gradcli.InputError, match="lists that hold themselves"):
            gradcli.map("x", {"x": values})
    again = [1.0, 2.0]
    assert gradcli.map("sum(x)", {"x": [again, again]})["value"].to_pylist() == [3, 3]


def test_twins() -> None:
    table = pa.table([[1], [2]], names=["x", "x"])
    with pytest.raises(gradcli.GradcliError, match="the table has 2 columns named 'x'"):
        gradcli.map("x", table)


def test_numbers_by_a_dictionary() -> None:
    column = pa.array([1.0, 2.0, 1.0]).dictionary_encode()
    assert gradcli.map("x*2", pa.table({"x": column}))["value"].to_pylist() == [2, 4, 2]


def test_a_program_travels() -> None:
    """What is sent to workers is the same program there, whatever it says while it runs."""
    settings = Settings(dtype="float32", unconnected="none", printed=lambda text: None)
    request = RowRequest(
        wrt=("x", "k"), dy=np.array(2.0), hessian=True, ask=("d2/dx2",), prefix="n_"
    )
    program = RowProgram(Text("x^2*k", "mine"), ["x", "y"], {"k": 3}, settings, request)
    there = pickle.loads(pickle.dumps(program))
    assert there.outputs == program.outputs
    assert (there.columns, there.constants, there.request) == (["x"], {"k": 3}, request)
    assert (there.text.source.name, there.settings.dtype) == ("mine", "float32")
    assert there.settings.unconnected == "none"


@pytest.mark.parametrize("count", [0, -1, 1.5, "two", "", True])
def test_numbers_of_threads_and_workers(count: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are whole numbers from 1 on; anything else is named."""
    table = {"x": [3.0]}
    for ask in (
        lambda: gradcli.compile("x^2", threads=count),
        lambda: gradcli.map("x^2", table, workers=count),
    ):
        with pytest.raises(gradcli.GradcliError, match=f"is {count!r}") as caught:
            ask()
        assert caught.value.status == 2
    monkeypatch.setenv("GRADCLI_THREADS", str(count) or "none")
    with pytest.raises(gradcli.GradcliError, match="GRADCLI_THREADS is "):
        gradcli.map("x^2", table)
    assert gradcli.compile("x^2", threads=2)(x=3) == 9
    monkeypatch.setenv("GRADCLI_THREADS", "2")
    assert gradcli.map("x^2", table, workers=3)["value"].to_pylist() == [9]
    assert Settings().workers == 2
    assert Settings(threads=3).workers == 3

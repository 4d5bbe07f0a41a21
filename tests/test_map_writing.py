"""What `map` writes, however rows are cut: whole or not at all, whatever happens."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import gradcli
from gradcli.data.formats.page import Page
from gradcli.data.tables import sizes, writers
from gradcli.data.tables.output import TableOutput
from gradcli.data.tables.sheet import Sheet
from gradcli.engine.tables import row_path
from tests.tables import BAD, Done, mapped, pa, pq, ran, read, sample, written


@pytest.mark.parametrize(
    ("name", "is_stream", "is_file"),
    [
        (os.devnull, True, False),
        ("new.csv", False, True),
        ("there.csv", False, True),
        ("parts", False, False),
        ("new", False, False),
    ],
)
def test_what_is_written_may_be_gone(
    tmp_path: Path, name: str, is_stream: bool, is_file: bool
) -> None:
    (tmp_path / "there.csv").touch()
    (tmp_path / "parts").mkdir()
    output = TableOutput(path=os.path.join(tmp_path, name))
    assert (output.is_stream, output.is_file) == (is_stream, is_file)


# --- sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 200])
def test_edges_of_batches(tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_path, "ROWS", 64)
    monkeypatch.setattr(sizes, "ROWS", 64)
    monkeypatch.setattr(sizes, "CHUNK", 64)
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
    monkeypatch.setattr(sizes, "CHUNK", 1000)
    assert ran("erf(x)*exp(y) + ndtr(y)", source) == whole


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_cuts_do_not_matter_to_groups(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groups of rows of one size, with categories that differ from part to part of the table."""
    monkeypatch.setattr(sizes, "GROUP", 50)
    parts = [pa.array([f"c{i}", "all"] * 35).dictionary_encode() for i in range(3)]
    table = pa.table({"x": np.arange(210.0), "c": pa.chunked_array(parts)})
    for size in (7, 70):
        monkeypatch.setattr(sizes, "ROWS", size)
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
    monkeypatch.setattr(sizes, "GROUP", 2)
    monkeypatch.setattr(sizes, "CHUNK", 16)
    monkeypatch.setattr(sizes, "SHARE", 16)
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


def test_a_gate_is_closed_after_its_stream() -> None:
    """As its finalizer does, of whose errors Python speaks from 3.13 on."""
    stream = io.BytesIO()
    gate = writers.Gate(stream)
    gate.write(b"1")
    stream.close()
    gate.close()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_told_to_end(tmp_path: Path, number: int) -> None:
    """No unfinished file stays behind."""
    command = [*COMMAND, "x", "-", "--from", "csv", "-o", str(tmp_path / "out.csv")]
    before = signal.signal(number, signal.SIG_DFL)  # or it is ignored where tests run under nohup
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    signal.signal(number, before)
    with process:
        assert process.stdin is not None
        process.stdin.write(b"x\n" + b"1\n" * sizes.CHUNK)
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


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow"])
def test_tables_do_not_load_pandas(tmp_path: Path, kind: str) -> None:
    """PyArrow imports it for little things, if it is installed, and takes long for that."""
    (tmp_path / "pandas.py").write_text("__version__ = '3'; print('loaded')")
    source = written(tmp_path / f"in.{kind}", sample())
    where = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, "-m", "gradcli", "map", "x^2", source, "-o", tmp_path / f"out.{kind}"],
        env={**os.environ, "PYTHONPATH": where},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""


def test_other_files_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    done = mapped("x", "-o", str(tmp_path / "out"))
    assert (done.status, "holds other files" in done.err) == (2, True)
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


# --- workers and parts --------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["out.csv", "out.jsonl", "out.parquet", "out.arrow", "parts"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_workers_do_not_matter(
    tmp_path: Path, kind: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes for every number of workers, of files that are cut and put together."""
    for name, size in (("CHUNK", 2_000), ("SHARE", 8_000), ("GROUP", 70)):
        monkeypatch.setattr(sizes, name, size)
    sources = [written(tmp_path / f"{n}.{kind}", sample(n)) for n in (3, 5, 1000)]
    contents = []
    for workers in (1, 2, 5):
        ran("x^2*y", *sources, "-o", tmp_path / target, "--workers", workers)
        paths = sorted((tmp_path / target).glob("*")) or [tmp_path / target]
        contents.append([path.read_bytes() for path in paths])
    assert contents[0] == contents[1] == contents[2]
    assert (len(contents[0]) > 2) is (target == "parts")


def test_row_groups_take_their_places() -> None:
    """Row groups encoded apart become the very file that PyArrow writes of them."""
    rows = {"x": np.arange(100) / 7, "s": ["a", "b"] * 50, "v": [[1.0, 2.0], []] * 50}
    table = pa.table({**rows, **{f"c{i}": np.arange(100) for i in range(20)}})
    whole, stream = io.BytesIO(), io.BytesIO()
    with pq.ParquetWriter(whole, table.schema, use_dictionary=["s", "v"]) as file:
        file.write_table(table, 30)
    with writers.writer(stream, "parquet", [], table.schema) as sink:
        for start in range(0, 100, 30):
            one = io.BytesIO()
            pq.write_table(table[start : start + 30], one, use_dictionary=["s", "v"])
            sink.write(one.getvalue())
    assert stream.getvalue() == whole.getvalue()


def test_offsets_of_indices_move() -> None:
    """Pages that are found by an index, which older and other writers give."""
    table = pa.table({"x": np.arange(5000.0)})
    one, stream = io.BytesIO(), io.BytesIO()
    pq.write_table(table, one, write_page_index=True, data_page_size=1000)
    with writers.writer(stream, "parquet", [], table.schema) as sink:
        sink.write(one.getvalue())
        sink.write(one.getvalue())
    chunks = [pq.ParquetFile(stream).metadata.row_group(i).column(0) for i in (0, 1)]
    assert all(chunk.has_offset_index and chunk.has_column_index for chunk in chunks)
    assert pq.read_table(stream, filters=[("x", ">", 4998)])["x"].to_pylist() == [4999.0] * 2


def test_values_that_outgrow_their_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many columns of few rows take more bytes than their values."""
    monkeypatch.setattr(writers, "MARGIN", 0)
    table = pa.table({f"c{i}": [1.0] for i in range(50)})
    assert pq.read_table(pa.BufferReader(writers.parquet_file(table))).equals(table)


# --- on a terminal ------------------------------------------------------------------------------


def test_the_first_rows_on_a_terminal() -> None:
    """In columns, with six digits, and how many there are if not all are shown."""
    table = b'n,note,x\n7,"a\nb",1\n123456789,,2.123456789\n'
    shown = Done("x/3", "-", "--from", "csv", "--wrt", "", stdin=table, is_terminal=True)
    text = re.sub("\x1b\\[\\d*m", "", shown.out)
    assert [line.split() for line in text.splitlines() if "─" not in line] == [
        ["n", "note", "x", "value"],
        ["7", "a", "b", "1", "0.333333"],
        ["123456789", "2.12346", "0.707819"],
    ]
    many = b"x\n" + b"".join(b"%d\n" % i for i in range(1234))
    for args in (["-o", "table"], ["-o", "table", "--workers", "2"]):
        done = mapped("[x, -x/3]", "--wrt", "", "--precision", "3", *args, table=many)
        assert done.status == 0
        lines = done.out.splitlines()
        assert len(lines) == 23
        assert lines[-2].split() == ["19", "[19,", "-6.33]"]
        assert lines[-1] == "  20 of 1,234 rows; -o csv shows them all"
    plain = Done("x", "-", "--from", "csv", "-o", "csv", stdin=many, is_terminal=True)
    assert len(plain.out.splitlines()) == 1235
    done = mapped("x", "-o", "table", "--to", "csv", table=many)
    assert (done.status, "two kinds for one table: 'table' and 'csv'" in done.err) == (2, True)
    done = mapped("x", "-o", "table", table=b"x\n1\noops\n")
    assert (done.status, done.out) == (1, "")


def test_rows_are_counted_however_lines_are_cut() -> None:
    """Line ends between quotes are none of a row, wherever pieces end."""
    lines = b'1,"a\nb""\n"\n2,c\n' * 30
    for size in (1, 3, 1000):
        stream = io.BytesIO()
        sheet = Sheet(stream, ["x", "t"], Page())
        for start in range(0, len(lines), size):
            sheet.write(lines[start : start + size])
        sheet.close()
        assert stream.getvalue().decode().endswith("20 of 60 rows; -o csv shows them all\n")
        assert len(stream.getvalue().splitlines()) == 23


def test_digits_of_results(tmp_path: Path) -> None:
    """So many significant ones, whatever is written; columns that pass through keep theirs."""
    table = b"x\n1.23456\n"
    assert mapped("x/3", "--precision", "2", table=table).out == "x,value,d_x\n1.23456,0.41,0.33\n"
    done = mapped("[x, 1e9*x] > 2", "--precision", "2", "--wrt", "", "-o", "json", table=table)
    assert done.out == '{"x": 1.23456, "value": [false, true]}\n'
    found = gradcli.map("[x, 1e9*x]", {"x": [1.23456]}, precision=3, wrt="")
    assert found["value"].to_pylist() == [[1.23, 1.23e9]]
    with pytest.raises(gradcli.UsageError, match="precision is 0"):
        gradcli.map("x", {"x": [1]}, precision=0)

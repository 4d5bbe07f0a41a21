"""How the parts of a table are dealt to workers, and what they do while machine code is made."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Event, get_ident
from time import sleep
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from gradcli.data.tables import input as tables
from gradcli.data.tables import sizes
from gradcli.data.tables.ahead import Ahead
from gradcli.data.tables.chunks import Chunk, Extent
from gradcli.data.tables.flaws import TableError
from gradcli.data.tables.input import FileInput
from gradcli.data.tables.row_batch import Form
from gradcli.data.tables.typed import Footer, ParquetRows
from gradcli.engine.program import Text
from gradcli.engine.settings import Settings
from gradcli.engine.tables.dealing import Hand, Loads, dealt
from gradcli.engine.tables.row_program import RowProgram, RowRequest
from gradcli.engine.tables.table_run import TableRun
from tests.tables import pa, pq, ran

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# --- stretches ----------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_answers_are_in_order_and_none_is_missing(workers: int) -> None:
    """However many workers there are, and however long stretches are."""
    with ThreadPoolExecutor(workers) as pool:
        for stretches in ([], [[0]], [[0, 1, 2, 3, 4], [5], [6, 7]], [range(100)]):
            wanted = [-item for stretch in stretches for item in stretch]
            assert [*dealt(pool, lambda x: -x, stretches, workers)] == wanted


@pytest.mark.parametrize(
    ("count", "wanted"), [(2, [1]), (6, [1, 2, 3, 4, 5]), (7, [4, 5, 6, 1, 2, 3])]
)
def test_who_has_nothing_left_takes_of_anothers(count: int, wanted: list[int]) -> None:
    """The rear half of many, one by one of few; the other one is in the first item until then."""
    done: list[int] = []
    all_others = Event()

    def work(item: int) -> int:
        assert item or all_others.wait(10)
        done.append(item)
        if len(done) == count - 1:
            all_others.set()
        return item

    with ThreadPoolExecutor(2) as pool:
        assert [*dealt(pool, work, [range(count)], 2)] == [*range(count)]
    assert done == [*wanted, 0]


def test_an_error_comes_in_its_turn() -> None:
    """Answers before it are given, whether an item or what brings the items is at fault."""

    def stretches() -> Iterator[list[int]]:
        yield [1, 2]
        raise OSError

    with ThreadPoolExecutor(2) as pool:
        for wrong, kind in (([[1, 2], [3, 0, 4], [5]], ZeroDivisionError), (stretches(), OSError)):
            answers = dealt(pool, lambda x: 6 // x, wrong, 2)
            assert [next(answers), next(answers)] == [6, 3]
            with pytest.raises(kind):
                for _ in answers:
                    pass


def test_nothing_is_begun_after_the_end() -> None:
    """What is at work goes on to its end."""
    begun: list[int] = []
    goes_on = Event()

    def work(item: int) -> int:
        begun.append(item)
        assert not item or goes_on.wait(10)
        return item

    with ThreadPoolExecutor(1) as pool:
        answers = dealt(pool, work, [[0, 1, 2], [3]], 1)
        assert next(answers) == 0
        answers.close()
        goes_on.set()
    assert begun in ([0], [0, 1])


@pytest.mark.parametrize(
    ("loads", "items", "taken"),
    [
        ([0], "0123", "a"),
        ([1], "0123", "a"),
        ([2], "01", "a"),
        ([2], "012", None),
        ([2, 1], "0123", "b"),
        ([1, 1], "0123", "a"),
        ([2, 2], "0123", None),
    ],
)
def test_who_has_little_to_do_takes_a_hand(loads: list[int], items: str, taken: str | None) -> None:
    """Who has so many items left, by name; of a hand that goes on, who took what is before it."""
    given = Loads()
    names = "ab"[: len(loads)]
    for given.taker, count in zip(names, loads, strict=True):
        for _ in range(count):
            given.add(Future())
    given.taker = "a"
    assert given.can_take(Hand(items, goes_on=True), names) == (taken is not None)
    assert given.taker == (taken or "a")


# --- readers ------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three row groups of 300 rows."""
    file = tmp_path / "in.parquet"
    pq.write_table(pa.table({"x": np.arange(900.0)}), file, row_group_size=300)
    return file


def test_rows_from_anywhere_to_anywhere(path: Path) -> None:
    """A reader begins within a row group, stops within a batch, and goes on."""
    footer = Footer.of(path)
    for start in (0, 1, 299, 300, 555, 900):
        rows = ParquetRows(str(path), footer, start, ["x"], 70)
        for stop in (start, min(start + 5, 900), min(start + 311, 900), 900):
            before = rows.at
            found = [x for batch in rows.upto(stop) for x in batch["x"].to_pylist()]
            assert found == [*map(float, range(before, stop))]


def test_what_is_read_ahead_comes_next(path: Path) -> None:
    """Up to the end of the row group; rows that others have taken are left out."""
    rows = ParquetRows(str(path), Footer.of(path), 0, ["x"], 70)
    assert [len(batch) for batch in rows.upto(80)] == [70, 10]
    assert [rows.read_ahead() > 0 for _ in range(4)] == [True, True, True, False]
    assert [rows.leads_to(row) for row in (79, 80, 299, 300)] == [False, True, True, False]
    assert [len(batch) for batch in rows.peek(200)] == [60, 60]
    rows.skip_to(200)
    assert [x for batch in rows.upto(310) for x in batch["x"].to_pylist()] == [*range(200, 310)]
    assert rows.leads_to(599)
    assert not rows.leads_to(600)


def test_what_somebody_goes_through_is_read_ahead(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the end of a row group, until enough of it waits; who comes meanwhile waits, too."""
    rows = ParquetRows(str(path), Footer.of(path), 0, ["x"], 100)
    through = rows.upto(700)
    assert len(next(through)) == 100
    with ThreadPoolExecutor(1) as pool:
        with rows._reading:
            other = pool.submit(rows.read_ahead)
            assert not wait([other], 0.05).done
        assert other.result() > 0
    assert all(rows.read_ahead() for _ in range(3))
    monkeypatch.setattr(sizes, "AHEAD", 3000)
    assert rows.read_ahead() == 0
    assert [len(batch) for batch in through] == [100] * 6


def test_chunks_are_read_ahead_until_enough_of_them_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read is told where it comes, behind those that wait."""

    def chunks() -> Iterator[Chunk]:
        yield from (Chunk(Extent("a.csv", "csv"), i, b"1234") for i in range(3))
        raise TableError("damaged")

    ahead, parsed = Ahead(chunks()), SimpleNamespace()
    for most, taken in [(7, [4, 4, 0]), (8, [4, 0]), (99, [0, 0])]:
        monkeypatch.setattr(sizes, "AHEAD", most)
        assert [ahead.read_ahead(lambda _: cast("Any", parsed)) for _ in taken] == taken
    assert [next(ahead).first for _ in range(3)] == [0, 1, 2]
    for _ in range(2):
        with pytest.raises(TableError, match="damaged"):
            next(ahead)


def test_what_cannot_be_read_ahead_is_told_to_who_comes_there(path: Path) -> None:
    """The rows before it are not lost."""
    footer = Footer.of(path)
    start = footer.meta.row_group(1).column(0).data_page_offset
    data = bytearray(path.read_bytes())
    data[start : start + 16] = b"\xff" * 16
    path.write_bytes(data)
    rows = ParquetRows(str(path), footer, 0, ["x"], 300)
    assert len(next(rows.upto(200))) == 200
    assert [rows.read_ahead() for _ in range(2)] == [0, 0]
    through = rows.upto(900)
    assert len(next(through)) == 100
    assert [rows.read_ahead() for _ in range(2)] == [0, 0]
    for _ in range(2):
        with pytest.raises((pa.ArrowException, OSError)):
            next(rows.upto(900))


def test_who_has_nothing_to_read_reads_for_others(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind what they have read, up to the end of the row group."""
    for name in ("GROUP", "ROWS"):
        monkeypatch.setattr(sizes, name, 50)
    table = FileInput([str(path)], None)
    chunks = table.chunks(next(table.units()))
    assert next(chunks).data["x"].to_pylist() == [*range(50)]
    with ThreadPoolExecutor(1) as pool:
        found = [pool.submit(table.read_ahead).result() for _ in range(6)]
    assert [size > 0 for size in found] == [True] * 5 + [False]
    monkeypatch.setattr(ParquetRows, "_read_before", lambda rows, row: 0)
    assert [x for chunk in chunks for x in chunk.data["x"].to_pylist()] == [*range(50, 200)]


def test_whoever_comes_next_goes_on_with_what_stands_there(path: Path) -> None:
    """One reader for units that come one after the other, to any thread; another one for others.

    Who has lost a reader that way gets that of the other thread.
    """
    table = FileInput([str(path)], None)

    def read(start: int) -> Any:
        unit = [Extent(str(path), "parquet", ("x",), start, start + 50)]
        assert [len(chunk.data) for chunk in table.chunks(unit)] == [50]
        return table._rows_by_thread[get_ident()]

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(read, 0).result()
        assert read(50) is first
        second = pool.submit(read, 200).result()
        assert second is not first
        assert read(100) is first
        assert pool.submit(read, 150).result() is first
        assert read(250) is second


def test_a_reader_that_comes_there_is_waited_for(path: Path) -> None:
    """One that is about to bring the last rows before."""
    table = FileInput([str(path)], None)
    unit = [Extent(str(path), "parquet", ("x",), 0, 50)]
    chunks = table.chunks(unit)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(next, chunks).result()
        (rows,) = table._rows_by_thread.values()
        rows.at -= 50
        with rows._reading:
            other = pool.submit(rows.comes_to, 50)
            assert not wait([other], 0.05).done
            rows.at += 50
        assert other.result()
        rows.at -= 50
        assert not pool.submit(rows.comes_to, 50).result()
        assert not rows.comes_to(60)


def test_a_reader_that_skips_rows_is_nobody_elses(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread that begins at one of the rows skipped reads them by itself."""
    table = FileInput([str(path)], None)
    whole = next(table.files())
    found: list[ParquetRows] = []
    skip = ParquetRows.skip_to

    def skipping(rows: ParquetRows, row: int) -> None:
        skip(rows, min(row, 50))
        if row == 100 and not found:
            with ThreadPoolExecutor(1) as pool:
                other = replace(whole, start=50, stop=100)
                found.append(pool.submit(table._rows_from, other, ["x"]).result())
        skip(rows, row)

    first = table._rows_from(replace(whole, start=0, stop=50), ["x"])
    assert [len(batch) for batch in first.upto(10)] == [10]
    monkeypatch.setattr(ParquetRows, "skip_to", skipping)
    second = table._rows_from(replace(whole, start=100, stop=150), ["x"])
    assert second is first
    assert found[0] is not first


def test_a_worker_goes_on_reading_where_it_has_been(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One reader for all parts, that which has looked at the first rows."""
    begun = []

    def rows(file: Any, footer: Any, start: int, *rest: Any) -> ParquetRows:
        begun.append(start)
        return ParquetRows(file, footer, start, *rest)

    monkeypatch.setattr(tables, "ParquetRows", rows)
    for name in ("GROUP", "ROWS", "FEW"):
        monkeypatch.setattr(sizes, name, 50)
    ran("x^2", path, "-o", tmp_path / "parts", "--workers", 1)
    assert len([*(tmp_path / "parts").glob("*")]) == 15
    assert begun == [0]


# --- text ---------------------------------------------------------------------------------------


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three chunks of four rows, of which the second is not in UTF-8."""
    monkeypatch.setattr(sizes, "CHUNK", 8)
    file = tmp_path / "in.csv"
    file.write_bytes(b"x\n" + b"1\n" * 4 + b"\xff\n" * 4 + b"3\n" * 4)
    return file


def test_chunks_of_text_are_parsed_ahead(lines: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They come in order, with what was parsed of them; what has no rows says so in its turn."""
    table = FileInput([str(lines)], None)
    units = table.read(8)
    first = next(iter(next(units)))
    assert [table.read_ahead() for _ in range(3)] == [8, 8, 0]
    bad, last = (chunk for unit in units for chunk in unit)
    assert (first.rows, bad.rows) == (None, None)
    assert last.rows is not None
    assert table.rows(last) is last.rows
    assert last.rows.columns["x"].to_pylist() == ["3"] * 4
    with pytest.raises(TableError, match=r"in.csv:6 is not text in UTF-8"):
        table.rows(bad)
    monkeypatch.setattr(sizes, "AHEAD", 7)
    assert next(iter(next(table.read(8)))).first == 2
    assert [table.read_ahead() for _ in range(2)] == [8, 0]


def test_what_a_thread_has_begun_to_read_is_read_once(
    lines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks at the first chunk, and who then reads all, has what was parsed meanwhile."""
    table = FileInput([str(lines)], None)
    begun: list[int] = []
    inner = FileInput.rows
    monkeypatch.setattr(
        FileInput, "rows", lambda *args, **form: begun.append(args[1].first) or inner(*args, **form)
    )
    with table.reading(Form(frozenset("x"), frozenset(), ("x",), ",")):
        looked_at = next(table.peek())
        while len(begun) < 3:
            sleep(0.001)
    assert looked_at.rows is not None
    assert looked_at.rows.lines.to_pylist() == ["1", *["\n1"] * 3]
    first, bad, last = (chunk for unit in table.read(8) for chunk in unit)
    assert (first, bad.rows, last.first) == (looked_at, None, 10)
    assert begun == [2, 6, 10]
    assert [len(list(table.chunks(unit))) for unit in table.units(8)] == [1, 1, 1]


def test_text_that_cannot_be_read_ahead_is_told_to_who_comes_there(
    lines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chunks before it are not lost."""
    monkeypatch.setattr(sizes, "LONGEST", 20)
    lines.write_bytes(b"x\n" + b"1\n" * 8 + b"1" * 100)
    table = FileInput([str(lines)], None)
    units = table.read(8)
    assert next(iter(next(units))).first == 2
    assert [table.read_ahead() for _ in range(3)] == [8, 0, 0]
    assert next(iter(next(units))).first == 6
    with pytest.raises(TableError, match=r"in.csv:10 is longer than 20 bytes"):
        next(units)


# --- machine code -------------------------------------------------------------------------------


class Pages:
    """A table whose chunks say when they are read."""

    def __init__(self) -> None:
        self.read: list[int] = []
        self.following = [4, 5]

    def chunks(self, unit: range) -> Iterator[Any]:
        for number in unit:
            self.read.append(number)
            yield Chunk(Extent("", "csv"), number, bytearray(b"1\n" * 5))

    def read_ahead(self, _form: Any) -> int:
        if not self.following:
            return 0
        self.read.append(self.following.pop(0))
        return 10


@pytest.mark.parametrize(
    ("ahead", "wanted"), [(1000, [0, 1, 2, 3, 4, 5]), (45, [0, 1, 2, 3, 4]), (15, [0, 1])]
)
def test_others_read_while_one_makes_the_machine_code(
    ahead: int, wanted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they may have, beyond a unit if that is all; then all go on chunk by chunk."""
    monkeypatch.setattr(sizes, "AHEAD", ahead)
    table: Any = Pages()
    program = RowProgram(Text("x^2"), ["x"], {}, Settings(), RowRequest())
    layout: Any = SimpleNamespace(form=None)
    run = TableRun(program, table, layout, [np.arange(3.0)])
    is_asked, may_end = Event(), Event()

    def prepare(sample: Any, rows: int) -> None:
        assert rows == 6
        is_asked.set()
        assert may_end.wait(10)

    monkeypatch.setattr(run.mapper, "prepare", prepare)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(lambda: [chunk.first for chunk in run.chunks(range(10, 12))])
        assert is_asked.wait(10)
        other = run.chunks(range(4))
        assert next(other).first == 0
        assert table.read == [10, *wanted]
        may_end.set()
        assert first.result() == [10, 11]
    assert [chunk.first for chunk in other] == [1, 2, 3]
    assert [chunk.first for chunk in run.chunks(range(20, 22))] == [20, 21]

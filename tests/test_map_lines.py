"""CSV for `map` by the short way: numbers read as such, lines passed on as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gradcli.data.tables import delimited, sizes
from tests.tables import mapped

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = b"x,y,t\n" + b"".join(b"%d.5,%de-3,a%d\n" % (i, i + 1, i % 3) for i in range(40))

# A table, further arguments, and whether the short way leads through all of it.
TABLES = [
    (PLAIN, (), True),
    (PLAIN, ("--keep", "t"), True),
    (PLAIN, ("--keep", ""), True),
    (PLAIN, ("--keep", "y,x,t"), True),
    (PLAIN, ("--drop", "x"), True),
    (PLAIN, ("--to", "jsonl"), False),
    (PLAIN, ("--to", "tsv"), False),
    (PLAIN, ("--precision", "3"), True),
    (PLAIN, ("--sep", ","), True),
    (PLAIN.replace(b",", b";"), ("--sep", ";"), False),
    (PLAIN.replace(b",", b"\t"), ("--from", "tsv"), True),
    (PLAIN.replace(b",", b"\t"), ("--from", "tsv", "--to", "csv"), False),
    (PLAIN[:-1], (), False),
    (PLAIN.replace(b"\n", b"\r\n"), (), False),
    (PLAIN.replace(b"\n", b"\n\n"), (), False),
    (PLAIN.replace(b"a1", b'"a,1"'), (), False),
    (PLAIN.replace(b"a1", b'"a\n1"'), (), False),
    (PLAIN.replace(b"a1", "ä1".encode()), (), True),
    (PLAIN.replace(b"a1", b"\xe4"), (), False),
    (PLAIN.replace(b"a1", b""), (), True),
    (PLAIN.replace(b"a1", b" a1 "), (), True),
    (PLAIN.replace(b"17.5", b""), (), True),
    (PLAIN.replace(b"17.5", b"NA"), (), True),
    (PLAIN.replace(b"17.5", b"NA"), ("--on-missing", "skip"), True),
    (PLAIN.replace(b"0.5", b""), ("--on-missing", "skip"), True),
    (PLAIN.replace(b".5", b""), ("--null-words", "17,3"), True),
    (PLAIN.replace(b".5", b""), ("--null-words", "17,3", "--keep", "t"), False),
    (PLAIN.replace(b"17.5", b'"17"'), ("--null-words", "17,3", "--keep", ""), False),
    (PLAIN.replace(b"17.5", b'"17"'), ("--keep", ""), True),
    (PLAIN.replace(b"17.5", b'""'), ("--keep", ""), False),
    (PLAIN.replace(b"17.5", b'"NA"'), ("--keep", ""), False),
    (PLAIN.replace(b"17.5", b" NA"), (), False),
    (PLAIN.replace(b"17.5", b" 17.50\t"), (), True),
    (PLAIN.replace(b"17.5", b"oops"), ("--on-bad-row", "null"), False),
    (PLAIN.replace(b"17.5", b"oops"), ("--on-bad-row", "skip"), False),
    (PLAIN.replace(b"17.5", b"oops"), (), False),
    (PLAIN.replace(b"17.5", b"-inf"), (), False),
    (PLAIN.replace(b"17.5", b"nan"), (), True),
    (PLAIN.replace(b"17.5", b"1e400"), (), False),
    (PLAIN.replace(b"17.5", b"0x11"), (), False),
    (PLAIN.replace(b"17.5", b"017"), (), True),
    (PLAIN.replace(b"17.5", b"9007199254740993"), ("--on-bad-row", "null"), False),
    (PLAIN.replace(b"17.5", b"9007199254740992"), (), False),
    (PLAIN.replace(b"17.5", b"1e300"), (), False),
    (PLAIN.replace(b"17.5", b"17.5,1"), ("--on-bad-row", "null"), False),
    (PLAIN.replace(b"17.5,", b""), ("--on-bad-row", "skip"), False),
    (PLAIN.replace(b"17.5", b"[1;2]"), ("--on-bad-row", "skip"), False),
    (b"x,y\n1,2\n", (), True),
    (b"x\n1\n\n2\n", (), False),
    (b"x,y\n", (), False),
]

PROGRAM = "x*exp(-{})"


@pytest.fixture(params=[2**22, 100], ids=["one chunk", "chunks"])
def chunks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "CHUNK", request.param)
    monkeypatch.setattr(sizes, "SAMPLE", request.param)


def spied(monkeypatch: pytest.MonkeyPatch, inner: Callable[..., Any]) -> list[bool]:
    """Whether each chunk went the short way, which is what this function gives."""
    went = []

    def formed(*args: Any) -> Any:
        batch = None
        try:
            batch = inner(*args)
        finally:
            went.append(batch is not None)
        return batch

    monkeypatch.setattr(delimited, "_formed", formed)
    return went


@pytest.mark.usefixtures("chunks")
@pytest.mark.parametrize(("table", "args", "is_short"), TABLES)
def test_the_short_way_makes_no_difference(
    table: bytes, args: tuple[str, ...], is_short: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = PROGRAM.format("y") if b"y" in table else PROGRAM.format("x")
    went = spied(monkeypatch, delimited._formed)
    short = mapped(program, *args, table=table)
    assert all(went) == is_short or not went
    monkeypatch.setattr(delimited, "_formed", lambda *args: None)
    long = mapped(program, *args, table=table)
    assert (short.status, short.out, short.err) == (long.status, long.out, long.err)


@pytest.mark.usefixtures("chunks")
def test_the_short_way_with_columns_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read as text beside the numbers; in them NA is a word."""
    table = PLAIN.replace(b"a1", b"NA").replace(b"a2", b"")
    went = spied(monkeypatch, delimited._formed)
    done = mapped('if t == "NA" { x } else { -x }', "--wrt", "x", table=table)
    assert all(went)
    assert went
    rows = [line.split(",") for line in done.out.splitlines()[1:]]
    assert [row[-1] for row in rows[:6]] == ["-1", "1", "", "-1", "1", ""]
    assert [",".join(row[:3]) for row in rows] == table.decode().splitlines()[1:]

"""Work that grows as it must: calls of functions are counted at n and 2n, not seconds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

import gradcli
from tests.bench.growth import CONSTRUCTS, SQUARE, Construct

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

    from tests.bench.growth import Job

FEW = 2_000
"""Calls beyond which it matters how their number grows."""


def calls(construct: Construct, n: int) -> int:
    """How many functions are called, of Python and of C."""
    return calls_of(construct.job(n))


def calls_of(ask: Job) -> int:
    """How many functions a job calls, of Python and of C."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        ask()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.name)
def test_calls_grow_as_they_must(
    construct: Construct, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    n = min(max(construct.n // 8, 6), 100)
    construct.job(n)()
    once, twice = calls(construct, n), calls(construct, 2 * n)
    most = 5.5 if construct.name in SQUARE else 2.6
    assert twice < most * max(once, FEW), f"{once:,} and {twice:,} calls"


@pytest.mark.parametrize(
    "text",
    [
        "while 1 { x = x + 1 }; x",
        "while true { x += 1; y = x }; y",
        "while x > 0 { while 1 { x += 1 } }; x",
        "for i in range(200) { if i > 150 { while 1 { x += i } } }; x",
    ],
)
def test_turns_without_an_end(text: str) -> None:
    def job(n: int) -> Job:
        def ask() -> None:
            with pytest.raises(gradcli.LimitError, match=f"more than {n:,} statements"):
                gradcli.grads(text, x=1.0, max_steps=n)

        return ask

    endless = Construct(text, 0, job)
    job(100)()
    assert calls(endless, 20_000) < 2.6 * calls(endless, 10_000)


def test_a_series_of_what_is_no_number_ends_as_others_do() -> None:
    def job(a: float) -> Job:
        return lambda: gradcli.evaluate("hyp2f1(a, 1, 2, x)", {"a": a, "x": -1e300})

    assert calls_of(job(float("nan"))) < 2 * calls_of(job(0.5))


def test_what_grows_faster_is_seen() -> None:
    def pairs(n: int) -> Job:
        return lambda: [(i, abs(j)) for i in range(n) for j in range(n)]

    grows = Construct("pairs", 0, pairs)
    assert calls(grows, 100) > 3 * calls(grows, 50)

"""Questions, functions and the parser say what asked.txt, calls.txt and mistyped.txt have."""

from __future__ import annotations

import pytest

from gradcli.engine import question as registry
from gradcli.ops.catalog import FUNCTIONS
from tests import asked, calls, mistyped, recorded

ASKED, CALLS, MISTYPED = (recorded.read(each.PLACE) for each in (asked, calls, mistyped))


@pytest.mark.parametrize("jobs", ASKED, ids=lambda jobs: next(iter(jobs))[8:20])
def test_questions(jobs: dict[str, str]) -> None:
    recorded.assert_alike(asked.answers(jobs), jobs)


@pytest.mark.parametrize("lines", CALLS, ids=lambda lines: next(iter(lines)))
def test_functions(lines: dict[str, str]) -> None:
    recorded.assert_alike({call: calls.outcome(call) for call in lines}, lines)


@pytest.mark.parametrize("lines", MISTYPED, ids=lambda lines: next(iter(lines)))
def test_programs(lines: dict[str, str]) -> None:
    recorded.assert_alike({line: mistyped.said(line) for line in lines}, lines)


def test_none_is_missing() -> None:
    assert len(ASKED) == len(registry.every())
    assert [next(iter(lines)) for lines in CALLS] == [f.example for f in FUNCTIONS.values()]
    assert [next(iter(lines)) for lines in MISTYPED] == mistyped.PROGRAMS

"""`pytest -p tests.reach`, on Python 3.12 or newer: which tests call which function of gradcli.

Writes `reach.jsonl`, a line for each function: its file and line, and of each file of tests some
that call it, the quickest first. `python -m tests.mutants --reach reach.jsonl` runs these.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

HOME = f"{Path(__file__).parents[1] / 'gradcli'}/"
MOST = 150
"""Tests of one file that are kept for a function."""

Reached = dict[tuple[str, int], dict[str, list[tuple[float, str]]]]


class Reach:
    """The functions that the test at hand has called, and the tests of each function."""

    def __init__(self) -> None:
        self.called: set[CodeType] = set()
        self.tests: Reached = defaultdict(lambda: defaultdict(list))
        events: Any = sys.monitoring
        self.events = events
        events.use_tool_id(events.COVERAGE_ID, "reach")
        events.register_callback(events.COVERAGE_ID, events.events.PY_START, self.start)
        events.set_events(events.COVERAGE_ID, events.events.PY_START)

    def start(self, code: CodeType, _offset: int) -> Any:
        """A function begins; it is heard of once a test."""
        if code.co_filename.startswith(HOME):
            self.called.add(code)
        return self.events.DISABLE

    def note(self, test: str, seconds: float) -> None:
        """A test is over."""
        file = test.split("::", maxsplit=1)[0]
        for code in tuple(self.called):  # threads may go on adding to it
            tests = self.tests[code.co_filename.removeprefix(HOME), code.co_firstlineno][file]
            tests.append((round(seconds, 4), test))
            if len(tests) > 2 * MOST:
                tests[:] = sorted(tests)[:MOST]

    def write(self, path: Path) -> None:
        """A line a function; nothing is heard any more."""
        self.events.set_events(self.events.COVERAGE_ID, 0)
        with path.open("w", encoding="utf-8") as stream:
            for (file, line), tests in sorted(self.tests.items()):
                few = {name: sorted(found)[:MOST] for name, found in tests.items()}
                stream.write(json.dumps({"file": file, "line": line, "tests": few}) + "\n")


REACH = Reach()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Each test from its fixtures to its end."""
    REACH.called.clear()
    REACH.events.restart_events()
    start = sum(os.times()[:4])
    result = yield
    REACH.note(item.nodeid, sum(os.times()[:4]) - start)
    return result


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Each worker of xdist writes a file of its own, and the session joins them."""
    whose = getattr(session.config, "workerinput", {}).get("workerid", "main")
    REACH.write(Path(f"reach-{whose}.jsonl"))
    if whose == "main":
        _join(sorted(Path().glob("reach-*.jsonl")))


def _join(paths: list[Path]) -> None:
    for path in paths:
        for text in path.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            for name, tests in line["tests"].items():
                REACH.tests[line["file"], line["line"]][name] += map(tuple, tests)
        path.unlink()
    REACH.write(Path("reach.jsonl"))

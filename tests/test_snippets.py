"""Snippets of other frameworks print what they print there."""

from __future__ import annotations

from io import BytesIO, StringIO
from typing import TYPE_CHECKING

import pytest

from gradcli.cli.main import run
from gradcli.data.console import Console
from tests.sessions import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def snippets(folder: str) -> list[Path]:
    """The snippets of a folder, in all languages."""
    return sorted(p for p in (ROOT / folder).iterdir() if p.suffix in (".py", ".js"))


GOLDEN = snippets("tests/golden/snippets")
SAMPLES = snippets("samples/snippets")


REFUSED = snippets("samples/snippets/refused")


class Done:
    """What a run of a command line has printed, and its status."""

    def __init__(self, args: Sequence[str], text: str = "") -> None:
        out, err = StringIO(), StringIO()
        console = Console(BytesIO(text.encode()), out, err, {}, is_terminal=False)
        self.status = run(args, console)
        self.out, self.err = out.getvalue(), err.getvalue()


def words(text: str) -> list[list[str]]:
    """The lines of a text without the white space within them."""
    return [line.split() for line in text.rstrip().split("\n")]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    done = Done(["run", str(path)])
    assert words(done.out) == words(path.with_suffix(".out").read_text("utf-8"))
    assert done.status == 0


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample(path: Path) -> None:
    """Each prints to the character what its framework printed when the sample was written."""
    done = Done(["run", str(path)])
    assert done.out == path.with_suffix(".out").read_text("utf-8")
    assert done.status == 0


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_refused(path: Path) -> None:
    """One mistake each, or one thing outside of the subset: status 1, and the place underlined."""
    done = Done(["run", str(path.relative_to(ROOT)), "--max-steps", "1000"])
    assert done.status == 1
    assert done.err == path.with_suffix(".err").read_text("utf-8")
    assert done.err.count("error: ") == 1
    assert "Traceback" not in done.err


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 40
    assert len(REFUSED) >= 15

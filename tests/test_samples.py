"""The samples print what they show; the errors are one mistake each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sessions import ROOT, again, steps

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = sorted((ROOT / "samples").rglob("*.console"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample(path: Path) -> None:
    assert again(path) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path", [p for p in SAMPLES if p.parent.name == "errors"], ids=lambda path: path.stem
)
def test_errors_are_errors(path: Path) -> None:
    """Each ends with a status, says what is wrong in one line, and never shows a traceback."""
    for step in steps(path.read_text(encoding="utf-8"))[1]:
        assert step.output.rstrip().endswith(("[exit 1]", "[exit 2]"))
        assert step.output.count("error: ") == 1
        assert "Traceback" not in step.output


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 20

"""The list of branches that no test takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests import unreached

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("branch", unreached.explained())
def test_explained_branches_are_there(branch: str) -> None:
    """Reasons go when what they are for goes."""
    file, _, way = branch.partition(": ")
    lines = {line.strip() for line in (unreached.HOME / file).read_text("utf-8").splitlines()}
    assert {*way.split(" → ")} <= lines | {unreached.END}


def test_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What has no reason is listed, and what tests take by now."""
    file = "gradcli/lower/rules.py"
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps({"files": {file: {"missing_branches": [[1, -1]]}}}))
    assert unreached.main(str(report)) == 1
    *listed, _ = capsys.readouterr().out.splitlines()
    first = (unreached.HOME / file).read_text("utf-8").splitlines()[0]
    assert listed[0] == f"no reason: {file}: {first} → the end"
    assert listed[1:] == [f"taken by now: {x}" for x in sorted(unreached.explained())]

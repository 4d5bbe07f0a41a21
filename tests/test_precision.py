"""Value and derivative of each function against many digits, over its whole range."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.precision import LIMIT, SUBJECTS, measured

README = Path(__file__).parents[1] / "README.md"


@pytest.mark.parametrize("name", SUBJECTS)
def test_units_in_the_last_place(name: str) -> None:
    row = measured(name)
    assert row.value <= LIMIT, row
    assert row.slope <= LIMIT, row


def test_table_of_the_readme() -> None:
    """The README shows the functions that are measured (its figures are those of one machine)."""
    assert re.findall(r"^\| `(.+?)` \|", README.read_text(), re.MULTILINE) == list(SUBJECTS)

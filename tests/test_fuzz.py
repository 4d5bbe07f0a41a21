"""A short run of what `python -m tests.fuzz` does for as long as one likes."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests import fuzz

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("case", fuzz.CASES)
def test_an_answer_or_a_clean_error(case: Callable[[Random], bool]) -> None:
    """The seed is part of what fails: `case(Random(seed))` shows it again."""
    for seed in range(40):
        try:
            case(Random(seed))
        except Exception as error:
            pytest.fail(f"{case.__name__}(Random({seed})): {error!r}")


def test_findings_of_the_past() -> None:
    outcomes = [fuzz.asked(program, Random(seed)) for program in fuzz.CORPUS for seed in range(4)]
    assert 0 < sum(outcomes) < len(outcomes)


def test_what_breaks_is_seen() -> None:
    def broken() -> None:
        raise IndexError

    with pytest.raises(IndexError):
        fuzz.answered(broken)

"""What torch, NumPy, SciPy, JAX and TensorFlow answer to a call, gradcli answers or refuses."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest

from gradcli.errors import GradcliError
from tests.frameworks import FILE, OPTIONS, REFUSED, difference, name_of, read

LINES, WITH_OPTIONS = (
    list(read(file.read_text(encoding="utf-8").splitlines())) for file in (FILE, OPTIONS)
)


def _name(line: dict[str, Any]) -> str:
    return name_of(line["call"])


@pytest.mark.parametrize(
    "lines", [list(lines) for _, lines in groupby(LINES, _name)], ids=lambda lines: _name(lines[0])
)
def test_calls_of_a_name(lines: list[dict[str, Any]]) -> None:
    """Values and gradients are the framework's; what is refused is refused with a message."""
    for line in lines:
        if line.get(REFUSED):
            with pytest.raises(GradcliError):
                difference(line)
        elif "differs" not in line:
            assert difference(line) == "", line


@pytest.mark.parametrize("line", WITH_OPTIONS, ids=lambda line: line["call"])
def test_options(line: dict[str, Any]) -> None:
    """What is usually left out is the framework's, too."""
    assert difference(line) == ""

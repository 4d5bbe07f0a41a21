"""Files of what was asked and what came of it, a line each, and what is alike but for rounding.

What is right is told elsewhere (golden, reference): here it is seen when anything changes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOTHING = 1e-12
"""A number that is as good as 0: rounding, which is not the same everywhere."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def short(value: Any) -> Any:
    """A number, or all that are in lists and dictionaries, in five digits."""
    match value:
        case float() if np.isfinite(value):
            return float(f"{value:.5g}") if abs(value) > NOTHING else 0.0
        case dict():
            return {key: short(item) for key, item in value.items()}
        case list() | tuple():
            return [short(item) for item in value]
    return value


def write(path: Path, blocks: Mapping[str, Mapping[str, str]]) -> None:
    """A block for each name: lines, and what came of each, further in."""
    texts = [
        "".join(f"{line}\n  {said}\n" for line, said in found.items()) for found in blocks.values()
    ]
    path.write_text("\n".join(texts), encoding="utf-8")


def read(path: Path) -> list[dict[str, str]]:
    """The blocks of a file."""
    blocks = path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    found = [block.split("\n") for block in blocks]
    return [dict(zip(rows[::2], [r[2:] for r in rows[1::2]], strict=True)) for rows in found]


def assert_alike(found: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """The same texts of the same lines, and numbers within rounding to five digits."""
    assert found.keys() == wanted.keys()
    for line, said in wanted.items():
        texts = [_NUMBER.sub("0", text) for text in (found[line], said)]
        assert texts[0] == texts[1], line
        numbers = [[*map(float, _NUMBER.findall(text))] for text in (found[line], said)]
        assert numbers[0] == pytest.approx(numbers[1], rel=2e-5, abs=NOTHING), line

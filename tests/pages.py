"""`python -m tests.pages`: how each function is called and what its page says, into `pages.txt`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from gradcli.engine.functions import page
from gradcli.ops.catalog import FUNCTIONS

if TYPE_CHECKING:
    from gradcli.data.report import Report

PLACE = Path(__file__).parent / "pages.txt"

NOTHING = 1e-12
"""A number of an example that is as good as 0: rounding, which is not the same everywhere."""


def written(report: Report) -> str:
    """The signature, derivatives, special points and the example, to six digits of its numbers."""
    (_, signature), (_, _doc), *rows = report.rows
    (_, example), (_, result) = rows[-2:]
    numbers = re.sub(r"-?\d+(\.\d+)?(e[+-]\d+)?", _short, result)
    facts = [f"{word}: {text}" for word, text in rows if word in ("derivative", "smooth", "at")]
    return "\n  ".join([signature, *facts, f"{example} = {numbers}"])


def _short(number: re.Match[str]) -> str:
    value = float(number[0])
    return f"{value if abs(value) > NOTHING else 0:.6g}"


def read() -> dict[str, str]:
    """The pages as they stand in the file, by the names of the functions."""
    blocks = PLACE.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    return dict(zip(FUNCTIONS, blocks, strict=False))


if __name__ == "__main__":
    PLACE.write_text(
        "\n\n".join(written(page(name)) for name in FUNCTIONS) + "\n", encoding="utf-8"
    )

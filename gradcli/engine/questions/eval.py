"""The value of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.question import EVERYDAY, question

if TYPE_CHECKING:
    from gradcli.engine.run import Run


@question(
    "eval",
    aliases="evaluate value calc",
    group=EVERYDAY,
    rank=0,
    value=True,
    alone=True,
    examples=['eval "exp(-x^2)" --x 0,1', 'eval "sum(x)" --x "linspace(0, 1, 5)"'],
)
def evaluate(_run: Run) -> None:
    """The value of PROGRAM: a text, @FILE, or - for standard input."""

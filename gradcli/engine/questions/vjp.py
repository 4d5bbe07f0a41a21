"""A seed times the Jacobian, without the Jacobian."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.gradient import gradients
from gradcli.engine.options import DY, JUDGED, WRT
from gradcli.engine.question import FRAMEWORKS, question

if TYPE_CHECKING:
    from gradcli.engine.gradient import Gradient
    from gradcli.engine.run import Run


@question(
    "vjp",
    group=FRAMEWORKS,
    rank=10,
    options=[WRT, *JUDGED, DY],
    answers="vjp",
    examples=['vjp "x^2" --x 1,2,3 --dy 1,0,0', 'vjp "A @ x" --A "1,2; 3,4" --x 1,1 --dy 1,0'],
)
def vjp(run: Run, wrt: list[str], dy: object) -> dict[str, Gradient]:
    """The gradient of sum(value * dy): the seed times the Jacobian."""
    run.one_array()
    return gradients(run, wrt, dy)

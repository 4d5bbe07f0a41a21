"""The gradient by the one input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.gradient import gradients
from gradcli.engine.options import DY, JUDGED, WRT
from gradcli.engine.question import EVERYDAY, question

if TYPE_CHECKING:
    from gradcli.engine.gradient import Gradient
    from gradcli.engine.run import Run


@question(
    "grad",
    aliases="gradient derive differentiate",
    group=EVERYDAY,
    rank=1,
    options=[WRT, *JUDGED, DY],
    answers="grads",
    alone=True,
    one_input=True,
    examples=['grad "atan(x)" --x -4,-2,0,2,4', 'grad "x*y^2" --x 1 --y 2 --wrt y'],
)
def grad(run: Run, wrt: list[str], dy: object) -> dict[str, Gradient]:
    """The gradient of PROGRAM by its one input, or by the one that --wrt names.

    A result that is no single number counts with its sum, or with sum(value * dy).
    """
    return gradients(run, wrt, dy)

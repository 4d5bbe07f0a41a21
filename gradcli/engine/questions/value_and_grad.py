"""The value, and the gradient by the one input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.gradient import gradients
from gradcli.engine.options import DY, JUDGED, WRT
from gradcli.engine.question import FRAMEWORKS, question

if TYPE_CHECKING:
    from gradcli.engine.gradient import Gradient
    from gradcli.engine.run import Run


@question(
    "value-and-grad",
    group=FRAMEWORKS,
    rank=0,
    options=[WRT, *JUDGED, DY],
    answers="grads",
    value=True,
    alone=True,
    one_input=True,
    examples=[
        'value-and-grad "log(1 + exp(x))" --x 800',
        'value-and-grad "x*y^2" --x 1 --y 2 --wrt y',
    ],
)
def value_and_grad(run: Run, wrt: list[str], dy: object) -> dict[str, Gradient]:
    """The value of PROGRAM and its gradient by its one input, or by the one that --wrt names."""
    return gradients(run, wrt, dy)

"""The value, and the gradients by all inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.gradient import gradients
from gradcli.engine.options import DY, JUDGED, WRT
from gradcli.engine.question import FRAMEWORKS, question

if TYPE_CHECKING:
    from gradcli.engine.gradient import Gradient
    from gradcli.engine.run import Run


@question(
    "value-and-grads",
    group=FRAMEWORKS,
    rank=1,
    options=[WRT, *JUDGED, DY],
    answers="grads",
    value=True,
    examples=[
        'value-and-grads "x*y" --x 1,2 --y=-1,-2',
        'value-and-grads "norm(x)" --x 3,4 -o json',
    ],
)
def value_and_grads(run: Run, wrt: list[str], dy: object) -> dict[str, Gradient]:
    """The value of PROGRAM and its gradients by all its inputs, or by those that --wrt names."""
    return gradients(run, wrt, dy)

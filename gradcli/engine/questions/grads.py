"""The gradients by all inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.gradient import gradients
from gradcli.engine.options import DY, JUDGED, WRT
from gradcli.engine.question import EVERYDAY, question

if TYPE_CHECKING:
    from gradcli.engine.gradient import Gradient
    from gradcli.engine.run import Run


@question(
    "grads",
    group=EVERYDAY,
    rank=3,
    options=[WRT, *JUDGED, DY],
    answers="grads",
    examples=['grads "x*y" --x 1,2 --y=-1,-2', 'grads "x @ A @ x" --x 1,2 --A "1,2; 3,4" -o json'],
)
def grads(run: Run, wrt: list[str], dy: object) -> dict[str, Gradient]:
    """The gradients of PROGRAM by all its inputs, or by those that --wrt names.

    A result that is no single number counts with its sum, or with sum(value * dy).
    """
    return gradients(run, wrt, dy)

"""The forward and the backward pass, step by step, and the chain rule in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.circuit import Circuit
from gradcli.engine.explanation import Explanation
from gradcli.engine.options import DY, WRT
from gradcli.engine.question import EVERYDAY, question

if TYPE_CHECKING:
    from gradcli.data.report import Report
    from gradcli.engine.run import Run


@question(
    "explain",
    group=EVERYDAY,
    rank=4,
    options=[WRT, DY],
    answers="explain",
    examples=[
        'explain "q = x + y; f = q * z; f" --x -2 --y 5 --z -4',
        'explain "sum(x^2 * y)" --x 1,2,3 --y 2',
    ],
)
def explain(run: Run, wrt: list[str], dy: Any) -> Report:
    """Explains how PROGRAM's gradient comes about.

    Forward: each step and its value. Backward: what arrives at each step, its local derivative, and
    what it passes on. Of the turns of a loop, and of many calls of a function, the first and the
    last are shown; of long arrays a few elements.
    """
    run.refuse_truth()
    run.differentiable(wrt)
    return Explanation(Circuit(run, wrt, dy))

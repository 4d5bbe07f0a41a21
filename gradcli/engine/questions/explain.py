"""The forward and the backward pass, step by step, and the chain rule in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.circuit import Circuit
from gradcli.engine.explanation import Explanation
from gradcli.engine.followed import element_of, followed
from gradcli.engine.options import DY, TEXTS, WRT, Option
from gradcli.engine.points.origins import origins
from gradcli.engine.question import EVERYDAY, question

if TYPE_CHECKING:
    from gradcli.data.report import Report
    from gradcli.engine.run import Run

ELEMENT = Option("element", TEXTS, "Follow one element of an input: x[1].", "NAME[INDEX]")


@question(
    "explain",
    group=EVERYDAY,
    rank=5,
    options=[WRT, DY, ELEMENT],
    answers="explain",
    by_turns=True,
    examples=[
        'explain "q = x + y; f = q * z" --x -2 --y 5 --z -4',
        'explain "sum(x^2 * y)" --x 1,2,3 --y 2 --element "x[1]"',
    ],
)
def explain(run: Run, wrt: list[str], dy: Any, element: list[str] | None) -> Report:
    """Explains how the gradient of PROGRAM comes about.

    Forward: each step and its value. Backward: what arrives at each step, its local derivative, and
    what it passes on. Of the turns of a loop, and of many calls of a function, the first and the
    last are shown; of long arrays a few elements. Warnings say where a gradient that is zero, huge
    or not finite comes from.
    """
    run.refuse_truth()
    run.differentiable(wrt)
    name, index = element_of(run, ", ".join(element)) if element else ("", ())
    wrt = [name] if element else wrt
    circuit = Circuit(run, wrt, dy)
    steps = followed(circuit, name, index) if element else list(circuit.steps.values())
    warnings = origins(circuit, wrt, dy)
    return Explanation(circuit, steps, warnings, seeded=dy is not None)

"""The second derivatives of one number by each pair of inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.gradient import slopes_of
from gradcli.engine.options import WRT
from gradcli.engine.question import FRAMEWORKS, question
from gradcli.lower.gradient import SECOND
from gradcli.passes import modes

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node


@question(
    "hessian",
    group=FRAMEWORKS,
    rank=8,
    options=[WRT],
    answers="hessian",
    examples=['hessian "100*(y - x^2)^2 + (1 - x)^2" --x -1.2 --y 1', 'hessian "sum(x)^3" --x 1,2'],
)
def hessian(run: Run, wrt: list[str]) -> dict[str, dict[str, Node]]:
    """The second derivatives of PROGRAM, one number, by each pair of its inputs."""
    run.require_scalar("hessian")
    y = run.one_array()
    xs = dict(zip(wrt, run.differentiable(wrt), strict=True))
    slopes = slopes_of(run, y, xs)
    run.note([*slopes.values()], xs, gives=SECOND)
    return {a: {b: modes.jacobian(g, x) for b, x in xs.items()} for a, g in slopes.items()}

"""The Hessian times a direction, without the Hessian: forward over reverse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.directions import moved
from gradcli.engine.gradient import slopes_of
from gradcli.engine.options import TANGENT, WRT
from gradcli.engine.question import FRAMEWORKS, question
from gradcli.lower.gradient import SECOND

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node


@question(
    "hvp",
    group=FRAMEWORKS,
    rank=11,
    options=[WRT, TANGENT],
    answers="hvp",
    examples=[
        'hvp "x[0]^2*x[1] + x[1]^3" --x 1,2 --tangent 1,-1',
        'hvp "x^2*y" --x 2 --y 3 --tangent x=1',
    ],
)
def hvp(run: Run, wrt: list[str], tangent: Any) -> dict[str, Node]:
    """The Hessian of PROGRAM, one number, times a direction."""
    run.require_scalar("hvp")
    y = run.one_array()
    slopes = slopes_of(run, y, dict(zip(wrt, run.differentiable(wrt), strict=True)))
    nodes = moved(run, [*slopes.values()], wrt, tangent, gives=SECOND)
    return dict(zip(wrt, nodes, strict=True))

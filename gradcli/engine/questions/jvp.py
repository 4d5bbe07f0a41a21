"""The Jacobian times a direction, without the Jacobian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.directions import moved
from gradcli.engine.options import TANGENT, WRT
from gradcli.engine.question import FRAMEWORKS, question

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node


@question(
    "jvp",
    group=FRAMEWORKS,
    rank=9,
    options=[WRT, TANGENT],
    answers="jvp",
    alone=True,
    examples=[
        'jvp "x*y" --x 2 --y 3 --tangent x=1 --tangent y=0',
        'jvp "sin(x)" --x 0,1 --tangent 1,1',
    ],
)
def jvp(run: Run, wrt: list[str], tangent: Any) -> Node:
    """How PROGRAM's value moves when its inputs move in a direction."""
    return moved(run, [run.one_array()], wrt, tangent)[0]

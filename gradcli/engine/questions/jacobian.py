"""The derivative of each element of the value by each element of the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.options import WRT
from gradcli.engine.question import FRAMEWORKS, question
from gradcli.passes import modes

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node


@question(
    "jacobian",
    group=FRAMEWORKS,
    rank=7,
    options=[WRT],
    answers="jacobian",
    examples=[
        'jacobian "[x*y, x + y]" --x 2 --y 3',
        'jacobian "A @ x" --A "1,2; 3,4" --x 1,1 --wrt x',
    ],
)
def jacobian(run: Run, wrt: list[str]) -> dict[str, Node]:
    """The derivative of each element of PROGRAM's value by each element of its inputs."""
    y = run.one_array()
    xs = dict(zip(wrt, run.differentiable(wrt), strict=True))
    run.note([y], xs, warns=True, each=True)
    return {name: modes.jacobian(y, x) for name, x in xs.items()}

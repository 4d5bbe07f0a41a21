"""The n-th derivative of an elementwise program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.gradient import repeated_gradient
from gradcli.engine.options import COUNT, WRT, Option
from gradcli.engine.question import FRAMEWORKS, question
from gradcli.errors import ShapeError
from gradcli.ir.op import as_number
from gradcli.passes import modes

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node

ORDER = Option("order", COUNT, "How often.", "N", default=1, least=0)


@question(
    "derivative",
    group=FRAMEWORKS,
    rank=6,
    options=[WRT, ORDER],
    answers="derivative",
    alone=True,
    one_input=True,
    examples=['derivative "sin(x)*x" --x 0.5 --order 6', 'derivative "tan(x)" --x 0,1 --order 2'],
)
def derivative(run: Run, wrt: list[str], order: int) -> dict[str, Node]:
    """The derivative of an elementwise PROGRAM by its one input, --order times (0: the value)."""
    y, x = run.one_array(), run.inputs[wrt[0]]
    if x.size != 1 and not modes.is_elementwise(y, x):
        raise ShapeError(
            "the program mixes elements, and has no elementwise derivative",
            span=y.span,
            help="jacobian gives all of them",
        )
    if not order:
        return {wrt[0]: as_number(y)}
    by = [(wrt[0], x)] * order
    return {wrt[0]: repeated_gradient(run, [y], by, warns=True).or_zeros()}

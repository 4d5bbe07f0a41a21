"""The coefficients of the power series about a point, by Taylor arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.expansion import expansion, require_elementwise, require_finite
from gradcli.engine.options import COUNT, WRT, Option
from gradcli.engine.question import EVERYDAY, question
from gradcli.errors import UsageError
from gradcli.ir.node import WORDS
from gradcli.lower.taylor import HIGHEST

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node

ORDER = Option("order", COUNT, "The highest power.", "N", default=6, least=0)


@question(
    "taylor",
    group=EVERYDAY,
    rank=10,
    options=[WRT, ORDER],
    answers="taylor",
    alone=True,
    one_input=True,
    examples=['taylor "exp(x)*sin(x)" --x 0', 'taylor "sqrt(1 + a*x)" --x 0 --a 2 --wrt x'],
)
def taylor(run: Run, wrt: list[str], order: int) -> dict[str, Node]:
    """The coefficients c0, c1, … of PROGRAM = c0 + c1*h + c2*h^2 + … where its one input is x + h.

    They come from one pass of truncated power series, through functions, loops and branches. Of an
    array they are those of each element. Where a quotient is 0/0 and has a limit, they are those of
    the limit.
    """
    if order > HIGHEST:
        raise UsageError(
            f"the order {order} is above {HIGHEST}: factorials of more are too large for float64"
        )
    (name,) = wrt
    require_elementwise(run.one_array(), run.inputs[name])
    parts = expansion(run, name, order)
    require_finite(run, name, parts)
    return {name: WORDS["stack"](tuple(parts)) + 0.0}

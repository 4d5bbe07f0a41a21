"""The n-th derivative of an elementwise program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.expansion import expansion, require_elementwise
from gradcli.engine.gradient import repeated_gradient
from gradcli.engine.options import COUNT, WRT, Option
from gradcli.engine.question import FRAMEWORKS, question
from gradcli.ir.node import WORDS
from gradcli.ir.op import as_number

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node

NESTED = 3
"""The order up to which gradients of gradients are as quick as a power series."""

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
    (name,) = wrt
    require_elementwise(y, x)
    if not order:
        return {name: as_number(y)}
    if order <= NESTED:
        return {name: repeated_gradient(run, [y], [(name, x)] * order, warns=True).or_zeros()}
    last = expansion(run, name, order, derivatives=True)[-1]
    return {name: last if y.shape == x.shape else WORDS["reshape"](WORDS["sum"](last), x.shape)}

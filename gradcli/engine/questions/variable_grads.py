"""TF.js's variableGrads: the value, and the gradients by trainable variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.gradient import gradients
from gradcli.engine.options import CONST, JUDGED, VALUES, VAR, WRT, Option
from gradcli.engine.question import FRAMEWORKS, question
from gradcli.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection

    from gradcli.engine.gradient import Gradient
    from gradcli.engine.run import Run

FROZEN = Option(
    "frozen", VALUES, "A variable that is not trained: its gradient is null.", "NAME=VALUE"
)


@question(
    "variable-grads",
    group=FRAMEWORKS,
    rank=2,
    options=[VAR.saying("A trainable variable; so is --NAME VALUE."), CONST, FROZEN, WRT, *JUDGED],
    answers="grads",
    value=True,
    examples=[
        'variable-grads "sum(a*x + b)" --var a=3,4 --var b=5,6 --const x=1,2',
        'variable-grads "sum(a*x)" --var a=3,4 --frozen x=1,2 --wrt a,x',
    ],
)
def variable_grads(
    run: Run, wrt: Collection[str], var: object, const: Collection[str], frozen: Collection[str]
) -> dict[str, Gradient | None]:
    """The value of PROGRAM, one number, and its gradients by the trainable variables."""
    del var  # every input is one that is no constant and not frozen
    run.require_scalar("variable-grads")
    for name in wrt:
        if name in const:
            raise InputError(
                f"{name} is a constant and has no gradient",
                help=f"make it a variable: ⟨var {name}=VALUE⟩",
            )
    if not wrt:
        raise InputError("there is no variable to differentiate by", help="give one with ⟨var⟩")
    slopes = gradients(run, [name for name in wrt if name not in frozen])
    return {name: slopes.get(name) for name in wrt}

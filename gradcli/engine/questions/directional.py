"""The slope along a direction, a step of length 1 at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.directions import by_name, moved
from gradcli.engine.options import FLAG, TANGENT, WRT, Option
from gradcli.engine.question import FRAMEWORKS, question
from gradcli.errors import InputError

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from gradcli.ir.node import Node

RAW = Option("raw", FLAG, "Take the direction at its own length, as jvp does.", default=False)


@question(
    "directional",
    group=FRAMEWORKS,
    rank=12,
    options=[WRT, TANGENT, RAW],
    answers="directional",
    alone=True,
    examples=[
        'directional "x*y" --x 2 --y 3 --tangent x=1 --tangent y=1',
        'directional "sum(x^2)" --x 3,4 --tangent 1,1 --raw',
    ],
)
def directional(run: Run, wrt: list[str], tangent: Any, raw: bool) -> Node:
    """How fast PROGRAM's value grows along a direction, whatever the direction's length."""
    y = run.one_array()
    direction = by_name(run, wrt, tangent)
    length = 1.0 if raw else float(np.sqrt(sum(np.sum(np.square(v)) for v in direction.values())))
    if not length > 0:
        raise InputError("the direction has no length", help="⟨raw⟩ takes it as it is")
    unit = {name: np.asarray(value, float) / length for name, value in direction.items()}
    return moved(run, [y], wrt, unit)[0]

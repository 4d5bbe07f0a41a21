"""Directions in which inputs move: the tangents of forward mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import InputError, LoopError, UsageError
from gradcli.lower.gradient import filled, seed_node
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.engine.run import Run
    from gradcli.ir.node import Node


def moved(
    run: Run, ys: Sequence[Node], wrt: Sequence[str], tangent: Any, *, gives: str = "gradient"
) -> list[Node]:
    """How the ys move when the inputs move in a direction: zeros where they do not.

    `gives` is what messages call the derivative.
    """
    directions = by_name(run, wrt, tangent)
    tangents = [
        seed_node(value, run.inputs[name], f"the direction of {name}", InputError)
        for name, value in directions.items()
    ]
    xs = run.differentiable(list(directions))
    nodes = modes.forward(ys, xs, tangents)
    pairs = zip(directions.items(), xs, strict=True)
    moving = {name: x for (name, value), x in pairs if np.any(value)}
    if run.interpreter.is_rolled and len(moving) > 1:
        _check_each(run, ys, list(moving.values()))
    run.note(ys, moving, warns=True, gives=gives)
    return filled(nodes, ys)


def _check_each(run: Run, ys: Sequence[Node], xs: Sequence[Node]) -> None:
    """A LoopError where one of the inputs that move changes nothing, which the turns may explain.

    The directions together do not show it.
    """
    from gradcli.engine.flowing import flow

    if flow(ys, xs):
        return
    slopes = modes.reverse(ys, xs)
    if not all(slope is not None and run.array(slope).any() for slope in slopes):
        raise LoopError("an input changes nothing")


def by_name(run: Run, wrt: Sequence[str], tangent: Any) -> dict[str, Any]:
    """The directions by name; without a name, that of the one input."""
    if not isinstance(tangent, dict):
        if len(wrt) != 1:
            raise UsageError(
                f"the program has {', '.join(wrt) or 'no input'}: say which one moves",
                help=f"⟨tangent {wrt[0] if wrt else 'x'}=VALUE⟩",
            )
        return {wrt[0]: tangent}
    for name in tangent:
        if name not in run.inputs:
            raise InputError(f"a direction is given for {name}, which is not an input")
    return tangent

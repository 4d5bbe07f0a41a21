"""Power series of a run's value: what they are good for, and where there are none."""

from __future__ import annotations

from functools import partial
from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.points.nonfinite import first_origin, written
from gradcli.engine.points.trace import arguments, special_of
from gradcli.errors import DomainError, Notice, ShapeError
from gradcli.passes import modes
from gradcli.passes.batch import dependents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.engine.run import Run
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]

STEPS = (1e-4, 1e-6)
"""How far from a point its two sides are looked at: what differs as much at both does jump."""


def require_elementwise(y: Node, x: Node) -> None:
    """Refuses a value whose elements depend on several elements of x."""
    if x.size != 1 and not modes.is_elementwise(y, x):
        raise ShapeError(
            "the program mixes elements, and has no elementwise derivative",
            span=y.span,
            help="jacobian gives all of them",
        )


def expansion(run: Run, name: str, order: int, *, derivatives: bool = False) -> list[Node]:
    """The power series of the value by an input, as nodes; warned of where sides differ."""
    y, x = run.one_array(), run.inputs[name]
    run.note([y], {name: x}, warns=True)
    parts = modes.taylor(y, x, order, partial(_zeros, run), derivatives=derivatives)
    _warn_of_sides(run, name, order, derivatives=derivatives)
    return parts


def _zeros(run: Run, node: Node) -> Any:
    """Where a node is 0 or false, on which the series depends, so that it serves no other values.

    A number that is not 0 needs no mention: a series that asked for that shows where it is.
    """
    zeros = np.equal(run.array(node), 0)
    if node.is_bool or zeros.any():
        run.looked_at.append(node)
    return zeros


def require_finite(run: Run, name: str, parts: Sequence[Node]) -> None:
    """Refuses a point without a power series, or one whose coefficients overflow."""
    run.evaluator.run(parts)
    for k, part in enumerate(parts):
        if not np.isfinite(run.array(part)).all():
            raise _without_series(run, name, parts, k)


def _without_series(run: Run, name: str, parts: Sequence[Node], k: int) -> DomainError:
    origin = first_origin([parts[k]], run.evaluator)
    assert origin is not None
    node, index = origin
    made = np.broadcast_to(run.array(node), node.shape)[index]
    x = np.broadcast_to(run.array(run.inputs[name]), run.array(parts[k]).shape)
    at = x[tuple(np.argwhere(~np.isfinite(run.array(parts[k])))[0])]
    largest = max((np.abs(run.array(part)).max() for part in parts[:k]), default=0.0)
    help_ = f"⟨order {k - 1}⟩ is as far as it goes" if k else None
    if largest > 1e200:
        return DomainError(f"the coefficient of order {k} overflows", span=node.span, help=help_)
    what = f"the coefficient of order {k} is {made:g}" if k else f"its value is {made:g}"
    inputs = {x: word for word, x in run.inputs.items()}
    term = inputs.get(node) or written(node, node.op.word)
    message = f"{term} has no power series at {name} = {at:.6g}: {what}"
    return DomainError(message, span=node.span, help=help_)


# --- sides ----------------------------------------------------------------------------------------


def _warn_of_sides(run: Run, name: str, order: int, *, derivatives: bool) -> None:
    """Says where a convention stands for coefficients that differ between the two sides."""
    node = _special(run, run.inputs[name]) if run.dropping() else None
    if node is None:
        return
    jumps = _jumps(run, name, order)
    if jumps is not None:
        k, *sides = jumps
        left, right = [float(side) * (factorial(k) if derivatives else 1) for side in sides]
        run.notices.append(
            Notice(
                f"{written(node, node.op.word)} has no derivative here: from order {k} on "
                f"the two sides differ, {left:.6g} on the left and {right:.6g} on the right",
                span=node.span,
                kind="kink",
            )
        )


def _special(run: Run, x: Node) -> Node | None:
    """The first operation that is used at a point where a convention stands for its slope."""
    order = dependents([*run.results, *run.interpreter.decisions], [x])
    moving = {x, *order}
    for node in order:
        special = special_of(node, moving) if node.op.drops else None
        if special is not None:
            arrays = [run.array(operand) for operand in (*node.inputs, node)]
            if np.any(special.mask(*arguments(node.op, arrays, node.attrs))):
                return node
    return None


def _jumps(run: Run, name: str, order: int) -> tuple[int, float, float] | None:
    """The first order of which the two sides differ, and the coefficients there."""
    wide, near = (_sides(run, name, order, step) for step in STEPS)
    for k, ((a, b), (left, right)) in enumerate(zip(wide, near, strict=True)):
        gap = np.abs(right - left)
        differs = (gap > 0.5 * np.abs(b - a)) & (gap > 1e-9 * (np.abs(left) + np.abs(right)))
        if differs.any():
            return k, left[differs][0], right[differs][0]
    return None


def _sides(run: Run, name: str, order: int, step: float) -> list[tuple[Array, Array]]:
    """The coefficients beside a point, to the left and to the right."""
    x = run.array(run.inputs[name])
    rows = []
    for sign in (-1.0, 1.0):
        beside = run.again(**{name: x + sign * step * np.maximum(1.0, np.abs(x))})
        of = beside.results[0], beside.inputs[name]
        parts = modes.taylor(*of, order, partial(_zeros, beside))
        rows.append([np.atleast_1d(beside.array(part)) for part in parts])
    return list(zip(*rows, strict=True))

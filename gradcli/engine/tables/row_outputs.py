"""The nodes of what `map` asks of a row: value, gradients, second derivatives, questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.answers.gradients import (
    independent,
    numeric_inputs,
    or_zeros,
    refuse_truth,
    seeds_of,
    weighted,
)
from gradcli.engine.answers.recorded import ratio_gradient
from gradcli.engine.points.vanishing import vanishes
from gradcli.errors import InputError, ProgramTypeError, ShapeError, UsageError
from gradcli.ir.op import show_shape
from gradcli.passes import modes

if TYPE_CHECKING:
    from gradcli.engine.program import Recording
    from gradcli.engine.tables.row_program import RowProgram
    from gradcli.errors import Notice
    from gradcli.ir.node import Node


def row_outputs(run: Recording, program: RowProgram) -> tuple[list[Node | None], dict[str, Notice]]:
    """The outputs, in order of the columns (None: nothing there), and what is zero in all rows.

    The latter by name: the warnings that say why.
    """
    value = _value(run)
    seeds = _seeds(run, program.request.dy)
    if program.wrt:
        refuse_truth(run)
    xs = numeric_inputs(run, program.wrt)
    gradients = modes.reverse([value], xs, seeds) if xs else []
    still = {
        name: notice
        for name, x, gradient in zip(program.wrt, xs, gradients, strict=True)
        if (
            notice := vanishes([value], name, x)
            or (independent(name) if gradient is None else None)
        )
    }
    how = program.settings.unconnected
    filled = [or_zeros(g, x, how or "zero") for g, x in zip(gradients, xs, strict=True)]
    second = _second(run, value, program, seeds) if program.second else []
    ratios = [ratio_gradient(run, ratio) for ratio in program.ratios]
    answers = [or_zeros(g, by[-1], how or "none") for g, by in ratios]
    return [value, *filled, *second, *answers], still


def _value(run: Recording) -> Node:
    """The one value of a row."""
    if isinstance(run.value, tuple):
        raise ProgramTypeError(
            "the value is a tuple, and a table has one column for it",
            help="stack((a, b)) makes one array of it",
        )
    (value,) = run.results
    return value


def _seeds(run: Recording, dy: Any) -> list[Node | None] | None:
    """The seed as a node; what does not fit was wrongly given, whatever the row."""
    try:
        return seeds_of(run, dy)
    except InputError as error:
        help_ = "give one number, or as many as the value has"
        raise UsageError(error.message, help=help_) from error


def _second(
    run: Recording, value: Node, program: RowProgram, seeds: list[Node | None] | None
) -> list[Node]:
    """The second derivatives by pairs of names."""
    if value.size != 1:
        raise ShapeError(
            f"hessian needs one number a row, not the shape {show_shape(value.shape)}",
            span=value.span,
            help="take its sum",
        )
    scaled = value if seeds is None else weighted([value], seeds)
    return [modes.hessian(scaled, run.inputs[a], run.inputs[b]) for a, b in program.second]

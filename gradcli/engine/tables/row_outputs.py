"""The nodes of what `map` asks of a row: value, gradients, second derivatives, questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.gradient import gradients, seeds_of, slopes_of, weighted
from gradcli.engine.questions.tape import derivative_of
from gradcli.engine.tables.row_program import PartsError
from gradcli.errors import InputError, ProgramTypeError, ShapeError, UsageError
from gradcli.ir.shapes import show_shape
from gradcli.lower.gradient import SECOND
from gradcli.passes import modes

if TYPE_CHECKING:
    from gradcli.engine.run import Run
    from gradcli.engine.tables.row_program import RowProgram
    from gradcli.errors import Notice
    from gradcli.ir.node import Node


def row_outputs(run: Run, program: RowProgram) -> tuple[list[Node | None], dict[str, Notice]]:
    """The outputs, in order of the columns (None: nothing there), and what is zero in all rows.

    The latter by name: the warnings that say why.
    """
    values = _values(run, program)
    seeds = _seeds(run, program.request.dy)
    slopes = gradients(run, program.wrt, program.request.dy) if program.wrt else {}
    notices = {name: slope.notice(None) for name, slope in slopes.items()}
    still = {name: notice for name, notice in notices.items() if notice is not None}
    how = program.settings.unconnected
    filled = [slope.filled(how or "zero") for slope in slopes.values()]
    second = _second(run, values, program, seeds) if program.second else []
    asked = [derivative_of(run, ratio).filled(how or "none") for ratio in program.ratios]
    return [*values, *filled, *second, *asked], still


def _values(run: Run, program: RowProgram) -> list[Node]:
    """The results of a row: one, or the parts of a tuple, as many as there are columns for them."""
    count = len(run.results) if isinstance(run.value, tuple) else None
    if count == 0:
        raise ProgramTypeError("the result is an empty tuple, which no column can hold")
    if count != program.parts:
        raise PartsError(count, program.parts)
    return run.results


def _seeds(run: Run, dy: Any) -> list[Node | None] | None:
    """The seed as a node; what does not fit was wrongly given, whatever the row."""
    try:
        return seeds_of(run, dy)
    except InputError as error:
        help_ = "give one number, or as many as the value has"
        raise UsageError(error.message, help=help_) from error


def _second(
    run: Run, values: list[Node], program: RowProgram, seeds: list[Node | None] | None
) -> list[Node]:
    """The second derivatives by pairs of names."""
    value = _single(values)
    scaled = value if seeds is None else weighted([value], seeds)
    slopes = slopes_of(run, scaled, {name: run.inputs[name] for name in program.wrt})
    for name, slope in slopes.items():
        run.note([slope], {b: run.inputs[b] for a, b in program.second if a == name}, gives=SECOND)
    return [modes.jacobian(slopes[a], run.inputs[b]) for a, b in program.second]


def _single(values: list[Node]) -> Node:
    """The one number that a row gives."""
    if len(values) != 1:
        raise ProgramTypeError(
            f"hessian needs one result a row, not {len(values)}", help="⟨ask d2f/dx2⟩ asks for one"
        )
    (value,) = values
    if value.size != 1:
        raise ShapeError(
            f"hessian needs one number a row, not the shape {show_shape(value.shape)}",
            span=value.span,
            help="take its sum",
        )
    return value

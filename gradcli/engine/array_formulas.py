"""Derivatives of programs of vectors and matrices as formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.formulas import refuse_unknown
from gradcli.engine.lengths import Shapes
from gradcli.engine.run import Run
from gradcli.errors import ShapeError
from gradcli.ir.shapes import show_shape
from gradcli.passes import modes
from gradcli.passes.simplify.arrays.forms import simplified_array
from gradcli.render.text import text, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.engine.lengths import Lengths
    from gradcli.ir.shapes import Shape
    from gradcli.ir.written import Written


def array_derivative_of(run: Run, name: str, order: int, shapes: Mapping[str, Lengths]) -> Written:
    """The shortest form of the gradient of the value's sum by an input, for all named lengths."""
    if order > 1:
        raise ShapeError(
            "diff writes the first derivative of programs with arrays only",
            help="`hessian` gives the numbers of the second",
        )
    first, other = Shapes(shapes), Shapes(shapes, 1)
    written = _derivative(run, name, first)
    if first.numbers:
        values = {**run.values(), **other.values()}
        settings = run.settings.silent()
        again = Run(run.text, run.names, values, settings, guessed=run.guessed)
        if _derivative(again, name, other) != written:
            raise ShapeError(
                f"the formula is another one for each length {', '.join(first.numbers)}",
                help="⟨shape⟩ with numbers gives the formula for these",
            )
    refuse_unknown(written)
    return written


def _cost(written: Written) -> tuple[int, int, int]:
    """How long a formula is, in words and then in letters, and how often it subtracts."""
    shown = text(written)
    return tokens(shown), len(shown), shown.count("-")


def _refusal(name: str, shape: Shape) -> ShapeError:
    return ShapeError(
        f"diff does not read arrays of the shape {show_shape(shape)} yet, as {name} is",
        help="`grads` gives the numbers of its gradient",
    )


def _derivative(run: Run, name: str, shapes: Shapes) -> Written:
    for array, node in run.inputs.items():
        if node.ndim > 2 or 1 in node.shape:
            raise shapes.renamed(_refusal(array, node.shape))
    (x,) = run.differentiable([name])
    (slope,) = modes.reverse(run.results, [x])
    if slope is None:
        return ("call", "zeros_like", ("name", name)) if x.shape else ("number", 0)
    try:
        return simplified_array(slope, name, _cost, run.array, shapes.written())
    except ShapeError as error:
        raise shapes.renamed(error) from error

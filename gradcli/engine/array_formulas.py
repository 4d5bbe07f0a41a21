"""Derivatives of programs of vectors and matrices as formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.engine.formulas import length_of, refuse_unknown
from gradcli.engine.lengths import Shapes
from gradcli.engine.run import Run
from gradcli.errors import ShapeError
from gradcli.ir.shapes import show_shape
from gradcli.passes import modes
from gradcli.passes.simplify.arrays.elements import simplified_elements
from gradcli.passes.simplify.arrays.forms import simplified_array
from gradcli.render.text import text, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.engine.lengths import Lengths
    from gradcli.ir.node import Node
    from gradcli.ir.shapes import Shape
    from gradcli.ir.written import Written

DIRECTION = "direction of the second derivative"
"""A name that no input has."""

MOST = 16
"""The elements of all inputs together up to which each has a formula of its own."""


def array_derivative_of(run: Run, name: str, order: int, shapes: Mapping[str, Lengths]) -> Written:
    """The shortest form of the gradient of the value's sum by an input, for all named lengths.

    Where arrays have few elements, and no formula as a whole, it is a list of formulas.
    """
    try:
        written = _whole(run, name, order, shapes)
    except ShapeError as error:
        if any(isinstance(n, str) for shape in shapes.values() for n in shape):
            raise error.advised(None) from None
        elements = _by_elements(run, name, order) or _with_units(run, name, order, shapes)
        if elements is None:
            raise error.advised("`grads` gives the numbers") from None
        written = elements
    refuse_unknown(written)
    return written


class _Counted(Shapes):
    """Shapes whose lengths are written as the numbers that they are."""

    def __init__(self, shapes: Mapping[str, Lengths], run: Run) -> None:
        super().__init__(shapes)
        self.lengths = {n for x in run.inputs.values() for n in x.shape if n > 1}

    def written(self) -> dict[int, Written]:
        """How each length is written."""
        return {n: ("number", n) for n in sorted(self.lengths, reverse=True)}


def _with_units(run: Run, name: str, order: int, shapes: Mapping[str, Lengths]) -> Written | None:
    """The formula of whole arrays in which elements are taken by unit vectors, if there is one."""
    try:
        return _derivative(run, name, order, _Counted(shapes, run))
    except ShapeError:
        return None


def _whole(run: Run, name: str, order: int, shapes: Mapping[str, Lengths]) -> Written:
    """The formula of whole arrays."""
    if order > 2 or (order == 2 and run.inputs[name].ndim > 1):
        raise ShapeError(
            "diff writes derivatives by arrays up to the first, by vectors up to the second",
            help="`hessian` gives the numbers of a second one",
        )
    first, other = Shapes(shapes), Shapes(shapes, 1)
    written = _derivative(run, name, order, first)
    if first.numbers:
        values = {**run.values(), **other.values()}
        settings = run.settings.silent()
        again = Run(run.text, run.names, values, settings, guessed=run.guessed)
        if _derivative(again, name, order, other) != written:
            raise ShapeError(
                f"the formula is another one for each length {', '.join(first.numbers)}",
                help="⟨shape⟩ with numbers gives the formula for these",
            )
    return written


def _by_elements(run: Run, name: str, order: int) -> Written | None:
    """The formulas of the elements, where there are few and nothing forbids it, else None."""
    if sum(x.size for x in run.inputs.values()) > MOST or order > 2:
        return None
    (x,) = run.differentiable([name])
    (slope,) = modes.reverse(run.results, [x])
    if slope is not None and order == 2:
        slope = modes.jacobian(slope, x)
    if slope is None or slope.ndim > 2:
        return None
    try:
        return simplified_elements(slope, name, length_of, run.array)
    except ShapeError:
        return None


def cost_of(written: Written) -> tuple[int, ...]:
    """How long a formula is, in words and then in letters; how often it subtracts, and divides."""
    shown = text(written)
    return tokens(shown), len(shown), shown.count("-"), shown.count("/")


def _refusal(name: str, shape: Shape) -> ShapeError:
    return ShapeError(
        f"diff has no formula for arrays of the shape {show_shape(shape)}, as {name} is",
        help="`grads` gives the numbers of its gradient",
    )


def _derivative(run: Run, name: str, order: int, shapes: Shapes) -> Written:
    for array, node in run.inputs.items():
        if node.ndim > 2 or 1 in node.shape:
            raise shapes.renamed(_refusal(array, node.shape))
    (x,) = run.differentiable([name])
    (slope,) = modes.reverse(run.results, [x])
    direction = None
    if order == 2 and slope is not None:
        direction = run.graph.input(DIRECTION, x.shape) if x.shape else None
        (slope,) = modes.reverse([slope], [x], [direction], whole=True)
    if slope is None:
        return _zeros(x, name, order)
    try:
        return simplified_array(slope, name, cost_of, run.array, shapes.written(), direction)
    except ShapeError as error:
        raise shapes.renamed(error) from error


def _zeros(x: Node, name: str, order: int) -> Written:
    """The derivative of what does not depend on an input."""
    if not x.shape:
        return ("number", 0)
    zeros: Written = ("call", "zeros_like", ("name", name))
    return zeros if order == 1 else ("call", "diag", zeros)

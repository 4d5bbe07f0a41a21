"""Derivatives as formulas: what runs without values, and the shortest form of a gradient."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gradcli.engine.gradient import total
from gradcli.engine.lengths import Shapes, refuse_unfit
from gradcli.engine.program import Text
from gradcli.engine.run import Run
from gradcli.engine.settings import Settings
from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.node import Node, ancestors
from gradcli.ir.op import Elementwise
from gradcli.ir.record import INPUT
from gradcli.ir.shapes import show_shape
from gradcli.ops import catalog
from gradcli.passes import modes
from gradcli.passes.batch import dependents
from gradcli.passes.simplify.entered import entered
from gradcli.passes.simplify.forms import gathered
from gradcli.passes.simplify.sharing import shared
from gradcli.render.text import text, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.ir.written import Written
    from gradcli.lower.names import Names

_WHOLE_POWER = re.compile(r"\^\d")

_GUESS = 0.7
"""What stands for an input without a value; no formula depends on it."""


class Formula(str):
    """A formula as text, which a notebook shows in LaTeX."""

    __slots__ = ("written",)

    written: Written

    @classmethod
    def of(cls, written: Written, write: Callable[[Written], str]) -> Formula:
        """A formula in the notation of a writer."""
        formula = cls(write(written))
        formula.written = written
        return formula

    def _repr_latex_(self) -> str:
        from gradcli.render.latex import latex

        return f"${latex(self.written)}$"


class Formulas(dict[str, Formula]):
    """Formulas by the name of what is differentiated by, which a notebook shows in LaTeX."""

    def _repr_latex_(self) -> str:
        from gradcli.render.latex import latex

        rows = (
            rf"\frac{{\partial}}{{\partial {latex(('name', name))}}} &= {latex(formula.written)}"
            for name, formula in self.items()
        )
        return r"$$\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}$$"


def chosen_values(
    names: Names, values: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """A value for each input: what it was given, or any number, or an array of its shape."""
    shapes = options.get("shape") or {}
    refuse_unfit(shapes, names, values)
    return dict.fromkeys(names.inputs, _GUESS) | Shapes(shapes).values() | dict(values)


def derivative_of(run: Run, name: str, order: int) -> Written:
    """The shortest form of the derivative of the value's sum by an input.

    From the second on a derivative is that of the shortest form of the one before.
    """
    formula = formula_of(run, slopes_of(run, name, 1)[-1], name)
    for _ in range(order - 1):
        again = run_of(formula, run.values())
        if name not in again.inputs:
            return ("number", 0)
        formula = formula_of(again, slopes_of(again, name, 1)[-1], name)
    return formula


def run_of(formula: Written, values: Mapping[str, Any]) -> Run:
    """A formula as a program, with those of the values that it needs."""
    program = Text(text(formula))
    names = program.names()
    known = {name: values[name] for name in names.inputs if name in values}
    return Run(program, names, chosen_values(names, known, {}), Settings(stabilize=False))


def slopes_of(run: Run, name: str, order: int) -> list[Node | None]:
    """The value and its derivatives up to that order; None stands for what is 0 everywhere."""
    xs = run.differentiable([name])
    slopes: list[Node | None] = [total(run)]
    for _ in range(order):
        before = slopes[-1]
        slopes.append(None if before is None else modes.reverse([before], xs)[0])
    return slopes


def formula_of(run: Run, node: Node | None, last: str | None = None) -> Written:
    """A node in its shortest form, in which the name comes `last`; without a name as entered."""
    if node is None:
        return ("number", 0)
    try:
        _refuse_arrays(node)
    except ShapeError:
        written = _by_elements(run, node, last or "")
        if written is None:
            raise
    else:
        written = (
            entered(node, run.array) if last is None else shared(node, last, length_of, run.array)
        )
    refuse_unknown(written)
    return written


def _by_elements(run: Run, node: Node, last: str) -> Written | None:
    """The formula of a number that is made by arrays of a few others, as max([x, y]) is."""
    if node.shape:
        return None
    from gradcli.passes.simplify.arrays.elements import simplified_elements

    try:
        return simplified_elements(node, last, length_of, run.array)
    except ShapeError:
        return None


def where_positive(run: Run, written: Written, last: str) -> tuple[list[str], Written] | None:
    """A derivative where the parameters whose signs it has are positive, and these.

    None where there are none, or the program has their signs, too.
    """
    parameters: dict[str, None] = {}
    plain = _without_signs(written, last, parameters)
    own: dict[str, None] = {}
    if parameters:
        _without_signs(formula_of(run, total(run)), last, own)
    if not parameters or own:
        return None
    again = run_of(plain, {})
    return list(parameters), formula_of(again, again.results[0], last)


def _without_signs(tree: Written, last: str, parameters: dict[str, None]) -> Written:
    """A formula with `sign(a)` as 1 and `abs(a)` as a, for every name a but the `last`."""
    is_sign = tree[0] == "call" and tree[1] in ("sign", "abs") and tree[2][0] == "name"
    if is_sign and tree[2][1] != last:
        parameters[tree[2][1]] = None
        return ("number", 1) if tree[1] == "sign" else tree[2]
    parts = (_without_signs(x, last, parameters) if isinstance(x, tuple) else x for x in tree[1:])
    return (tree[0], *parts)


def collected(written: Written, last: str) -> Written:
    """A formula with like terms and like factors collected, and nothing else done."""
    return gathered(written, last, length_of)


def length_of(written: Written) -> tuple[int, ...]:
    """How long a formula of numbers is, how often it divides, how many powers it has as x^n."""
    shown = text(written)
    powers = shown.count("^") - len(_WHOLE_POWER.findall(shown))
    return tokens(shown), shown.count("/"), powers


def _refuse_arrays(slope: Node) -> None:
    """Formulas are of numbers: arrays, and operations with settings of their own, have none."""
    inputs = [x for x in ancestors([slope]) if x.op is INPUT]
    moving = [*inputs, *dependents([slope], inputs)]
    for node in moving or [slope]:
        if node.shape:
            raise ShapeError(
                f"diff writes formulas of numbers, and there is an array of shape "
                f"{show_shape(node.shape)}",
                span=node.span,
                help="`grads` gives the numbers of its gradient",
            )
        if moving and node.op is not INPUT and not isinstance(node.op, Elementwise):
            raise ShapeError(
                f"diff has no formula for {node.op.word} of a number",
                span=node.span,
                help="`grads` gives the numbers of its gradient",
            )


def refuse_unknown(written: Written) -> None:
    """A formula must parse back: some derivatives are functions that the language does not have."""
    if written[0] == "call" and catalog.find(written[1]) is None:
        raise ProgramTypeError(
            f"the derivative has a part, {written[1]}, that has no name in the language",
            help="`grads` gives its numbers",
        )
    for part in written[1:]:
        if isinstance(part, tuple):
            refuse_unknown(part)

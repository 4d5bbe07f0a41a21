"""The derivative as a formula, simplified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.data.report import Report
from gradcli.engine.formulas import Formula, chosen_values, derivative_of
from gradcli.engine.options import COUNT, FLAG, WRT, Option
from gradcli.engine.question import EVERYDAY, question
from gradcli.errors import UsageError
from gradcli.render.parts import with_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.engine.run import Run
    from gradcli.ir.written import Written

ORDER = Option("order", COUNT, "How often.", "N", default=1)
LATEX = Option("latex", FLAG, "Write it in LaTeX.", default=False)
STEPS = Option("steps", FLAG, "Show the rules that lead to it, a line each.", default=False)
UNICODE = Option("unicode", FLAG, "Write it with x², √(x) and π.", default=False)


@question(
    "diff",
    group=EVERYDAY,
    rank=2,
    options=[WRT, ORDER, LATEX, UNICODE, STEPS],
    answers="diff",
    fills=chosen_values,
    as_written=True,
    examples=['diff "x*log(x)"', 'diff "a*sin(x)^2" --wrt x --order 2', 'diff "exp(x^2)" --steps'],
)
def diff(run: Run, wrt: list[str], order: int, latex: bool, unicode: bool, steps: bool) -> Report:
    """The derivative of PROGRAM as a formula, which parses back.

    Values are needed only where the program decides by them; the formula is then that of the path
    taken. A large one is a program that names the parts that repeat: u = 1 + x^2; ... With --steps
    each line is a rule and what it makes of the line before, where grad(u, x) is still to do.
    """
    write = _writer(latex, unicode)
    if steps:
        from gradcli.engine.steps import steps_of

        return steps_of(run, wrt, order, write)
    formulas = {
        name: Formula.of(with_parts(derivative_of(run, name, order)), write) for name in wrt
    }
    alone = len(formulas) == 1
    rows = [[text] if alone else [name, text] for name, text in formulas.items()]
    plain = formulas[wrt[0]] if alone else formulas
    return Report([""] * len(rows[0]), rows, {"diff": formulas}, plain=plain)


def _writer(latex: bool, unicode: bool) -> Callable[[Written], str]:
    """What writes a formula in the notation that was asked for."""
    if latex and unicode:
        raise UsageError("⟨latex⟩ and ⟨unicode⟩ are two notations", help="choose one of them")
    write: Callable[[Written], str]
    if latex:
        from gradcli.render.latex import latex as write
    elif unicode:
        from gradcli.render.unicode import unicode as write
    else:
        from gradcli.render.text import text as write
    return write

"""The derivative as a formula, simplified; of vectors and matrices in their own notation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.data.report import Report
from gradcli.engine.formulas import SHAPE, chosen_values, derivative_of, refuse_guesses
from gradcli.engine.options import COUNT, FLAG, WRT, Option
from gradcli.engine.question import EVERYDAY, question
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.engine.run import Run
    from gradcli.ir.written import Written

ORDER = Option("order", COUNT, "How often.", "N", default=1)
LATEX = Option("latex", FLAG, "Write it in LaTeX.", default=False)
UNICODE = Option("unicode", FLAG, "Write it with x², √(x) and π.", default=False)


@question(
    "diff",
    group=EVERYDAY,
    rank=2,
    options=[WRT, ORDER, LATEX, UNICODE, SHAPE],
    answers="diff",
    fills=chosen_values,
    examples=['diff "x*log(x)"', 'diff "x @ A @ x" --shape x=n --shape A=n,n --wrt x'],
)
def diff(
    run: Run,
    wrt: list[str],
    order: int,
    latex: bool,
    unicode: bool,
    shape: Mapping[str, str] | None,
) -> Report:
    """The derivative of PROGRAM as a formula, which parses back.

    Values are needed only where the program decides by them; the formula is then that of the path
    taken. Shapes are those of the values, or of --shape A=n,n, where names stand for any size.
    """
    refuse_guesses(run)
    write = _writer(latex, unicode)
    formulas = {name: write(derivative_of(run, name, order, shape or {})) for name in wrt}
    if len(formulas) == 1:
        return Report([""], [[text] for text in formulas.values()], {"diff": formulas})
    return Report(["", ""], [[name, text] for name, text in formulas.items()], {"diff": formulas})


def _writer(latex: bool, unicode: bool) -> Callable[[Written], str]:
    """What writes a formula in the notation that was asked for."""
    if latex and unicode:
        raise UsageError("⟨latex⟩ and ⟨unicode⟩ are two notations", help="choose one of them")
    write: Any
    if latex:
        from gradcli.render.latex import latex as write
    elif unicode:
        from gradcli.render.unicode import unicode as write
    else:
        from gradcli.render.text import text as write
    return write

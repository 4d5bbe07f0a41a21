"""The derivative as a formula, simplified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.data.report import Report
from gradcli.engine.formulas import Formula, Formulas, chosen_values, derivative_of, where_positive
from gradcli.engine.gaps import gaps
from gradcli.engine.gradient import total
from gradcli.engine.one_number import without_values
from gradcli.engine.options import COUNT, FLAG, SHAPES, WRT, Option
from gradcli.engine.program import without_variables
from gradcli.engine.question import EVERYDAY, question
from gradcli.errors import Notice, UsageError
from gradcli.passes import modes
from gradcli.render.parts import with_parts
from gradcli.render.text import text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gradcli.engine.lengths import Lengths
    from gradcli.engine.run import Run
    from gradcli.ir.written import Written

ORDER = Option("order", COUNT, "How often.", "N", default=1)
LATEX = Option("latex", FLAG, "Write it in LaTeX.", default=False)
STEPS = Option("steps", FLAG, "Show the rules that lead to it, a line each.", default=False)
SHAPE = Option(
    "shape",
    SHAPES,
    "The shape of an input, with names for lengths: A=n,m.",
    "NAME=LENGTHS",
    default={},
)
UNICODE = Option("unicode", FLAG, "Write it with x², √x and π.", default=False)


@question(
    "diff",
    group=EVERYDAY,
    rank=2,
    options=[WRT, ORDER, LATEX, UNICODE, STEPS, SHAPE],
    answers="diff",
    fills=chosen_values,
    as_written=True,
    by_turns=True,
    plain="str | dict[str, str]",
    examples=[
        'diff "x*log(x)"',
        'diff "a*sin(x)^2" --wrt x --order 2',
        'diff "exp(x^2)" --steps',
        'diff "x @ A @ x" --shape x=n --shape A=n,n',
        'diff "x[0]^2*x[1]" --shape x=2 --order 2',
    ],
)
def diff(
    run: Run,
    wrt: list[str],
    order: int,
    latex: bool,
    unicode: bool,
    steps: bool,
    shape: Mapping[str, Lengths],
) -> Report:
    """The derivative of PROGRAM as a formula, which parses back.

    Values are needed only where the program decides by them; the formula is then that of the path
    taken. A large one is a program that names the parts that repeat: u = 1 + x^2; ... Vectors and
    matrices have values or a --shape, whose lengths may be names; their formulas are for all
    lengths, and the second derivative by a vector is the Hessian. Parts of arrays such as x[1:]
    need lengths that are numbers, and each element has a formula then. With --steps each line is a
    rule and what it makes of the line before, where grad(u, x) is still to do, and stop_gradient(u)
    of vectors and matrices counts as a constant.
    """
    if not wrt:
        raise without_variables()
    write = _writer(latex, unicode)
    _note_sum(run, wrt)
    _note_names(run)
    run.notices += without_values(run, {"shape": shape})
    if steps:
        from gradcli.engine.steps import steps_of

        return steps_of(run, wrt, order, shape, write)
    derivatives = {name: _derivative(run, name, order, shape) for name in wrt}
    if not any(x.shape for x in run.inputs.values()):
        for name, derivative in derivatives.items():
            _note_signs(run, name, derivative)
            run.notices += gaps(run, name, order, derivative)
    written = ((name, Formula.of(with_parts(d), write)) for name, d in derivatives.items())
    formulas = Formulas(written)
    alone = len(formulas) == 1
    rows = [[formula] if alone else [name, formula] for name, formula in formulas.items()]
    plain = formulas[wrt[0]] if alone else formulas
    return Report([""] * (1 if alone else 2), rows, {"diff": formulas}, plain=plain)


def _note_sum(run: Run, wrt: list[str]) -> None:
    """Says what is differentiated: of a tuple, and of an array that mixes elements, a sum."""
    if len(run.results) > 1:
        run.notices.append(
            Notice("the value is a tuple: this is the derivative of the sum of its parts")
        )
    value = total(run)
    if not value.shape:
        return
    if not all(modes.is_elementwise(value, x) for x in run.differentiable(wrt)):
        run.notices.append(
            Notice(
                "the value is an array: this is the derivative of the sum of its elements",
                help="`jacobian` gives the numbers of the derivative of each",
            )
        )


def _note_signs(run: Run, name: str, derivative: Written) -> None:
    """Says what a derivative is where parameters are positive, as tables of integrals have it."""
    known = where_positive(run, derivative, name)
    if known is None:
        return
    parameters, shorter = known
    positive = " and ".join(f"{parameter} > 0" for parameter in parameters)
    run.notices.append(Notice(f"where {positive} this is {text(shorter)}"))


def _note_names(run: Run) -> None:
    """Says of names without values what they may be meant as, such as `sinx`, `xy` and `sin`."""
    names = [name for name in run.guessed if len(name) > 1]
    if not names:
        return
    from gradcli.engine.elsewhere import functions_among, without_names

    functions = functions_among(names)
    products = [n for n in names if n not in functions and _may_be_product(n, run.guessed)]
    letters = {letter for name in products for letter in name}
    line, meant = without_names(run.text.source.text, letters, names)
    if line and meant:
        _note_variables(run, meant, f"`{line}`, if meant")
    elif functions:
        calls = ", ".join(f"`{name}(…)`" for name in functions)
        _note_variables(run, functions, f"a function is called with brackets: {calls}")


def _note_variables(run: Run, names: list[str], way: str) -> None:
    """Says that names are variables here, and the way if they are meant otherwise."""
    are = "is one variable" if len(names) == 1 else "are one variable each"
    run.notices.append(Notice(f"{' and '.join(names)} {are} here", help=way))


def _may_be_product(name: str, names: Collection[str]) -> bool:
    """Whether `xy` may be meant as x*y: letters of formulas, one of them a variable's."""
    known = len(name) < 4 and set("abceknpqrtuvwxyz").issuperset(name)
    return known and not {*"xyz", *names}.isdisjoint(name)


def _derivative(run: Run, name: str, order: int, shape: Mapping[str, Lengths]) -> Written:
    """The formula of the derivative by an input; beside vectors and matrices, in their notation."""
    if any(x.shape for x in run.inputs.values()):
        from gradcli.engine.array_formulas import array_derivative_of

        return array_derivative_of(run, name, order, shape)
    return derivative_of(run, name, order)


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
        write = text
    return write

"""The program as a file for a framework or a language."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.report import Report
from gradcli.engine.gradient import gradients
from gradcli.engine.one_number import without_values
from gradcli.engine.options import CHOICE, WRT, Option
from gradcli.engine.points.trace import arguments, special_of
from gradcli.engine.question import EVERYDAY, question
from gradcli.engine.run import Run
from gradcli.errors import GradcliError, UsageError
from gradcli.ir.kinds import SMOOTH
from gradcli.ir.node import Node, ancestors
from gradcli.ir.record import INPUT
from gradcli.ops import catalog
from gradcli.passes.batch import dependents
from gradcli.translation.target import EXTENSIONS, TARGETS, find
from gradcli.translation.ways import in_one_way
from gradcli.translation.work import Work

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gradcli.data.formats.page import Page
    from gradcli.engine.gradient import Gradient
    from gradcli.lower.names import Names

_GUESS = 0.7
"""What stands for an input without a value; no formula depends on it."""

TO = Option("to", CHOICE, "Where the program goes.", "TARGET", choices=TARGETS, needed="numpy")


class File(Report):
    """A file, which stands where it is shown as it is."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__([""], [[text]], {"translate": text}, plain=text)

    def drawing(self, page: Page) -> str:  # noqa: ARG002 - the same everywhere
        """The text of the file."""
        return self.text


def _unknown(names: Names, values: Mapping[str, Any], _options: Any) -> dict[str, Any]:
    """Numbers that nobody knows for inputs without values."""
    return {**dict.fromkeys(names.inputs, np.nan), **values}


def _is_nothing(run: Run, slope: Gradient) -> bool:
    """Whether a gradient is zero, whatever the inputs are."""
    node = slope.node
    if node is None:
        return True
    return all(x.op is not INPUT for x in ancestors([node])) and not run.array(node).any()


def _in_one_way(run: Run) -> Run:
    """The run of a program that chooses where it branched, if it decides by its inputs."""
    inputs = {*run.inputs.values()}
    nodes = [x for x in run.interpreter.decisions if not inputs.isdisjoint(ancestors([x]))]
    asked = {x.span.text for x in nodes if x.span is not None}
    tree = in_one_way(run.text.tree, asked) if asked else None
    if tree is None or "where" in run.names.defined:
        return run
    text = copy(run.text)
    text.tree = tree
    try:
        chosen = Run(
            text,
            run.names,
            run.values(),
            run.settings,
            marks=run.interpreter.marks,
            guessed=run.guessed,
            by_guess=True,
        )
        is_same = chosen.one_array().shape == run.one_array().shape
    except GradcliError:
        return run  # of a recursion, say, that only the branch ends
    return chosen if is_same else run


def _met(run: Run) -> frozenset[str]:
    """The operations that the formula, as it is written, has at points without a derivative.

    None is known where an input has no value. Those whose result is not finite are among them, and
    powers of 0, whose logarithm is not.
    """
    if run.guessed:
        return frozenset()
    plain = run.settings.silent().but(stabilize=False)
    written = Run(run.text, run.names, run.values(), plain)
    xs = [*written.inputs.values()]
    moving = {*xs, *dependents(written.results, xs)}
    with np.errstate(all="ignore"):
        return frozenset(x.op.name for x in moving if x.inputs and _is_special(written, x, moving))


def _is_special(run: Run, node: Node, moving: Collection[Node]) -> bool:
    arrays = [np.asarray(run.evaluator(x)) for x in (*node.inputs, node)]
    special = special_of(node, moving)
    if special is not None and np.any(special(*arguments(node.op, arrays, node.attrs)) > SMOOTH):
        return True
    if node.op.name == "mul":  # a product may be infinite, but 0 times infinity is met
        return bool(np.isnan(arrays[-1]).any())
    return not np.isfinite(arrays[-1]).all() or (node.op.name == "pow" and not np.all(arrays[0]))


def _formulas(run: Run, wrt: list[str]) -> tuple[str, dict[str, str], dict[str, str]]:
    """The value, the derivatives and the symbols of inputs in LaTeX; arrays have no value.

    Points at which a derivative is not what is written are told.
    """
    from gradcli.engine.array_formulas import array_derivative_of
    from gradcli.engine.formulas import derivative_of, formula_of
    from gradcli.engine.gaps import gaps
    from gradcli.render.latex import latex

    values = {
        n: np.nan_to_num(x, nan=_GUESS) if n in run.guessed else x for n, x in run.values().items()
    }
    plain = run.settings.silent().but(stabilize=False)
    written = Run(run.text, run.names, values, plain, guessed=run.guessed, by_guess=True)
    if any(x.shape for x in written.inputs.values()):
        value, slopes = "", {n: array_derivative_of(written, n, 1, {}) for n in wrt}
    else:
        value = latex(formula_of(written, written.results[0]))
        slopes = {n: derivative_of(written, n, 1) for n in wrt}
        for name, slope in slopes.items():
            run.notices += gaps(written, name, 1, slope)
    return value, {n: latex(x) for n, x in slopes.items()}, {n: latex(("name", n)) for n in wrt}


@question(
    "translate",
    group=EVERYDAY,
    rank=11,
    options=[TO, WRT],
    answers="translate",
    by_turns=True,
    by_guess=True,
    fills=_unknown,
    extension=lambda options: EXTENSIONS.get(options["to"] or "numpy", ".py"),
    plain="str",
    examples=[
        'translate "x*sin(y)" --to torch --x 2 --y 1',
        'translate "sum(log(1 + exp(-x)))" --to c --x 1,2,3',
        'translate "x*sin(y)" --to jax --x 2 --y 1 -o f.py',
    ],
)
def translate(run: Run, to: str, wrt: list[str]) -> Report:
    """Writes PROGRAM as a file that computes its value and gradients elsewhere.

    For PyTorch, JAX, TensorFlow, TensorFlow.js and autograd it is written as a person would write
    it there, with that framework's own gradient, for SymPy by symbols and diff; for NumPy and C
    (C99) the derivative is written out, in one function value_and_grads; for LaTeX as formulas.
    With values for all inputs the file runs and prints what gradcli prints. A snippet of Python or
    JavaScript is translated where it is one function of its inputs: @f.py. NumPy, C and SymPy
    compute all branches and choose. What the target lacks is an error, and so is a loop whose
    turns depend on the inputs where the target can have only one way.
    """
    if run.graph.dtype != np.float64:
        raise UsageError("files are written for float64", help="leave ⟨dtype⟩ out")
    target = find(to)
    if target.goes_one_way:
        run = _in_one_way(run)
    value = run.one_array()
    slopes = gradients(run, wrt)
    if target.goes_one_way:  # others write the calls themselves, whatever their inputs are
        run.notices += without_values(run, None)
    work = Work(
        source=run.text.source,
        tree=run.text.tree,
        names=run.names,
        library=catalog,
        inputs=run.inputs,
        value=value,
        slopes={name: slope.or_zeros() for name, slope in slopes.items()},
        named={
            name: x
            for name, x in run.scope.items()
            if isinstance(x, Node) and name not in run.inputs
        },
        decisions=run.interpreter.decisions,
        unconnected=frozenset(n for n, slope in slopes.items() if _is_nothing(run, slope)),
        values={n: x for n, x in run.values().items() if n not in run.guessed},
        array=run.array,
        met=lambda: _met(run),
        formulas=lambda: _formulas(run, wrt),
    )
    return File(target.write(work))

"""PyTorch's backward: what it leaves in .grad of the leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.gradient import Gradient, seeds_of
from gradcli.engine.named import node_of
from gradcli.engine.options import CONST, DY, NAMES, UNCONNECTED_, VAR, Option
from gradcli.engine.question import FRAMEWORKS, question
from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.shapes import show_shape

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gradcli.engine.run import Run

RETAIN = Option("retain", NAMES, "Intermediates whose gradients are kept.", "NAMES", in_jobs=False)


@question(
    "backward",
    aliases="backprop",
    group=FRAMEWORKS,
    rank=5,
    options=[
        VAR.saying("A leaf that requires a gradient; so is --NAME VALUE."),
        CONST.saying("A leaf that requires none."),
        RETAIN,
        UNCONNECTED_,
        DY,
    ],
    answers="grads",
    needs_value=False,
    marks=lambda options: options["retain"] or (),
    examples=[
        'backward "h = w*x; sum(h^2)" --var w=2 --const x=1,3 --retain h',
        'backward "backward(x^2); backward(x^3)" --x 2',
    ],
)
def backward(
    run: Run, var: object, const: Collection[str], retain: Sequence[str] | None, dy: Any
) -> dict[str, Gradient]:
    """What backward leaves in .grad of the leaves of PROGRAM, whose value must be one number.

    A program that calls backward(y) itself is taken at its word: gradients accumulate.
    """
    del var  # a leaf that is no constant requires a gradient
    calls = run.interpreter.backwards
    if not calls:
        _call_backward(run, dy)
    leaves = {name: x for name, x in run.inputs.items() if name not in const}
    leaves |= {name: node_of(run, name) for name in retain or ()}
    ys = [y for call, _ in calls for y in call]
    interpreter = run.interpreter
    return {
        name: Gradient(ys, x, interpreter.accumulated(x, name), name, interpreter.decisions)
        for name, x in leaves.items()
    }


def _call_backward(run: Run, dy: Any) -> None:
    """Calls backward for the value: one number, or an array with a seed."""
    ys = run.results
    if not ys:
        message = "the program ends without a value to go backward from"
        raise ProgramTypeError(message, help="end with it, or call backward(y)")
    run.refuse_truth()
    if dy is None and any(y.size != 1 for y in ys):
        raise ShapeError(
            f"backward needs one number, not the shape {show_shape(ys[0].shape)}",
            span=ys[0].span,
            help="take its sum, or give a seed with ⟨dy⟩",
        )
    run.interpreter.backwards.append((ys, seeds_of(run, dy) or [None] * len(ys)))

"""TensorFlow's GradientTape: any number of derivatives of one recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.gradient import Gradient, repeated_gradient
from gradcli.engine.named import node_of, nodes_of
from gradcli.engine.options import CONST, NAMES, TEXTS, UNCONNECTED_, VAR, Option
from gradcli.engine.question import FRAMEWORKS, question
from gradcli.engine.ratio import Ratio, parse_ratio
from gradcli.ir.node import Node, ancestors
from gradcli.lower.values import leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from gradcli.engine.run import Run
    from gradcli.lower.names import Names

ASK = Option(
    "ask", TEXTS, "Derivatives: dz/dx,d2z/dx2.", "QUESTIONS", needed="dy/dx", positional=True
)
WATCH = Option("watch", NAMES, "Constants that are watched all the same.", "NAMES", in_jobs=False)


def ratios_of(names: Names, texts: Sequence[str]) -> dict[str, Ratio]:
    """Derivatives as they are written, read with the names of a program."""
    every = [*names.inputs, *sorted(names.assigned)]
    return {text: parse_ratio(text, every) for text in texts}


def marks_of(ratios: Iterable[Ratio]) -> set[str]:
    """The names above and below the lines."""
    return {name for ratio in ratios for name in (ratio.of, *ratio.by)}


def derivative_of(run: Run, ratio: Ratio) -> Gradient:
    """The gradient of the sum, as often as there are names below the line."""
    ys = nodes_of(run, ratio.of) if ratio.of else run.results
    return repeated_gradient(run, ys, [(name, node_of(run, name)) for name in ratio.by])


def _marks(options: Mapping[str, Any]) -> set[str]:
    return marks_of(options["ask"].values()) | set(options["watch"] or ())


@question(
    "tape",
    group=FRAMEWORKS,
    rank=4,
    options=[
        ASK,
        VAR.saying("A watched variable; so is --NAME VALUE."),
        CONST.saying("A constant, not watched."),
        WATCH,
        UNCONNECTED_,
    ],
    answers="grads",
    prepare=lambda names, options: {**options, "ask": ratios_of(names, options["ask"])},
    marks=_marks,
    unconnected="none",
    examples=[
        'tape "y = x*x; z = y*y" --x 3 dz/dx dz/dy d2z/dx2',
        'tape "sum(w*x)" --var w=1,2 --const x=3,4 d/dw d/dx',
    ],
)
def tape(
    run: Run,
    ask: Mapping[str, Ratio],
    var: object,
    const: Collection[str],
    watch: Sequence[str] | None,
) -> dict[str, Gradient | None]:
    """Derivatives of one recording: dz/dx, d2z/dx2, d2z/dxdy, d/dx of the result.

    Any name of the program may stand above or below the line; a second derivative is the gradient
    of the summed gradient. What is not watched or not connected answers null.
    """
    del var  # what is no constant is watched
    watched = _watched(run, const, watch or ())
    slopes = {text: derivative_of(run, ratio) for text, ratio in ask.items()}
    return {
        text: slopes[text] if watched.issuperset(node_of(run, x) for x in ratio.by) else None
        for text, ratio in ask.items()
    }


def _watched(run: Run, const: Collection[str], watch: Sequence[str]) -> set[Node]:
    """What is watched: the variables, what --watch names, and all that depends on them."""
    watched = {x for name, x in run.inputs.items() if name not in const}
    watched.update(node for name in watch for node in nodes_of(run, name))
    every = [node for value in run.scope.values() for node in leaves(value)]
    for node in ancestors([*every, *run.results]):
        if not watched.isdisjoint(node.inputs):
            watched.add(node)
    return watched

"""TensorFlow's tf.gradients: lists of ys and xs, seeds and stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.gradient import Gradient, is_stopped
from gradcli.engine.named import node_of, nodes_of
from gradcli.engine.options import ARRAYS, NAMES, UNCONNECTED_, Option
from gradcli.engine.question import FRAMEWORKS, question
from gradcli.errors import InputError
from gradcli.ir.shapes import show_shape
from gradcli.lower.gradient import seed_node
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.engine.run import Run
    from gradcli.ir.node import Node

YS = Option("ys", NAMES, "What is differentiated: c,d (default: the result).", "NAMES")
XS = Option("xs", NAMES, "By what: inputs or intermediates, a,b.", "NAMES", needed="a,b")
GRAD_YS = Option(
    "grad_ys", ARRAYS, "Seeds: 2,-1 for the ys in order, or c=2 for one of them.", "[NAME=]VALUE"
)
STOP = Option("stop", NAMES, "Names through which nothing is differentiated.", "NAMES")


def _marks(options: Mapping[str, Any]) -> list[str]:
    return [name for key in ("xs", "ys", "stop") for name in options[key] or ()]


@question(
    "gradients",
    group=FRAMEWORKS,
    rank=3,
    options=[YS, XS, GRAD_YS, STOP, UNCONNECTED_],
    answers="grads",
    marks=_marks,
    unconnected="none",
    examples=[
        'gradients "b = 2*a; c = a + b" --a 0 --ys c --xs a,b',
        'gradients "b = 2*a; c = a + b" --a 0 --ys c --xs a,b --stop a,b',
    ],
)
def gradients(
    run: Run, xs: Sequence[str], ys: Sequence[str] | None, grad_ys: Any, stop: Sequence[str] | None
) -> dict[str, Gradient]:
    """The gradients of the sum of --ys by each of --xs, as tf.gradients gives them.

    Any name of the program may be a y, an x or a stop; what is not connected answers null.
    """
    groups = [nodes_of(run, y) for y in ys] if ys else [run.results]
    targets = [node for group in groups for node in group]
    if not ys:
        run.refuse_truth()
    sources = [node_of(run, x) for x in xs]
    stops = [node for name in stop or () for node in nodes_of(run, name)]
    seeds = _seeds(ys or ["the value"], groups, grad_ys)
    slopes = modes.reverse(targets, sources, seeds, stops)
    run.note(targets, dict(zip(xs, sources, strict=True)), seeds, stops=stops)
    return {
        name: Gradient(targets, x, None if is_stopped(targets, x) else slope)
        for name, x, slope in zip(xs, sources, slopes, strict=True)
    }


def _seeds(
    names: Sequence[str], groups: Sequence[Sequence[Node]], given: Any
) -> list[Node | None] | None:
    """The seeds: by name, or one number for each y."""
    if given is None:
        return None
    if not isinstance(given, dict):
        given = _in_order(names, groups, np.asarray(given))
    for name in given:
        if name not in names:
            raise InputError(f"a seed is given for {name}, which is not one of the ys")
    return [
        seed_node(given[name], y, f"the seed of {name}", InputError) if name in given else None
        for name, group in zip(names, groups, strict=True)
        for y in group
    ]


def _in_order(
    names: Sequence[str], groups: Sequence[Sequence[Node]], values: Any
) -> dict[str, Any]:
    if len(names) == 1 and len(groups[0]) == 1:
        return {names[0]: values}
    if values.shape != (len(names),):
        raise InputError(
            f"{len(names)} ys need as many seeds, not the shape {show_shape(values.shape)}",
            help="one number for each y, or ⟨grad_ys NAME=VALUE⟩ for each",
        )
    return dict(zip(names, values, strict=True))

"""Questions to one recording of all names: TensorFlow's gradients and tape, PyTorch's backward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.answers.gradients import refuse_truth, seeds_of
from gradcli.engine.answers.ratio import Ratio, parse_ratio
from gradcli.engine.points.vanishing import obstacle
from gradcli.engine.questions import answered
from gradcli.errors import InputError, Notice, ProgramTypeError, ShapeError
from gradcli.ir.graph import ancestors
from gradcli.ir.op import show_shape
from gradcli.ir.words import WORDS
from gradcli.lower.values import describe, fits, leaves
from gradcli.passes import modes
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.data.answer import Answer, Array
    from gradcli.engine.program import Recording
    from gradcli.engine.questions import Question
    from gradcli.ir.node import Node


def named(recording: Recording, name: str) -> list[Node]:
    """The nodes that a name of the program stands for at its end; several for a tuple."""
    value = recording.scope.get(name)
    found = leaves(value)
    if found and not any(node.is_bool for node in found):
        return found
    if name in recording.scope:
        what = "true or false" if found else describe(value)
        raise InputError(f"{name} is {what} and has no gradient")
    near = nearest(name, recording.scope)
    listed = ", ".join(recording.scope)
    raise InputError(
        f"the program gives no value to '{name}'",
        help=f"did you mean '{near}'? it has {listed}" if near else f"it has {listed}",
    )


def source(recording: Recording, name: str) -> Node:
    """The one node of a name to differentiate by."""
    found = named(recording, name)
    if len(found) != 1 or isinstance(recording.scope[name], tuple):
        raise InputError(f"{name} is a tuple: differentiate by its parts")
    return found[0]


def filled(recording: Recording, gradient: Node | None, x: Node, how: str) -> Array | None:
    """The array of a gradient; zeros or None where nothing depends on x."""
    if gradient is None:
        return np.zeros(x.shape, x.dtype) if how == "zero" else None
    recording.answers.append(gradient)
    return np.asarray(recording.evaluator(gradient))


# --- tf.gradients -------------------------------------------------------------------------------


def gradients(question: Question) -> Answer:
    """The gradients of the sum of the ys by each x, nothing flowing through the stops."""
    asks = question.asks
    targets = asks.get("ys")
    recording = question.record(marks=[*asks["xs"], *(targets or ()), *(asks.get("stop") or ())])
    groups = [named(recording, y) for y in targets] if targets else [recording.results]
    ys = [node for group in groups for node in group]
    if not targets:
        refuse_truth(recording)
    xs = [source(recording, x) for x in asks["xs"]]
    stops = [node for name in asks.get("stop") or () for node in named(recording, name)]
    seeds = _grad_ys(recording, targets or ["the value"], groups, asks.get("grad_ys"))
    found = [
        None if stopped(ys, x) else g
        for g, x in zip(modes.reverse(ys, xs, seeds, stops), xs, strict=True)
    ]
    how = question.settings.unconnected or "none"
    parts = {
        name: filled(recording, g, x, how) for name, g, x in zip(asks["xs"], found, xs, strict=True)
    }
    return answered(recording, kind="grads", parts=parts, alone=False)


def stopped(ys: Sequence[Node], x: Node) -> bool:
    """Whether every way from x to the ys goes through `stop_gradient`."""
    node = obstacle(ys, x)
    return node is not None and node.op.name == "stop_gradient"


def _grad_ys(
    recording: Recording, names: Sequence[str], groups: Sequence[Sequence[Node]], given: Any
) -> list[Node | None] | None:
    """The seeds: by name, or one number for each y."""
    if given is None:
        return None
    if not isinstance(given, dict):
        given = _by_place(names, groups, np.asarray(given))
    for name in given:
        if name not in names:
            raise InputError(f"a seed is given for {name}, which is none of the ys")
    seeds: list[Node | None] = []
    for name, group in zip(names, groups, strict=True):
        seed = given.get(name)
        seeds += [None if seed is None else _seed(recording, name, seed, y) for y in group]
    return seeds


def _by_place(
    names: Sequence[str], groups: Sequence[Sequence[Node]], values: Any
) -> dict[str, Any]:
    if len(names) == 1 and len(groups[0]) == 1:
        return {names[0]: values}
    if values.shape != (len(names),):
        raise InputError(
            f"{len(names)} ys need as many seeds, not the shape {show_shape(values.shape)}",
            help="one number for each y, or --grad-ys NAME=VALUE for each",
        )
    return dict(zip(names, values, strict=True))


def _seed(recording: Recording, name: str, value: Any, y: Node) -> Node:
    seed = recording.graph.constant(np.asarray(value, float))
    if not fits(seed.shape, y.shape):
        raise InputError(
            f"the seed of {name} has shape {show_shape(seed.shape)}, not {show_shape(y.shape)}"
        )
    return WORDS["spread"](seed, y.shape)


# --- tf.GradientTape ----------------------------------------------------------------------------


def tape(question: Question) -> Answer:
    """Any number of derivatives, written `dz/dx` or `d2z/dxdy`, of one recording."""
    names = [*question.names.inputs, *sorted(question.names.assigned)]
    ratios = {text: parse_ratio(text, names) for text in question.asks["ask"]}
    asked = {name for ratio in ratios.values() for name in (ratio.of, *ratio.by)}
    recording = question.record(marks=asked.union(question.asks.get("watch") or ()))
    watched = _watched(question, recording)
    how = question.settings.unconnected or "none"
    parts = {text: _ratio(recording, ratio, watched, how) for text, ratio in ratios.items()}
    return answered(recording, kind="grads", parts=parts)


def _watched(question: Question, recording: Recording) -> set[Node]:
    """What is watched: the variables, what --watch names, and all that depends on them."""
    watch = question.asks.get("watch") or ()
    starts = [x for name, x in recording.inputs.items() if name not in question.const]
    starts += [node for name in watch for node in named(recording, name)]
    watched = set(starts)
    every = [node for value in recording.scope.values() for node in leaves(value)]
    for node in ancestors([*every, *recording.results]):
        if not watched.isdisjoint(node.inputs):
            watched.add(node)
    return watched


def _ratio(recording: Recording, ratio: Ratio, watched: set[Node], how: str) -> Array | None:
    """One derivative: the gradient of the sum, as often as there are names below the line.

    It is null, whatever stands for what is not connected, if one of these is not watched.
    """
    gradient, xs = ratio_gradient(recording, ratio)
    if not watched.issuperset(xs):
        return None
    return filled(recording, gradient, xs[-1], how)


def ratio_gradient(recording: Recording, ratio: Ratio) -> tuple[Node | None, list[Node]]:
    """The node of a derivative, None where nothing flows, and the nodes it is by, in order."""
    ys = named(recording, ratio.of) if ratio.of else recording.results
    xs = [source(recording, name) for name in ratio.by]
    gradient: Node | None = None
    for x in xs:
        (gradient,) = modes.reverse(ys, [x]) if ys and not stopped(ys, x) else (None,)
        ys = [] if gradient is None else [gradient]
    return gradient, xs


# --- backward -----------------------------------------------------------------------------------


def backward(question: Question) -> Answer:
    """What `backward` leaves in `.grad` of the leaves, and of names that are retained.

    A program that calls `backward` itself is taken at its word; else the value is what it is
    called for, one number, or an array with a seed.
    """
    recording = question.record(marks=question.asks.get("retain") or (), whole=False)
    run = recording.interpreter
    if not run.backwards:
        _call_backward(question, recording)
    leaves_ = {n: x for n, x in recording.inputs.items() if n not in question.const}
    retained = {n: source(recording, n) for n in question.asks.get("retain") or ()}
    parts: dict[str, Array | None] = {}
    for name, x in {**leaves_, **retained}.items():
        found = run.accumulated(x)
        if found is None:
            recording.notices.append(
                Notice(f"the value does not depend on {name}: its gradient is 0", kind="unused")
            )
        parts[name] = filled(recording, found, x, question.settings.unconnected or "zero")
    return answered(recording, kind="grads", parts=parts)


def _call_backward(question: Question, recording: Recording) -> None:
    ys = recording.results
    if not ys:
        raise ProgramTypeError(
            "the program ends without a value to go backward from",
            help="end with it, or call backward(y)",
        )
    refuse_truth(recording)
    if question.dy is None and any(y.size != 1 for y in ys):
        raise ShapeError(
            f"backward needs one number, not the shape {show_shape(ys[0].shape)}",
            span=ys[0].span,
            help="take its sum, or give a seed with --dy",
        )
    seeds = seeds_of(recording, question.dy) or [None] * len(ys)
    recording.interpreter.backwards.append((ys, seeds))

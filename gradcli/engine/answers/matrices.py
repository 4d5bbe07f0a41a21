"""Derivatives of higher order and of whole arrays: derivative, Jacobian, Hessian, products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.answers.asked import require_scalar, sources
from gradcli.engine.answers.gradients import fill_unconnected, gradients, refuse_truth
from gradcli.engine.questions import answered
from gradcli.errors import InputError, ShapeError, UsageError
from gradcli.ir.node import WORDS, Node
from gradcli.ir.shapes import show_shape
from gradcli.lower.values import fits
from gradcli.passes import modes

if TYPE_CHECKING:
    from gradcli.data.answer import Answer
    from gradcli.engine.program import Recording
    from gradcli.engine.questions import Question


def jacobians(recording: Recording, wrt: list[str]) -> dict[str, Any]:
    """The Jacobian of the value by each input."""
    y = _one_array(recording)
    return _arrays(recording, {n: modes.jacobian(y, recording.inputs[n]) for n in wrt})


def hessians(recording: Recording, wrt: list[str]) -> dict[str, Any]:
    """The Hessian of the value, one number, by each pair of inputs."""
    y = _one_array(recording)
    require_scalar(recording, "hessian")
    xs = recording.inputs
    return _arrays(recording, {a: {b: modes.hessian(y, xs[a], xs[b]) for b in wrt} for a in wrt})


def _one_array(recording: Recording) -> Node:
    """The one array that is differentiated."""
    refuse_truth(recording)
    if isinstance(recording.value, tuple):
        raise ShapeError("the value is a tuple, and one array is needed", help="end with one part")
    return recording.results[0]


def _run(question: Question) -> tuple[Recording, list[str]]:
    """A run, and the inputs to differentiate by."""
    question.check()
    wrt = sources(question.names, question.wrt)
    return question.record(), wrt


def _arrays(recording: Recording, nodes: dict[str, Any]) -> dict[str, Any]:
    """Nodes by name, nested or not, as arrays."""
    found: dict[str, Any] = {}
    for name, node in nodes.items():
        if isinstance(node, dict):
            found[name] = _arrays(recording, node)
        else:
            recording.answers.append(node)
            found[name] = np.asarray(recording.evaluator(node))
    return found


def _parts(recording: Recording, kind: str, parts: dict[str, Any], question: Question) -> Answer:
    alone = question.wrt is not None and len(parts) == 1 and kind != "hessian"
    return answered(recording, kind=kind, parts=parts, alone=alone)


def jacobian(question: Question) -> Answer:
    """The derivative of each element of the value by each element of each input."""
    recording, wrt = _run(question)
    return _parts(recording, "jacobian", jacobians(recording, wrt), question)


def hessian(question: Question) -> Answer:
    """The second derivatives of one number by each pair of inputs."""
    recording, wrt = _run(question)
    return _parts(recording, "hessian", hessians(recording, wrt), question)


def derivative(question: Question) -> Answer:
    """The n-th derivative of an elementwise program by its one input."""
    recording, wrt = _run(question)
    y = _one_array(recording)
    if len(wrt) != 1:
        raise UsageError(
            f"derivative is by one input, and the program has {', '.join(wrt) or 'none'}",
            help="choose one with --wrt" if wrt else None,
        )
    x = recording.inputs[wrt[0]]
    if x.size != 1 and not modes.is_elementwise(y, x):
        raise ShapeError(
            "the program mixes elements, and has no elementwise derivative",
            span=y.span,
            help="jacobian gives all of them",
        )
    gradient: Node | None = y
    for _ in range(question.asks.get("order") or 1):
        if gradient is not None:
            (gradient,) = modes.reverse([gradient], [x])
    zeros = WORDS["spread"](recording.graph.constant(0.0), x.shape)
    parts = _arrays(recording, {wrt[0]: zeros if gradient is None else gradient})
    return answered(recording, kind="derivative", parts=parts, alone=True)


# --- products without the matrix ----------------------------------------------------------------


def _tangents(question: Question, recording: Recording, wrt: list[str]) -> dict[str, Node]:
    """The directions by name; without a name, that of the one input."""
    given = question.asks.get("tangent")
    if given is None:
        raise UsageError("a direction is needed", help="--tangent 1,0 or --tangent x=1,0")
    if not isinstance(given, dict):
        if len(wrt) != 1:
            raise UsageError(
                f"the program has {', '.join(wrt)}: say which the direction is of",
                help=f"--tangent {wrt[0] if wrt else 'x'}=VALUE",
            )
        given = {wrt[0]: given}
    found = {}
    for name, value in given.items():
        if name not in recording.inputs:
            raise InputError(f"a direction is given for {name}, which is no input")
        found[name] = _direction(recording, name, value)
    return found


def _direction(recording: Recording, name: str, value: Any) -> Node:
    x = recording.inputs[name]
    node = recording.graph.constant(np.asarray(value, float))
    if not fits(node.shape, x.shape):
        raise InputError(
            f"the direction of {name} has shape {show_shape(node.shape)}, not {show_shape(x.shape)}"
        )
    return WORDS["spread"](node, x.shape)


def _or_zeros(recording: Recording, node: Node | None, like: Node) -> Node:
    zeros = WORDS["spread"](recording.graph.constant(0.0), like.shape)
    return zeros if node is None else node


def jvp(question: Question) -> Answer:
    """The derivative of the value when its inputs move in a direction."""
    recording, wrt = _run(question)
    y = _one_array(recording)
    tangents = _tangents(question, recording, wrt)
    xs = [recording.inputs[name] for name in tangents]
    (moved,) = modes.forward([y], xs, list(tangents.values()))
    found = _arrays(recording, {"jvp": _or_zeros(recording, moved, y)})["jvp"]
    return answered(recording, kind="jvp", parts=found, alone=True)


def vjp(question: Question) -> Answer:
    """The gradient of sum(value * dy): the seed times the Jacobian."""
    recording, wrt = _run(question)
    _one_array(recording)
    found = gradients(recording, wrt, question.settings, question.dy, question.record)
    parts = fill_unconnected(recording, found, question.settings.unconnected or "zero")
    alone = question.wrt is not None and len(wrt) == 1
    return answered(recording, kind="vjp", parts=parts, alone=alone)


def hvp(question: Question) -> Answer:
    """The Hessian of one number times a direction, forward over reverse."""
    recording, wrt = _run(question)
    y = _one_array(recording)
    require_scalar(recording, "hvp")
    tangents = _tangents(question, recording, wrt)
    xs = [recording.inputs[name] for name in wrt]
    firsts = [_or_zeros(recording, g, x) for g, x in zip(modes.reverse([y], xs), xs, strict=True)]
    moving = [recording.inputs[name] for name in tangents]
    seconds = modes.forward(firsts, moving, list(tangents.values()))
    found = {
        name: _or_zeros(recording, node, x) for name, node, x in zip(wrt, seconds, xs, strict=True)
    }
    return _parts(recording, "hvp", _arrays(recording, found), question)

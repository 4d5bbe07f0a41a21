"""Gradients of a recorded run, by each of the methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.collector import Paused
from gradcli.errors import InputError, Notice, ProgramTypeError
from gradcli.ir.op import show_shape
from gradcli.ir.words import WORDS
from gradcli.lower.values import fits
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.engine.program import Recording
    from gradcli.engine.settings import Settings
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]
    Rerun = Callable[[Mapping[str, Any]], Recording]


def gradients(
    recording: Recording,
    wrt: Sequence[str],
    settings: Settings,
    dy: Any = None,
    rerun: Rerun | None = None,
) -> dict[str, Array | None]:
    """The gradient of sum(value * dy) by each input in `wrt`; None where nothing depends on it.

    `rerun` runs the program at other values of its inputs, which finite differences need.
    """
    ys, xs = recording.results, numeric_inputs(recording, wrt)
    refuse_truth(recording)
    seeds = seeds_of(recording, dy)
    if settings.method == "reverse":
        with Paused():
            found: list[Any] = list(modes.reverse(ys, xs, seeds))
            return dict(zip(wrt, _arrays(recording, found), strict=True))
    connected = modes.reverse(ys, xs, seeds)
    by_method = {"forward": _forward, "complex-step": _complex_step}.get(settings.method)
    answers: dict[str, Array | None] = {}
    for name, x, known in zip(wrt, xs, connected, strict=True):
        if known is None:
            answers[name] = None
        elif by_method is not None:
            answers[name] = by_method(recording, weighted(ys, seeds), x)
        else:
            answers[name] = _numeric(recording, name, dy, rerun)
    return answers


def _arrays(recording: Recording, nodes: Sequence[Node | None]) -> list[Any]:
    """The arrays of nodes, evaluated together."""
    recording.answers = [node for node in nodes if node is not None]
    recording.evaluator.run([*recording.shown, *recording.answers])
    return [None if node is None else np.asarray(recording.evaluator(node)) for node in nodes]


def numeric_inputs(recording: Recording, names: Sequence[str]) -> list[Node]:
    """The nodes of inputs that can have a gradient, which a truth value cannot."""
    for name in names:
        if recording.inputs[name].is_bool:
            raise ProgramTypeError(
                f"{name} is true or false and has no gradient",
                help="write 1 and 0, or name the others in wrt",
            )
    return [recording.inputs[name] for name in names]


def refuse_truth(recording: Recording) -> None:
    """A truth value has no gradient."""
    for y in recording.results:
        if y.is_bool:
            raise ProgramTypeError(
                "the value is true or false and has no gradient",
                span=y.span,
                help="where(condition, a, b) makes numbers of it",
            )


def seeds_of(recording: Recording, dy: Any) -> list[Node | None] | None:
    """The seed as a node; it must broadcast to the shape of the value."""
    if dy is None:
        return None
    ys = recording.results
    if len(ys) != 1:
        raise InputError("a seed needs one value, and the program gives a tuple")
    seed = recording.graph.constant(np.asarray(dy))
    if seed.is_bool:
        seed = recording.graph.constant(np.asarray(dy, float))
    shape = ys[0].shape
    if not fits(seed.shape, shape):
        raise InputError(
            f"the seed has shape {show_shape(seed.shape)}, the value {show_shape(shape)}"
        )
    return [WORDS["spread"](seed, shape)]


def weighted(ys: Sequence[Node], seeds: Any) -> Node:
    """sum(value * seed), one number."""
    pairs = zip(ys, seeds or [None] * len(ys), strict=True)
    first, *rest = (WORDS["sum"](y if seed is None else y * seed) for y, seed in pairs)
    return sum(rest, first)


def _forward(recording: Recording, y: Node, x: Node) -> Array:
    """One tangent for each element of x, all at once if the value is elementwise."""
    result: Node = modes.jacobian_forward(y, x)
    return np.asarray(recording.evaluator(result))


def _complex_step(recording: Recording, y: Node, x: Node) -> Array:
    from gradcli.exec.complex_step import complex_step

    inputs = {node: recording.evaluator.values[node] for node in recording.inputs.values()}
    found: Array = complex_step(y, inputs, x)
    return found


def _numeric(recording: Recording, name: str, dy: Any, rerun: Rerun | None) -> Array:
    from gradcli.engine.answers.differences import differences

    assert rerun is not None
    found = differences(recording, name, dy, rerun)
    return found.central.astype(recording.graph.dtype)


def fill_unconnected(
    recording: Recording, found: Mapping[str, Array | None], how: str
) -> dict[str, Array | None]:
    """Zeros, with a warning, where the value does not depend on an input; or None as it is."""
    filled: dict[str, Array | None] = {}
    for name, gradient in found.items():
        if gradient is None and how == "zero":
            x = recording.inputs[name]
            filled[name] = np.zeros(x.shape, x.dtype)
            recording.notices.append(independent(name))
        else:
            filled[name] = gradient
    return filled


def or_zeros(gradient: Node | None, x: Node, how: str) -> Node | None:
    """The node of a gradient by x: zeros, or none as it is, where nothing depends on x."""
    if gradient is not None or how == "none":
        return gradient
    return WORDS["spread"](x.graph.constant(0.0), x.shape)


def independent(name: str) -> Notice:
    """The warning that a gradient is zero because the value does not depend on an input."""
    return Notice(f"the value does not depend on {name}: its gradient is 0", kind="unused")

"""Where a gradient that is zero, huge or no number comes from, among the steps of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.gradient import gradients
from gradcli.engine.points.nonfinite import explain
from gradcli.engine.points.verdicts import strict
from gradcli.errors import Notice
from gradcli.render.steps import brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradcli.engine.circuit import Circuit
    from gradcli.engine.gradient import Gradient
    from gradcli.render.steps import Step, Way

HUGE = 1e8
"""From which size on a gradient is worth a word about where it comes from."""


def origins(circuit: Circuit, wrt: list[str], dy: Any) -> list[Notice]:
    """A notice for each gradient that is zero, huge or not finite, and for each convention used."""
    run = circuit.run
    run.notices += strict(run, wrt, dy)
    slopes = gradients(run, wrt, dy, "reverse")
    nodes = [slope.node for slope in slopes.values() if slope.node is not None]
    run.evaluator.run(nodes)
    if not all(np.isfinite(run.array(node)).all() for node in [*run.results, *nodes]):
        explain(run, run.results, nodes)
    notices = [_notice(circuit, name, slope) for name, slope in slopes.items()]
    return [notice for notice in notices if notice is not None]


def _notice(circuit: Circuit, name: str, slope: Gradient) -> Notice | None:
    """What there is to say about the gradient by one input."""
    run = circuit.run
    array = None if slope.node is None else run.array(slope.node)
    notice = slope.notice(array)
    if notice is None and array is not None:
        return _of_size(circuit, run.inputs[name], name, array)
    return notice


def _of_size(circuit: Circuit, x: Any, name: str, array: Any) -> Notice | None:
    """The notice about a gradient that is zero everywhere, or huge somewhere."""
    ways = list(_ways(circuit.steps[x]))
    if array.size and not array.any():
        return _zero(name, ways)
    largest = np.max(np.abs(array), initial=0)
    return _huge(name, ways, largest) if HUGE <= largest < np.inf else None


def _ways(x: Step) -> Iterator[Way]:
    """All ways back that may lead to a step, from the result on."""
    steps: dict[Step, None] = {}
    stack = [x]
    while stack:
        step = stack.pop()
        if step not in steps:
            steps[step] = None
            stack += [way.step for way in step.arriving]
    for step in sorted(steps, key=lambda step: -step.node.order):
        yield from step.arriving


def _zero(name: str, ways: Iterable[Way]) -> Notice:
    """Where the last of the cotangent is lost, or that what comes adds up to nothing."""
    for way in ways:
        cotangent, passed = way.step.cotangent, way.passed
        if cotangent is not None and cotangent.any() and passed is not None and not passed.any():
            return Notice(
                f"the gradient by {name} is 0: {way.step.operation} does not change with "
                f"{way.source.name} here",
                span=way.step.node.span,
                kind="vanishing",
            )
    return Notice(f"the gradient by {name} is 0: its parts add up to 0", kind="vanishing")


def _huge(name: str, ways: Iterable[Way], largest: float) -> Notice | None:
    """The operation whose slope is the steepest."""
    steep = max(ways, key=_growth, default=None)
    if steep is None or _growth(steep) <= 1:
        return None
    return Notice(
        f"the gradient by {name} is as large as {brief(largest)}: {steep.step.operation} is steep "
        f"in {steep.source.name} here and turns 1 into {brief(_growth(steep))}",
        span=steep.step.node.span,
        kind="numeric",
    )


def _growth(way: Way) -> float:
    """How much larger what is passed on is than what arrives."""
    assert way.step.cotangent is not None
    assert way.passed is not None
    arriving = float(np.max(np.abs(way.step.cotangent), initial=0))
    passed = float(np.max(np.abs(way.passed), initial=0))
    return passed / arriving if arriving and np.isfinite(passed) else 0.0

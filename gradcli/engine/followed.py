"""One element of an input, followed through the steps of a run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from gradcli.errors import InputError
from gradcli.ir.shapes import show_shape
from gradcli.passes import modes

if TYPE_CHECKING:
    from gradcli.engine.circuit import Circuit
    from gradcli.engine.run import Run
    from gradcli.render.steps import Step

_ELEMENT = re.compile(r"(\w+)\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]")


def element_of(run: Run, text: str) -> tuple[str, tuple[int, ...]]:
    """The input and the index that `x[1]` or `A[0, 2]` names; an InputError if it names none."""
    match = _ELEMENT.fullmatch(text.strip())
    if match is None or match[1] not in run.inputs:
        listed = ", ".join(run.inputs)
        raise InputError(
            f"'{text}' is not an element of an input", help=f"⟨element x[1]⟩ of {listed}"
        )
    shape = run.inputs[match[1]].shape
    index = tuple(map(int, match[2].split(",")))
    try:
        np.empty(shape, bool)[index]
    except IndexError:
        pass
    else:
        if len(index) == len(shape):
            return match[1], tuple(i % n for i, n in zip(index, shape, strict=True))
    raise InputError(f"{match[1]} has no element '{text}': its shape is {show_shape(shape)}")


def followed(circuit: Circuit, name: str, index: tuple[int, ...]) -> list[Step]:
    """The steps that an element has a part in, each with its own element where it is only one."""
    run = circuit.run
    x = run.inputs[name]
    unit = np.zeros(x.shape)
    unit[index] = 1
    nodes = list(circuit.steps)
    tangents = modes.forward(nodes, [x], [x.graph.constant(unit)])
    run.evaluator.run([tangent for tangent in tangents if tangent is not None])
    steps: list[Step] = []
    for step, tangent in zip(circuit.steps.values(), tangents, strict=True):
        if tangent is None or step.node.is_bool:
            continue
        touched = np.argwhere(np.broadcast_to(run.array(tangent) != 0, step.node.shape))
        if len(touched) == 1:
            step.element = tuple(touched[0].tolist())
        steps.append(step)
    for step in steps:
        step.ways = [way for way in step.ways if way.source in steps]
    return steps

"""Programs run again and again: the graph of one run serves all others of the same shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.program import as_input
from gradcli.exec.steps import Steps
from gradcli.ir.graph import ancestors
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.engine.program import Recording

SMALL = 16_384
"""Elements of an input up to which a list of steps is quicker than a plan."""

LONGEST = 20_000
"""Nodes of a graph up to which its steps are kept: those of long loops would fill the memory."""

KEPT = 16
"""How many sets of shapes a program keeps steps for."""


class Repeated:
    """The steps for value and gradients of one program at one set of shapes."""

    __slots__ = ("dtype", "names", "steps", "wrt")

    def __init__(self, recording: Recording, wrt: Sequence[str]) -> None:
        xs = [recording.inputs[name] for name in wrt]
        found = modes.reverse(recording.results, xs)
        outputs = [recording.value, *(g for g in found if g is not None)]
        self.names = tuple(recording.inputs)
        self.wrt = [(name, g is not None) for name, g in zip(wrt, found, strict=True)]
        self.dtype = recording.graph.dtype
        inputs = list(recording.inputs.values())
        self.steps = Steps(outputs, inputs, recording.evaluator)

    def __call__(self, values: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
        """Value and gradients; zeros for an input that the value does not depend on."""
        value, *gradients = self.steps(values)
        ready = iter(gradients)
        found = {}
        for (name, connected), given in zip(self.wrt, self._by(values), strict=True):
            found[name] = np.array(next(ready) if connected else np.zeros_like(given))
        return np.array(value), found

    def _by(self, values: Sequence[Any]) -> list[Any]:
        given = dict(zip(self.names, values, strict=True))
        return [given[name] for name, _ in self.wrt]


def repeatable(recording: Recording) -> bool:
    """Whether the graph is the same at other values: one small array, and nothing was asked."""
    run = recording.run
    small = recording.graph.count <= LONGEST and all(
        x.size <= SMALL and not x.is_bool for x in recording.inputs.values()
    )
    single = not isinstance(recording.value, tuple) and not recording.results[0].is_bool
    if not small or not single or run.printed is not None:
        return False
    return set(recording.inputs.values()).isdisjoint(ancestors(run.asked))


def prepared(names: Sequence[str], values: Mapping[str, Any], dtype: Any) -> list[Any] | None:
    """Values as the steps take them: scalars as NumPy scalars; None if they are not numbers."""
    kind = np.dtype(dtype)
    found = []
    for name in names:
        value = values[name]
        if isinstance(value, (float, int)) and not isinstance(value, bool):
            found.append(kind.type(value))
            continue
        array = as_input(name, value, kind)
        if array.dtype.kind == "b":
            return None
        found.append(array if array.ndim else array[()])
    return found


def shapes_of(values: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """The names and shapes of inputs, under which steps are kept."""
    return tuple([
        (name, () if value.__class__ is float or value.__class__ is int else np.shape(value))
        for name, value in values.items()
    ])  # fmt: skip

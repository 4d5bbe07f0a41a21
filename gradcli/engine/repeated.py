"""Programs run again and again: the graph of one run serves all others of the same shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.program import as_input
from gradcli.exec.planned import Planned
from gradcli.exec.steps import Steps
from gradcli.ir.node import ancestors
from gradcli.ir.record import CONSTANT
from gradcli.passes import modes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gradcli.engine.program import Recording

SMALL = 16_384
"""Elements of the largest array up to which a list of steps is quicker than a plan."""

LONGEST = 20_000
"""Nodes of a graph up to which its steps are kept: those of long loops would fill the memory."""

KEPT = 16
"""How many sets of shapes a program keeps steps for."""


LASTING = 1 << 16
"""Elements that constants of a program may have, if its plan is kept with them."""


class Repeated:
    """The steps, or the plan, for value and gradients of one program at one set of shapes."""

    __slots__ = ("dtype", "lasting", "names", "steps", "wrt")

    def __init__(self, recording: Recording, wrt: Sequence[str]) -> None:
        xs = [recording.inputs[name] for name in wrt]
        found = modes.reverse(recording.results, xs)
        outputs = [recording.value, *(g for g in found if g is not None)]
        self.names = tuple(recording.inputs)
        self.wrt = [(name, g is not None) for name, g in zip(wrt, found, strict=True)]
        self.dtype = recording.graph.dtype
        inputs = list(recording.inputs.values())
        self.steps: Steps | Planned
        self.lasting: set[int] | None = None
        if recording.graph.largest <= SMALL:
            self.steps = Steps(outputs, inputs, recording.evaluator)
        else:
            self.steps = Planned(outputs, inputs, recording.evaluator)
            self.lasting = set(map(id, self.steps.fixed.values()))

    def __call__(self, values: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
        """Value and gradients; zeros for an input that the value does not depend on."""
        value, *gradients = self.steps(values)
        others = self.others(map(id, values))
        value, ready = owned(value, others), iter(gradients)
        found = {}
        for (name, connected), given in zip(self.wrt, self._by(values), strict=True):
            found[name] = owned(next(ready), others) if connected else np.zeros_like(given)
        return value, found

    def others(self, held: Iterable[int]) -> set[int] | None:
        """The identities of arrays that are not the caller's alone: those held, and those kept."""
        return None if self.lasting is None else self.lasting.union(held)

    def _by(self, values: Sequence[Any]) -> list[Any]:
        given = dict(zip(self.names, values, strict=True))
        return [given[name] for name, _ in self.wrt]


def repeatable(recording: Recording) -> bool:
    """Whether the graph is the same at other values: one array of numbers, and nothing was asked.

    It must not be so large that it is better not kept.
    """
    run, graph = recording.interpreter, recording.graph
    small = graph.count <= LONGEST and not any(x.is_bool for x in recording.inputs.values())
    single = not isinstance(recording.value, tuple) and not recording.results[0].is_bool
    if not small or not single or run.printed is not None:
        return False
    needed = ancestors(recording.results)
    lasting = sum(x.size for x in needed if x.op is CONSTANT)
    settled = set(recording.inputs.values()).isdisjoint(ancestors(run.decisions))
    return settled and lasting <= LASTING


def owned(found: Any, others: set[int] | None) -> Any:
    """Arrays that nobody else holds, so that they can be changed; in tuples and dicts, too.

    `others` are the identities of arrays that are taken, to which these are added; None if all are.
    """
    if isinstance(found, dict):
        return {name: owned(part, others) for name, part in found.items()}
    if isinstance(found, tuple):
        return tuple([owned(part, others) for part in found])
    if found is None:
        return None
    if others is None or np.ndim(found) == 0 or found.base is not None or id(found) in others:
        return np.array(found)
    others.add(id(found))
    return found


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
    return tuple(
        [
            (name, () if value.__class__ is float or value.__class__ is int else np.shape(value))
            for name, value in values.items()
        ]
    )

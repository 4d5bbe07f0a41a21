"""Questions asked again: the graph of one run serves all others of the same shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.numbers import EXACT
from gradcli.engine.at_once import AtOnce, of_numbers
from gradcli.engine.gradient import Gradient
from gradcli.engine.indices import as_indices, indices_in
from gradcli.engine.outcome import Outcome
from gradcli.engine.program import as_input
from gradcli.errors import LoopError
from gradcli.exec.planned import Planned
from gradcli.exec.steps import Steps
from gradcli.ir.node import Node, ancestors
from gradcli.ir.record import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.engine.at_once import AtNumbers
    from gradcli.engine.points.silent import Suspects
    from gradcli.engine.run import Run
    from gradcli.errors import Notice

float64 = np.float64
NUMBERS = frozenset({float, float64})
"""Types of numbers that machine code takes as they are."""

SMALL = 16_384
"""Elements of the largest array up to which a list of steps is quicker than a plan."""

LONGEST = 20_000
"""Nodes of a graph up to which its steps are kept: those of long loops would fill the memory."""

LASTING = 1 << 16
"""Elements that constants of a program may have, if its plan is kept with them."""


class Repeated:
    """The steps, or the plan, for an answer of one program at one set of shapes.

    `weight` is what it takes of the memory.
    """

    __slots__ = (
        "_at_once",
        "_indices",
        "_kept",
        "_parts",
        "_size",
        "_steps",
        "_suspects",
        "_value",
        "dtype",
        "names",
        "weight",
    )

    def __init__(self, run: Run, value: Any, parts: Any, suspects: Suspects | None) -> None:
        outputs: list[Node] = []
        self._value = _form(value, outputs)
        self._indices = indices_in(value)
        self._parts = _form(parts, outputs)
        self._size = len(outputs)
        self._suspects = suspects
        inputs = list(run.inputs.values())
        weights = {} if suspects is None else suspects.weights
        self._at_once: AtOnce | None = None
        if of_numbers([*inputs, *outputs]) and self._indices is False:
            self._at_once = AtOnce([*outputs], inputs, weights, run.evaluator)
        outputs += () if suspects is None else suspects.questions
        self.names = tuple(run.inputs)
        self.dtype = run.graph.dtype
        self.weight = 1024 + 16 * run.graph.count
        self._kept: frozenset[int] | None = None
        self._steps: Steps | Planned
        if run.graph.largest <= SMALL:
            self._steps = Steps(outputs, inputs, run.evaluator)
        else:
            self._steps = Planned(outputs, inputs, run.evaluator)
            self._kept = frozenset(map(id, self._steps.fixed.values()))
            self.weight += 8 * sum(x.size for x in ancestors(outputs) if x.op is CONSTANT)

    def __call__(self, values: Mapping[str, Any]) -> Outcome | None:
        """What there is to say at other values; None if only a run of its own can say it all."""
        arrays = prepared(self.names, values, self.dtype)
        if arrays is None:
            return None
        try:
            outputs = self._steps.finite(arrays, self._size)
        except LoopError:
            return None
        if outputs is None:
            return None
        if self._suspects is not None and self._suspects.are_met(outputs[self._size :]):
            return None
        outputs = outputs[: self._size]
        if self._at_once is not None:
            self._at_once.ran()
        if self._kept is None:  # any of them may be held by the steps, or be another's
            outputs = [np.array(array) for array in outputs]
        notices: list[Notice] = []
        return Outcome(
            as_indices(_filled(self._value, outputs, notices), self._indices),
            _filled(self._parts, outputs, notices),
            notices,
            dict(zip(self.names, arrays, strict=True)),
            None if self._kept is None else self._kept.union(map(id, arrays)),
        )

    def at_once(self) -> AtNumbers | None:
        """What gives value and parts as a call does, at numbers; None until it is worth compiling.

        It gives None where a call has more to say.
        """
        find = None if self._at_once is None else self._at_once.numbers
        pairs = _pairs(self._parts)
        if find is None or pairs is None:
            return None
        names, value, is_dict = self.names, self._value, isinstance(self._parts, dict)
        told = [i for i, notice in pairs.values() if notice]
        places = {name: i for name, (i, _) in pairs.items()}

        def answered(values: Mapping[str, Any]) -> tuple[Any, Any] | None:
            inputs = [values[name] for name in names]
            if not NUMBERS.issuperset(map(type, inputs)):
                return None
            numbers = find(inputs)
            if numbers is None or (told and not all(map(numbers.__getitem__, told))):
                return None
            outputs = [float64(x) for x in numbers]
            parts: Any = {name: outputs[i] for name, i in places.items()}
            return None if value is None else outputs[value], parts if is_dict else parts.get("")

        return answered


def _pairs(parts: Any) -> dict[str, tuple[int, bool]] | None:
    """Which outputs the parts of an answer are, and whether there is a notice of one that is 0.

    A part without a name is called "". None if parts are made in another way.
    """
    leaves = parts if isinstance(parts, dict) else {} if parts is None else {"": parts}
    pairs = {}
    for name, leaf in leaves.items():
        index, notice = (leaf.index, leaf.notice) if isinstance(leaf, _Slope) else (leaf, None)
        if not isinstance(index, int):
            return None
        pairs[name] = index, notice is not None
    return pairs


class _Slope:
    """Which of the outputs a gradient is (None: it is zeros), and the notice if it is zero."""

    __slots__ = ("index", "notice", "zeros")

    def __init__(self, slope: Gradient, index: int | None) -> None:
        self.index = index
        self.notice = slope.notice(None)
        self.zeros = np.zeros(slope.x.shape, slope.x.dtype)


def _form(part: Any, outputs: list[Node]) -> Any:
    """The form of what an answer holds: numbers stand for the outputs, to which nodes are added."""
    if isinstance(part, dict):
        return {name: _form(item, outputs) for name, item in part.items()}
    if isinstance(part, tuple):
        return tuple([_form(item, outputs) for item in part])
    node = part.node if isinstance(part, Gradient) else part
    index = None
    if node is not None:
        index = len(outputs)
        outputs.append(node)
    return _Slope(part, index) if isinstance(part, Gradient) else index


def _filled(form: Any, outputs: Sequence[Any], notices: list[Notice]) -> Any:
    """A form with arrays in the places of its numbers."""
    if form.__class__ is int:
        return outputs[form]
    if form.__class__ is _Slope:
        array = form.zeros.copy() if form.index is None else outputs[form.index]
        if form.notice is not None and not array.any():
            notices.append(form.notice)
        return array
    if form.__class__ is dict:
        return {name: _filled(item, outputs, notices) for name, item in form.items()}
    if form.__class__ is tuple:
        return tuple([_filled(item, outputs, notices) for item in form])
    return None


def is_repeatable(run: Run, parts: Any) -> bool:
    """Whether the graph is the same at other values, and all there is to say are its numbers.

    It must not be so large that it is better not kept.
    """
    graph = run.graph
    small = graph.count <= LONGEST and not any(x.is_bool for x in run.inputs.values())
    if not small or run.prints or run.notices or not _is_numbers(run.value, parts):
        return False
    needed = ancestors(run.results)
    lasting = sum(x.size for x in needed if x.op is CONSTANT)
    decisions = ancestors([*run.interpreter.decisions, *run.looked_at])
    return set(run.inputs.values()).isdisjoint(decisions) and lasting <= LASTING


def _is_numbers(value: Any, parts: Any) -> bool:
    """Whether value and parts are nodes of numbers, and no arrays made in other ways."""
    if isinstance(parts, dict):
        return all(_is_numbers(value, part) for part in parts.values())
    made = isinstance(parts, Gradient) and parts.array is not None
    single = value is None or (isinstance(value, Node) and not value.is_bool)
    return single and not made and (parts is None or isinstance(parts, (Gradient, Node)))


def prepared(names: Sequence[str], values: Mapping[str, Any], dtype: Any) -> list[Any] | None:
    """Values as the steps take them: scalars as NumPy scalars.

    None if they are not numbers, or had to be rounded.
    """
    kind = np.dtype(dtype)
    arrays = []
    for name in names:
        value = values[name]
        if value.__class__ is float or (value.__class__ is int and -EXACT < value < EXACT):
            arrays.append(kind.type(value))
            continue
        notices: list[Notice] = []
        array = as_input(name, value, kind, notices)
        if array.dtype.kind == "b" or notices:
            return None
        arrays.append(array if array.ndim else array[()])
    return arrays

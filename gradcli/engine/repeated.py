"""Questions asked again: the graph of one run serves all others of the same shapes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.numbers import EXACT
from gradcli.engine.at_once import AtOnce, of_numbers
from gradcli.engine.gradient import Gradient
from gradcli.engine.in_rows import InRows
from gradcli.engine.indices import as_indices, indices_in
from gradcli.engine.outcome import Outcome, holders
from gradcli.engine.program import as_input
from gradcli.errors import LoopError
from gradcli.exec.planned import LEAST, Planned
from gradcli.exec.steps import Steps
from gradcli.ir.node import Node, ancestors
from gradcli.ir.record import CONSTANT
from gradcli.passes.loop import unread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.engine.at_once import AtNumbers
    from gradcli.engine.points.silent import Suspects
    from gradcli.engine.run import Run
    from gradcli.errors import Notice

float64 = np.float64
NONE: tuple[Any, Any] = None, object()
NUMBERS = frozenset({float, float64})
"""Types of numbers that machine code takes as they are."""

LONGEST = 20_000
"""Nodes of a graph up to which its steps are kept: those of long loops would fill the memory."""

LASTING = 1 << 21
"""Elements that constants of a program may have, if its plan is kept with them."""


DECIDING = 1 << 21
"""Numbers that a program may decide by, if its steps are kept for these numbers alone."""

HELD, HELD_TWICE = 1 / 4, 1 / 2
"""What a constant weighs, and a number that is decided by: it stands in indices of nodes, too."""


class Repeated:
    """The steps, or the plan, for an answer of one program at one set of shapes.

    `seeds` are constants that become inputs. Inputs that the program decides by are held: it
    answers where they are the same to the bit. `weight` is what it takes of the memory. It
    `is_doubted` if it trusts in finite derivatives, and one was not.
    """

    __slots__ = (
        "_at_once",
        "_held",
        "_hides",
        "_indices",
        "_kept",
        "_known",
        "_parts",
        "_rows",
        "_size",
        "_steps",
        "_suspects",
        "_trusts",
        "_value",
        "dtype",
        "is_doubted",
        "names",
        "weight",
    )

    def __init__(
        self,
        run: Run,
        value: Any,
        parts: Any,
        suspects: Suspects | None,
        seeds: Sequence[Node] = (),
    ) -> None:
        outputs: list[Node] = []
        self._value = _form(value, outputs)
        self._indices = indices_in(value)
        self._parts = _form(parts, outputs)
        self._size = len(outputs)
        self._suspects = suspects
        inputs = [*run.inputs.values(), *seeds]
        weights = {} if suspects is None else suspects.weights
        deciding = deciding_in(run)
        self._known: dict[str, tuple[Any, Any]] = {}
        self._held = [
            (i, _bits(run.array(x)).copy()) for i, x in enumerate(inputs) if x in deciding
        ]
        self._trusts, self.is_doubted = run.graph.trusts, False
        self._hides = _hides(run)
        self._at_once: AtOnce | None = None
        self._rows: InRows | None = None
        if not self._held and of_numbers([*inputs, *outputs]) and self._indices is False:
            self._at_once = AtOnce([*outputs], inputs, weights, run.evaluator)
            if inputs and outputs:
                self._rows = InRows([*outputs], inputs, suspects, run.evaluator)
        outputs += () if suspects is None else suspects.questions
        outputs = unread(outputs)
        for seed in seeds:
            seed.forget()
        self.names = tuple(run.inputs)
        self.dtype = run.graph.dtype
        self.weight = 1024 + 16 * run.graph.count
        self.weight += int(HELD_TWICE * sum(bits.size for _, bits in self._held))
        self._kept: frozenset[int] | None = None
        self._steps: Steps | Planned
        if run.graph.largest < LEAST:
            self._steps = Steps(outputs, inputs, run.evaluator)
        else:
            self._steps = Planned(outputs, inputs, run.evaluator, has_track=True)
            self._kept = frozenset(holders(self._steps.fixed.values()))
            lasting = sum(x.size for x in ancestors(outputs) if x.op is CONSTANT)
            self.weight += int(HELD * lasting)

    def __call__(self, values: Mapping[str, Any], seeds: Sequence[Any] = ()) -> Outcome | None:
        """What there is to say at other values; None if only a run of its own can say it all."""
        arrays = prepared(self.names, values, self.dtype, self._known)
        if arrays is None or not self._are_held(arrays, values):
            return None
        arrays += seeds
        try:
            outputs = self._steps.finite(arrays, self._size)
        except LoopError:
            return None
        if outputs is None:
            self.is_doubted = self._trusts
            return None
        if self._suspects is not None and self._suspects.are_met(outputs[self._size :]):
            return None
        outputs = outputs[: self._size]
        if self._hides and not all(x.any() for x in outputs):  # the turns may say why
            return None
        if self._at_once is not None:
            self._at_once.ran()
        if self._kept is None:  # any of them may be held by the steps, or be another's
            outputs = [np.array(array) for array in outputs]
        notices: list[Notice] = []
        return Outcome(
            as_indices(_filled(self._value, outputs, notices), self._indices),
            _filled(self._parts, outputs, notices),
            notices,
            dict(zip(self.names, arrays, strict=False)),
            None if self._kept is None else self._kept.union(holders(arrays)),
        )

    def _are_held(self, arrays: Sequence[Any], values: Mapping[str, Any]) -> bool:
        """Whether inputs that the program decides by are what they were.

        Whole numbers are known by themselves then: to convert them takes longer than to look.
        """
        for i, bits in self._held:
            if i < len(self.names) and self._known.get(self.names[i], NONE)[1] is arrays[i]:
                continue
            if not _is(arrays[i], bits):
                return False
            value = values.get(self.names[i]) if i < len(self.names) else None
            if value.__class__ is np.ndarray and value.dtype.kind in "iu" and value.ndim:
                arrays[i].flags.writeable = False
                self._known[self.names[i]] = value.copy(), arrays[i]
        return True

    def at_once(self) -> AtNumbers | None:
        """What gives value and parts as a call does, at numbers; None until it is worth compiling.

        It gives None where a call has more to say.
        """
        find = None if self._at_once is None else self._at_once.numbers
        pairs = None if find is None else _pairs(self._parts)
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

    def rows(self, columns: Sequence[Any]) -> tuple[list[Any], Any] | None:
        """Value and parts at rows of numbers, and in which rows that is all there is to say.

        `columns` are of `names`, ROWS at most; None if it is not known how, and a GradcliError says
        that some row has no answer.
        """
        pairs, value = _pairs(self._parts), self._value
        if self._rows is None or pairs is None or not (value is None or isinstance(value, int)):
            return None
        outputs, whole = self._rows(columns)
        for i, has_notice in pairs.values():
            if has_notice:
                whole &= outputs[i] != 0
        places = [i for i, _ in pairs.values()]
        return [outputs[i] for i in ([] if value is None else [value]) + places], whole


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


def seeds_in(parts: Any, arrays: Sequence[Any]) -> list[Node] | None:
    """The constants that hold these arrays; None unless each stands there once, as it is."""
    if not arrays:
        return []
    outputs: list[Node] = []
    _form(parts, outputs)
    constants = [x for x in ancestors(outputs) if x.op is CONSTANT and x.shape]
    by_array = {id(x.attrs[0]): x for x in constants}
    seeds = [by_array[id(array)] for array in arrays if id(array) in by_array]
    return seeds if len({*seeds}) == len(arrays) == len({*map(id, arrays)}) else None


def is_repeatable(run: Run, parts: Any) -> bool:
    """Whether all there is to say of a graph are its numbers, at other values, too.

    Those that it decides by must be few; it must not be so large that it is better not kept.
    """
    graph = run.graph
    small = graph.count <= LONGEST and not any(x.is_bool for x in run.inputs.values())
    if not small or run.prints or run.notices or not _is_numbers(run.value, parts):
        return False
    needed = ancestors(run.results)
    lasting = sum(x.size for x in needed if x.op is CONSTANT)
    return sum(x.size for x in deciding_in(run)) <= DECIDING and lasting <= LASTING


def deciding_in(run: Run) -> set[Node]:
    """The inputs that conditions, counts and indices of a run hang on, or what was looked at."""
    decisions = ancestors([*run.interpreter.decisions, *run.looked_at])
    return set(run.inputs.values()).intersection(decisions)


def _hides(run: Run) -> bool:
    """Whether turns of loops may have something to say of an output that is zero."""
    if not (run.interpreter.is_rolled and run.differentiated):
        return False
    from gradcli.engine.flowing import all_flow

    return not all_flow(run)


def _bits(array: Any) -> Any:
    """What tells numbers apart, zeros of either sign included."""
    row = np.ravel(array)
    return row.view(f"u{row.itemsize}")


def _is(array: Any, held: Any) -> bool:
    """Whether an array has these bits."""
    bits = _bits(array)
    return bits.dtype == held.dtype and np.array_equal(bits, held)


def _is_numbers(value: Any, parts: Any) -> bool:
    """Whether value and parts are nodes of numbers, and no arrays made in other ways."""
    if isinstance(parts, dict):
        return all(_is_numbers(value, part) for part in parts.values())
    made = isinstance(parts, Gradient) and parts.array is not None
    return _is_number(value) and not made and (parts is None or isinstance(parts, (Gradient, Node)))


def _is_number(value: Any) -> bool:
    """Whether a value is a node of numbers, several of them, or none."""
    if isinstance(value, tuple):
        return all(map(_is_number, value))
    return value is None or (isinstance(value, Node) and not value.is_bool)


def prepared(
    names: Sequence[str],
    values: Mapping[str, Any],
    dtype: Any,
    known: Mapping[str, tuple[Any, Any]] = MappingProxyType({}),
) -> list[Any] | None:
    """Values as the steps take them: scalars as NumPy scalars.

    None if they are not numbers, or had to be rounded. Arrays that are `known` are there already.
    """
    kind = np.dtype(dtype)
    arrays = []
    for name in names:
        value = values[name]
        if value.__class__ is float or (value.__class__ is int and -EXACT < value < EXACT):
            arrays.append(kind.type(value))
            continue
        if known and value.__class__ is np.ndarray and name in known:
            before, array = known[name]
            if value.dtype is before.dtype and np.array_equal(value, before):
                arrays.append(array)
                continue
        notices: list[Notice] = []
        array = as_input(name, value, kind, notices)
        if array.dtype.kind == "b" or notices:
            return None
        arrays.append(array if array.ndim else array[()])
    return arrays

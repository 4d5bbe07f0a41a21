"""Finite gradients where there is no derivative: whether to look for any, and what is said."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.engine.gradient import Gradient, seeds_of
from gradcli.engine.points.trace import Trace, arguments, special_of
from gradcli.engine.points.verdicts import Judge, told_always
from gradcli.ir.node import WORDS, Node
from gradcli.ir.op import Elementwise, Structural, nothing
from gradcli.passes.batch import dependents
from gradcli.passes.modes import is_elementwise, reverse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradcli.engine.run import Run
    from gradcli.errors import Notice
    from gradcli.ir.kinds import Special
    from gradcli.ir.record import Op


class Suspects(NamedTuple):
    """What to ask along with gradients by some inputs: which special points they went through.

    `questions` are nodes that are 0 for no; each yes has a weight.
    """

    names: Sequence[str]
    questions: Sequence[Node]
    weights: Sequence[int]

    def are_met(self, answers: Iterable[Any]) -> bool:
        """Whether so many points are met that a finite gradient may be no slope: of weight 2."""
        return sum(w for w, yes in zip(self.weights, answers, strict=True) if yes) > 1

    def warnings(self, run: Run, dy: Any) -> list[Notice]:
        """What is to be said of the gradients of sum(value * dy), once the questions are answered.

        Only where points are met is it worth a walk back, and a look at the sides.
        """
        if not self.are_met(map(run.evaluator, self.questions)):
            return []
        xs = [run.inputs[name] for name in self.names]
        trace = Trace(run, xs, dy)
        notices = told_always(trace)
        for name, slope in zip(
            self.names, reverse(run.results, xs, seeds_of(run, dy)), strict=True
        ):
            if slope is not None and run.inputs[name] in trace.states:
                judge = Judge(trace, name, run.array(slope), dy)
                judge.look(and_undetermined=not notices)
                notices += judge.notices
        return notices


def suspects(run: Run, parts: Any, wrt: Sequence[str] | None) -> Suspects | None:
    """What is to be asked; None where no gradient can go through such points unnoticed.

    One convention alone is no surprise. So two points must be met, or one that is always warned
    of, or one operation's at several elements that an input has a part in.
    """
    names = _names(run, parts, wrt)
    xs = [run.inputs[name] for name in names]
    order = dependents([*run.results, *run.interpreter.decisions], xs)
    moving = {*xs, *order}
    pairs = [(x, special) for x in order if (special := special_of(x, moving)) is not None]
    dropping = [x for x, special in pairs if special.drops]
    if not dropping or (len(pairs) == 1 and _is_lone(dropping[0], xs)):
        return None
    weights = {x: _weight(x, special) for x, special in pairs}
    if all(weights[x] > 1 for x in dropping):  # no need to ask where it is steep
        weights = {x: weights[x] for x in dropping}
    return Suspects(names, [_question(x, moving) for x in weights], list(weights.values()))


def _names(run: Run, parts: Any, wrt: Sequence[str] | None) -> list[str]:
    """The inputs by which the value itself is differentiated, first of all."""
    if isinstance(parts, Node):
        return list(wrt or run.inputs)
    asked = {
        part.x if isinstance(part, Gradient) else run.inputs.get(name)
        for name, part in (parts or {}).items()
        if part is not None and (not isinstance(part, Gradient) or [*part.ys] == run.results)
    }
    return [name for name, x in run.inputs.items() if x in asked]


def _weight(node: Node, special: Special) -> int:
    return 2 if special.warning or (special.drops and node.size > 1) else 1


def _is_lone(node: Node, xs: Sequence[Node]) -> bool:
    """Whether each element of the inputs comes into an operation once, which warns of nothing."""
    assert node.op.special is not None
    once = node.size == 1 or all(is_elementwise(node, x) for x in xs)
    return once and not node.op.special.warning


def _question(node: Node, moving: set[Node]) -> Node:
    """Whether a node is used at one of its special points: how often, or a number that is not 0."""
    operands = tuple(i for i, x in enumerate(node.inputs) if x in moving)
    asking = _asking(node.op, operands, len(node.inputs) + 1)
    if isinstance(asking, Structural):
        return asking(*node.inputs, node, attrs=node.attrs)
    mask: Node = asking(*node.inputs, node)
    return WORDS["sum"](mask) if mask.shape else mask


@lru_cache(512)
def _asking(op: Op, moving: tuple[int, ...], count: int) -> Any:
    """The operation that asks of operands and result whether another is at special points there.

    By element for what works on elements, so that it is computed where they are.
    """
    assert op.special is not None
    special = op.special.along(moving)
    assert special is not None
    name, mask = f"{op.name}_points", special.mask
    if isinstance(op, Elementwise):
        return Elementwise(name, mask, *[nothing] * count, result_bool=True, keeps_bool=True)

    def anywhere(*arrays: Any) -> Any:
        return np.any(mask(*arguments(op, arrays[:count], arrays[count:])))

    return Structural(name, anywhere, lambda *_: (), _none, _none)


def _none(*_: Any) -> Any:
    raise AssertionError("a question has no derivative")

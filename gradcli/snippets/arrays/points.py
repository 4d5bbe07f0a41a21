"""Points on the way of a gradient at which it is not what it is elsewhere, or no number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import GradcliError
from gradcli.exec.traits import all_finite
from gradcli.ir.kinds import DOMAIN, OVERFLOW, SMOOTH, TIE
from gradcli.passes import modes
from gradcli.passes.batch import dependents
from gradcli.passes.ruled import Ruled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradcli.ir.node import Node

    Evaluate = Callable[[Node], Any]

LARGE = 10_000
"""Elements of arrays that are looked at."""

BALANCED = 1e-5
"""Of the largest gradient, what is rounding where gradients cancel."""


def points_between(
    ys: Sequence[Node], xs: Sequence[Node], evaluate: Evaluate
) -> Iterator[tuple[Node, int]]:
    """Operations between xs and ys at points of some kind, and the kind."""
    path = dependents(ys, xs)
    moving = {*xs, *path}
    for node in passed(ys, path):
        kind = _kind_of_point(node, moving, evaluate) if node.size <= LARGE else SMOOTH
        if kind > SMOOTH and not (kind == TIE and _is_balanced(ys, node, evaluate)):
            yield node, kind


def passed(ys: Sequence[Node], path: Sequence[Node]) -> list[Node]:
    """Those of a path that gradients pass: what a rule of its own stands for they do not.

    Nor do they pass truth values, but these may have an edge there.
    """
    reached = {*ys}
    for node in reversed(path):
        if node in reached and not node.is_bool:
            reached.update(node.inputs[1:] if isinstance(node.op, Ruled) else node.inputs)
    return [node for node in path if node in reached]


def _kind_of_point(node: Node, moving: set[Node], evaluate: Evaluate) -> int:
    """The worst of the kinds of points at which a node is computed.

    A result that is not finite, of operands that are, has nothing finite for a slope either.
    """
    from gradcli.engine.points.trace import arguments, special_of

    special = special_of(node, moving)
    try:
        arrays = [np.asarray(evaluate(x)) for x in (*node.inputs, node)]
    except GradcliError:
        return SMOOTH
    kind = SMOOTH
    if special is not None:
        kinds = special(*arguments(node.op, arrays, node.attrs))
        kind = int(np.max(kinds, initial=SMOOTH))
    *operands, z = arrays
    if not all_finite(z) and all(map(all_finite, operands)):
        return DOMAIN if np.isnan(z).any() else kind or OVERFLOW
    return kind


def _is_balanced(ys: Sequence[Node], node: Node, evaluate: Evaluate) -> bool:
    """Whether no gradient comes to a node: how elements that tie share it is all the same.

    So it is of the maximum that softmax takes away first.
    """
    users = [user.op for user in dependents(ys, [node])]
    if any(isinstance(op, Ruled) and op.key is None for op in users):
        return False
    gradients = modes.reverse(ys, [node, node.inputs[0]])
    try:
        own, through = [0.0 if g is None else evaluate(g) for g in gradients]
    except GradcliError:
        return False
    scale = np.max(np.abs(through), initial=1.0)
    return bool(np.max(np.abs(own), initial=0.0) <= BALANCED * scale)

"""What rounding can do to what is computed: running error analysis, by adjoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.passes import modes
from gradcli.passes.batch import dependents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.engine.run import Run
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]


def magnitude(
    run: Run,
    x: Node,
    parts: Sequence[Node],
    weights: Sequence[Any],
    *,
    at_once: bool,
    of_x: bool = False,
) -> Array:
    """What relative errors of 1 in all that is computed from x do to sum(part * weight).

    That is the sum of abs(adjoint * value) over all nodes, with one `of_x` too; of x's shape,
    element by element if the elements are computed `at_once`, each from the same element of x.
    """
    computed = [x, *dependents(parts, [x])] if of_x else dependents(parts, [x])
    nodes = [node for node in computed if not node.is_bool]
    seeds = [run.graph.constant(weight) for weight in weights]
    adjoints = modes.reverse(parts, nodes, seeds)
    terms = [g * node for g, node in zip(adjoints, nodes, strict=True) if g is not None]
    run.evaluator.run(terms)
    total = np.zeros(x.shape)
    with np.errstate(all="ignore"):
        for term in terms:
            sizes = np.nan_to_num(np.abs(run.evaluator(term)), posinf=0)
            total += sizes if at_once else np.sum(sizes)
    return total

"""Which results are indices, lengths or counts: integers, though all is computed with floats."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ir.node import Node
from gradcli.ir.op import CAST, Linear, Reduction


def indices_in(value: Any) -> Any:
    """Whether a value is made of indices, lengths or counts; a tuple says it of each part."""
    if isinstance(value, tuple):
        return tuple([indices_in(part) for part in value])
    return isinstance(value, Node) and _is_index(value)


def _is_index(node: Node) -> bool:
    """Whether all that was moved to where it stands are indices, lengths or counts."""
    lengths = set(node.graph.lengths.values())
    seen = {node}
    stack = [node]
    while stack:
        x = stack.pop()
        if x.op.indexing or x in lengths or _is_count(x):
            continue
        moves = x.op.identity or isinstance(x.op, Linear)
        if not (moves and x.inputs) or x.is_bool:
            return False
        sources = x.inputs[: len(x.inputs) - getattr(x.op, "indices", 0)]
        stack += [source for source in sources if source not in seen]
        seen.update(sources)
    return True


def _is_count(x: Node) -> bool:
    """Whether it says how many of some truth values hold."""
    return isinstance(x.op, Reduction) and x.op.adds and x.inputs[0].op is CAST


def as_indices(part: Any, indices: Any) -> Any:
    """Arrays with integers in place of floats where they are indices."""
    if isinstance(indices, tuple):
        return tuple([as_indices(*pair) for pair in zip(part, indices, strict=True)])
    return part.astype(np.int64) if indices else part

"""Sums of products to the last digit, where they are not differentiated.

PyTorch computes most of them by instructions that multiply and add at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.arrays.nearest import rounded_once
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Fused = Callable[[Sequence[Any], Mapping[str, Any]], Any]


def _added(x: Sequence[Any], named: Mapping[str, Any]) -> Any:
    return rounded_once(np.float32(named["alpha"]), x[1], x[0])


def _taken(x: Sequence[Any], named: Mapping[str, Any]) -> Any:
    return rounded_once(-np.float32(named["alpha"]), x[1], x[0])


def _product_added(x: Sequence[Any], named: Mapping[str, Any]) -> Any:
    return rounded_once(np.float32(named.get("value", 1)) * x[1], x[2], x[0])


def _quotient_added(x: Sequence[Any], named: Mapping[str, Any]) -> Any:
    return x[0] + np.float32(named.get("value", 1)) * x[1] / x[2]


def _between(x: Sequence[Any], _named: Mapping[str, Any]) -> Any:
    """From the nearer of both ends."""
    start, end, share = x[0], x[1], np.float32(x[2])
    if abs(share) < HALF:
        return rounded_once(share, end - start, start)
    return rounded_once(share - np.float32(1), end - start, end)


HALF = 0.5
"""The share from which the other end is the nearer one."""

FUSED: dict[str, tuple[Fused, int, frozenset[str]]] = {
    "add": (_added, 2, frozenset({"alpha"})),
    "sub": (_taken, 2, frozenset({"alpha"})),
    "addcmul": (_product_added, 3, frozenset({"value"})),
    "addcdiv": (_quotient_added, 3, frozenset({"value"})),
    "lerp": (_between, 3, frozenset()),
}
"""Functions by their names, how many operands they have, and which options."""


def at_once(home: Any, word: str, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """What a function gives in single precision; None where it is not computed so."""
    row = FUSED.get(word)
    if row is None or len(args) != row[1] or named.keys() - row[2]:
        return None
    arrays = [x for x in args if isinstance(x, Array)]
    is_single = all(x.dtype == FLOAT32 for x in arrays)
    needs = word not in ("add", "sub") or "alpha" in named
    if not (arrays and is_single and needs) or home.records(arrays):
        return None
    if any(home.recorder.origin(x.node) for x in arrays):
        return None
    if word == "lerp" and isinstance(args[2], Array):
        return None
    operands = [home.recorder.array(x) if isinstance(x, Array) else x for x in args]
    return home.constant(row[0](operands, named), FLOAT32)

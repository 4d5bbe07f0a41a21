"""Derivatives by the formulas of TensorFlow.js, where others round otherwise or have no number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.node import literal
from gradcli.ops.compare import choose, gt, ne
from gradcli.ops.exponential import log
from gradcli.ops.powers import pow_

if TYPE_CHECKING:
    from collections.abc import Callable


def _base(g: Any, x: Any, y: Any, _z: Any) -> Any:
    less = y - 1.0 if literal(y) else choose(ne(y, 0.0), y - 1.0, 0.0)
    return g * (y * pow_(x, less))


def _exponent(g: Any, x: Any, _y: Any, z: Any) -> Any:
    has_log = gt(x, 0.0)
    return g * (z * choose(has_log, log(choose(has_log, x, 1.0)), 0.0))


SLOPES: dict[Any, tuple[Callable[..., Any], ...]] = {pow_: (_base, _exponent)}
"""Of a derivative and the operands of a function, the derivative times its slope."""

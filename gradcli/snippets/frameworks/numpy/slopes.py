"""Derivatives by autograd's own formulas, which differ from others in how they round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ops.arithmetic import div
from gradcli.ops.exponential import log
from gradcli.ops.trigonometry import cosh, tanh

if TYPE_CHECKING:
    from collections.abc import Callable

SLOPES: dict[Any, tuple[Callable[..., Any], ...]] = {
    log: (lambda g, x, _: g / x,),
    tanh: (lambda g, x, _: g / cosh(x) ** 2.0,),
    div: (lambda g, _, y, _z: g / y, lambda g, x, y, _: -g * x / y**2.0),
}
"""Of a derivative and the operands of a function, the derivative times its slope."""

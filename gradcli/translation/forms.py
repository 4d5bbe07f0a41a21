"""Records whose kernel does more than a file needs: as people would write them, by NumPy.

What kernels do beyond that keeps the last digit, or the sign of a zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


def _gate(mask: Any, x: Any) -> Any:
    """x where the mask holds, and 0 elsewhere."""
    if isinstance(mask, (np.ndarray, np.bool_)) and mask.all():
        return x if mask.shape in ((), x.shape) else np.broadcast_to(x, mask.shape)
    return np.where(mask, x, 0.0)


PLAIN: dict[str, Callable[..., Any]] = {
    "sqrt": np.sqrt,
    "cube": lambda x: x * x * x,
    "gate": _gate,
    "gauss": lambda x: np.exp(-x * x),
    "half_gauss": lambda x: np.exp(-0.5 * x * x),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "log_share": lambda x, total: x - total,
    "masked_matmul": lambda a, b, mask, i: np.matmul(a, b),
}

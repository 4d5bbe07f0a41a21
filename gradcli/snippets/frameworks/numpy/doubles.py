"""Functions in double precision as NumPy computes them, where ours are others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ops.reduce import NORM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Numbers = np.ndarray[Any, np.dtype[np.float64]]


def norm(x: Any, axes: Sequence[int] | None, keepdims: bool) -> Any:
    """The root of the sum of squares; of all elements it is a product of vectors."""
    if x.dtype.kind != "f" or not np.isfinite(x).all():
        return NORM.kernel(x, axes, keepdims)
    if axes is not None and len(axes) < x.ndim:
        return np.sqrt(np.sum(x * x, axis=tuple(axes), keepdims=keepdims))
    flat = x.ravel()
    root = np.sqrt(flat.dot(flat))
    return root.reshape((1,) * x.ndim) if keepdims else root


DOUBLES: dict[Any, Callable[..., Any]] = {NORM: norm}
"""For each operation, its kernel in double precision."""

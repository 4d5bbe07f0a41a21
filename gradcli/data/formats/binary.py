"""NumPy's own files: one array as `.npy`, several as `.npz`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.formats.leaves import labels, leaves
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from gradcli.data.answer import Answer, Array


def npy(answer: Answer) -> bytes:
    """The one array of the answer."""
    arrays = _arrays(answer)
    if len(arrays) != 1:
        held = "no array" if not arrays else f"several arrays: {', '.join(arrays)}"
        raise UsageError(
            f"'npy' holds one array, and the answer has {held}",
            help="use 'npz', or '-o FILE.npz'" if arrays else "use 'json'",
        )
    buffer = io.BytesIO()
    np.save(buffer, next(iter(arrays.values())), allow_pickle=False)
    return buffer.getvalue()


def npz(answer: Answer) -> bytes:
    """All arrays by name: `value`, `d_x`, `d_x_y`; nulls are left out."""
    buffer = io.BytesIO()
    arrays: dict[str, Any] = _arrays(answer)
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _arrays(answer: Answer) -> dict[str, Array]:
    found = leaves(answer)
    pairs = zip(labels(found), found, strict=True)
    return {label: leaf.array for label, leaf in pairs if leaf.array is not None}

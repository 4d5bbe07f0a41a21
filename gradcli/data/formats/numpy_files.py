"""NumPy's own files: one array as `.npy`, several as `.npz`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.formats.leaves import leaves
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from gradcli.data.answer import Answer
    from gradcli.data.formats.page import Page


def npy(answer: Answer, _page: Page) -> bytes:
    """The one array of the answer."""
    arrays = _arrays(answer)
    if len(arrays) != 1:
        held = f"several arrays: {', '.join(arrays)}" if arrays else "no array"
        raise UsageError(
            f"'npy' holds one array, and the answer has {held}",
            help="use 'npz', or '-o FILE.npz'" if arrays else "use 'json'",
        )
    buffer = io.BytesIO()
    np.save(buffer, next(iter(arrays.values())), allow_pickle=False)
    return buffer.getvalue()


def npz(answer: Answer, _page: Page) -> bytes:
    """All arrays by name: `value`, `d_x`, `d_x_y`; nulls are left out."""
    buffer = io.BytesIO()
    np.savez(buffer, **_arrays(answer))
    return buffer.getvalue()


def _arrays(answer: Answer) -> dict[str, Any]:
    """The arrays by the names of their columns."""
    return {leaf.label: leaf.array for leaf in leaves(answer) if leaf.array is not None}

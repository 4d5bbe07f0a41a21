"""What is asked again with values of the same shapes: by the steps that are kept, without ado."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.engine.python_values import for_python
from gradcli.engine.settings import EXECUTOR
from gradcli.memory import MEMORY, ONCE

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBERS = frozenset({float, int, np.float64, np.float32})
"""Types of numbers, which have no axes."""


class AskedAgain:
    """Answers a question at values of certain shapes as it was answered under a key of the memory.

    It gives value and parts, or None where a call has more to do or to say: at other shapes, by
    another executor, or if nothing is kept any more. Once it could not answer, it never will.
    """

    __slots__ = ("_executor", "_key", "_shapes")

    def __init__(self, key: Any, values: Mapping[str, Any]) -> None:
        self._key = key
        shapes = [_shape(x) for x in values.values()]
        self._shapes = None if None in shapes else shapes
        self._executor = os.environ.get(EXECUTOR, "")

    def __call__(self, values: Mapping[str, Any]) -> tuple[Any, Any] | None:
        """Value and parts."""
        if os.environ.get(EXECUTOR, "") != self._executor:
            return None
        if [_shape(x) for x in values.values()] != self._shapes:
            return None
        steps = MEMORY.get(self._key)
        outcome = None if steps is None or steps is ONCE else steps(values)
        if outcome is None or outcome.notices:
            self._shapes = None
            return None
        return for_python(outcome)


def _shape(x: Any) -> Any:
    """The shape of an array or a number; None of anything else."""
    return x.shape if x.__class__ is np.ndarray else () if x.__class__ in _NUMBERS else None

"""What was found of an array last, for whoever asks something else of it."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np


class Last(threading.local):
    """What a thread has found of an array last, as long as somebody holds that array."""

    found: Any = None
    _owner: Any = None

    def keep(self, array: Any, found: Any) -> None:
        """Keeps what was found of an array, in the place of what there was."""
        while isinstance(array.base, np.ndarray):
            array = array.base
        self.found, self._owner = found, weakref.ref(array, self._forget)

    def _forget(self, owner: Any) -> None:
        """Forgets what is gone, if it is gone in the thread that has found it."""
        if self._owner is owner:
            self.found = self._owner = None

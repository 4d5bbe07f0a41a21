"""What is remembered of programs that come again: trees, names, steps of a run, machine code."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

ROOM = 1 << 22
"""Units that everything remembered may weigh: about a byte of a text or a tenth of a node."""


KEY = 128
"""What a key weighs under which nothing is kept yet."""

ONCE: Any = object()
"""What stands under the key of a thing that was asked for once."""


class Memory:
    """Things by key, those used last; the oldest make room when they weigh too much together.

    Looking something up takes no lock, so that threads do not wait for one another.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._free = room
        self._items: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """What was kept under a key; None if nothing was, or no more."""
        item = self._items.get(key)
        if item is None:
            return None
        try:
            self._items.move_to_end(key)
        except KeyError:  # gone by now
            return None
        return item[0]

    def put(self, key: Hashable, item: Any, weight: int) -> None:
        """Keeps a thing, unless it takes more than half of all there is room for."""
        if weight > self._room // 2:
            return
        with self._lock:
            _, before = self._items.pop(key, (None, 0))
            self._items[key] = item, weight
            self._free += before - weight
            while self._free < 0:
                _, (_, freed) = self._items.popitem(last=False)
                self._free += freed

    def kept(
        self, key: Hashable, make: Callable[[], Any], weight: int, *, again: bool = False
    ) -> Any:
        """The thing under a key, made if it is not there, and kept if it is asked for again.

        What comes once would only give the garbage collector more to look through; `again` says
        that it will be asked for.
        """
        item = self.get(key)
        if item is not None and item is not ONCE:
            return item
        made = make()
        if item is None and not again:
            self.put(key, ONCE, KEY)
        else:
            self.put(key, made, weight)
        return made

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._items.clear()
            self._free = self._room

    def __len__(self) -> int:
        return len(self._items)


MEMORY = Memory()
"""The memory of this process."""

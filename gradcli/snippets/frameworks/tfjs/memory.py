"""Which tensors there are: `tidy`, `keep`, `dispose`, `memory`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from gradcli.snippets.frameworks.tfjs.variable import Variable
from gradcli.snippets.languages.javascript.values import Promise
from gradcli.snippets.values import Array, Instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Memory:
    """The tensors that were made and not disposed of; `scopes` are those of `tidy`."""

    def __init__(self, home: Any) -> None:
        self.home = home
        self.known: WeakSet[Array] = WeakSet()
        self.gone: WeakSet[Array] = WeakSet()
        self.kept: WeakSet[Array] = WeakSet()
        self.scopes: list[list[Array]] = []
        self.count = self.bytes = 0
        self.is_reviving = False

    def note(self, value: Any) -> Any:
        """Counts the tensors in what a function has given."""
        for array in tensors_in(value):
            if array not in self.known:
                self.known.add(array)
                self.count += 1
                self.bytes += array.node.size * array.dtype.itemsize
                if self.scopes and not isinstance(array, Variable):
                    self.scopes[-1].append(array)
        return value

    def dispose(self, value: Any) -> None:
        """Disposes of the tensors in a value."""
        for array in tensors_in(value):
            if array in self.known and array not in self.gone:
                self.gone.add(array)
                self.count -= 1
                self.bytes -= array.node.size * array.dtype.itemsize

    def keep(self, array: Array) -> Array:
        """A tensor that `tidy` leaves alone."""
        self.kept.add(array)
        return array

    def reviving(self, act: Callable[[], Any]) -> Any:
        """What is done with tensors that may be disposed of: derivatives have copies of them."""
        before, self.is_reviving = self.is_reviving, True
        try:
            return act()
        finally:
            self.is_reviving = before

    def within(self, act: Callable[[], Any]) -> Any:
        """What is done, without the tensors that it leaves behind."""
        self.scopes.append([])
        value: Any = None
        try:
            value = act()
            if isinstance(value, Promise):
                self.home.machine.note("Cannot return a Promise inside of tidy.")
        finally:
            self.end(self.scopes.pop(), value)
        return value

    def end(self, made: list[Array], value: Any) -> None:
        """Disposes of what was made, but for what is given back."""
        left = {id(array) for array in tensors_in(value)}
        for array in made:
            if id(array) in left:
                if self.scopes:
                    self.scopes[-1].append(array)
            elif array not in self.kept:
                self.dispose(array)

    def table(self) -> dict[str, Any]:
        """`tf.memory()`."""
        return {
            "unreliable": True,
            "reasons": [_REASON],
            "numTensors": float(self.count),
            "numDataBuffers": float(self.count),
            "numBytes": float(self.bytes),
        }


def tensors_in(value: Any) -> Iterator[Array]:
    """The tensors in a value, in its arrays and in its objects."""
    if isinstance(value, Array):
        yield value
    elif isinstance(value, (list, dict)):
        if isinstance(value, list) and value and isinstance(value[0], float):
            return
        for item in value.values() if isinstance(value, dict) else value:
            yield from tensors_in(item)
    elif isinstance(value, Instance):
        yield from tensors_in(value.attributes)


_REASON = (
    "The reported memory is an upper bound. Due to automatic garbage collection, the true "
    "allocated memory may be less."
)

"""The arrays of JAX, and the keys of its random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.values import Array, Object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.ir.node import Node
    from gradcli.snippets.arrays.dtypes import DType


class JaxArray(Array):
    """An array of JAX; a `weak` one came of Python's numbers alone."""

    __slots__ = ("weak",)

    def __init__(self, node: Node, dtype: DType, home: Any) -> None:
        super().__init__(node, dtype, home)
        self.weak = False

    @property
    def type_shown(self) -> str:
        """How JAX calls the type of its numbers."""
        return self.dtype.name

    def described(self) -> str:
        """What is known of it without its numbers: `float32[2,3]`, or, weak, `~float32[]`."""
        weak = "~" if self.weak else ""
        return f"{weak}{self.type_shown}[{','.join(map(str, self.shape))}]"


class KeyArray(JaxArray):
    """Keys of `jax.random.key`: each is two words, which count as one element."""

    __slots__ = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes, the words aside."""
        return self.node.shape[:-1]

    @property
    def type_shown(self) -> str:
        """The type of a key tells the generator."""
        return "key<fry>"

    def shown(self, words: Any) -> str:
        """How it is shown, of its words."""
        return f"Array({self.shape}, dtype={self.type_shown}) overlaying:\n{words}"


class Marks(set[Any]):
    """The nodes of the arguments of a function that is traced, and how many there were before."""

    def __init__(self, nodes: Iterable[Node], start: int) -> None:
        super().__init__(nodes)
        self.start = start


class Typed(Object):
    """A number of Python, as it is shown of what a function gives."""

    def __init__(self, array: JaxArray) -> None:
        self.array = array

    def show(self) -> str:
        """How it is shown."""
        home = self.array.home
        return f"TypedFloat({home.recorder.array(self.array)}, dtype={self.array.type_shown})"


def untraced(value: Any) -> Any:
    """What a function gives, as messages show it: a weak number with its type."""
    is_number = isinstance(value, JaxArray) and value.weak and not value.shape
    return Typed(value) if is_number else value


def like_those(made: Any, sources: Any) -> Any:
    """An array that is made of others: of keys alone it is of keys, and as weak as all are."""
    if sources and all(isinstance(s, KeyArray) for s in sources):
        return keys(made)
    made.weak = bool(sources) and all(getattr(s, "weak", False) for s in sources)
    return made


def keys(words: Any) -> KeyArray:
    """An array of words as keys."""
    made = KeyArray(words.node, words.dtype, words.home)
    made.home.recorder.hold(made)
    return made

"""What differs between languages where their common tree is walked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gradcli.snippets.frameworks.roots import USUAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gradcli.errors import GradcliError
    from gradcli.snippets import tree
    from gradcli.snippets.values import ClassValue, Closure, Scope


class Language:
    """The meaning of operators, values, names and calls in one language.

    `modules` are those that it has itself, `kinds` what an error of gradcli's is to a snippet,
    `nothing` what a function gives that gives nothing. `usual` are names that mean a module
    without an import, `handlers` what walks the kinds of nodes that only this language has.
    """

    modules: ClassVar[frozenset[str]] = frozenset()
    usual: ClassVar[Mapping[str, str]] = USUAL
    handlers: ClassVar[Mapping[type, Callable[[Any, Any], Any]]] = {}
    kinds: ClassVar[Mapping[str, str]] = {}
    nothing: Any = None

    def __init__(self, machine: Any) -> None:
        self.machine = machine

    def finish(self) -> None:
        """Does what is still to be done at the end of a snippet."""

    def builtin(self, name: str) -> Any:
        """What a name means that the snippet gave no value; None for nothing."""
        raise NotImplementedError

    def unknown(self, name: str) -> GradcliError:
        """The error of a name without a value."""
        raise NotImplementedError

    def module(self, path: str) -> Any:
        """One of the language's own modules."""
        raise NotImplementedError

    def binary(self, op: str, left: Any, right: Any) -> Any:
        """An operator of two operands."""
        raise NotImplementedError

    def unary(self, op: str, operand: Any) -> Any:
        """An operator before its operand."""
        raise NotImplementedError

    def compare(self, op: str, left: Any, right: Any) -> Any:
        """A comparison."""
        raise NotImplementedError

    def truth(self, value: Any) -> bool:
        """Whether a value that is no array is true."""
        raise NotImplementedError

    def iterate(self, value: Any) -> Iterator[Any]:
        """What a loop over a value that is no array goes over."""
        raise NotImplementedError

    def item(self, value: Any, key: Any) -> Any:
        """`value[key]`."""
        raise NotImplementedError

    def key(self, value: Any) -> Any:
        """A value as a key of a dict, or an item of a set."""
        return value

    def attribute(self, value: Any, name: str) -> Any:
        """What stands behind the dot of a value that is no array and no module."""
        raise NotImplementedError

    def assign(self, target: tree.Tree, value: Any, binds: bool) -> None:
        """Assigns to what is no name of the scope that is walked."""
        raise NotImplementedError

    def class_of_fields(self, name: str, bases: Sequence[Any], names: dict[str, Any]) -> Any:
        """What a class is whose fields say all there is of it; None for any other."""
        del name, bases, names

    def construct(self, of: ClassValue, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A new object of a class of the snippet."""
        raise NotImplementedError

    def call_object(self, function: Any, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A call of what is no function."""
        raise NotImplementedError

    def rest(self, items: list[Any]) -> Any:
        """Arguments that are left, as the parameter that takes them all has them."""
        raise NotImplementedError

    def default(self, closure: Closure, index: int) -> Any:
        """The value of a parameter that was not given; None if it has none."""
        raise NotImplementedError

    def has_default(self, closure: Closure, index: int) -> bool:
        """Whether a parameter need not be given."""
        raise NotImplementedError

    def check_bound(
        self,
        closure: Closure,
        lacking: Sequence[str],
        rest: Sequence[Any],
        named: Mapping[str, Any],
    ) -> None:
        """Refuses a call with too few arguments, or too many."""
        raise NotImplementedError

    def enter(self, closure: Closure, scope: Scope) -> None:
        """Prepares the scope of a call."""

    def type_name(self, value: Any) -> str:
        """What the type of a value is called."""
        raise NotImplementedError

    def text(self, value: Any) -> str:
        """A value as text, as `print` has it."""
        raise NotImplementedError

    def show_last(self, value: Any) -> None:
        """Shows the value of a last expression, as a notebook does."""
        raise NotImplementedError

    def formatted(self, value: Any, conversion: str, layout: str) -> str:
        """A value within a text."""
        raise NotImplementedError

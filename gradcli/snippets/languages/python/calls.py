"""How Python calls functions, makes objects and raises errors."""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised
from gradcli.snippets.languages.python.attributes import Attributes
from gradcli.snippets.languages.python.modules import named_kind
from gradcli.snippets.languages.python.text import type_name
from gradcli.snippets.values import (
    Base,
    ClassValue,
    Closure,
    ExceptionValue,
    Instance,
    Kind,
    Manager,
    Native,
    Object,
    Scope,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.errors import GradcliError
    from gradcli.snippets import tree


class Calls(Attributes):
    """Calls, the objects of classes, `with` and `raise`."""

    def class_of_fields(self, name: str, bases: Sequence[Any], names: dict[str, Any]) -> Any:
        """A class derived from NamedTuple; None for any other."""
        if not any(isinstance(base, Kind) and base.name == "NamedTuple" for base in bases):
            return None
        fields = [*names.get("__fields__", ())]
        return named_kind(name, fields, {n: names[n] for n in fields if n in names})

    def construct(self, of: ClassValue, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A new object of a class of the snippet."""
        instance = Instance(of)
        for base in of.ancestry():
            if isinstance(base, Base) and base.begin is not None:
                base.begin(instance)
        make = self.special(instance, "__init__")
        if make is not None:
            self.machine.call(make, args, dict(named))
        elif args or named:
            if not any(isinstance(base, Kind) for base in of.ancestry()):
                raise Raised("TypeError", f"{of.name}() takes no arguments")
            instance.attributes["args"] = tuple(args)
        return instance

    def call_object(self, function: Any, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A call of what is no function."""
        method = self.special(function, "__call__")
        if method is None and isinstance(function, Instance):
            method = self.from_base(function, "__call__")
        if method is None and isinstance(function, Object):
            call = function.methods.get("__call__")
            method = None if call is None else Native("__call__", MethodType(call, function))
        if method is None:
            raise Raised("TypeError", f"'{type_name(function)}' object is not callable")
        return self.machine.call(method, args, dict(named))

    def defaults(self, function: tree.Function) -> dict[int, Any]:
        """The defaults of parameters, by their number."""
        return {
            i: self.machine.evaluate(parameter.default)
            for i, parameter in enumerate(function.parameters)
            if parameter.default is not None
        }

    def rest(self, items: list[Any]) -> Any:
        """`*args`."""
        return tuple(items)

    def default(self, closure: Closure, index: int) -> Any:
        """The value of a parameter that was not given."""
        return closure.defaults.get(index)

    def has_default(self, closure: Closure, index: int) -> bool:
        """Whether a parameter need not be given."""
        return index in closure.defaults

    def check_bound(
        self,
        closure: Closure,
        lacking: Sequence[str],
        rest: Sequence[Any],
        named: Mapping[str, Any],
    ) -> None:
        """Refuses a call with too few arguments, or too many."""
        name = closure.name if closure.owner is None else f"{closure.owner.name}.{closure.name}"
        if named:
            text = f"{name}() got an unexpected keyword argument '{next(iter(named))}'"
            raise Raised("TypeError", text)
        if rest:
            takes = sum(not p.spread and not p.named for p in closure.function.parameters)
            count, s = takes + len(rest), "s" * (takes != 1)
            text = f"{name}() takes {takes} positional argument{s} but {count} were given"
            raise Raised("TypeError", text)
        if lacking:
            words = " and ".join(f"'{word}'" for word in lacking)
            s = "s" * (len(lacking) != 1)
            text = f"{name}() missing {len(lacking)} required positional argument{s}: {words}"
            raise Raised("TypeError", text)

    def enter(self, closure: Closure, scope: Scope) -> None:
        """So that `super()` knows whose method is running."""
        if closure.owner is not None:
            scope.names["__class__"] = closure.owner

    def managed(self, manager: Any) -> tuple[Callable[[], Any], Callable[[Any], Any]]:
        """What runs at the beginning of a `with`, and at its end: true if it takes its error."""
        if isinstance(manager, Manager):
            return manager.enter, manager.leave
        enter, leave = self.special(manager, "__enter__"), self.special(manager, "__exit__")
        if enter is None or leave is None:
            text = f"'{type_name(manager)}' object does not support the context manager protocol"
            raise Raised("TypeError", text)
        machine = self.machine

        def left(error: GradcliError | None) -> bool:
            value = None if error is None else machine.exception(error)
            kind = None if error is None else self.builtins.kind_of(value)
            return bool(machine.truth(machine.call(leave, [kind, value, None])))

        return lambda: machine.call(enter), left

    def raised(self, value: Any) -> GradcliError:
        """The error that `raise value` ends the snippet with."""
        if isinstance(value, (Kind, ClassValue)):
            value = self.machine.call(value)
        if isinstance(value, ExceptionValue):
            return Raised(value.type_name, *value.arguments)
        if isinstance(value, Instance):
            return Raised(value.of.name, *value.attributes.get("args", ()), value=value)
        return Raised("TypeError", "exceptions must derive from BaseException")

"""How JavaScript calls functions, makes objects and raises errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.languages.javascript.properties import Properties
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import ErrorValue, Method
from gradcli.snippets.languages.javascript.walk import BODY
from gradcli.snippets.values import (
    ClassValue,
    Closure,
    ExceptionValue,
    Instance,
    Kind,
    Scope,
    Super,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.errors import GradcliError
    from gradcli.snippets import tree


def called_text(call: str) -> str:
    """What is called, of the text of a call: all but its last brackets."""
    depth = 0
    for i in range(len(call) - 1, -1, -1):
        depth += (call[i] == ")") - (call[i] == "(")
        if not depth and call[i] == "(":
            return call[:i].strip()
    return call


class Calls(Properties):
    """Calls, `new`, and `throw`."""

    def base(self, value: Any) -> Any:
        """What a class can be derived from."""
        if isinstance(value, ClassValue) or (isinstance(value, Kind) and "Error" in value.name):
            return value
        raise Refusal("a class derived from this is not part of the subset")

    def make(self, of: Any, args: list[Any]) -> Any:
        """`new Name(…)`."""
        if isinstance(of, ClassValue):
            return self.construct(of, args, {})
        if isinstance(of, Kind):
            return of.make(*args)
        if isinstance(of, Closure):
            raise Refusal("`new` of a function is not part of the subset", help="write a class")
        raise Raised("TypeError", f"{self.shown(of)} is not a constructor")

    def construct(self, of: ClassValue, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A new object of a class of the snippet."""
        del named
        instance = Instance(of)
        self.initialize(instance, of, args)
        return instance

    def initialize(self, instance: Instance, of: Any, args: Sequence[Any]) -> None:
        """What a class does for a new object."""
        if isinstance(of, Kind):
            instance.attributes["message"] = self.text(args[0]) if args else ""
            return
        base = next(iter(of.bases), None)
        maker = of.names.get("constructor")
        if base is None:
            self.set_fields(instance, of)
        elif maker is None:
            self.initialize(instance, base, args)
            self.set_fields(instance, of)
        if maker is not None:
            self.call(Method.on(maker, instance), args)

    def set_fields(self, instance: Instance, of: ClassValue) -> None:
        """Fields that a class gives a value where they are named."""
        machine = self.machine
        for name, value in of.names["%fields"]:
            outer, machine.scope = machine.scope, Scope(of.names["%scope"])
            machine.scope.names["this"] = instance
            try:
                item = UNDEFINED if value is None else machine.evaluate(value)
            finally:
                machine.scope = outer
            instance.attributes[name] = item

    def call_object(self, function: Any, args: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """A call of what is no function, but for `super(…)`."""
        del named
        if isinstance(function, Super):
            classes = function.instance.of.ancestry()
            self.initialize(function.instance, function.above[0], args)
            self.set_fields(function.instance, classes[classes.index(function.above[0]) - 1])
            return UNDEFINED
        if isinstance(function, ClassValue):
            text = f"Class constructor {function.name} cannot be invoked without 'new'"
            raise Raised("TypeError", text)
        span = self.machine.span
        text = called_text(span.source.text[span.start : span.end])
        raise Raised("TypeError", f"{text} is not a function")

    def defaults(self, function: tree.Function) -> dict[int, Any]:
        """Defaults are part of the patterns of parameters."""
        del function
        return {}

    def rest(self, items: list[Any]) -> Any:
        """`...args`."""
        return list(items)

    def default(self, closure: Closure, index: int) -> Any:
        """The value of a parameter that was not given."""
        del closure, index
        return UNDEFINED

    def has_default(self, closure: Closure, index: int) -> bool:
        """Every parameter may be left out."""
        del closure, index
        return True

    def check_bound(
        self,
        closure: Closure,
        lacking: Sequence[str],
        rest: Sequence[Any],
        named: Mapping[str, Any],
    ) -> None:
        """Too many arguments, or too few, are no mistake."""

    def enter(self, closure: Closure, scope: Scope) -> None:
        """What a function has beside its parameters: `this` and `super`."""
        names = scope.names
        names[BODY] = True
        if not closure.function.is_method:
            return
        names["this"] = getattr(closure, "this", UNDEFINED)
        if closure.owner is not None and closure.owner.bases:
            names["super"] = Super(names["this"], closure.owner.ancestry()[1:])

    def raised(self, value: Any) -> GradcliError:
        """The error that `throw value` ends the snippet with."""
        if isinstance(value, ExceptionValue):
            value = self.as_error(value)
        if isinstance(value, ErrorValue):
            return Raised(value.label, value.said, value=value)
        if isinstance(value, Instance):
            message = value.attributes.get("message", "")
            name = value.attributes.get("name", value.of.name)
            return Raised(self.text(name), self.text(message), value=value)
        return Raised("Uncaught", self.inspect(value), value=value)

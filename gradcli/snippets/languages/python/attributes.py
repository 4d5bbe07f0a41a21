"""What stands behind a dot in Python, and what a class gives its objects."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.language import Language
from gradcli.snippets.languages.python.builtins import Builtins
from gradcli.snippets.languages.python.methods import METHODS
from gradcli.snippets.languages.python.text import Printer, type_name
from gradcli.snippets.values import (
    Array,
    Base,
    ClassValue,
    Closure,
    ExceptionValue,
    Instance,
    Kind,
    Method,
    Named,
    Namespace,
    Native,
    Object,
    Shape,
    Super,
    Wrapped,
)


class Attributes(Language):
    """Attributes of Python's own values, of classes, of their objects, and of functions."""

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.builtins = Builtins(machine, self)
        self.printer = Printer(machine)

    def attribute(self, value: Any, name: str) -> Any:
        """What stands behind the dot of a value that is no array and no module."""
        if isinstance(value, Instance):
            return self.of_instance(value, name)
        if name == "__class__":
            return self.builtins.kind_of(value)
        if isinstance(value, Super):
            return self.from_above(value, name)
        if isinstance(value, ClassValue):
            return self.of_class(value, name)
        if isinstance(value, Closure):
            return self.of_function(value, name)
        if isinstance(value, (Kind, Native)) and name in value.attributes:
            return value.attributes[name]
        if isinstance(value, (Kind, Base)) and name in ("__name__", "__qualname__"):
            return value.name
        if isinstance(value, Base) and name in value.statics:
            return Native(name, value.statics[name])
        if isinstance(value, Base) and name in value.methods:
            return Native(name, value.methods[name])
        if isinstance(value, Native) and name in ("__name__", "__doc__"):
            return value.name if name == "__name__" else None
        if isinstance(value, ExceptionValue) and name in ("args", "message"):
            return value.arguments if name == "args" else value.arguments[0]
        return self.of_plain(value, name)

    def of_plain(self, value: Any, name: str) -> Any:
        """A method of one of Python's own values."""
        if isinstance(value, Named):
            return self.of_named(value, name)
        if isinstance(value, Shape) and (own := value.lookup(name)) is not None:
            return own
        if isinstance(value, np.dtype) and name in ("name", "kind", "itemsize"):
            return getattr(value, name)
        for kind in type(value).__mro__:
            method = METHODS.get(kind, {}).get(name)
            if method is not None:
                return Native(name, method(self, value))
        raise Raised("AttributeError", f"'{type_name(value)}' object has no attribute '{name}'")

    def of_named(self, value: Named, name: str) -> Any:
        """A part of a tuple whose parts have names."""
        if name in value.names:
            return value[value.names.index(name)]
        if name == "_asdict":
            return Native(name, lambda: dict(zip(value.names, value, strict=True)))
        if name == "_fields":
            return value.names
        if name == "_replace":
            return Native(
                name,
                lambda **new: Named.of(
                    value.label,
                    value.names,
                    [new.get(n, part) for n, part in zip(value.names, value, strict=True)],
                ),
            )
        raise Raised("AttributeError", f"'{value.label}' object has no attribute '{name}'")

    def of_function(self, value: Closure, name: str) -> Any:
        """An attribute of a function of the snippet."""
        if name in value.attributes:
            return value.attributes[name]
        if name == "__name__":
            return value.name
        if name == "__doc__":
            return value.function.doc
        raise Raised("AttributeError", f"'function' object has no attribute '{name}'")

    def of_instance(self, value: Instance, name: str) -> Any:
        """An attribute of an object of a class of the snippet."""
        if name in value.attributes:
            return value.attributes[name]
        for kind in value.of.ancestry():
            if isinstance(kind, ClassValue) and name in kind.names:
                return self.bound(kind.names[name], value)
            if isinstance(kind, Base) and (name in kind.values or name in kind.methods):
                return self.from_base(value, name)
            if isinstance(kind, Base) and name in kind.statics:
                return self.of_class(value.of, name)
        if name == "__class__":
            return value.of
        if name == "__dict__":
            return value.attributes
        inner = self.machine.array_in(value.inner)
        if inner is not None:
            return self.machine.attribute(inner, name)
        text = f"'{value.of.name}' object has no attribute '{name}'"
        raise Raised("AttributeError", text)

    def from_base(self, value: Instance, name: str) -> Any:
        """What an object has from a class of a framework; None if that is nothing."""
        for base in value.of.ancestry():
            if isinstance(base, Base) and name in base.values:
                return base.values[name](value)
            if isinstance(base, Base) and name in base.methods:
                method = base.methods[name]
                return Native(name, lambda *args, **named: method(value, *args, **named))  # noqa: B023
        return None

    def from_above(self, value: Super, name: str) -> Any:
        """`super().name`."""
        for kind in value.above:
            if isinstance(kind, ClassValue) and name in kind.names:
                return self.bound(kind.names[name], value.instance)
            if isinstance(kind, Base) and name in kind.methods:
                method = kind.methods[name]
                return Native(name, lambda *a, **k: method(value.instance, *a, **k))  # noqa: B023
        if name == "__init__":
            return Native(name, lambda *_args, **_rest: None)
        if name in ("__setattr__", "__getattr__"):
            return Native(name, lambda word, item: self.set_attribute(value.instance, word, item))
        raise Raised("AttributeError", f"'super' object has no attribute '{name}'")

    def bound(self, member: Any, instance: Instance) -> Any:
        """A member of a class as one of an object."""
        if isinstance(member, (Closure, Method)):
            return member.of(instance)
        if isinstance(member, Wrapped):
            if member.how == "property":
                return self.machine.call(member.function, [instance])
            if member.how == "class":
                return member.function.of(instance.of)
            return member.function
        return member

    def special(self, value: Any, name: str) -> Any:
        """A method that Python itself calls, of a class of the snippet; None if it has none."""
        if isinstance(value, Object):
            return value.lookup(name)
        if not isinstance(value, Instance):
            return None
        for kind in value.of.ancestry():
            if isinstance(kind, ClassValue) and name in kind.names:
                return self.bound(kind.names[name], value)
        return None

    def special_or_from_base(self, value: Any, name: str) -> Any:
        """The same, which a class of a framework may have, too."""
        method = self.special(value, name)
        if method is None and isinstance(value, Instance):
            method = self.from_base(value, name)
        return method

    def of_class(self, value: ClassValue, name: str) -> Any:
        """An attribute of a class of the snippet."""
        for kind in value.ancestry():
            if isinstance(kind, ClassValue) and name in kind.names:
                member = kind.names[name]
                if isinstance(member, Wrapped):
                    bound = member.how == "class" and isinstance(member.function, Closure)
                    return member.function.of(value) if bound else member.function
                return member
            if isinstance(kind, Base) and name in kind.statics:
                static = kind.statics[name]
                return Native(name, lambda *a, **k: static(value, *a, **k))  # noqa: B023
            if isinstance(kind, Base) and name in kind.methods:
                return Native(name, kind.methods[name])
        if name in ("__name__", "__qualname__"):
            return value.name
        raise Raised("AttributeError", f"type object '{value.name}' has no attribute '{name}'")

    def set_attribute(self, value: Any, name: str, item: Any) -> None:
        """`value.name = item`."""
        if isinstance(value, Array):
            value.home.set_attribute(value, name, item)
        elif isinstance(value, Instance):
            for base in value.of.ancestry():
                if isinstance(base, Base) and base.assigned is not None:
                    base.assigned(value, name, item)
            if isinstance(item, Array) and (name in self.machine.asked or self.machine.marks_all):
                item.home.mark(item)
            value.attributes[name] = item
        elif isinstance(value, ClassValue):
            value.names[name] = item
        elif isinstance(value, (Closure, Native)):
            value.attributes[name] = item
        elif isinstance(value, Object) and name in value.setters:
            value.setters[name](value, item)
        elif isinstance(value, Object) and hasattr(value, "keep"):
            value.keep(name, item)
        elif isinstance(value, Namespace):
            raise Refusal(f"`{name}` of a module cannot be set")
        else:
            text = f"'{type_name(value)}' object has no attribute '{name}'"
            raise Raised("AttributeError", text)

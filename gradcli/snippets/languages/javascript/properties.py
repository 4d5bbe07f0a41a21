"""Properties of JavaScript's values: found, gone through, set and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import LimitError
from gradcli.ops.catalog import snake_case
from gradcli.snippets import tree
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.languages.javascript import tree as own
from gradcli.snippets.languages.javascript.coercion import Coercion
from gradcli.snippets.languages.javascript.methods import method_of
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import Method, TypedArray, sorted_items
from gradcli.snippets.languages.javascript.walk import FIXED
from gradcli.snippets.limits import MAX_ITEMS
from gradcli.snippets.values import (
    Array,
    ClassValue,
    Closure,
    ExceptionValue,
    Instance,
    Kind,
    Native,
    Object,
    Super,
    Wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Properties(Coercion):
    """What stands behind a dot or in square brackets."""

    # --- found ----------------------------------------------------------------------------------

    def iterate(self, value: Any) -> Iterator[Any]:
        """What a loop goes over."""
        if isinstance(value, (list, str)):
            return iter(value)
        if isinstance(value, Object) and hasattr(value, "iterate"):
            return iter(value.iterate())
        if hasattr(value, "__next__"):
            return value
        raise Raised("TypeError", f"{self.shown(value)} is not iterable")

    def keys(self, value: Any) -> list[str]:
        """The names of the properties of a value."""
        return [name for name, _ in sorted_items(self.properties(value))]

    def properties(self, value: Any) -> dict[str, Any]:
        """The properties of a value."""
        if isinstance(value, dict):
            return value
        if isinstance(value, Instance):
            return value.attributes
        if isinstance(value, (list, str)):
            return {str(i): item for i, item in enumerate(value)}
        return {}

    def item(self, value: Any, key: Any) -> Any:
        """`value[key]`."""
        if isinstance(key, float) and isinstance(value, (list, str)):
            inside = key.is_integer() and 0 <= key < len(value)
            return value[int(key)] if inside else UNDEFINED
        return self.machine.attribute(value, key if isinstance(key, str) else self.text(key))

    def attribute(self, value: Any, name: str) -> Any:
        """What stands behind the dot of a value that is no array and no module."""
        if value is UNDEFINED or value is None:
            text = f"Cannot read properties of {self.text(value)} (reading '{name}')"
            raise Raised("TypeError", text)
        for kind, look in _LOOKS:
            if isinstance(value, kind):
                member = look(self, value, name)
                if member is not UNDEFINED:
                    return member
        return method_of(self, value, name)

    def of_dict(self, value: dict[str, Any], name: str) -> Any:
        """A property of an object."""
        return self.bound(value.get(name, UNDEFINED), value)

    def of_list(self, value: Any, name: str) -> Any:
        """An item of an array under its number as text."""
        if name.isdecimal() and int(name) < len(value):
            return value[int(name)]
        return float(len(value)) if name == "length" else UNDEFINED

    def bound(self, member: Any, this: Any) -> Any:
        """A member as one of an object: functions know it as `this`."""
        if isinstance(member, Closure) and member.function.is_method:
            return Method.on(member, this)
        return member

    def of_instance(self, value: Instance, name: str) -> Any:
        """A property of an object of a class."""
        if name in value.attributes:
            return self.bound(value.attributes[name], value)
        if name == "constructor":
            return value.of
        return self.of_ancestry(value.of.ancestry(), value, name)

    def of_ancestry(self, classes: Sequence[Any], this: Any, name: str) -> Any:
        """A member of one of these classes, for an object."""
        for kind in classes:
            if isinstance(kind, ClassValue) and name in kind.names:
                member = kind.names[name]
                if not isinstance(member, Wrapped):
                    return self.bound(member, this)
                if member.how == "accessor":
                    getter = member.function.get("get")
                    return UNDEFINED if getter is None else self.call(Method.on(getter, this))
        return UNDEFINED

    def of_class(self, value: ClassValue, name: str) -> Any:
        """A static member of a class."""
        for kind in value.ancestry():
            member = kind.names.get(name) if isinstance(kind, ClassValue) else None
            if isinstance(member, Wrapped) and member.how == "static":
                return self.bound(member.function, value)
        return value.name if name == "name" else UNDEFINED

    def of_function(self, value: Any, name: str) -> Any:
        """A property of a function."""
        if name in value.attributes:
            return value.attributes[name]
        if name == "name":
            return value.name
        if name == "length" and isinstance(value, Closure):
            return float(sum(not p.spread for p in value.function.parameters))
        return UNDEFINED

    def of_super(self, value: Super, name: str) -> Any:
        """`super.name`."""
        return self.of_ancestry(value.above, value.instance, name)

    def of_exception(self, value: ExceptionValue, name: str) -> Any:
        """A property of an error."""
        return self.as_error(value).lookup(name)

    # --- set ------------------------------------------------------------------------------------

    def assign(self, target: tree.Tree, value: Any, binds: bool) -> None:
        """Assigns to a name, a property, an item, or a pattern."""
        machine = self.machine
        if isinstance(target, tree.Name):
            self.assign_name(target.id, value)
        elif isinstance(target, tree.Attribute):
            self.set_property(machine.evaluate(target.value), target.id, value)
        elif isinstance(target, tree.Subscript):
            self.set_item(machine.evaluate(target.value), machine.evaluate(target.key), value)
        elif isinstance(target, own.Defaulted):
            given = machine.evaluate(target.default) if value is UNDEFINED else value
            machine.assign(target.target, given, binds=binds)
        elif isinstance(target, tree.Items):
            self.unpack(target.items, value, binds)
        elif isinstance(target, tree.Mapping):
            self.take_apart(target, value, binds)

    def assign_name(self, name: str, value: Any) -> None:
        """`name = value`."""
        scope = self.machine.scope.holding(name)
        if scope is None:
            scope = self.machine.top
        elif name in scope.names.get(FIXED, ()):
            raise Raised("TypeError", "Assignment to constant variable.")
        scope.names[name] = value

    def unpack(self, targets: Sequence[tree.Tree], value: Any, binds: bool) -> None:
        """`[a, , ...b] = value`."""
        values = list(self.machine.items(value))
        for i, target in enumerate(targets):
            if isinstance(target, tree.Spread):
                self.machine.assign(target.value, values[i:], binds=binds)
            elif not isinstance(target, tree.Pass):
                item = values[i] if i < len(values) else UNDEFINED
                self.machine.assign(target, item, binds=binds)

    def take_apart(self, pattern: tree.Mapping, value: Any, binds: bool) -> None:
        """`{a, b: c, ...d} = value`."""
        if value is UNDEFINED or value is None:
            text = f"Cannot destructure '{self.text(value)}' as it is {self.text(value)}."
            raise Raised("TypeError", text)
        taken = set()
        for key, target in pattern.pairs:
            if key is None:
                left = {k: v for k, v in self.properties(value).items() if k not in taken}
                self.machine.assign(target, left, binds=binds)
                continue
            name = self.machine.evaluate(key.value if isinstance(key, own.Key) else key)
            taken.add(name)
            item = self.item(value, name)
            self.machine.assign(target, item, binds=binds)

    def set_item(self, value: Any, key: Any, item: Any) -> None:
        """`value[key] = item`."""
        if isinstance(value, list) and isinstance(key, float) and key >= 0 and key.is_integer():
            self.set_element(value, int(key), item)
        else:
            self.set_property(value, key if isinstance(key, str) else self.text(key), item)

    def set_element(self, value: list[Any], index: int, item: Any) -> None:
        """Sets an element of an array, which grows as far as that."""
        if index >= MAX_ITEMS:
            raise LimitError("this array is too long")
        if index >= len(value):
            if isinstance(value, TypedArray):
                return
            value += [UNDEFINED] * (index + 1 - len(value))
        value[index] = self.stored(value, item)

    def stored(self, value: list[Any], item: Any) -> Any:
        """An item as an array keeps it."""
        return value.rounded(self.number(item)) if isinstance(value, TypedArray) else item

    def set_property(self, value: Any, name: str, item: Any) -> None:
        """`value.name = item`."""
        if isinstance(value, dict):
            value[name] = item
        elif isinstance(value, list) and name == "length":
            del value[int(self.number(item)) :]
        elif isinstance(value, Instance):
            self.set_of_instance(value, name, item)
        elif isinstance(value, ClassValue):
            value.names[name] = Wrapped("static", item)
        elif isinstance(value, (Closure, Native)):
            value.attributes[name] = item
        elif isinstance(value, Array):
            value.home.set_attribute(value, name, item)
        elif isinstance(value, Object) and snake_case(name) in value.setters:
            value.setters[snake_case(name)](value, item)
        elif value is UNDEFINED or value is None:
            text = f"Cannot set properties of {self.text(value)} (setting '{name}')"
            raise Raised("TypeError", text)
        else:
            raise Refusal(f"setting `{name}` here is not part of the subset")

    def set_of_instance(self, value: Instance, name: str, item: Any) -> None:
        """Sets a property of an object of a class, through its setter if it has one."""
        for kind in value.of.ancestry():
            member = kind.names.get(name) if isinstance(kind, ClassValue) else None
            if (
                isinstance(member, Wrapped)
                and member.how == "accessor"
                and "set" in member.function
            ):
                self.call(Method.on(member.function["set"], value), [item])
                return
        value.attributes[name] = item

    def delete(self, target: tree.Tree) -> None:
        """`delete object.name`."""
        if isinstance(target, (tree.Attribute, tree.Subscript)):
            value = self.machine.evaluate(target.value)
            is_name = isinstance(target, tree.Attribute)
            name = target.id if is_name else self.text(self.machine.evaluate(target.key))  # type: ignore[union-attr]
            self.properties(value).pop(name, None)


_LOOKS: list[tuple[Any, Callable[[Properties, Any, str], Any]]] = [
    (dict, Properties.of_dict),
    ((list, str), Properties.of_list),
    (Instance, Properties.of_instance),
    (ClassValue, Properties.of_class),
    ((Closure, Native, Kind), Properties.of_function),
    (Super, Properties.of_super),
    (ExceptionValue, Properties.of_exception),
]
"""How properties of each kind of value are found."""

"""What loops, square brackets and assignments do in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets import tree
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.languages.python.attributes import Attributes
from gradcli.snippets.languages.python.text import VIEWS, type_name
from gradcli.snippets.limits import check_items, check_nested
from gradcli.snippets.values import Array, Base, Instance, Kind, Object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


UNHASHABLE = (list, dict, set)
"""What can be no key."""


def steady(values: Any) -> Iterator[Any]:
    """What is in a dict or a set, which keeps its size meanwhile."""
    try:
        yield from values
    except RuntimeError as error:
        raise Raised("RuntimeError", *error.args) from None


class Items(Attributes):
    """Items of Python's own values and of objects: gone through, read, set and deleted."""

    def iterate_any(self, value: Any) -> Iterator[Any]:
        """What a loop goes over, of arrays too."""
        return self.machine.iterate(value)

    def iterate(self, value: Any) -> Iterator[Any]:
        """What a loop over a value that is no array goes over."""
        if isinstance(value, (list, tuple, str, range)) or hasattr(value, "__next__"):
            return iter(value)
        if isinstance(value, (dict, set, *VIEWS)):
            return steady(value)
        inner = self.machine.array_in(value)
        if inner is not None:
            return iter(inner.home.iterate(inner))
        if isinstance(value, Object) and hasattr(value, "iterate"):
            return iter(value.iterate())
        method = self.special(value, "__iter__")
        if method is not None:
            return self.iterate_any(self.machine.call(method))
        if isinstance(value, Instance):
            module = self.from_base(value, "__iter__")
            if module is not None:
                return self.iterate_any(self.machine.call(module))
        raise Raised("TypeError", f"'{type_name(value)}' object is not iterable")

    def key(self, value: Any) -> Any:
        """A value as a key of a dict, or an item of a set."""
        if isinstance(value, (tuple, *UNHASHABLE)):
            check_nested(value, barred=UNHASHABLE)
        return value

    def item(self, value: Any, key: Any) -> Any:
        """`value[key]`."""
        if isinstance(value, (list, tuple, str, range)):
            return self.of_sequence(value, key)
        if isinstance(value, dict):
            if self.key(key) in value:
                return value[key]
            missing = getattr(value, "missing", None)
            if missing is not None:
                value[key] = self.machine.call(missing)
                return value[key]
            raise Raised("KeyError", self.printer.represent(key))
        if isinstance(value, Object) and hasattr(value, "item"):
            return value.item(key)
        method = self.special_or_from_base(value, "__getitem__")
        if method is not None:
            return self.machine.call(method, [key])
        if isinstance(value, (Kind, Base)):
            return value  # an annotation, such as list[int]
        raise Raised("TypeError", f"'{type_name(value)}' object is not subscriptable")

    def of_sequence(self, value: Any, key: Any) -> Any:
        """An item or a slice of a list, a tuple, a text or a range."""
        if isinstance(key, Array):
            key = key.home.number(key)
        if isinstance(key, slice):
            parts = key.start, key.stop, key.step
            key = slice(*[p.home.number(p) if isinstance(p, Array) else p for p in parts])
        try:
            return value[key]
        except IndexError:
            raise Raised("IndexError", f"{type_name(value)} index out of range") from None
        except TypeError:
            text = f"{type_name(value)} indices must be integers or slices, not {type_name(key)}"
            raise Raised("TypeError", text) from None
        except ValueError as error:
            raise Raised("ValueError", *error.args) from None

    def assign(self, target: tree.Tree, value: Any, binds: bool) -> None:  # noqa: ARG002
        """Assigns to a name, an attribute, an item, or a pattern."""
        machine = self.machine
        if isinstance(target, tree.Name):
            machine.bind(target.id, value)
        elif isinstance(target, tree.Attribute):
            self.set_attribute(machine.evaluate(target.value), target.id, value)
        elif isinstance(target, tree.Subscript):
            self.set_item(machine.evaluate(target.value), machine.evaluate(target.key), value)
        elif isinstance(target, tree.Items):
            self.unpack(target.items, value)
        else:
            raise Refusal("this cannot be assigned to")

    def unpack(self, targets: Sequence[tree.Tree], value: Any) -> None:
        """`a, *b = value`."""
        values = list(self.machine.items(value))
        star = next((i for i, t in enumerate(targets) if isinstance(t, tree.Spread)), None)
        count = len(targets) - (star is not None)
        if len(values) < count or (star is None and len(values) > count):
            few = f"not enough values to unpack (expected {count}, got {len(values)})"
            many = f"too many values to unpack (expected {count})"
            raise Raised("ValueError", few if len(values) < count else many)
        if star is not None:
            end = len(values) - (count - star)
            values[star:end] = [values[star:end]]
        for target, part in zip(targets, values, strict=True):
            inner = target.value if isinstance(target, tree.Spread) else target
            self.machine.assign(inner, part)

    def set_item(self, value: Any, key: Any, item: Any) -> None:
        """`value[key] = item`."""
        array = value if isinstance(value, Array) else self.machine.array_in(value)
        if array is not None:
            array.home.set_item(array, key, item)
        elif isinstance(value, dict):
            value[self.key(key)] = item
        elif isinstance(value, list):
            if isinstance(key, slice):
                item = [*self.machine.items(item)]
                check_items(len(value) + len(item))
            try:
                value[key] = item
            except (IndexError, TypeError, ValueError) as error:
                raise Raised(type(error).__name__, *error.args) from None
        elif (method := self.special_or_from_base(value, "__setitem__")) is not None:
            self.machine.call(method, [key, item])
        else:
            text = f"'{type_name(value)}' object does not support item assignment"
            raise Raised("TypeError", text)

    def delete_attribute(self, value: Any, name: str) -> None:
        """`del value.name`."""
        if isinstance(value, Instance):
            for base in value.of.ancestry():
                if isinstance(base, Base) and base.deleted is not None:
                    base.deleted(value, name)
            value.attributes.pop(name, None)

    def delete(self, target: tree.Tree) -> None:
        """`del target`."""
        machine = self.machine
        if isinstance(target, tree.Name):
            if machine.scope.names.pop(target.id, self) is self:
                raise Raised("NameError", f"name '{target.id}' is not defined")
        elif isinstance(target, tree.Subscript):
            value, key = machine.evaluate(target.value), machine.evaluate(target.key)
            if not isinstance(value, (list, dict)):
                raise Raised("TypeError", f"'{type_name(value)}' object has no items to delete")
            key = self.key(key) if isinstance(value, dict) else key
            try:
                del value[key]
            except (KeyError, IndexError, TypeError) as error:
                raise Raised(type(error).__name__, *error.args) from None
        elif isinstance(target, tree.Attribute):
            self.delete_attribute(machine.evaluate(target.value), target.id)
        elif isinstance(target, tree.Items):
            for item in target.items:
                self.delete(item)

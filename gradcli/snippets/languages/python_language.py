"""Python where its tree is walked: operators, names, attributes, calls, classes, text."""

from __future__ import annotations

import operator
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar

from gradcli.errors import GradcliError, LimitError
from gradcli.snippets import tree
from gradcli.snippets.errors import KINDS, Raised, Refusal
from gradcli.snippets.language import Language
from gradcli.snippets.languages.python_builtins import BUILTINS, Builtins
from gradcli.snippets.languages.python_methods import METHODS
from gradcli.snippets.languages.python_modules import MODULES, make_module, named_kind
from gradcli.snippets.languages.python_text import Printer, type_name
from gradcli.snippets.machine import MAX_ITEMS
from gradcli.snippets.values import (
    Array,
    Base,
    ClassValue,
    Closure,
    ExceptionValue,
    Instance,
    Kind,
    Manager,
    Method,
    Named,
    Namespace,
    Native,
    Object,
    Scope,
    Super,
    Wrapped,
)
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow, "<<": operator.lshift,
    ">>": operator.rshift, "&": operator.and_, "|": operator.or_, "^": operator.xor,
}  # fmt: skip
"""What operators do to Python's own values."""

COMPARING: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip

UNARY: dict[str, Callable[[Any], Any]] = {
    "-": operator.neg, "+": operator.pos, "~": operator.invert,
}  # fmt: skip

SPECIAL = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod",
    "**": "pow", "@": "matmul", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq",
    "!=": "ne", "&": "and", "|": "or", "^": "xor",
}  # fmt: skip
"""Operators, and the methods by which a class gives them a meaning."""

MIRRORED = {"<": "gt", "<=": "ge", ">": "lt", ">=": "le", "==": "eq", "!=": "ne"}

VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))

PLAIN = (int, float, str, list, tuple, dict, set, bool, range, type(None), bytes, complex)


class Python(Language):
    """Python."""

    modules = frozenset(MODULES)
    kinds: ClassVar[Mapping[str, str]] = KINDS
    binds = True

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        self.builtins = Builtins(machine, self)
        self.printer = Printer(machine)
        self.loaded: dict[str, Any] = {}

    # --- names ------------------------------------------------------------------------------

    def builtin(self, name: str) -> Any:
        """A function or a type of Python's own."""
        return self.builtins.find(name)

    def unknown(self, name: str) -> GradcliError:
        """The error of a name without a value."""
        if name in _REFUSED:
            return Refusal(f"`{name}` is not part of the subset", help=_REFUSED[name])
        scope: Scope | None = self.machine.scope
        names: list[str] = [*BUILTINS]
        while scope is not None:
            names += scope.names
            scope = scope.around
        near = nearest(name, names)
        help_ = f"did you mean '{near}'?" if near else None
        return Raised("NameError", f"name '{name}' is not defined", help=help_)

    def module(self, path: str) -> Any:
        """A module of Python's own."""
        module = self.loaded.get(path)
        if module is None:
            module = self.loaded[path] = make_module(self.machine, path)
        return module

    def imported(self, path: str, word: str) -> Any:
        """A name of a module."""
        self.machine.is_importing = True
        try:
            return self.machine.attribute(self.machine.module(path), word)
        except Refusal:
            return self.machine.outside(f"{path}.{word}")
        finally:
            self.machine.is_importing = False

    def import_all(self, path: str) -> None:
        """`from module import *`."""
        module = self.machine.module(path)
        if not isinstance(module, Object) or not hasattr(module, "members"):
            raise Refusal(f"`from {path} import *` is not part of the subset", help="name them")
        for name, value in module.members.items():
            self.machine.bind(name, value)

    # --- operators --------------------------------------------------------------------------

    def binary(self, op: str, left: Any, right: Any) -> Any:
        """An operator of two operands."""
        owner = self.machine.owner(left, right)
        if owner is not None and not isinstance(left, Instance):
            if op == "%" and isinstance(left, str):
                return self.percent(left, right)
            return owner.operator(op, left, right)
        if isinstance(left, Instance) or isinstance(right, Instance):
            return self.of_classes(op, left, right)
        if isinstance(left, str) and op == "%":
            return self.percent(left, right)
        return self.plain(op, left, right)

    def plain(self, op: str, left: Any, right: Any) -> Any:
        """An operator of Python's own values."""
        function = BINARY.get(op)
        if function is None or not (isinstance(left, PLAIN) and isinstance(right, PLAIN)):
            raise self.no_operator(op, left, right)
        _check_size(op, left, right)
        try:
            value = function(left, right)
        except TypeError:
            raise self.no_operator(op, left, right) from None
        except (ArithmeticError, ValueError) as error:
            raise Raised(type(error).__name__, *error.args) from None
        if isinstance(value, complex):
            raise Refusal("complex numbers are not part of the subset")
        return value

    def no_operator(self, op: str, left: Any, right: Any) -> Raised:
        """What Python says of operands that do not go with an operator."""
        kinds = f"'{type_name(left)}' and '{type_name(right)}'"
        if op in COMPARING:
            return Raised("TypeError", f"'{op}' not supported between instances of {kinds[:]}")
        if op == "+" and isinstance(left, str):
            text = f'can only concatenate str (not "{type_name(right)}") to str'
            return Raised("TypeError", text)
        sign = "** or pow()" if op == "**" else op
        return Raised("TypeError", f"unsupported operand type(s) for {sign}: {kinds}")

    def of_classes(self, op: str, left: Any, right: Any) -> Any:
        """An operator that a class of the snippet gives a meaning."""
        word = SPECIAL.get(op, op)
        method = self.special(left, f"__{word}__")
        if method is not None:
            value = self.machine.call(method, [right])
            if value is not NotImplemented:
                return value
        mirrored = MIRRORED.get(op, f"r{word}")
        method = self.special(right, f"__{mirrored}__")
        if method is not None:
            return self.machine.call(method, [left])
        if op in ("==", "!="):
            return (left is right) == (op == "==")
        raise self.no_operator(op, left, right)

    def special(self, value: Any, name: str) -> Any:
        """A method of a class of the snippet that Python itself calls; None if it has none."""
        if not isinstance(value, Instance):
            return None
        for kind in value.of.ancestry():
            if isinstance(kind, ClassValue) and name in kind.names:
                return self.bound(kind.names[name], value)
        return None

    def augmented(self, op: str, left: Any, right: Any) -> Any:
        """`left += right`, which changes lists, and arrays of some frameworks, in their place."""
        if isinstance(left, list) and op == "+":
            left.extend(self.iterate_any(right))
            return left
        if isinstance(left, Array):
            return left.home.augmented(op, left, right)
        if isinstance(left, Instance):
            method = self.special(left, f"__i{SPECIAL.get(op, op)}__")
            if method is not None:
                return self.machine.call(method, [right])
        return self.binary(op, left, right)

    def unary(self, op: str, operand: Any) -> Any:
        """An operator before its operand."""
        array = operand if isinstance(operand, Array) else self.machine.array_in(operand)
        if array is not None:
            return array.home.unary(op, array)
        method = self.special(operand, {"-": "__neg__", "+": "__pos__", "~": "__invert__"}[op])
        if method is not None:
            return self.machine.call(method)
        try:
            return UNARY[op](operand if isinstance(operand, PLAIN) else object())
        except TypeError:
            text = f"bad operand type for unary {op}: '{type_name(operand)}'"
            raise Raised("TypeError", text) from None

    def compare(self, op: str, left: Any, right: Any) -> Any:
        """A comparison."""
        if op in ("is", "is not"):
            return (self.same(left, right)) == (op == "is")
        if op in ("in", "not in"):
            return self.contains(right, left) == (op == "in")
        owner = self.machine.owner(left, right)
        if owner is not None and left is not None and right is not None:
            if op in ("==", "!=") and any(isinstance(x, (str, dict)) for x in (left, right)):
                return op == "!="
            return owner.compare(op, left, right)
        if isinstance(left, Instance) or isinstance(right, Instance):
            return self.of_classes(op, left, right)
        if op in ("==", "!="):
            equal = self.equal(left, right)
            return equal if op == "==" else not equal
        try:
            return COMPARING[op](left, right)
        except TypeError:
            raise self.no_operator(op, left, right) from None

    def equal(self, left: Any, right: Any) -> bool:
        """Whether two values that are no arrays are equal."""
        if isinstance(left, (list, tuple)) and type(left) is type(right):
            pairs = zip(left, right, strict=False)
            return len(left) == len(right) and all(
                self.machine.truth(self.compare("==", a, b)) for a, b in pairs
            )
        if isinstance(left, Kind) and isinstance(right, Kind):
            return left.name == right.name
        if isinstance(left, PLAIN) and isinstance(right, PLAIN):
            return bool(left == right)
        return left is right or (getattr(left, "key", left) == getattr(right, "key", right))

    def same(self, left: Any, right: Any) -> bool:
        """`left is right`."""
        if isinstance(left, Kind) and isinstance(right, Kind):
            return left.name == right.name
        if isinstance(left, (int, str)) and type(left) is type(right):
            return bool(left == right)
        return left is right

    def contains(self, within: Any, value: Any) -> bool:
        """`value in within`."""
        if isinstance(within, str):
            return isinstance(value, str) and value in within
        if isinstance(within, (dict, set)):
            return value in within
        method = self.special(within, "__contains__")
        if method is not None:
            return bool(self.machine.truth(self.machine.call(method, [value])))
        return any(
            value is item or self.machine.truth(self.compare("==", item, value))
            for item in self.iterate_any(within)
        )

    def truth(self, value: Any) -> bool:
        """Whether a value that is no array is true."""
        if isinstance(value, Instance):
            for name in ("__bool__", "__len__"):
                method = self.special(value, name)
                if method is not None:
                    return bool(self.machine.call(method))
            return True
        inner = self.machine.array_in(value)
        if inner is not None:
            return inner.home.truth(inner)
        return bool(value) if isinstance(value, PLAIN) else True

    # --- items ------------------------------------------------------------------------------

    def iterate_any(self, value: Any) -> Iterator[Any]:
        """What a loop goes over, of arrays too."""
        return self.machine.iterate(value)

    def iterate(self, value: Any) -> Iterator[Any]:
        """What a loop over a value that is no array goes over."""
        if isinstance(value, (list, tuple, dict, str, set, range, *VIEWS)) or hasattr(
            value, "__next__"
        ):
            return iter(value)
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

    def item(self, value: Any, key: Any) -> Any:
        """`value[key]`."""
        if isinstance(value, (list, tuple, str, range)):
            return self.of_sequence(value, key)
        if isinstance(value, dict):
            if key in value:
                return value[key]
            missing = getattr(value, "missing", None)
            if missing is not None:
                value[key] = self.machine.call(missing)
                return value[key]
            raise Raised("KeyError", self.printer.represent(key))
        if isinstance(value, Object) and hasattr(value, "item"):
            return value.item(key)
        method = self.special(value, "__getitem__")
        if method is None and isinstance(value, Instance):
            method = self.from_base(value, "__getitem__")
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
        values = list(self.iterate_any(value))
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
            value[key] = item
        elif isinstance(value, list):
            try:
                value[key] = item
            except (IndexError, TypeError, ValueError) as error:
                raise Raised(type(error).__name__, *error.args) from None
        elif (method := self.special(value, "__setitem__")) is not None:
            self.machine.call(method, [key, item])
        else:
            text = f"'{type_name(value)}' object does not support item assignment"
            raise Raised("TypeError", text)

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
            try:
                del value[key]
            except (KeyError, IndexError, TypeError) as error:
                raise Raised(type(error).__name__, *error.args) from None
        elif isinstance(target, tree.Attribute):
            value = machine.evaluate(target.value)
            if isinstance(value, Instance):
                value.attributes.pop(target.id, None)
        elif isinstance(target, tree.Items):
            for item in target.items:
                self.delete(item)

    # --- attributes -------------------------------------------------------------------------

    def attribute(self, value: Any, name: str) -> Any:
        """What stands behind the dot of a value that is no array and no module."""
        if isinstance(value, Instance):
            return self.of_instance(value, name)
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
        for kind in type(value).__mro__:
            method = METHODS.get(kind, {}).get(name)
            if method is not None:
                return Native(name, method(self, value))
        if name == "__class__":
            return self.builtins.kind_of(value)
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
            return Native(name, lambda *_args, **_named: None)
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

    # --- calls ------------------------------------------------------------------------------

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

    def managed(self, manager: Any) -> tuple[Callable[[], Any], Callable[[Any], None]]:
        """What runs at the beginning of a `with`, and at its end."""
        if isinstance(manager, Manager):
            return manager.enter, manager.leave
        enter, leave = self.special(manager, "__enter__"), self.special(manager, "__exit__")
        if enter is None or leave is None:
            text = f"'{type_name(manager)}' object does not support the context manager protocol"
            raise Raised("TypeError", text)
        machine = self.machine
        return lambda: machine.call(enter), lambda _e: machine.call(leave, [None, None, None])

    def raised(self, value: Any) -> GradcliError:
        """The error that `raise value` ends the snippet with."""
        if isinstance(value, (Kind, ClassValue)):
            value = self.machine.call(value)
        if isinstance(value, ExceptionValue):
            return Raised(value.type_name, *value.arguments)
        if isinstance(value, Instance):
            return Raised(value.of.name, *value.attributes.get("args", ()), value=value)
        return Raised("TypeError", "exceptions must derive from BaseException")

    # --- text -------------------------------------------------------------------------------

    def type_name(self, value: Any) -> str:
        """What the type of a value is called."""
        return type_name(value)

    def text(self, value: Any) -> str:
        """A value as text."""
        return self.printer.text(value)

    def represent(self, value: Any) -> str:
        """A value as a session shows it."""
        return self.printer.represent(value)

    def show_last(self, value: Any) -> None:
        """Shows the value of a last expression."""
        if value is not None:
            self.machine.write(self.printer.represent(value) + "\n")

    def formatted(self, value: Any, conversion: str, layout: str) -> str:
        """A value within an f-string."""
        return self.printer.formatted(value, conversion, layout)

    def percent(self, text: str, values: Any) -> str:
        """`text % values`."""
        parts = values if isinstance(values, tuple) else (values,)
        plain = tuple(self.printer.plain(part) for part in parts)
        try:
            return text % (values if isinstance(values, dict) else plain)
        except (TypeError, ValueError, KeyError) as error:
            raise Raised(type(error).__name__, *error.args) from None


def _check_size(op: str, left: Any, right: Any) -> None:
    """Refuses numbers, texts and lists that would be huge."""
    whole = isinstance(left, int) and isinstance(right, int)
    bits = 0
    if op == "*":
        for sequence, count in ((left, right), (right, left)):
            if isinstance(sequence, (str, list, tuple)) and isinstance(count, int):
                bits = len(sequence) * count
        if whole:
            bits = left.bit_length() + right.bit_length()
    elif op == "**" and whole:
        bits = left.bit_length() * max(right, 0)
    elif op == "<<" and whole:
        bits = left.bit_length() + max(right, 0)
    if bits > MAX_ITEMS:
        raise LimitError("this number, text or list is too large")


_REFUSED = {
    **dict.fromkeys(("eval", "exec", "compile"), "write the expression itself"),
    **dict.fromkeys(("open", "input"), "write the values into the snippet"),
    **dict.fromkeys(("globals", "locals", "vars", "dir", "__import__"), None),
    "plt": "`gradcli plot` draws; leave these lines out",
}


LANGUAGE = Python

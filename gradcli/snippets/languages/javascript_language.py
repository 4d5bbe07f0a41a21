"""JavaScript where its tree is walked: operators, names, properties, calls, classes, text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from gradcli.errors import GradcliError, LimitError
from gradcli.snippets import tree
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.roots import DRAWING
from gradcli.snippets.language import Language
from gradcli.snippets.languages import javascript_tree as own
from gradcli.snippets.languages.javascript_builtins import BUILTINS, REFUSED, make_builtins
from gradcli.snippets.languages.javascript_methods import method_of
from gradcli.snippets.languages.javascript_tasks import Loop
from gradcli.snippets.languages.javascript_text import Inspector, number_text
from gradcli.snippets.languages.javascript_tree import UNDEFINED
from gradcli.snippets.languages.javascript_values import (
    ErrorValue,
    Method,
    TypedArray,
    native,
    sorted_items,
)
from gradcli.snippets.languages.javascript_walk import BODY, FIXED, HANDLERS
from gradcli.snippets.machine import MAX_ITEMS
from gradcli.snippets.values import (
    Array,
    ClassValue,
    Closure,
    ExceptionValue,
    Instance,
    Kind,
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

TFJS = "@tensorflow/tfjs"
"""What the modules of TensorFlow.js begin with."""

METHODS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod", "**": "pow"}
"""The methods that tensors have in place of operators."""


def divided(x: float, y: float) -> float:
    """`x / y`."""
    if y:
        return x / y
    if x == 0 or math.isnan(x):
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1, y)


def remainder(x: float, y: float) -> float:
    """`x % y`, with the sign of x."""
    if not y or math.isinf(x) or math.isnan(x) or math.isnan(y):
        return math.nan
    return math.fmod(x, y)


def power(x: float, y: float) -> float:
    """`x ** y`."""
    if math.isnan(y) or (abs(x) == 1 and math.isinf(y)):
        return math.nan
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    except ValueError:
        return divided(1, math.copysign(0.0, x) if y % 2 == 1 else 0.0) if x == 0 else math.nan


def whole(x: float) -> int:
    """A number as one of 32 bits."""
    return int(x) & 0xFFFFFFFF if math.isfinite(x) else 0


def signed(bits: int) -> float:
    """32 bits as a number."""
    bits &= 0xFFFFFFFF
    return float(bits - (1 << 32) if bits >> 31 else bits)


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y,
    "/": divided, "%": remainder,
    "**": power,
    "&": lambda x, y: signed(whole(x) & whole(y)), "|": lambda x, y: signed(whole(x) | whole(y)),
    "^": lambda x, y: signed(whole(x) ^ whole(y)),
    "<<": lambda x, y: signed(whole(x) << (whole(y) & 31)),
    ">>": lambda x, y: signed(int(signed(whole(x))) >> (whole(y) & 31)),
    ">>>": lambda x, y: float((whole(x) & 0xFFFFFFFF) >> (whole(y) & 31)),
}  # fmt: skip
"""Operators of two numbers."""


def called_text(call: str) -> str:
    """What is called, of the text of a call: all but its last brackets."""
    depth = 0
    for i in range(len(call) - 1, -1, -1):
        depth += (call[i] == ")") - (call[i] == "(")
        if not depth and call[i] == "(":
            return call[:i].strip()
    return call


class JavaScript(Language):
    """JavaScript."""

    usual: ClassVar[Mapping[str, str]] = {}
    kinds: ClassVar[Mapping[str, str]] = {}
    nothing = UNDEFINED
    binds = False
    handlers = HANDLERS

    def __init__(self, machine: Any) -> None:
        super().__init__(machine)
        machine.recorder.evaluator.single = ()
        self.loop = Loop(machine)
        self.generator: Any = None
        self.builtins = make_builtins(self)

    # --- names ------------------------------------------------------------------------------

    def builtin(self, name: str) -> Any:
        """A value of JavaScript's own, or TensorFlow.js where nothing imports it."""
        return self.module(TFJS) if name == "tf" else self.builtins.get(name)

    def finish(self) -> None:
        """Promises and timers that are left."""
        self.loop.finish()

    def unknown(self, name: str) -> GradcliError:
        """The error of a name without a value."""
        if name in REFUSED:
            what, help_ = REFUSED[name]
            return Refusal(what.format(name), help=help_)
        scope: Scope | None = self.machine.scope
        names: list[str] = [*BUILTINS]
        while scope is not None:
            names += [word for word in scope.names if not word.startswith("%")]
            scope = scope.around
        near = nearest(name, names)
        help_ = f"did you mean '{near}'?" if near else None
        return Raised("ReferenceError", f"{name} is not defined", help=help_)

    def module(self, path: str) -> Any:
        """TensorFlow.js, or a module of Node.js."""
        if path.startswith(TFJS):
            return self.machine.framework("tfjs").namespace(())
        if path.startswith((".", "/")):
            what = "an import of a file beside this one is not part of the subset"
            raise Refusal(what, help="paste what it defines")
        path = path.removeprefix("node:")
        if path == "perf_hooks":
            return {"performance": self.builtins["performance"]}
        if path == "util":
            return {"inspect": native("inspect", self.inspect)}
        if path in DRAWING or path in ("plotly.js", "chart.js") or "tfjs-vis" in path:
            raise Refusal(f"`{path}` draws", help="`gradcli plot` does; leave these lines out")
        raise Refusal(f"the module `{path}` is not part of the subset")

    # --- operators --------------------------------------------------------------------------

    def binary(self, op: str, left: Any, right: Any) -> Any:
        """An operator of two operands."""
        if type(left) is float and type(right) is float:
            return self.arithmetic(op, left, right)
        x, y = self.primitive(left), self.primitive(right)
        if op == "+" and (isinstance(x, str) or isinstance(y, str)):
            return self.joined(self.text(x), self.text(y))
        for value in (left, right):
            if isinstance(value, Array):
                self.note_tensor(op, value)
        return self.arithmetic(op, self.number(x), self.number(y))

    def arithmetic(self, op: str, x: float, y: float) -> float:
        """An operator of two numbers."""
        try:
            return ARITHMETIC[op](x, y)
        except OverflowError:
            return math.inf

    def joined(self, left: str, right: str) -> str:
        """Two texts as one."""
        if len(left) + len(right) > MAX_ITEMS:
            raise LimitError("this text is too large")
        return left + right

    def note_tensor(self, op: str, value: Array) -> None:
        """Tells that operators of JavaScript do not compute with tensors."""
        method = METHODS.get(op)
        help_ = f"x.{method}(y) computes with tensors" if method else None
        self.machine.note(
            f"`{op}` of a {value.home.type_name} is NaN in JavaScript, which knows no tensors",
            help=help_,
        )

    def augmented(self, op: str, left: Any, right: Any) -> Any:
        """`left += right`."""
        return self.binary(op, left, right)

    def unary(self, op: str, operand: Any) -> Any:
        """An operator before its operand."""
        number = self.number(operand)
        return {"-": -number, "+": number}[op] if op != "~" else signed(~whole(number))

    def primitive(self, value: Any) -> Any:
        """A value as an operator takes it: objects as text."""
        if isinstance(value, (str, float, bool, int)) or value is None or value is UNDEFINED:
            return value
        if isinstance(value, Instance):
            method = self.attribute(value, "valueOf")
            if isinstance(method, Closure):
                return self.call(method)
        return self.text(value)

    def number(self, value: Any) -> float:
        """A value as a number."""
        value = self.primitive(value)
        if value is None:
            return 0.0
        if isinstance(value, str):
            return self.read_number(value.strip())
        return math.nan if value is UNDEFINED else float(value)

    def read_number(self, text: str) -> float:
        """The number that a whole text is; NaN for none."""
        if text[:2].lower() in ("0x", "0b", "0o"):
            try:
                return float(int(text, 0))
            except ValueError:
                return math.nan
        if text.lstrip("+-") in ("Infinity", ""):
            return float(text.replace("Infinity", "inf")) if text else 0.0
        is_plain = text.lstrip("+-")[:1].isdigit() or text.lstrip("+-")[:1] == "."
        try:
            return float(text) if is_plain and "_" not in text else math.nan
        except ValueError:
            return math.nan

    def compare(self, op: str, left: Any, right: Any) -> bool:
        """A comparison."""
        if op in ("===", "!=="):
            return self.identical(left, right) == (op == "===")
        if op in ("==", "!="):
            return self.equal(left, right) == (op == "==")
        if op == "in":
            return self.text(left) in self.keys(right) or self.has_item(right, left)
        if op == "instanceof":
            return self.is_instance(left, right)
        x, y = self.primitive(left), self.primitive(right)
        if not (isinstance(x, str) and isinstance(y, str)):
            x, y = self.number(x), self.number(y)
        return {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op]

    def identical(self, left: Any, right: Any) -> bool:
        """`left === right`."""
        for kind in (bool, str, (int, float)):
            if isinstance(left, kind) or isinstance(right, kind):
                both = isinstance(left, kind) and isinstance(right, kind)
                same = isinstance(left, bool) == isinstance(right, bool)
                return bool(both and same and left == right)
        if isinstance(left, Closure) and isinstance(right, Closure):
            return left.function is right.function and left.scope is right.scope
        return left is right

    def equal(self, left: Any, right: Any) -> bool:
        """`left == right`."""
        nothing = (None, UNDEFINED)
        if any(left is n for n in nothing) or any(right is n for n in nothing):
            return any(left is n for n in nothing) and any(right is n for n in nothing)
        plain = (str, float, bool, int)
        if isinstance(left, plain) != isinstance(right, plain):
            return self.equal(self.primitive(left), self.primitive(right))
        if isinstance(left, plain) and isinstance(left, str) != isinstance(right, str):
            return self.number(left) == self.number(right)
        if isinstance(left, bool) or isinstance(right, bool):
            return self.number(left) == self.number(right)
        return self.identical(left, right)

    def has_item(self, value: Any, key: Any) -> bool:
        """`key in value`, of methods and of places of an array."""
        return (
            isinstance(value, Instance) and self.attribute(value, self.text(key)) is not UNDEFINED
        )

    def is_instance(self, value: Any, of: Any) -> bool:
        """`value instanceof of`."""
        if isinstance(of, ClassValue):
            return isinstance(value, Instance) and of in value.of.ancestry()
        if isinstance(of, Kind):
            if isinstance(value, Instance):
                names = [base.name for base in value.of.ancestry() if isinstance(base, Kind)]
                return of.name in names or (of.name == "Error" and bool(names))
            return of.holds(value)
        raise Raised("TypeError", "Right-hand side of 'instanceof' is not callable")

    def truth(self, value: Any) -> bool:
        """Whether a value is true."""
        if isinstance(value, float):
            return value != 0 and not math.isnan(value)
        if isinstance(value, (bool, str, int)):
            return bool(value)
        return value is not None and value is not UNDEFINED

    def kind_of(self, value: Any) -> str:
        """`typeof value`."""
        if value is UNDEFINED:
            return "undefined"
        for kinds, name in _KINDS:
            if isinstance(value, kinds):
                return name
        return "object"

    # --- items ------------------------------------------------------------------------------

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
        elif isinstance(value, Object) and name in value.setters:
            value.setters[name](value, item)
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

    # --- calls ------------------------------------------------------------------------------

    def call(self, function: Any, args: Sequence[Any] = ()) -> Any:
        """Calls a function that the snippet gave us."""
        return self.machine.call(function, list(args))

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

    def as_error(self, value: ExceptionValue) -> ErrorValue:
        """An error of ours as one of JavaScript."""
        name = value.type_name if value.type_name in _ERRORS else "Error"
        return ErrorValue(name, " ".join(map(self.text, value.arguments)))

    # --- text -------------------------------------------------------------------------------

    def type_name(self, value: Any) -> str:
        """What the type of a value is called."""
        if isinstance(value, list):
            return "array"
        return "null" if value is None else self.kind_of(value)

    def text(self, value: Any) -> str:
        """`String(value)`."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return number_text(float(value))
        if value is None or value is UNDEFINED:
            return "null" if value is None else "undefined"
        return self.text_of_object(value)

    def text_of_object(self, value: Any) -> str:
        """`String(value)` of what is no number, no text and no truth value."""
        if isinstance(value, list):
            items = ("" if x is None or x is UNDEFINED else self.text(x) for x in value)
            return ",".join(items)
        if isinstance(value, Array):
            return value.home.show(value)
        if isinstance(value, ExceptionValue):
            return self.as_error(value).text()
        if isinstance(value, Instance):
            method = self.of_instance(value, "toString")
            if method is not UNDEFINED:
                return self.text(self.call(method))
        if isinstance(value, (Closure, Native, ClassValue, Kind)):
            return f"function {value.name}() {{ … }}"
        return value.text() if isinstance(value, ErrorValue) else "[object Object]"

    def inspect(self, value: Any) -> str:
        """A value as Node.js shows it."""
        if isinstance(value, ExceptionValue):
            value = self.as_error(value)
        return Inspector(self).show(value)

    def shown(self, value: Any) -> str:
        """A value in a message."""
        return "object" if isinstance(value, (dict, Array, Namespace)) else self.inspect(value)

    def show_last(self, value: Any) -> None:
        """Nothing is shown that is not printed."""

    def formatted(self, value: Any, conversion: str, layout: str) -> str:
        """A value within a text."""
        del conversion, layout
        return self.text(value)


_KINDS: list[tuple[Any, str]] = [
    (bool, "boolean"),
    ((float, int), "number"),
    (str, "string"),
    ((Closure, Native, Kind, ClassValue), "function"),
]

_LOOKS: list[tuple[Any, Callable[[JavaScript, Any, str], Any]]] = [
    (dict, JavaScript.of_dict),
    ((list, str), JavaScript.of_list),
    (Instance, JavaScript.of_instance),
    (ClassValue, JavaScript.of_class),
    ((Closure, Native, Kind), JavaScript.of_function),
    (Super, JavaScript.of_super),
    (ExceptionValue, JavaScript.of_exception),
]
"""How properties of each kind of value are found."""

_ERRORS = frozenset("Error TypeError RangeError ReferenceError SyntaxError EvalError".split())

LANGUAGE = JavaScript
"""What walks a snippet of JavaScript."""

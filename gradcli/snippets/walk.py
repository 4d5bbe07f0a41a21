"""Walks the common tree: what each kind of node does, and what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import GradcliError, LimitError
from gradcli.snippets import tree
from gradcli.snippets.errors import Raised, Refusal, kinds_of
from gradcli.snippets.values import Array, ClassValue, Closure, ExceptionValue, Kind, Object, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Returned:
    """What ends a function: its value."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


BREAK, CONTINUE = "break", "continue"

# --- expressions --------------------------------------------------------------------------------


def name(machine: Any, node: tree.Name) -> Any:
    """A name."""
    scope: Scope | None = machine.scope
    while scope is not None:
        if node.id in scope.names:
            return scope.names[node.id]
        scope = scope.around
    return machine.within(node, lambda: machine.look_up(node))


def formatted(machine: Any, node: tree.Formatted) -> str:
    """A text with values in it."""
    return "".join([machine.evaluate(part) for part in node.parts])


def layout(machine: Any, node: tree.Format) -> str:
    """A value within a text."""
    value = machine.evaluate(node.value)
    code = "" if node.layout is None else machine.evaluate(node.layout)
    return machine.within(node, lambda: machine.language.formatted(value, node.conversion, code))


def items(machine: Any, node: tree.Items) -> Any:
    """A list, a tuple or a set."""
    values = []
    for item in node.items:
        if isinstance(item, tree.Spread):
            values += machine.iterate(machine.evaluate(item.value))
        else:
            values.append(machine.evaluate(item))
    return _KINDS[node.kind](values)


_KINDS: dict[str, Callable[[list[Any]], Any]] = {
    "list": lambda values: values,
    "tuple": tuple,
    "set": set,
}


def mapping(machine: Any, node: tree.Mapping) -> dict[Any, Any]:
    """A dict."""
    pairs: dict[Any, Any] = {}
    for key, value in node.pairs:
        if key is None:
            pairs.update(machine.evaluate(value))
        else:
            pairs[hashable(machine, key, machine.evaluate(key))] = machine.evaluate(value)
    return pairs


def hashable(machine: Any, node: tree.Tree, key: Any) -> Any:
    """A key of a dict."""
    if isinstance(key, (list, dict, set)):
        kind = machine.language.type_name(key)
        machine.at(node)
        raise Raised("TypeError", f"unhashable type: '{kind}'")
    return key


def unary(machine: Any, node: tree.Unary) -> Any:
    """An operator before its operand."""
    operand = machine.evaluate(node.operand)
    if node.op == "not":
        return not machine.within(node, lambda: machine.truth(operand))
    return machine.within(node, lambda: machine.language.unary(node.op, operand))


def binary(machine: Any, node: tree.Binary) -> Any:
    """An operator of two operands."""
    left = machine.evaluate(node.left)
    right = machine.evaluate(node.right)
    return machine.within(node, lambda: machine.language.binary(node.op, left, right))


def compare(machine: Any, node: tree.Compare) -> Any:
    """Comparisons, all of which must hold."""
    left = machine.evaluate(node.operands[0])
    holds: Any = True
    for op, operand in zip(node.ops, node.operands[1:], strict=True):
        right = machine.evaluate(operand)
        holds = machine.within(node, lambda: machine.language.compare(op, left, right))  # noqa: B023
        if len(node.ops) > 1 and not machine.truth(holds):
            return holds
        left = right
    return holds


def logical(machine: Any, node: tree.Logical) -> Any:
    """`and`, `or`, `??`."""
    value = None
    for operand in node.operands:
        value = machine.evaluate(operand)
        if node.op == "??":
            stops = value is not None and value is not machine.language.nothing
        else:
            stops = machine.within(operand, lambda: machine.truth(value)) is (node.op == "or")  # noqa: B023
        if stops:
            break
    return value


def decide(machine: Any, node: tree.Tree) -> bool:
    """Whether a condition holds."""
    value = machine.evaluate(node)
    if value is True or value is False:
        return value
    return machine.within(node, lambda: machine.truth(value))


def choice(machine: Any, node: tree.Choice) -> Any:
    """`a if c else b`."""
    return machine.evaluate(node.value if decide(machine, node.condition) else node.other)


def call(machine: Any, node: tree.Call) -> Any:
    """A call."""
    function = machine.evaluate(node.function)
    args: list[Any] = []
    named: dict[str, Any] = {}
    for argument in node.arguments:
        value = machine.evaluate(argument.value)
        if argument.spread == "*":
            args += machine.iterate(value)
        elif argument.spread == "**":
            named.update(value)
        elif argument.name is not None:
            named[argument.name] = value
        else:
            args.append(value)
    machine.step(node)
    span = machine.at(node)
    try:
        if node.makes:
            return machine.language.make(function, args)
        return machine.call(function, args, named)
    except GradcliError as error:
        error.span = error.span or span
        raise
    except machine.unforeseen_kinds as error:
        raise machine.unforeseen(span, error) from error


def attribute(machine: Any, node: tree.Attribute) -> Any:
    """`x.id`."""
    value = machine.evaluate(node.value)
    if node.maybe and (value is None or value is machine.language.nothing):
        return machine.language.nothing
    return machine.within(node, lambda: machine.attribute(value, node.id))


def subscript(machine: Any, node: tree.Subscript) -> Any:
    """`x[key]`."""
    value = machine.evaluate(node.value)
    key = machine.evaluate(node.key)
    return machine.within(node, lambda: item(machine, value, key))


def item(machine: Any, value: Any, key: Any) -> Any:
    """An item of a value."""
    array = value if isinstance(value, Array) else machine.array_in(value)
    return array.home.item(array, key) if array is not None else machine.language.item(value, key)


def slice_(machine: Any, node: tree.Slice) -> slice:
    """A slice."""
    parts = node.lower, node.upper, node.step
    return slice(*[None if part is None else machine.evaluate(part) for part in parts])


def function(machine: Any, node: tree.Function) -> Closure:
    """A function value, whose defaults are evaluated where it stands."""
    defaults = machine.language.defaults(node)
    return Closure(node, machine.scope, defaults)


def comprehension(machine: Any, node: tree.Comprehension) -> Any:
    """A comprehension, in a scope of its own."""
    outer = machine.scope
    machine.scope = Scope(outer)
    try:
        if node.kind == "dict":
            return dict(_pairs(machine, node))
        values = [machine.evaluate(node.element) for _ in _turns(machine, node.clauses)]
    finally:
        machine.scope = outer
    return iter(values) if node.kind == "generator" else _KINDS[node.kind](values)


def _pairs(machine: Any, node: tree.Comprehension) -> Iterator[tuple[Any, Any]]:
    assert node.value is not None
    for _ in _turns(machine, node.clauses):
        yield machine.evaluate(node.element), machine.evaluate(node.value)


def _turns(machine: Any, clauses: tuple[tree.Clause, ...]) -> Iterator[None]:
    """Binds the targets of clauses, turn by turn."""
    first, *others = clauses
    for value in machine.iterate(machine.evaluate(first.iterable)):
        machine.step(first)
        machine.assign(first.target, value)
        if all(decide(machine, condition) for condition in first.conditions):
            if others:
                yield from _turns(machine, tuple(others))
            else:
                yield None


def assigning(machine: Any, node: tree.Assigning) -> Any:
    """An assignment that is an expression."""
    if not node.op:
        value = machine.evaluate(node.value)
        binds = machine.language.binds
        machine.within(node, lambda: machine.assign(node.target, value, binds=binds))
        return value
    before = machine.evaluate(node.target)
    change = machine.evaluate(node.value)
    after = machine.within(node, lambda: machine.language.binary(node.op, before, change))
    machine.within(node, lambda: machine.assign(node.target, after, binds=False))
    return before if node.before else after


# --- statements ---------------------------------------------------------------------------------


def block(machine: Any, node: tree.Block) -> Any:
    """Statements, perhaps in a scope of their own."""
    if not node.scoped:
        return machine.block(node)
    outer = machine.scope
    machine.scope = Scope(outer)
    try:
        return machine.block(node)
    finally:
        machine.scope = outer


def expression(machine: Any, node: tree.Expression) -> None:
    """An expression that stands by itself."""
    value = machine.evaluate(node.value)
    if node.shown:
        machine.within(node, lambda: machine.language.show_last(value))


def assign(machine: Any, node: tree.Assign) -> None:
    """`a = b = value`."""
    value = machine.evaluate(node.value)
    for target in node.targets:
        machine.within(node, lambda: machine.assign(target, value, binds=node.binds))  # noqa: B023


def augmented(machine: Any, node: tree.Augmented) -> None:
    """`a += value`."""
    before = machine.evaluate(node.target)
    change = machine.evaluate(node.value)
    after = machine.within(node, lambda: machine.language.augmented(node.op, before, change))
    machine.within(node, lambda: machine.assign(node.target, after, binds=machine.language.binds))


def if_(machine: Any, node: tree.If) -> Any:
    """`if`."""
    chosen = node.body if decide(machine, node.condition) else node.other
    return None if chosen is None else machine.evaluate(chosen)


def while_(machine: Any, node: tree.While) -> Any:
    """`while`, and the loops of JavaScript that are one."""
    checks = node.first
    while not checks or decide(machine, node.condition):
        checks = True
        machine.step(node)
        signal = machine.evaluate(node.body)
        if signal is BREAK:
            return None
        if signal is not None and signal is not CONTINUE:
            return signal
        if node.step is not None:
            machine.evaluate(node.step)
    return None if node.after is None else machine.evaluate(node.after)


def for_(machine: Any, node: tree.For) -> Any:
    """`for target in iterable`."""
    iterable = machine.evaluate(node.iterable)
    turns = machine.within(node.iterable, lambda: machine.iterate(iterable))
    for value in turns:
        machine.step(node)
        machine.assign(node.target, value)
        signal = machine.evaluate(node.body)
        if signal is BREAK:
            return None
        if signal is not None and signal is not CONTINUE:
            return signal
    return None if node.after is None else machine.evaluate(node.after)


def with_(machine: Any, node: tree.With) -> Any:
    """`with manager as target`."""
    manager = machine.evaluate(node.manager)
    enter, leave = machine.within(node.manager, lambda: machine.language.managed(manager))
    value = machine.within(node.manager, enter)
    if node.target is not None:
        machine.assign(node.target, value)
    error: GradcliError | None = None
    try:
        return machine.evaluate(node.body)
    except GradcliError as raised:
        error = raised
        raise
    finally:
        leave(error)


def try_(machine: Any, node: tree.Try) -> Any:
    """`try`."""
    try:
        return _tried(machine, node)
    finally:
        if node.final is not None:
            machine.evaluate(node.final)


def _tried(machine: Any, node: tree.Try) -> Any:
    scope, calls = machine.scope, machine.calls
    try:
        signal = machine.evaluate(node.body)
    except (LimitError, Refusal):
        raise
    except GradcliError as error:
        machine.scope, machine.calls = scope, calls
        if error.status == 70 or error.kind in ("timeout", "internal"):
            raise
        value = machine.exception(error)
        for handler in node.handlers:
            if _handles(machine, handler, value):
                return _handle(machine, handler, value, error)
        raise
    if signal is None and node.other is not None:
        return machine.evaluate(node.other)
    return signal


def _handles(machine: Any, handler: tree.Handler, value: Any) -> bool:
    if handler.kinds is None:
        return True
    kinds = machine.evaluate(handler.kinds)
    kinds = kinds if isinstance(kinds, (tuple, list)) else [kinds]
    if isinstance(value, ExceptionValue):
        names = kinds_of(value.type_name)
        return any(isinstance(kind, Kind) and kind.name in names for kind in kinds)
    above = value.of.ancestry()
    return any(kind in above or _is_base(kind, above) for kind in kinds)


def _is_base(kind: Any, above: list[Any]) -> bool:
    """Whether a kind of error is one that a class of the snippet derives from."""
    natives = [base.name for base in above if isinstance(base, Kind)]
    return isinstance(kind, Kind) and any(kind.name in kinds_of(name) for name in natives)


def _handle(machine: Any, handler: tree.Handler, value: Any, error: GradcliError) -> Any:
    machine.handling.append(error)
    try:
        if handler.name is not None:
            machine.assign(handler.name, value)
        return machine.evaluate(handler.body)
    finally:
        machine.handling.pop()


def raise_(machine: Any, node: tree.Raise) -> None:
    """`raise`."""
    machine.at(node)
    if node.value is None:
        if machine.handling:
            raise machine.handling[-1]
        raise Raised("RuntimeError", "No active exception to reraise")
    value = machine.evaluate(node.value)
    span = machine.at(node)
    error = machine.language.raised(value)
    error.span = span
    raise error


def return_(machine: Any, node: tree.Return) -> Returned:
    """`return`."""
    value = machine.language.nothing if node.value is None else machine.evaluate(node.value)
    return Returned(value)


def assert_(machine: Any, node: tree.Assert) -> None:
    """`assert`."""
    if not decide(machine, node.condition):
        said = () if node.message is None else (machine.evaluate(node.message),)
        machine.at(node)
        error = Raised("AssertionError", *said)
        error.span = machine.span
        raise error


def delete(machine: Any, node: tree.Delete) -> None:
    """`del`."""
    for target in node.targets:
        machine.within(target, lambda: machine.language.delete(target))  # noqa: B023


def define(machine: Any, node: tree.Define) -> None:
    """A function or a class under its name."""
    decorators = [machine.evaluate(decorator) for decorator in node.decorators]
    value = machine.evaluate(node.value)
    for decorator in reversed(decorators):
        value = machine.within(node.value, lambda: machine.call(decorator, [value]))  # noqa: B023
    machine.bind(node.name, value)


def class_(machine: Any, node: tree.Class) -> ClassValue:
    """A class: its body is walked in a scope of its own, which its methods do not see."""
    bases = [machine.evaluate(base) for base in node.bases]
    outer, before = machine.scope, machine.is_class_body
    machine.scope, machine.is_class_body = Scope(outer), True
    try:
        machine.block(node.body)
        names = machine.scope.names
    finally:
        machine.scope, machine.is_class_body = outer, before
    made = machine.language.class_of_fields(node.name, bases, names)
    if made is not None:
        return made
    made = ClassValue(node.name, bases, names)
    for value in names.values():
        if isinstance(value, Closure):
            value.owner = made
            if value.scope.around is outer:
                value.scope = machine.scope
        elif isinstance(value, Object) and hasattr(value, "adopt"):
            value.adopt(made)
    return made


def spread(machine: Any, node: tree.Spread) -> None:
    """`*a` where there is nothing that it could be spread into."""
    machine.at(node)
    raise Raised("SyntaxError", "can't use starred expression here")


def declare(machine: Any, node: tree.Declare) -> None:
    """A name that is said to be there: a field, if it stands in a class."""
    if machine.is_class_body:
        machine.scope.names.setdefault("__fields__", {})[node.name] = None


def outer(machine: Any, node: tree.Outer) -> None:
    """`global` and `nonlocal`."""
    for word in node.names:
        around: Any = None if node.whole else machine.scope.around
        holding = None if around is None else around.holding(word)
        machine.scope.outer[word] = holding or machine.top


def import_(machine: Any, node: tree.Import) -> None:
    """`import`, and `from … import …`."""
    for word, own in node.pairs:
        if node.module == "__future__":
            continue
        if word == "*":
            machine.within(node, lambda: machine.language.import_all(node.module))
            continue
        path = f"{node.module}.{word}" if word else node.module
        value = machine.within(
            node,
            lambda: machine.language.imported(node.module, word) if word else machine.module(path),  # noqa: B023
        )
        machine.bind(own, value)


HANDLERS: dict[type, Callable[[Any, Any], Any]] = {
    tree.Constant: lambda _machine, node: node.value,
    tree.Name: name,
    tree.Formatted: formatted,
    tree.Format: layout,
    tree.Items: items,
    tree.Mapping: mapping,
    tree.Unary: unary,
    tree.Binary: binary,
    tree.Compare: compare,
    tree.Logical: logical,
    tree.Choice: choice,
    tree.Call: call,
    tree.Attribute: attribute,
    tree.Subscript: subscript,
    tree.Slice: slice_,
    tree.Function: function,
    tree.Comprehension: comprehension,
    tree.Assigning: assigning,
    tree.Block: block,
    tree.Expression: expression,
    tree.Assign: assign,
    tree.Augmented: augmented,
    tree.If: if_,
    tree.While: while_,
    tree.For: for_,
    tree.With: with_,
    tree.Try: try_,
    tree.Raise: raise_,
    tree.Return: return_,
    tree.Leave: lambda _machine, node: BREAK if node.word == "break" else CONTINUE,
    tree.Spread: spread,
    tree.Declare: declare,
    tree.Pass: lambda _machine, _node: None,
    tree.Assert: assert_,
    tree.Delete: delete,
    tree.Define: define,
    tree.Class: class_,
    tree.Outer: outer,
    tree.Import: import_,
}
"""What walks each kind of node."""

"""Walks the expressions of the common tree: the value that each kind of node gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import GradcliError
from gradcli.snippets import tree
from gradcli.snippets.errors import Raised
from gradcli.snippets.limits import joined
from gradcli.snippets.values import MISSING, Array, Closure, Object, Scope
from gradcli.snippets.walk.lazy import Lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
    return joined([machine.evaluate(part) for part in node.parts])


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
            values += machine.items(machine.evaluate(item.value))
        else:
            values.append(machine.evaluate(item))
    return machine.within(node, lambda: _made(machine, node.kind, values))


def _made(machine: Any, kind: str, values: list[Any]) -> Any:
    """A list, a tuple or a set of values."""
    if kind == "list":
        return values
    return tuple(values) if kind == "tuple" else {machine.language.key(value) for value in values}


def mapping(machine: Any, node: tree.Mapping) -> dict[Any, Any]:
    """A dict."""
    pairs: dict[Any, Any] = {}
    for key, value in node.pairs:
        if key is None:
            pairs.update(machine.evaluate(value))
        else:
            own = machine.evaluate(key)
            own = machine.within(key, lambda: machine.language.key(own))  # noqa: B023
            pairs[own] = machine.evaluate(value)
    return pairs


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
    span = machine.at(node)
    try:  # as `machine.within` does, without a function made for each operator
        return machine.language.binary(node.op, left, right)
    except GradcliError as error:
        error.span = error.span or span
        raise
    except machine.unforeseen_kinds as error:
        raise machine.unforeseen(span, error) from error


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
            args += machine.items(value)
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
    if isinstance(value, Object) and hasattr(value, "item"):
        return value.item(key)
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
    over = _iterated(machine, node.clauses[0])
    if node.kind == "generator":
        return Lazy("generator", _lazily(machine, node, over), (over,))
    outer = machine.scope
    machine.scope = Scope(outer)
    try:
        turns = _turns(machine, node.clauses, over)
        if node.kind == "dict":
            assert node.value is not None
            key = machine.language.key
            return {
                key(machine.evaluate(node.element)): machine.evaluate(node.value) for _ in turns
            }
        values = [machine.evaluate(node.element) for _ in turns]
    finally:
        machine.scope = outer
    return machine.within(node, lambda: _made(machine, node.kind, values))


def _lazily(machine: Any, node: tree.Comprehension, over: Iterator[Any]) -> Iterator[Any]:
    """The values of a comprehension that is one of a generator, each when it is asked for."""
    scope = Scope(machine.scope)
    turns = _turns(machine, node.clauses, over)
    while True:
        outer, machine.scope = machine.scope, scope
        try:
            if next(turns, MISSING) is MISSING:
                return
            value = machine.evaluate(node.element)
        finally:
            machine.scope = outer
        yield value


def _iterated(machine: Any, clause: tree.Clause) -> Iterator[Any]:
    over = machine.evaluate(clause.iterable)
    return machine.within(clause.iterable, lambda: machine.iterate(over))


def _turns(machine: Any, clauses: tuple[tree.Clause, ...], over: Iterator[Any]) -> Iterator[bool]:
    """Binds the targets of clauses, turn by turn; the first goes over these values."""
    first, *others = clauses
    for value in over:
        machine.step(first)
        machine.assign(first.target, value)
        if all(decide(machine, condition) for condition in first.conditions):
            if others:
                yield from _turns(machine, tuple(others), _iterated(machine, others[0]))
            else:
                yield True


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


def spread(machine: Any, node: tree.Spread) -> None:
    """`*a` where there is nothing that it could be spread into."""
    machine.at(node)
    raise Raised("SyntaxError", "can't use starred expression here")


EXPRESSIONS: dict[type, Callable[[Any, Any], Any]] = {
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
    tree.Spread: spread,
}
"""What walks each kind of expression."""

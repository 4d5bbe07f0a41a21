"""Walks the statements of the common tree: what each kind of node does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import GradcliError, LimitError
from gradcli.snippets import tree
from gradcli.snippets.errors import Raised, Refusal, kinds_of
from gradcli.snippets.values import ClassValue, Closure, ExceptionValue, Kind, Object, Scope
from gradcli.snippets.walk.expressions import decide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Returned:
    """What ends a function: its value."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


BREAK, CONTINUE = "break", "continue"


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


def repeated(
    machine: Any, body: tree.Tree, turns: Iterator[None], after: tree.Tree | None = None
) -> Any:
    """A body, for each turn that begins; what stands `after` follows where no break ended it."""
    for _ in turns:
        signal = machine.evaluate(body)
        if signal is BREAK:
            return None
        if signal is not None and signal is not CONTINUE:
            return signal
    return None if after is None else machine.evaluate(after)


def while_(machine: Any, node: tree.While) -> Any:
    """`while`, and the loops of JavaScript that are one."""

    def turns() -> Iterator[None]:
        checks = node.first
        while not checks or decide(machine, node.condition):
            checks = True
            machine.step(node)
            yield
            if node.step is not None:
                machine.evaluate(node.step)

    return repeated(machine, node.body, turns(), node.after)


def for_(machine: Any, node: tree.For) -> Any:
    """`for target in iterable`."""
    iterable = machine.evaluate(node.iterable)
    values = machine.within(node.iterable, lambda: machine.iterate(iterable))
    return repeated(machine, node.body, over(machine, node, values), node.after)


def over(machine: Any, node: tree.For, values: Iterable[Any]) -> Iterator[None]:
    """The turns of a `for` over values."""
    for value in values:
        machine.step(node)
        machine.assign(node.target, value)
        yield


def with_(machine: Any, node: tree.With) -> Any:
    """`with manager as target`."""
    manager = machine.evaluate(node.manager)
    enter, leave = machine.within(node.manager, lambda: machine.language.managed(manager))
    value = machine.within(node.manager, enter)
    if node.target is not None:
        machine.assign(node.target, value)
    try:
        signal = machine.evaluate(node.body)
    except GradcliError as error:
        if is_final(error) or not leave(error):
            raise
        return None
    leave(None)
    return signal


def try_(machine: Any, node: tree.Try) -> Any:
    """`try`; what `finally` returns, or goes on with, stands for all that was before."""
    if node.final is None:
        return _tried(machine, node)
    try:
        signal = _tried(machine, node)
    except GradcliError as error:
        if is_final(error):
            raise
        last = machine.evaluate(node.final)
        if last is None:
            raise
        return last
    last = machine.evaluate(node.final)
    return signal if last is None else last


def is_final(error: GradcliError) -> bool:
    """Whether an error ends the snippet, whatever that has for such a case."""
    is_ours = error.status == 70 or error.kind in ("timeout", "internal")
    return is_ours or isinstance(error, (LimitError, Refusal))


def _tried(machine: Any, node: tree.Try) -> Any:
    scope, calls = machine.scope, machine.calls
    try:
        signal = machine.evaluate(node.body)
    except GradcliError as error:
        machine.scope, machine.calls = scope, calls
        if is_final(error):
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


STATEMENTS: dict[type, Callable[[Any, Any], Any]] = {
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
    tree.Declare: declare,
    tree.Pass: lambda _machine, _node: None,
    tree.Assert: assert_,
    tree.Delete: delete,
    tree.Define: define,
    tree.Class: class_,
    tree.Outer: outer,
    tree.Import: import_,
}
"""What walks each kind of statement."""

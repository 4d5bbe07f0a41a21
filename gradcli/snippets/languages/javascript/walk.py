"""Walks what JavaScript has beside the common tree, or means otherwise."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gradcli.snippets import tree
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.languages.javascript import tree as own
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.limits import joined
from gradcli.snippets.values import ClassValue, Closure, Scope, Wrapped
from gradcli.snippets.walk.expressions import decide
from gradcli.snippets.walk.statements import BREAK, CONTINUE, Returned, repeated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcli.errors import GradcliError

FIXED = "%const"
"""Where a scope keeps the names that are constant; no snippet can write it."""

BODY = "%body"
"""What a scope has that is a function's own."""


# --- names --------------------------------------------------------------------------------------


def declare(machine: Any, node: own.Declare) -> None:
    """`const`, `let`, `var`."""
    for target, tree_ in node.pairs:
        value = UNDEFINED if tree_ is None else machine.evaluate(tree_)
        if node.word == "var":
            declare_var(machine, target, value, is_given=tree_ is not None)
            continue
        machine.within(node, partial(machine.assign, target, value))
        if node.word == "const":
            fix(machine.scope, target)


def declare_var(machine: Any, target: tree.Tree, value: Any, is_given: bool) -> None:
    """`var`: names of the function, wherever in it they stand."""
    inner, scope = machine.scope, machine.scope
    while scope.around is not None and BODY not in scope.names:
        scope = scope.around
    if not is_given and isinstance(target, tree.Name) and target.id in scope.names:
        return
    machine.scope = scope
    try:
        machine.within(target, lambda: machine.assign(target, value))
    finally:
        machine.scope = inner


def fix(scope: Scope, target: Any) -> None:
    """Names that cannot be assigned from now on."""
    names = scope.names.setdefault(FIXED, set())
    stack = [target]
    while stack:
        part = stack.pop()
        if isinstance(part, tree.Name):
            names.add(part.id)
        elif isinstance(part, (tree.Items, tree.Mapping)):
            stack += part.items if isinstance(part, tree.Items) else [v for _, v in part.pairs]
        elif isinstance(part, (tree.Spread, own.Defaulted)):
            stack.append(part.value if isinstance(part, tree.Spread) else part.target)


# --- expressions --------------------------------------------------------------------------------


def template(machine: Any, node: own.Template) -> str:
    """A template literal."""
    language, texts = machine.language, []
    for part in node.parts:
        value = machine.evaluate(part)
        texts.append(value if isinstance(value, str) else language.text(value))
    return joined(texts)


def mapping(machine: Any, node: tree.Mapping) -> dict[str, Any]:
    """An object."""
    pairs: dict[str, Any] = {}
    for key, value in node.pairs:
        if key is None:
            pairs.update(machine.language.properties(machine.evaluate(value)))
        else:
            pairs[property_name(machine, key)] = machine.evaluate(value)
    return pairs


def property_name(machine: Any, key: tree.Tree) -> str:
    """The name of a property."""
    value = machine.evaluate(key.value if isinstance(key, own.Key) else key)
    return value if isinstance(value, str) else machine.language.text(value)


def sequence(machine: Any, node: own.Sequence) -> Any:
    """`(a, b)`."""
    value = None
    for item in node.items:
        value = machine.evaluate(item)
    return value


def unary(machine: Any, node: tree.Unary) -> Any:
    """An operator before its operand."""
    if node.op == "typeof":
        return machine.language.kind_of(maybe(machine, node.operand))
    if node.op == "void":
        machine.evaluate(node.operand)
        return UNDEFINED
    if node.op == "delete":
        machine.within(node, lambda: machine.language.delete(node.operand))
        return True
    operand = machine.evaluate(node.operand)
    if node.op == "not":
        return not machine.truth(operand)
    return machine.within(node, lambda: machine.language.unary(node.op, operand))


def maybe(machine: Any, node: tree.Tree) -> Any:
    """The value of an expression; of a name that there is not, undefined."""
    try:
        return machine.evaluate(node)
    except Raised as error:
        if isinstance(node, tree.Name) and error.type_name == "ReferenceError":
            return UNDEFINED
        raise


def step(machine: Any, node: own.Step) -> float:
    """`i++`."""
    number = machine.language.number(machine.evaluate(node.target))
    after = number + node.by
    machine.within(node, lambda: machine.assign(node.target, after, binds=False))
    return number if node.before else after


def keys(machine: Any, node: own.Keys) -> list[str]:
    """What `for … in` goes over."""
    return machine.language.keys(machine.evaluate(node.value))


def await_(machine: Any, node: own.Await) -> Any:
    """`await value`."""
    value = machine.evaluate(node.value)
    return machine.within(node, lambda: machine.language.loop.wait(value))


def promised(machine: Any, node: own.Promised) -> Returned:
    """The body of a function that is `async`, in the scope of its call."""
    scope = machine.scope

    def run() -> Any:
        machine.scope = scope
        signal = machine.block(node.body)
        return signal.value if isinstance(signal, Returned) else UNDEFINED

    return Returned(machine.language.loop.promised(node, run))


# --- statements ---------------------------------------------------------------------------------


class Left:
    """What `break label` and `continue label` give to the statements around them."""

    __slots__ = ("label", "word")

    def __init__(self, word: str, label: str) -> None:
        self.word = word
        self.label = label


def counting(machine: Any, node: own.Counting) -> Any:
    """`for (let i = 0; …)`: each turn has its own names, which the next one gets copies of."""
    outer = machine.scope
    machine.scope = Scope(outer)

    def turns() -> Iterator[None]:
        while node.condition is None or decide(machine, node.condition.value):  # type: ignore[attr-defined]
            machine.step(node)
            yield
            names = machine.scope.names
            machine.scope = Scope(outer)
            machine.scope.names.update(names)
            if node.step is not None:
                machine.evaluate(node.step)

    try:
        if node.first is not None:
            machine.evaluate(node.first)
        return repeated(machine, node.body, turns())
    finally:
        machine.scope = outer


def labelled(machine: Any, node: own.Labelled) -> Any:
    """`label: statement`: what leaves by this label ends here, or goes on with the loop."""
    signal = machine.evaluate(node.body)
    if not isinstance(signal, Left) or signal.label != node.label:
        return signal
    if node.within:
        return CONTINUE if signal.word == "continue" else signal
    return None


def switch(machine: Any, node: own.Switch) -> Any:
    """`switch`: from the case that is meant on, to a `break`."""
    value, outer = machine.evaluate(node.value), machine.scope
    machine.scope = Scope(outer)
    try:
        for _, block in node.cases[_chosen(machine, node, value) :]:
            signal = machine.block(block)
            if signal is not None:
                return None if signal is BREAK else signal
    finally:
        machine.scope = outer
    return None


def _chosen(machine: Any, node: own.Switch, value: Any) -> int:
    """The number of the case that is meant; behind all where there is none."""
    for i, (case, _) in enumerate(node.cases):
        if case is not None and machine.language.identical(machine.evaluate(case), value):
            return i
    others = [i for i, (case, _) in enumerate(node.cases) if case is None]
    return others[0] if others else len(node.cases)


def class_(machine: Any, node: own.ClassBody) -> ClassValue:
    """A class."""
    bases = []
    if node.base is not None:
        base = machine.evaluate(node.base)
        bases = [machine.within(node.base, lambda: machine.language.base(base))]
    made = ClassValue(node.name, bases, {"%fields": [], "%scope": machine.scope})
    for member in node.members:
        define_member(machine, made, member)
    return made


def define_member(machine: Any, of: ClassValue, member: own.Member) -> None:
    """One member of a class."""
    name = property_name(machine, member.key)
    if member.kind == "field" and not member.is_static:
        of.names["%fields"].append((name, member.value))
        return
    value = UNDEFINED if member.value is None else machine.evaluate(member.value)
    if isinstance(value, Closure) and member.kind != "field":
        value.owner = of
    how = f"static {member.kind}" if member.is_static else member.kind
    if how in ("get", "set") and isinstance(of.names.get(name), Wrapped):
        of.names[name].function[how] = value
    elif how in ("get", "set"):
        of.names[name] = Wrapped("accessor", {how: value})
    elif how in ("static get", "static set"):
        raise Refusal(f"`{how}` is not part of the subset", help="write a static method")
    else:
        of.names[name] = Wrapped("static", value) if member.is_static else value


def import_(machine: Any, node: tree.Import) -> None:
    """`import`: a module under a name, or names of it."""
    module = machine.within(node, lambda: machine.language.module(node.module))
    for word, name in node.pairs:
        value = module
        if word and word != "default":
            value = machine.within(node, partial(machine.attribute, module, word))
        machine.bind(name, value)


def throw(machine: Any, node: tree.Raise) -> None:
    """`throw value`."""
    value = machine.evaluate(node.value)
    error: GradcliError = machine.language.raised(value)
    error.span = machine.at(node)
    raise error


HANDLERS: dict[type, Callable[[Any, Any], Any]] = {
    own.Declare: declare,
    own.Template: template,
    own.Sequence: sequence,
    own.Step: step,
    own.Keys: keys,
    own.Await: await_,
    own.Promised: promised,
    own.Counting: counting,
    own.Switch: switch,
    own.Labelled: labelled,
    own.LeaveLabelled: lambda _machine, node: Left(node.word, node.label),
    own.ClassBody: class_,
    tree.Mapping: mapping,
    tree.Unary: unary,
    tree.Import: import_,
    tree.Raise: throw,
    tree.Pass: lambda _machine, _node: None,
}
"""What walks each kind of node."""

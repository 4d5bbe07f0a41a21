"""Statements, functions and classes of JavaScript: what the rules of its grammar make of them.

Each function is named in `grammars/tfjs.lark`, and gets the children of its rule: words, nodes, and
lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets import tree
from gradcli.snippets.languages.javascript import tree as own
from gradcli.snippets.languages.javascript.expressions import (
    Listed,
    key_name,
    make,
    name,
    named,
    pattern,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


# --- blocks -------------------------------------------------------------------------------------


def hoisted(statements: list[Any]) -> tuple[Any, ...]:
    """Statements with the functions that they define before all others."""
    functions = [s for s in statements if _is_function(s)]
    if not functions:
        return tuple(statements)
    return (*functions, *(s for s in statements if not _is_function(s)))


def _is_function(statement: Any) -> bool:
    return isinstance(statement, tree.Define) and isinstance(statement.value, tree.Function)


def program(statements: list[Any] | None = None) -> tree.Block:
    """The whole snippet."""
    statements = statements or []
    end = statements[-1].end if statements else 0
    return tree.Block(0, end, hoisted(statements), False)


def block(opening: Any, statements: list[Any], closing: Any) -> tree.Block:
    """`{ … }`."""
    return make(tree.Block, opening, closing, hoisted(statements), True)


def empty_block(opening: Any, closing: Any) -> tree.Block:
    """`{}`."""
    return make(tree.Block, opening, closing, (), True)


def within(opening: Any, node: Any, closing: Any) -> Any:
    """An expression in brackets, which now begins and ends with them."""
    del opening, closing
    return node


# --- statements ---------------------------------------------------------------------------------


def nothing(semicolon: Any) -> tree.Pass:
    """An empty statement."""
    return make(tree.Pass, semicolon, semicolon)


def expression(value: Any, _semicolon: Any) -> tree.Expression:
    """An expression that stands by itself."""
    return make(tree.Expression, value, value, value, False)


def declared(declaration_: Any, _semicolon: Any) -> Any:
    """A declaration as a statement."""
    return declaration_


def imported(word: Any, _semicolon: Any) -> tree.Import:
    """`import * as tf from "…"`, and the other forms of imports."""
    parts = word.value
    pairs = [("", parts[name]) for name in ("default", "all") if parts[name]]
    for item in (parts["names"] or "").split(","):
        if item.strip():
            name, _, alias = item.strip().partition(" as ")
            pairs.append((name.strip(), (alias or name).strip()))
    return make(tree.Import, word, word, parts["module"], tuple(pairs))


def define(word: Any, name_: Any, parameters: Listed, body: Any) -> tree.Define:
    """`function name(…) { … }`."""
    body = produced(word, body)
    function_ = _function(word, name_.value, parameters.items, body, is_method=True)
    return make(tree.Define, word, body, name_.value, function_, ())


def define_async(word: Any, function_: Any, name_: Any, parameters: Any, body: Any) -> tree.Define:
    """`async function name(…) { … }`."""
    return define(word, name_, parameters, later(function_, body))


def define_class(class__: Any) -> tree.Define:
    """`class Name { … }`."""
    return make(tree.Define, class__, class__, class__.name, class__, ())


def if_(word: Any, condition: Any, body: Any) -> tree.If:
    """`if`."""
    return make(tree.If, word, body, condition, body, None)


def if_else(word: Any, condition: Any, body: Any, _else: Any, other: Any) -> tree.If:
    """`if … else`."""
    return make(tree.If, word, other, condition, body, other)


def looped(finish: Callable[[Any], Any], body: Any) -> Any:
    """A loop with its body."""
    return finish(body)


def while_(word: Any, condition: Any) -> Callable[[Any], Any]:
    """`while (…)`."""
    return lambda body: make(tree.While, word, body, condition, body, None, None, True)


def do_while(word: Any, body: Any, _while: Any, condition: Any, end: Any) -> tree.While:
    """`do … while (…)`."""
    return make(tree.While, word, end, condition, body, None, None, False)


def labelled(label: Any, _colon: Any, statement: Any) -> own.Labelled:
    """`outer: for (…) …`: what is left by its label, and whose turns are."""
    body = getattr(statement, "body", None)
    if isinstance(statement, (tree.While, tree.For, own.Counting)):
        statement.body = make(own.Labelled, body, body, label.value, body, True)
    return make(own.Labelled, label, statement, label.value, statement, False)


TURN = "%turn"
"""The name of what a turn of a loop is about, which no snippet can write."""


def _for(
    word: Any, keyword: str, target: Any, iterable: Any, *, waits: bool = False
) -> Callable[[Any], Any]:
    """A loop over items; each turn has names of its own."""
    item = make(tree.Name, target, target, TURN)
    value = make(own.Await, target, target, item) if waits else item
    bind: Any = (
        make(own.Declare, target, target, keyword, ((pattern(target), value),))
        if keyword
        else make(tree.Assign, target, target, (target,), value, False)
    )

    def finish(body: Any) -> Any:
        inner = make(tree.Block, body, body, (bind, body), True)
        loop = make(tree.For, word, body, item, iterable, inner, None)
        return make(tree.Block, word, body, (loop,), True)

    return finish


def for_of(word: Any, _o: Any, let: Any, target: Any, _of: Any, items: Any, _c: Any) -> Any:
    """`for (const x of items)`."""
    return _for(word, let.value, target, items)


def for_await(
    word: Any, _await: Any, _o: Any, let: Any, target: Any, _of: Any, items: Any, _c: Any
) -> Any:
    """`for await (const x of items)`."""
    return _for(word, let.value, target, items, waits=True)


def for_in(word: Any, _o: Any, let: Any, target: Any, _in: Any, value: Any, _c: Any) -> Any:
    """`for (const key in value)`."""
    return _for(word, let.value, target, make(own.Keys, value, value, value))


def for_existing(word: Any, _o: Any, target: Any, _of: Any, items: Any, _c: Any) -> Any:
    """`for (x of items)`."""
    return _for(word, "", pattern(target), items)


def for_(
    word: Any, _o: Any, start: Any, _s: Any, condition: Any, _t: Any, step: Any, _c: Any
) -> Callable[[Any], Any]:
    """`for (let i = 0; i < n; i++)`."""
    begin = start if isinstance(start, own.Declare) else _optional(start)
    return lambda body: make(
        own.Counting, word, body, begin, _optional(condition), _optional(step), body
    )


def _optional(node: Any) -> Any:
    """An expression of the head of a loop; None for none."""
    return None if node is None else make(tree.Expression, node, node, node, False)


def absent() -> None:
    """No expression."""


def present(value: Any) -> Any:
    """An expression."""
    return value


def switch(word: Any, value: Any, _open: Any, *rest: Any) -> own.Switch:
    """`switch`."""
    cases = rest[0] if len(rest) == 2 else []
    return make(own.Switch, word, rest[-1], value, tuple(cases))


def case(word: Any, value: Any, colon: Any, statements: Any = None) -> Any:
    """`case value:`."""
    return value, make(tree.Block, word, colon, tuple(statements or ()), False)


def default(word: Any, colon: Any, statements: Any = None) -> Any:
    """`default:`."""
    return None, make(tree.Block, word, colon, tuple(statements or ()), False)


def return_nothing(word: Any, _semicolon: Any) -> tree.Return:
    """`return`."""
    return make(tree.Return, word, word, None)


def return_(word: Any, value: Any, _semicolon: Any) -> tree.Return:
    """`return value`."""
    return make(tree.Return, word, value, value)


def throw(word: Any, value: Any, _semicolon: Any) -> tree.Raise:
    """`throw value`."""
    return make(tree.Raise, word, value, value)


def leave(word: Any, _semicolon: Any) -> tree.Leave:
    """`break` and `continue`."""
    return make(tree.Leave, word, word, word.value)


def leave_labelled(word: Any, label: Any, _semicolon: Any) -> own.LeaveLabelled:
    """`break outer` and `continue outer`."""
    return make(own.LeaveLabelled, word, label, word.value, label.value)


def handler(word: Any, body: Any) -> tree.Handler:
    """`catch { … }`."""
    return make(tree.Handler, word, body, None, None, body)


def handler_of(word: Any, _o: Any, target: Any, _c: Any, body: Any) -> tree.Handler:
    """`catch (error) { … }`."""
    return make(tree.Handler, word, body, None, pattern(target), body)


def try_(word: Any, body: Any, handler_: Any) -> tree.Try:
    """`try … catch`."""
    return make(tree.Try, word, handler_, body, (handler_,), None, None)


def try_finally(word: Any, body: Any, _finally: Any, final: Any) -> tree.Try:
    """`try … finally`."""
    return make(tree.Try, word, final, body, (), None, final)


def try_all(word: Any, body: Any, handler_: Any, _finally: Any, final: Any) -> tree.Try:
    """`try … catch … finally`."""
    return make(tree.Try, word, final, body, (handler_,), None, final)


def declaration(word: Any, pairs: list[Any]) -> own.Declare:
    """`const a = 1, b = 2`."""
    last = pairs[-1][1] or pairs[-1][0]
    return make(own.Declare, word, last, word.value, tuple(pairs))


def declarator(target: Any) -> tuple[Any, None]:
    """A name without a value."""
    return pattern(target), None


def declarator_of(target: Any, _equals: Any, value: Any) -> tuple[Any, Any]:
    """A name, or a pattern, with its value."""
    target = pattern(target)
    return target, named(value, target)


# --- functions and classes ----------------------------------------------------------------------


def parameter(node: Any) -> tree.Parameter:
    """A parameter of a function."""
    if isinstance(node, tree.Spread):
        return make(tree.Parameter, node, node, pattern(node.value), None, "*", False)
    return make(tree.Parameter, node, node, pattern(node), None, "", False)


def _function(
    start: Any, label: str, parameters: Sequence[Any], body: Any, *, is_method: bool
) -> tree.Function:
    """A function; its body's names are those of its call."""
    if isinstance(body, tree.Block):
        body.scoped = False
    parts = tuple(map(parameter, parameters))
    return make(tree.Function, start, body, label, parts, body, None, is_method)


def produced(word: Any, body: Any) -> tree.Block:
    """The body of a function; that of `function*` yields."""
    if not word.value.endswith("*"):
        own_body: tree.Block = body
        return own_body
    body.scoped = False
    return make(tree.Block, body, body, (make(tree.Produced, body, body, body),), False)


def promised(body: Any) -> tree.Block:
    """The body of a function that is `async`."""
    if not isinstance(body, tree.Block):
        body = make(tree.Block, body, body, (make(tree.Return, body, body, body),), False)
    body.scoped = False
    return make(tree.Block, body, body, (make(own.Promised, body, body, body, None),), False)


def later(word: Any, body: Any) -> tree.Block:
    """The body of an `async function`; that of `async function*` yields, and may wait meanwhile."""
    return produced(word, body) if word.value.endswith("*") else promised(body)


def arrow_of(name_: Any, _arrow: Any, body: Any) -> tree.Function:
    """`x => …`."""
    return _function(name_, "", [name(name_)], body, is_method=False)


def arrow_of_none(opening: Any, _c: Any, _arrow: Any, body: Any) -> tree.Function:
    """`() => …`."""
    return _function(opening, "", [], body, is_method=False)


def arrow(opening: Any, items: Any, _c: Any, _arrow: Any, body: Any) -> tree.Function:
    """`(x, y) => …`."""
    return _function(opening, "", items, body, is_method=False)


def arrow_comma(opening: Any, items: Any, _s: Any, _c: Any, _arrow: Any, body: Any) -> Any:
    """`(x, y,) => …`."""
    return _function(opening, "", items, body, is_method=False)


def async_arrow_of(word: Any, name_: Any, _arrow: Any, body: Any) -> tree.Function:
    """`async x => …`."""
    return _function(word, "", [name(name_)], promised(body), is_method=False)


def async_arrow_of_none(word: Any, _o: Any, _c: Any, _arrow: Any, body: Any) -> tree.Function:
    """`async () => …`."""
    return _function(word, "", [], promised(body), is_method=False)


def async_arrow(word: Any, _o: Any, items: Any, _c: Any, _arrow: Any, body: Any) -> tree.Function:
    """`async (x, y) => …`."""
    return _function(word, "", items, promised(body), is_method=False)


def function(word: Any, parameters: Listed, body: Any) -> tree.Function:
    """`function (…) { … }`."""
    return _function(word, "", parameters.items, produced(word, body), is_method=True)


def named_function(word: Any, name_: Any, parameters: Listed, body: Any) -> tree.Function:
    """`function name(…) { … }` as a value."""
    body = produced(word, body)
    return _function(word, name_.value, parameters.items, body, is_method=True)


def async_function(word: Any, function_: Any, parameters: Listed, body: Any) -> Any:
    """`async function (…) { … }`."""
    return _function(word, "", parameters.items, later(function_, body), is_method=True)


def class_(word: Any, name_: Any, _open: Any, *rest: Any) -> own.ClassBody:
    """`class Name { … }`."""
    return _class(word, name_.value, None, rest)


def derived(word: Any, name_: Any, _extends: Any, base: Any, _open: Any, *rest: Any) -> Any:
    """`class Name extends Base { … }`."""
    return _class(word, name_.value, base, rest)


def _class(word: Any, label: str, base: Any, rest: Sequence[Any]) -> own.ClassBody:
    members = [m for m in rest[0] if m is not None] if len(rest) == 2 else []
    return make(own.ClassBody, word, rest[-1], label, base, tuple(members))


def no_member(_semicolon: Any) -> None:
    """A semicolon between members."""


def static(_word: Any, member: Any) -> Any:
    """A member of the class itself."""
    member.is_static = True
    return member


def method(key: Any, parameters: Listed, body: Any) -> own.Member:
    """`name(…) { … }`."""
    function_ = _function(key, key_name(key), parameters.items, body, is_method=True)
    return make(own.Member, key, body, "method", key, function_, False)


def method_async(_word: Any, key: Any, parameters: Listed, body: Any) -> own.Member:
    """`async name(…) { … }`."""
    return method(key, parameters, promised(body))


def accessor(word: Any, key: Any, parameters: Listed, body: Any) -> own.Member:
    """`get name() { … }`, `set name(value) { … }`."""
    function_ = _function(key, key_name(key), parameters.items, body, is_method=True)
    return make(own.Member, word, body, word.value, key, function_, False)


def field(key: Any, _semicolon: Any) -> own.Member:
    """`name;`."""
    return make(own.Member, key, key, "field", key, None, False)


def field_of(key: Any, _equals: Any, value: Any, _semicolon: Any) -> own.Member:
    """`name = value;`."""
    return make(own.Member, key, value, "field", key, value, False)


def object_method(key: Any, parameters: Listed, body: Any) -> tuple[Any, Any]:
    """`{name(…) { … }}`."""
    return key, _function(key, key_name(key), parameters.items, body, is_method=True)


def object_method_async(_word: Any, key: Any, parameters: Listed, body: Any) -> tuple[Any, Any]:
    """`{async name(…) { … }}`."""
    return object_method(key, parameters, promised(body))

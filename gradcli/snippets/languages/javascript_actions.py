"""What the rules of JavaScript's grammar make of their children: nodes of the common tree.

Each is named in `grammars/tfjs.lark`, and gets the children of its rule: words, nodes, and lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import ParseError
from gradcli.snippets import tree
from gradcli.snippets.errors import Refusal
from gradcli.snippets.languages import javascript_tree as own
from gradcli.snippets.languages.javascript_tree import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.errors import GradcliError


class UnreadableError(Exception):
    """What a node has in it that cannot be read."""

    def __init__(self, node: Any, error: Callable[..., GradcliError]) -> None:
        super().__init__()
        self.node = node
        self.error = error


def refused(node: Any, what: str, help_: str | None = None) -> UnreadableError:
    """Something that is not part of the subset."""
    text = f"{what} is not part of the subset"
    return UnreadableError(node, lambda span: Refusal(text, help=help_, span=span))


def mistaken(node: Any, message: str) -> UnreadableError:
    """Something that is not JavaScript."""
    return UnreadableError(node, lambda span: ParseError(message, span=span))


def make(of: type[Any], first: Any, last: Any, *parts: Any) -> Any:
    """A node from the start of one child to the end of another."""
    return of(first.start, last.end, *parts)


# --- lists --------------------------------------------------------------------------------------


def first(item: Any) -> list[Any]:
    """A list of one."""
    return [item]


def further(items: list[Any], item: Any) -> list[Any]:
    """One more."""
    items.append(item)
    return items


def another(items: list[Any], _comma: Any, item: Any) -> list[Any]:
    """One more, behind a comma."""
    items.append(item)
    return items


class Listed:
    """Items in brackets, from bracket to bracket."""

    def __init__(self, opening: Any, items: list[Any], closing: Any) -> None:
        self.start = opening.start
        self.end = closing.end
        self.items = items


def in_brackets(opening: Any, items: list[Any], *closing: Any) -> Listed:
    """Items in brackets, perhaps with a comma behind the last."""
    return Listed(opening, items, closing[-1])


def no_items(opening: Any, closing: Any) -> Listed:
    """Brackets without items."""
    return Listed(opening, [], closing)


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
    function_ = _function(word, name_.value, parameters.items, body, is_method=True)
    return make(tree.Define, word, body, name_.value, function_, ())


def define_async(word: Any, _function: Any, name_: Any, parameters: Any, body: Any) -> tree.Define:
    """`async function name(…) { … }`."""
    return define(word, name_, parameters, promised(body))


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


def named(value: Any, target: Any) -> Any:
    """A function without a name gets that of what it is assigned to."""
    if isinstance(value, tree.Function) and isinstance(target, tree.Name) and not value.name:
        value.name = target.id
    return value


# --- patterns -----------------------------------------------------------------------------------


def pattern(node: Any) -> Any:
    """An expression as what is assigned to; `(x = 1)` and `{a = 1}` have defaults."""
    if isinstance(node, (tree.Name, tree.Attribute, tree.Subscript, own.Defaulted)):
        return node
    if isinstance(node, tree.Assigning) and not node.op:
        return make(own.Defaulted, node, node, node.target, named(node.value, node.target))
    if isinstance(node, tree.Spread):
        return make(tree.Spread, node, node, pattern(node.value))
    if isinstance(node, tree.Items):
        return make(tree.Items, node, node, "list", tuple(map(_element, node.items)))
    if isinstance(node, tree.Mapping):
        pairs = tuple((key, pattern(value)) for key, value in node.pairs)
        return make(tree.Mapping, node, node, pairs)
    raise mistaken(node, "this cannot be assigned to")


def _element(node: Any) -> Any:
    """An element of a pattern; holes stay."""
    return node if isinstance(node, tree.Pass) else pattern(node)


def parameter(node: Any) -> tree.Parameter:
    """A parameter of a function."""
    if isinstance(node, tree.Spread):
        return make(tree.Parameter, node, node, pattern(node.value), None, "*", False)
    return make(tree.Parameter, node, node, pattern(node), None, "", False)


# --- functions and classes ----------------------------------------------------------------------


def _function(
    start: Any, label: str, parameters: Sequence[Any], body: Any, *, is_method: bool
) -> tree.Function:
    """A function; its body's names are those of its call."""
    if isinstance(body, tree.Block):
        body.scoped = False
    parts = tuple(map(parameter, parameters))
    return make(tree.Function, start, body, label, parts, body, None, is_method)


def promised(body: Any) -> tree.Block:
    """The body of a function that is `async`."""
    if not isinstance(body, tree.Block):
        body = make(tree.Block, body, body, (make(tree.Return, body, body, body),), False)
    body.scoped = False
    return make(tree.Block, body, body, (make(own.Promised, body, body, body, None),), False)


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
    return _function(word, "", parameters.items, body, is_method=True)


def named_function(word: Any, name_: Any, parameters: Listed, body: Any) -> tree.Function:
    """`function name(…) { … }` as a value."""
    return _function(word, name_.value, parameters.items, body, is_method=True)


def async_function(word: Any, _function_word: Any, parameters: Listed, body: Any) -> Any:
    """`async function (…) { … }`."""
    return _function(word, "", parameters.items, promised(body), is_method=True)


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


def key_name(key: Any) -> str:
    """What a method is called."""
    return str(key.value) if isinstance(key, tree.Constant) else ""


# --- names and values ---------------------------------------------------------------------------

CONSTANTS = {"true": True, "false": False, "null": None, "undefined": UNDEFINED}


def name(word: Any) -> Any:
    """A name, or one of the words that stand for a value."""
    if word.value in CONSTANTS:
        return make(tree.Constant, word, word, CONSTANTS[word.value])
    return make(tree.Name, word, word, word.value)


def number(token: Any) -> tree.Constant:
    """A number."""
    return make(tree.Constant, token, token, token.value)


def word(token: Any) -> tree.Constant:
    """The name of a property."""
    return make(tree.Constant, token, token, token.value)


def text(token: Any) -> tree.Constant:
    """A text."""
    return make(tree.Constant, token, token, token.value)


def computed(opening: Any, value: Any, closing: Any) -> own.Key:
    """`[key]`."""
    return make(own.Key, opening, closing, value)


def template_start(head: Any, value: Any) -> list[Any]:
    """The first text and value of a template literal."""
    return [head, value]


def template_more(parts: list[Any], middle: Any, value: Any) -> list[Any]:
    """One more text and value."""
    return [*parts, middle, value]


def template(parts: list[Any], tail: Any) -> own.Template:
    """A template literal."""
    items = [p if isinstance(p, tree.Tree) else text(p) for p in [*parts, tail]]
    return make(own.Template, parts[0], tail, tuple(items))


def empty_array(opening: Any, closing: Any) -> tree.Items:
    """`[]`."""
    return make(tree.Items, opening, closing, "list", ())


def array(opening: Any, items: list[Any], closing: Any) -> tree.Items:
    """`[a, ...b]`."""
    return make(tree.Items, opening, closing, "list", tuple(items))


def array_comma(opening: Any, items: list[Any], _comma: Any, closing: Any) -> tree.Items:
    """`[a, b,]`."""
    return array(opening, items, closing)


def hole(token: Any) -> tree.Pass:
    """A place of an array that is left out."""
    return make(tree.Pass, token, token)


def spread(dots: Any, value: Any) -> tree.Spread:
    """`...a`."""
    return make(tree.Spread, dots, value, value)


def empty_object(opening: Any, closing: Any) -> tree.Mapping:
    """`{}`."""
    return make(tree.Mapping, opening, closing, ())


def object_(opening: Any, properties: list[Any], *closing: Any) -> tree.Mapping:
    """`{a: 1, b, ...c}`."""
    return make(tree.Mapping, opening, closing[-1], tuple(properties))


def shorthand(token: Any) -> tuple[Any, Any]:
    """`{a}`."""
    return word(token), name(token)


def shorthand_default(token: Any, _equals: Any, value: Any) -> tuple[Any, Any]:
    """`{a = 1}`, in patterns."""
    return word(token), make(own.Defaulted, token, value, name(token), value)


def pair(key: Any, _colon: Any, value: Any) -> tuple[Any, Any]:
    """`{a: 1}`."""
    if isinstance(value, tree.Function) and not value.name:
        value.name = key_name(key)
    return key, value


def object_method(key: Any, parameters: Listed, body: Any) -> tuple[Any, Any]:
    """`{name(…) { … }}`."""
    return key, _function(key, key_name(key), parameters.items, body, is_method=True)


def object_method_async(_word: Any, key: Any, parameters: Listed, body: Any) -> tuple[Any, Any]:
    """`{async name(…) { … }}`."""
    return object_method(key, parameters, promised(body))


def property_spread(dots: Any, value: Any) -> tuple[None, Any]:
    """`{...other}`."""
    del dots
    return None, value


# --- operators ----------------------------------------------------------------------------------


def sequence(before: Any, _comma: Any, value: Any) -> own.Sequence:
    """`a, b`."""
    items = before.items if isinstance(before, own.Sequence) else (before,)
    return make(own.Sequence, before, value, (*items, value))


def assigned(target: Any, _equals: Any, value: Any) -> tree.Assigning:
    """`target = value`."""
    target = pattern(target)
    return make(tree.Assigning, target, value, target, "", named(value, target), False)


def augmented(target: Any, sign: Any, value: Any) -> tree.Assigning:
    """`target += value`."""
    if not isinstance(target, (tree.Name, tree.Attribute, tree.Subscript)):
        raise mistaken(target, "this cannot be assigned to")
    op = sign.value[:-1]
    if op in LOGICAL:
        left = make(tree.Logical, target, value, LOGICAL[op], (target, value))
        return make(tree.Assigning, target, value, target, "", left, False)
    return make(tree.Assigning, target, value, target, op, value, False)


def choice(chain: list[Any], _q: Any, value: Any, _colon: Any, other: Any) -> tree.Choice:
    """`condition ? value : other`."""
    condition = climbed(chain)
    return make(tree.Choice, condition, other, condition, value, other)


LOGICAL = {"&&": "and", "||": "or", "??": "??"}
COMPARING = frozenset("=== !== == != < > <= >= in instanceof".split())
BINDING = {
    op: level
    for level, ops in enumerate(
        ["??", "||", "&&", "|", "^", "&", "=== !== == !=", "< > <= >= in instanceof",
         "<< >> >>>", "+ -", "* / %", "**"]
    )
    for op in ops.split()
}  # fmt: skip
"""How tightly operators bind."""


def longer(chain: list[Any], sign: Any, operand: Any) -> list[Any]:
    """One more operator, and its operand."""
    chain += (sign, operand)
    return chain


def climbed(chain: list[Any]) -> Any:
    """The tree of a chain of operators and operands."""
    operands: list[Any] = [chain[0]]
    signs: list[str] = []
    for sign, operand in zip(chain[1::2], chain[2::2], strict=True):
        level = BINDING[sign.value]
        while signs and _binds(signs[-1], level):
            _join(operands, signs.pop())
        signs.append(sign.value)
        operands.append(operand)
    while signs:
        _join(operands, signs.pop())
    return operands[0]


def _binds(op: str, level: int) -> bool:
    """Whether an operator comes before one of this level that stands to its right."""
    return BINDING[op] > level or (BINDING[op] == level and op != "**")


def _join(operands: list[Any], op: str) -> None:
    """Makes one of the last two operands."""
    right, left = operands.pop(), operands.pop()
    if op in LOGICAL:
        node = make(tree.Logical, left, right, LOGICAL[op], (left, right))
    elif op in COMPARING:
        node = make(tree.Compare, left, right, (op,), (left, right))
    else:
        node = make(tree.Binary, left, right, op, left, right)
    operands.append(node)


def unary(sign: Any, operand: Any) -> Any:
    """An operator before its operand."""
    op = "not" if sign.value == "!" else sign.value
    return make(tree.Unary, sign, operand, op, operand)


def before(sign: Any, operand: Any) -> own.Step:
    """`++i`."""
    return make(own.Step, sign, operand, pattern(operand), float(sign.value[0] + "1"), False)


def after(operand: Any, sign: Any) -> own.Step:
    """`i++`."""
    return make(own.Step, operand, sign, pattern(operand), float(sign.value[0] + "1"), True)


def await_(word_: Any, value: Any) -> own.Await:
    """`await value`."""
    return make(own.Await, word_, value, value)


def attribute(value: Any, _dot: Any, token: Any) -> tree.Attribute:
    """`x.name`."""
    return make(tree.Attribute, value, token, value, token.value, False)


def maybe_attribute(value: Any, _dot: Any, token: Any) -> tree.Attribute:
    """`x?.name`."""
    return make(tree.Attribute, value, token, value, token.value, True)


def subscript(value: Any, _o: Any, key: Any, closing: Any) -> tree.Subscript:
    """`x[key]`."""
    return make(tree.Subscript, value, closing, value, key)


def maybe_subscript(_value: Any, mark: Any, *_rest: Any) -> Any:
    """`x?.[key]`."""
    raise refused(mark, "`?.[`", "write `?.name`, or `x && x[key]`")


def called(function_: Any, arguments: Listed) -> tree.Call:
    """`f(a, ...b)`."""
    return make(tree.Call, function_, arguments, function_, _arguments(arguments), False)


def made(word_: Any, of: Any, arguments: Listed) -> tree.Call:
    """`new Name(…)`."""
    return make(tree.Call, word_, arguments, of, _arguments(arguments), True)


def _arguments(listed: Listed) -> tuple[tree.Argument, ...]:
    return tuple(
        make(tree.Argument, item, item, None, item.value, "*")
        if isinstance(item, tree.Spread)
        else make(tree.Argument, item, item, None, item, "")
        for item in listed.items
    )

"""Expressions and patterns of JavaScript: what the rules of its grammar make of their children.

Each function is named in `grammars/tfjs.lark`, and gets the children of its rule: words, nodes, and
lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import ParseError
from gradcli.snippets import tree
from gradcli.snippets.errors import Refusal
from gradcli.snippets.languages.javascript import tree as own
from gradcli.snippets.languages.javascript.tree import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Callable

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


# --- patterns -----------------------------------------------------------------------------------


def named(value: Any, target: Any) -> Any:
    """A function without a name gets that of what it is assigned to."""
    if isinstance(value, tree.Function) and isinstance(target, tree.Name) and not value.name:
        value.name = target.id
    return value


def key_name(key: Any) -> str:
    """What a method is called."""
    return str(key.value) if isinstance(key, tree.Constant) else ""


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
        [
            "??",
            "||",
            "&&",
            "|",
            "^",
            "&",
            "=== !== == !=",
            "< > <= >= in instanceof",
            "<< >> >>>",
            "+ -",
            "* / %",
            "**",
        ]
    )
    for op in ops.split()
}
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


def yield_(word_: Any, value: Any) -> tree.Yield:
    """`yield value`, and `yield* values`."""
    return make(tree.Yield, word_, value, value, word_.value.endswith("*"))


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

"""From grammar to tree: one function for each name behind `->` in `grammars/gradcli.lark`.

Each takes the children of its rule and gives what they amount to. Of terminals, these are names,
numbers and strings of the tree; a text, its start and its end for an operator; and the offset where
it starts for any other.
"""

from __future__ import annotations

from gradcli.syntax import Mistake, targets
from gradcli.syntax.chains import operation, settle
from gradcli.syntax.tree import (
    Argument,
    Arithmetic,
    Array,
    Attribute,
    Block,
    Call,
    Choice,
    Compare,
    Dots,
    For,
    If,
    Index,
    Lambda,
    Logical,
    Number,
    Power,
    Slice,
    Tuple,
    UnaryOperation,
    ValueRows,
    While,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gradcli.syntax.chains import Chain, Operator
    from gradcli.syntax.tree import (
        Assign,
        Body,
        Define,
        DerivativeRule,
        Expression,
        Name,
        Statement,
    )

    Branches = tuple[int, list[tuple[Expression, Block]]]
    Bounds = tuple[Expression | None, Expression | None, int, int]

__all__ = ["operation", "settle"]


# Lists of anything


def one(item: Any) -> list[Any]:
    """The first of a list."""
    return [item]


def two(first: Any, _: int, second: Any) -> list[Any]:
    """The first two of a list, with a mark between them."""
    return [first, second]


def more(items: list[Any], _: int, item: Any) -> list[Any]:
    """One more, after a mark."""
    items.append(item)
    return items


def append(items: list[Any], item: Any) -> list[Any]:
    """One more, with no mark before it."""
    items.append(item)
    return items


# Chains of operators; `settle` is their end, `operation` what is no chain


def pair(first: Expression, operator: Operator, second: Expression) -> Chain:
    """`a + b`."""
    return [first, operator, second]


def pair_prefixed(
    first: Expression, operator: Operator, prefixes: list[Operator], operand: Expression
) -> Chain:
    """`a + -b`."""
    if operator[0] == "%":
        _check_percentage([first], operator, prefixes, operand)
    return [first, operator, *prefixes, operand]


def link(chain: Chain, operator: Operator, operand: Expression) -> Chain:
    """`… + b`."""
    chain += (operator, operand)
    return chain


def link_prefixed(
    chain: Chain, operator: Operator, prefixes: list[Operator], operand: Expression
) -> Chain:
    """`… + -b`."""
    if operator[0] == "%":
        _check_percentage(chain, operator, prefixes, operand)
    chain += (operator, *prefixes, operand)
    return chain


def _check_percentage(
    chain: Chain, operator: Operator, prefixes: list[Operator], operand: Any
) -> None:
    """`50% + 3`, whose sign stands as one between operands, is no remainder by +3."""
    left: Any = chain[-1]
    sign, start, end = prefixes[0]
    spaced = operator[2] < start and end < operand.start
    if len(prefixes) > 1 or left.end != operator[1] or not (spaced or sign == "+"):
        return
    before, grown = _before_share(chain)
    share, other = _shown(left), _shown(operand)
    readings = [f"{before}{share}/100 {sign} {other}", f"{before}{share} % ({sign}{other})"]
    if grown:
        readings.insert(0, f"{grown} {share}/100) {sign} {other}")
    *first, last = (f"`{reading}`" for reading in readings)
    advice = f"write {', '.join(first)}, or {last}"
    raise Mistake("`%` could be the remainder or a percentage", operator[1], operator[2], advice)


def _before_share(chain: Chain) -> tuple[str, str]:
    """The `100 + ` before the `5%` of a sum, and `100*(1 +` of 5 % more; "" twice for none."""
    operator: Any = chain[1] if len(chain) == 3 else None
    if operator is None or operator[0] not in "+-":
        return "", ""
    base, sign = _shown(chain[0]), operator[0]
    return f"{base} {sign} ", f"{base}*(1 {sign}"


def _shown(node: Any) -> str:
    """A number or a name as it is written; `…` for more."""
    return f"{node.value:.15g}" if isinstance(node, Number) else getattr(node, "id", "…")


# Expressions


def choice(
    value: Expression, _if: int, condition: Expression, _else: int, other: Expression
) -> Choice:
    """`a if c else b`."""
    return Choice(value, condition, other, value.start, other.end)


def function(head: Expression, _: int, body: Body) -> Lambda:
    """`x => body`."""
    return Lambda(targets.lambda_parameters(head), body, head.start, body.end)


def empty_tuple(start: int, close: int) -> Tuple:
    """`()`."""
    return Tuple((), start, close + 1)


def parentheses(start: int, inner: Expression, close: int) -> Expression:
    """`(a)` and `(a, b)`: the same node, now as wide as its parentheses."""
    inner.start = start
    inner.end = close + 1
    return inner


def empty_array(start: int, close: int) -> Array:
    """`[]`."""
    return Array((), start, close + 1)


def array_of_one(start: int, item: Expression, close: int) -> Array:
    """`[a]`."""
    return Array((item,), start, close + 1)


def array(start: int, inner: Tuple, close: int) -> Array:
    """`[a, b]`."""
    return Array(inner.items, start, close + 1)


def attribute(value: Expression, _: int, name: Name) -> Attribute:
    """`x.T`."""
    return Attribute(value, name.id, name.start, value.start, name.end)


def call_empty(function: Expression, _: int, close: int) -> Call:
    """`f()`."""
    return Call(function, (), function.start, close + 1)


_VALUES = frozenset((Number, UnaryOperation, Arithmetic, Power, Compare, Logical))
"""What stands in a bracket and can be no function."""


def call_of_one(function: Expression, _: int, value: Expression, *closing: int) -> Call:
    """`f(a)`, or `f(a,)`."""
    if function.__class__ in _VALUES:
        raise _no_function(function)
    argument = Argument(None, value, value.start, value.end)
    return Call(function, (argument,), function.start, closing[-1] + 1)


def call(function: Expression, _: int, arguments: list[Argument], *closing: int) -> Call:
    """`f(a, b=c)`, or `f(a, b,)`."""
    _check_keywords(arguments)
    if function.__class__ in _VALUES:
        raise _no_function(function)
    return Call(function, tuple(arguments), function.start, closing[-1] + 1)


def _no_function(value: Expression) -> Mistake:
    message = "this is a value, not a function"
    return Mistake(message, value.start, value.end, "for a product write `(…)*(…)`")


def _argument(value: Expression) -> Argument:
    return Argument(None, value, value.start, value.end)


def argument_two(first: Expression, _: int, second: Expression) -> list[Argument]:
    """`f(a, b`."""
    return [_argument(first), _argument(second)]


def argument_keyword(
    first: Expression, comma: int, name: Name, assign: int, value: Expression
) -> list[Argument]:
    """`f(a, b=c`."""
    return keyword_more([_argument(first)], comma, name, assign, value)


def argument_more(arguments: list[Argument], _: int, value: Expression) -> list[Argument]:
    """`, a`."""
    arguments.append(_argument(value))
    return arguments


def keyword(name: Name, _: int, value: Expression) -> list[Argument]:
    """`f(b=c`."""
    return [Argument(name.id, value, name.start, value.end)]


def keyword_more(
    arguments: list[Argument], _comma: int, name: Name, _assign: int, value: Expression
) -> list[Argument]:
    """`, b=c`."""
    arguments.append(Argument(name.id, value, name.start, value.end))
    return arguments


def _check_keywords(arguments: list[Argument]) -> None:
    """Named arguments stand last, each once."""
    seen: set[str] = set()
    for item in arguments:
        if item.id is None:
            if seen:
                raise Mistake("named arguments must come last", item.start, item.end)
        elif item.id in seen:
            raise Mistake(f"`{item.id}` is given twice", item.start, item.end)
        else:
            seen.add(item.id)


def index(
    value: Expression, _: int, items: list[Expression | Slice | Dots], *closing: int
) -> Index:
    """`x[i, j]`, or `x[i,]`."""
    return Index(value, tuple(items), value.start, closing[-1] + 1)


def dots(start: int) -> Dots:
    """`...`."""
    return Dots(start, start + 3)


# A slice on the way is its lower bound, its upper bound, its start and its end.


def slice_open(colon: int) -> Bounds:
    """`:`."""
    return None, None, colon, colon + 1


def slice_from(lower: Expression, colon: int) -> Bounds:
    """`a:`."""
    return lower, None, lower.start, colon + 1


def slice_to(bounds: Bounds, upper: Expression) -> Bounds:
    """`:b` and `a:b`."""
    return bounds[0], upper, bounds[2], upper.end


def slice_end(bounds: Bounds) -> Slice:
    """A slice without a step."""
    lower, upper, start, end = bounds
    return Slice(lower, upper, None, start, end)


def slice_colon(bounds: Bounds, colon: int) -> Slice:
    """A slice that ends with its second colon."""
    lower, upper, start, _ = bounds
    return Slice(lower, upper, None, start, colon + 1)


def slice_step(bounds: Bounds, _: int, step: Expression) -> Slice:
    """A slice with a step."""
    lower, upper, start, _ = bounds
    return Slice(lower, upper, step, start, step.end)


# Statements


def single(item: Expression, comma: int) -> Tuple:
    """`a,`."""
    return Tuple((item,), item.start, comma + 1)


def bare_tuple(items: list[Expression]) -> Tuple:
    """`a, b`."""
    return Tuple(tuple(items), items[0].start, items[-1].end)


def bare_tuple_comma(items: list[Expression], comma: int) -> Tuple:
    """`a, b,`."""
    return Tuple(tuple(items), items[0].start, comma + 1)


def assign(head: Expression, _: int, body: Body) -> Assign | Define:
    """`a = b` and `f(x) = b`."""
    return targets.assignment(head, body)


def augment(head: Expression, operator: Operator, value: Expression) -> Assign:
    """`a += b`."""
    return targets.augmented(head, operator[0].removesuffix("="), value)


def rule(start: int, head: Expression, _: int, body: Body) -> DerivativeRule:
    """`vjp f(x, dy) = b`."""
    return targets.rule(start, head, body)


# An `if` on the way is its start and its branches.


def if_start(start: int, condition: Expression, block: Block) -> Branches:
    """`if c { … }`."""
    return start, [(condition, block)]


def if_more(
    branches: Branches, _else: int, _if: int, condition: Expression, block: Block
) -> Branches:
    """`else if c { … }`."""
    branches[1].append((condition, block))
    return branches


def if_end(branches: Branches) -> If:
    """The end of branches without a last `else`."""
    start, pairs = branches
    return If(tuple(pairs), None, start, pairs[-1][1].end)


def if_else(branches: Branches, _: int, otherwise: Block) -> If:
    """`else { … }`."""
    start, pairs = branches
    return If(tuple(pairs), otherwise, start, otherwise.end)


def while_loop(start: int, condition: Expression, block: Block) -> While:
    """`while c { … }`."""
    return While(condition, block, start, block.end)


def for_loop(start: int, head: Expression, _in: int, iterable: Expression, block: Block) -> For:
    """`for i in x { … }`."""
    return For(targets.target(head), iterable, block, start, block.end)


def block(start: int, statements: list[Statement], *closing: int) -> Block:
    """`{ … }`, with or without a separator at the end."""
    return Block(tuple(statements), start, closing[-1] + 1)


def empty_block(start: int, close: int) -> Block:
    """`{ }`."""
    return Block((), start, close + 1)


def program(statements: list[Statement], *_: int) -> Block:
    """All statements."""
    return Block(tuple(statements), statements[0].start, statements[-1].end)


# The value of an option


def row_comma(row: list[Expression | None], _: int) -> list[Expression | None]:
    """`a, b,`: a row on the way that ends with None."""
    row.append(None)
    return row


def value(rows: list[list[Expression | None]]) -> ValueRows:
    """`a, b; c, d`."""
    comma = any(row[-1] is None for row in rows)
    items = tuple(tuple(item for item in row if item is not None) for row in rows)
    return ValueRows(items, comma, items[0][0].start, items[-1][-1].end)

"""From grammar to tree: one function for each name behind `->` in `grammars/gradcli.lark`.

Each takes the parser's stack of values, whose top holds what its alternative matched, and puts
the one value in their place that they amount to. Terminals stand on it as names, numbers and
strings of the tree; operators as their text; signs as pairs of text and offset; all others as the
offset where they start, closing brackets as the one where they end.
"""

from __future__ import annotations

from gradcli.syntax import chains, targets
from gradcli.syntax.lexer import Mistake
from gradcli.syntax.tree import (
    Argument,
    Array,
    Attribute,
    Block,
    Call,
    Choice,
    Dots,
    For,
    If,
    Index,
    Lambda,
    Rows,
    Slice,
    Tuple,
    While,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Stack = list[Any]


# Lists of anything


def one(stack: Stack) -> None:
    """The first of a list."""
    stack[-1] = [stack[-1]]


def two(stack: Stack) -> None:
    """The first two of a list, with a mark between them."""
    last = stack.pop()
    stack.pop()
    stack[-1] = [stack[-1], last]


def more(stack: Stack) -> None:
    """One more, after a mark."""
    last = stack.pop()
    stack.pop()
    stack[-1].append(last)


# Chains of operators

settle = chains.settle


def prefix(stack: Stack) -> None:
    """One more, with no mark before it."""
    last = stack.pop()
    stack[-1].append(last)


prefixed = prefix


def pair(stack: Stack) -> None:
    """`a + b`."""
    last = stack.pop()
    operator = stack.pop()
    stack[-1] = [stack[-1], operator, last]


def pair_prefixed(stack: Stack) -> None:
    """`a + -b`."""
    first, operator, prefixes, operand = stack[-4:]
    del stack[-3:]
    stack[-1] = [first, operator, *prefixes, operand]


def link(stack: Stack) -> None:
    """`… + b`."""
    operand = stack.pop()
    operator = stack.pop()
    chain = stack[-1]
    chain.append(operator)
    chain.append(operand)


def link_prefixed(stack: Stack) -> None:
    """`… + -b`."""
    operator, prefixes, operand = stack[-3:]
    del stack[-3:]
    stack[-1] += (operator, *prefixes, operand)


# Expressions


def choice(stack: Stack) -> None:
    """`a if c else b`."""
    value, _, condition, _, other = stack[-5:]
    del stack[-4:]
    stack[-1] = Choice(value, condition, other, value.start, other.end)


def function(stack: Stack) -> None:
    """`x => body`."""
    head, _, body = stack[-3:]
    del stack[-2:]
    stack[-1] = Lambda(targets.lambda_parameters(head), body, head.start, body.end)


def empty_tuple(stack: Stack) -> None:
    """`()`."""
    end = stack.pop()
    stack[-1] = Tuple((), stack[-1], end)


def parentheses(stack: Stack) -> None:
    """`(a)` and `(a, b)`: the same node, now as wide as its parentheses."""
    end = stack.pop()
    inner = stack.pop()
    inner.start = stack[-1]
    inner.end = end
    stack[-1] = inner


def empty_array(stack: Stack) -> None:
    """`[]`."""
    end = stack.pop()
    stack[-1] = Array((), stack[-1], end)


def array(stack: Stack) -> None:
    """`[a, b]`."""
    end = stack.pop()
    items = stack.pop().items
    stack[-1] = Array(items, stack[-1], end)


def array_of_one(stack: Stack) -> None:
    """`[a]`."""
    end = stack.pop()
    item = stack.pop()
    stack[-1] = Array((item,), stack[-1], end)


def attribute(stack: Stack) -> None:
    """`x.T`."""
    name = stack.pop()
    stack.pop()
    value = stack[-1]
    stack[-1] = Attribute(value, name.id, name.start, value.start, name.end)


def call_empty(stack: Stack) -> None:
    """`f()`."""
    end = stack.pop()
    stack.pop()
    callee = stack[-1]
    stack[-1] = Call(callee, (), callee.start, end)


def call(stack: Stack) -> None:
    """`f(a, b=c)`."""
    end = stack.pop()
    arguments = stack.pop()
    if len(arguments) > 1:
        _check_keywords(arguments)
    stack.pop()
    callee = stack[-1]
    stack[-1] = Call(callee, tuple(arguments), callee.start, end)


def call_comma(stack: Stack) -> None:
    """`f(a,)`."""
    del stack[-2]
    call(stack)


def argument(stack: Stack) -> None:
    """`f(a`."""
    value = stack[-1]
    stack[-1] = [Argument(None, value, value.start, value.end)]


def argument_more(stack: Stack) -> None:
    """`, a`."""
    value = stack.pop()
    stack.pop()
    stack[-1].append(Argument(None, value, value.start, value.end))


def keyword(stack: Stack) -> None:
    """`f(b=c`."""
    name, _, value = stack[-3:]
    del stack[-2:]
    stack[-1] = [Argument(name.id, value, name.start, value.end)]


def keyword_more(stack: Stack) -> None:
    """`, b=c`."""
    name, _, value = stack[-3:]
    del stack[-4:]
    stack[-1].append(Argument(name.id, value, name.start, value.end))


def _check_keywords(arguments: list[Argument]) -> None:
    """Named arguments stand last, each once."""
    seen: set[str] = set()
    for item in arguments:
        if item.id is None:
            if seen:
                raise Mistake("named arguments come last", item.start, item.end)
        elif item.id in seen:
            raise Mistake(f"`{item.id}` is given twice", item.start, item.end)
        else:
            seen.add(item.id)


def index(stack: Stack) -> None:
    """`x[i, j]`."""
    value, _, items, end = stack[-4:]
    del stack[-3:]
    stack[-1] = Index(value, tuple(items), value.start, end)


def index_comma(stack: Stack) -> None:
    """`x[i,]`."""
    del stack[-2]
    index(stack)


def dots(stack: Stack) -> None:
    """`...`."""
    stack[-1] = Dots(stack[-1], stack[-1] + 3)


# A slice on the way is the list of its lower bound, its upper bound, its start and its end.


def slice_open(stack: Stack) -> None:
    """`:`."""
    colon = stack[-1]
    stack[-1] = [None, None, colon, colon + 1]


def slice_from(stack: Stack) -> None:
    """`a:`."""
    colon = stack.pop()
    lower = stack[-1]
    stack[-1] = [lower, None, lower.start, colon + 1]


def slice_to(stack: Stack) -> None:
    """`:b` and `a:b`."""
    upper = stack.pop()
    stack[-1][1] = upper
    stack[-1][3] = upper.end


def slice_end(stack: Stack) -> None:
    """A slice without a step."""
    lower, upper, start, end = stack[-1]
    stack[-1] = Slice(lower, upper, None, start, end)


def slice_colon(stack: Stack) -> None:
    """A slice that ends with its second colon."""
    colon = stack.pop()
    lower, upper, start, _ = stack[-1]
    stack[-1] = Slice(lower, upper, None, start, colon + 1)


def slice_step(stack: Stack) -> None:
    """A slice with a step."""
    step = stack.pop()
    stack.pop()
    lower, upper, start, _ = stack[-1]
    stack[-1] = Slice(lower, upper, step, start, step.end)


# Statements


def single(stack: Stack) -> None:
    """`a,`."""
    comma = stack.pop()
    stack[-1] = Tuple((stack[-1],), stack[-1].start, comma + 1)


def bare_tuple(stack: Stack) -> None:
    """`a, b`."""
    items = stack[-1]
    stack[-1] = Tuple(tuple(items), items[0].start, items[-1].end)


def bare_tuple_comma(stack: Stack) -> None:
    """`a, b,`."""
    comma = stack.pop()
    bare_tuple(stack)
    stack[-1].end = comma + 1


def assign(stack: Stack) -> None:
    """`a = b` and `f(x) = b`."""
    head, _, body = stack[-3:]
    del stack[-2:]
    stack[-1] = targets.assignment(head, body)


def augment(stack: Stack) -> None:
    """`a += b`."""
    head, op, value = stack[-3:]
    del stack[-2:]
    stack[-1] = targets.augmented(head, op, value)


def rule(stack: Stack) -> None:
    """`vjp f(x, dy) = b`."""
    start, head, _, body = stack[-4:]
    del stack[-3:]
    stack[-1] = targets.rule(start, head, body)


def if_start(stack: Stack) -> None:
    """`if c { … }`; on the way a pair of its start and its branches."""
    start, condition, block = stack[-3:]
    del stack[-2:]
    stack[-1] = (start, [(condition, block)])


def if_more(stack: Stack) -> None:
    """`else if c { … }`."""
    condition, block = stack[-2:]
    del stack[-4:]
    stack[-1][1].append((condition, block))


def if_end(stack: Stack) -> None:
    """The end of branches without a last `else`."""
    start, branches = stack[-1]
    stack[-1] = If(tuple(branches), None, start, branches[-1][1].end)


def if_else(stack: Stack) -> None:
    """`else { … }`."""
    otherwise = stack.pop()
    stack.pop()
    start, branches = stack[-1]
    stack[-1] = If(tuple(branches), otherwise, start, otherwise.end)


def while_loop(stack: Stack) -> None:
    """`while c { … }`."""
    start, condition, block = stack[-3:]
    del stack[-2:]
    stack[-1] = While(condition, block, start, block.end)


def for_loop(stack: Stack) -> None:
    """`for i in x { … }`."""
    start, head, _, iterable, block = stack[-5:]
    del stack[-4:]
    stack[-1] = For(targets.target(head), iterable, block, start, block.end)


def block(stack: Stack) -> None:
    """`{ … }`."""
    start, statements, end = stack[-3:]
    del stack[-2:]
    stack[-1] = Block(tuple(statements), start, end)


def empty_block(stack: Stack) -> None:
    """`{ }`."""
    end = stack.pop()
    stack[-1] = Block((), stack[-1], end)


def program(stack: Stack) -> None:
    """All statements."""
    statements = stack[-1]
    stack[-1] = Block(tuple(statements), statements[0].start, statements[-1].end)


# The value of an option; a row on the way is the list of its items, last None after a comma.


def row_comma(stack: Stack) -> None:
    """`a, b,`."""
    stack.pop()
    stack[-1].append(None)


def value(stack: Stack) -> None:
    """`a, b; c, d`."""
    rows = stack[-1]
    comma = any(row[-1] is None for row in rows)
    items = tuple(tuple(item for item in row if item is not None) for row in rows)
    stack[-1] = Rows(items, comma, items[0][0].start, items[-1][-1].end)

"""The left sides of `=`, `=>`, `for` and `vjp`: expressions read as names to bind.

The grammar takes any expression there; what it means, and what is wrong with it, is told here.
"""

from __future__ import annotations

from gradcli.syntax import Doubtful, Mistake
from gradcli.syntax.names import FIXED_NAMES
from gradcli.syntax.tree import (
    Argument,
    Array,
    Assign,
    Attribute,
    Block,
    Call,
    Define,
    DerivativeRule,
    Index,
    Lambda,
    Name,
    Number,
    Parameter,
    String,
    Tree,
    Tuple,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.syntax.tree import Body, Expression, Target


def assignment(head: Expression, body: Body) -> Assign | Define:
    """`head = body`: a definition when the head looks like a call, else an assignment."""
    if isinstance(head, Call):
        name = _function_name(head)
        parameters = _parameters(head.arguments, "`f(x, y) = x*y`")
        return Define(name.id, parameters, body, name.end, head.start, body.end)
    to = target(head)
    if isinstance(body, Block):
        function = to.id if isinstance(to, Name) else "f"
        raise Mistake(
            "a block is the body of a function, not a value",
            body.start,
            body.start + 1,
            f"`{function}() = {{ … }}` defines a function without parameters",
        )
    return Assign(to, None, body, head.start, body.end)


def augmented(head: Expression, op: str, value: Expression) -> Assign:
    """`head op= value`, for a name only."""
    to = target(head)
    if not isinstance(to, Name):
        raise Mistake(
            f"`{op}=` changes one name at a time",
            head.start,
            head.end,
            f"write a statement for each name: `a {op}= …; b {op}= …`",
        )
    return Assign(to, op, value, head.start, value.end)


def rule(start: int, head: Expression, body: Body) -> DerivativeRule:
    """`vjp head = body`."""
    if not isinstance(head, Call):
        raise Mistake(
            "a derivative rule names a function and its parameters",
            head.start,
            head.end,
            "for example `vjp f(x, dy) = 2*dy`",
        )
    name = _function_name(head)
    parameters = _parameters(head.arguments, "`f(x, y) = x*y`")
    for parameter in parameters:
        if parameter.default is not None:
            message = "the parameters of a derivative rule cannot have defaults"
            raise Mistake(message, parameter.start, parameter.end)
    return DerivativeRule(name.id, parameters, body, start, body.end)


def lambda_parameters(head: Expression) -> tuple[Parameter, ...]:
    """The parameters before `=>`: a name, or names in parentheses."""
    items = head.items if isinstance(head, Tuple) else (head,)
    arguments = [Argument(None, item, item.start, item.end) for item in items]
    return _parameters(arguments, "`x => x^2` or `(x, y) => x*y`")


def target(head: Expression) -> Target:
    """Checks that a head can be assigned: a name, or a tuple of names and tuples."""
    waiting: list[Expression] = [head]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Name):
            _check_free(item.id, item)
        elif isinstance(item, Tuple) and item.items:
            waiting.extend(reversed(item.items))
        else:
            raise _unassignable(item)
    assert isinstance(head, (Name, Tuple))
    return head


def _check_free(name: str, node: Tree) -> None:
    if name in FIXED_NAMES:
        raise Mistake(f"cannot assign to the constant `{name}`", node.start, node.end)


_UNASSIGNABLE = {
    Number: ("a number", "to compare, write `==`"),
    String: ("a string", "to compare, write `==`"),
    Index: ("an element", "arrays are read-only: make a new one, with `where(…)` or `[…]`"),
    Attribute: ("an attribute", "only names can be assigned"),
    Call: ("a call", "a definition stands alone: `f(x) = …`"),
    Array: ("an array", "to unpack, write `a, b = …`"),
    Tuple: ("an empty tuple", "to unpack, write `a, b = …`"),
    Lambda: ("a function", "a body that assigns is a block: `x => { y = x; y }`"),
}


def _unassignable(item: Expression) -> Mistake:
    """What to say of an expression to the left of `=` that is no name."""
    unknown = "an expression", "to compare, write `==`"
    what, advice = _UNASSIGNABLE.get(item.__class__, unknown)
    return Doubtful(f"cannot assign to {what}", item.start, item.end, advice)


def _function_name(head: Call) -> Name:
    name = head.function
    if not isinstance(name, Name):
        raise Mistake(
            "only a plain name can be defined as a function",
            name.start,
            name.end,
            "for example `f(x) = x^2`",
        )
    _check_free(name.id, name)
    return name


def _parameters(arguments: Iterable[Argument], example: str) -> tuple[Parameter, ...]:
    """Parameters read from the arguments of a call: names, and `name=default` after them."""
    parameters: dict[str, Parameter] = {}
    for item in arguments:
        name, default = item.id, item.value if item.id else None
        if name is None:
            if not isinstance(item.value, Name):
                message = "the parameters of a function must be names"
                raise Mistake(message, item.start, item.end, f"for example {example}")
            name = item.value.id
        _check_free(name, item)
        if name in parameters:
            raise Mistake(f"the parameter `{name}` occurs twice", item.start, item.end)
        parameters[name] = Parameter(name, default, item.start, item.end)
    return tuple(parameters.values())

"""Derivatives inside the language: operators on values, on functions, `backward`, and rules."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import Notice, ProgramTypeError, ShapeError, Span
from gradcli.ir.node import WORDS, Node
from gradcli.ir.shapes import show_shape
from gradcli.lower.calls import apply_function, argument, call_closure, run_body
from gradcli.lower.expressions import stacked
from gradcli.lower.values import (
    NOTHING,
    Callable_,
    Closure,
    Derived,
    describe,
    fits,
    leaves,
    to_node,
)
from gradcli.lower.words import OF_FUNCTION, OF_VALUE
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.lower.arguments import Given
    from gradcli.lower.interpreter import Interpreter


def special(run: Interpreter, name: str, given: list[Given], node: tree.Call) -> Any:
    """A call of a word that the language itself gives a meaning."""
    if name == "print":
        return _print(run, given)
    given = _in_order(run, name, given, node)
    if name == "zero_grad":
        run.backwards.clear()
        return NOTHING
    first = argument(run, given[0])
    if isinstance(first, Callable_) and name in OF_FUNCTION:
        _check_alone(name, given)
        return of_function(run, name, first, run.span(node))
    if name == "backward":
        return _backward(run, first, given, node)
    return _of_value(run, name, first, given, node)


_FORMS = {
    "grad": ("y", "x", "dy"),
    "jacobian": ("y", "x"),
    "hessian": ("y", "x"),
    "jvp": ("y", "x", "v"),
    "vjp": ("y", "x", "u"),
    "hvp": ("y", "x", "v"),
    "backward": ("y", "dy"),
    "zero_grad": (),
    "grads": ("f",),
    "value_and_grad": ("f",),
    "value_and_grads": ("f",),
}
"""What each operator takes, in order."""


def _in_order(run: Interpreter, name: str, given: list[Given], node: tree.Call) -> list[Given]:
    """The arguments in the order of the operator's form, which named ones may not leave gaps in."""
    form = _FORMS[name]
    shown = f"{name}({', '.join(form)})"
    slots: dict[str, Given] = {}
    for i, item in enumerate(given):
        if item.name is not None and item.name not in form:
            message = f"{name} has no parameter '{item.name}'"
            raise ProgramTypeError(message, span=item.span, help=shown)
        if i >= len(form):
            raise ProgramTypeError(f"{name} gets too much", span=item.span, help=shown)
        slots[item.name or form[i]] = item
    missing = form[: len(given)] != tuple(word for word in form if word in slots)
    if missing or (form and not given):
        raise ProgramTypeError(f"{name} needs more arguments", span=run.span(node), help=shown)
    return [slots[word] for word in form if word in slots]


def _check_alone(name: str, given: list[Given]) -> None:
    """What is derived from a function gets its arguments later: `grad(f)(2)`."""
    if len(given) > 1:
        raise ProgramTypeError(
            f"{name} of a function takes the function alone",
            span=given[1].span,
            help=f"{name}(f)(x) is its derivative at x",
        )


def _results(value: Any, span: Span) -> list[Node]:
    """The nodes to differentiate: those of a value, tuples taken apart."""
    found = leaves(value)
    if not found:
        raise ProgramTypeError(f"{describe(value)} has no gradient", span=span)
    return found


# --- of a value, with respect to names ----------------------------------------------------------


def _of_value(run: Interpreter, name: str, value: Any, given: list[Given], node: tree.Call) -> Any:
    span = run.span(node)
    if name in ("grads", "value_and_grad", "value_and_grads"):
        raise ProgramTypeError(
            f"{name} takes a function", span=span, help=f"{name}(x => …), or grad(y, x)"
        )
    if len(given) < 2 or (name in OF_VALUE and len(given) < 3):
        shown = ", ".join(_FORMS[name][: 3 if name in OF_VALUE else 2])
        raise ProgramTypeError(f"{name} needs more arguments", span=span, help=f"{name}({shown})")
    xs, single = _sources(run, given[1])
    direction = [argument(run, g) for g in given[2:3]]
    run.place(span)
    ys = _results(value, given[0].span)
    return run.shaped(node, lambda: _derive(run, name, ys, xs, single, direction, span))


def _sources(run: Interpreter, given: Given) -> tuple[list[Node], bool]:
    """The values of the name, or of the tuple of names, to differentiate by."""
    names = given.tree.items if isinstance(given.tree, tree.Tuple) else (given.tree,)
    found = []
    for name in names:
        if not isinstance(name, tree.Name):
            raise ProgramTypeError(
                "a gradient is taken with respect to a name",
                span=given.span,
                help="give the value a name, or take a part of the gradient: grad(y, x)[0]",
            )
        value = run.expression(name)
        if not isinstance(value, Node):
            raise ProgramTypeError(
                f"{name.id} is {describe(value)}, not an array", span=run.span(name)
            )
        found.append(value)
    return found, not isinstance(given.tree, tree.Tuple)


def _derive(
    run: Interpreter,
    name: str,
    ys: list[Node],
    xs: list[Node],
    single: bool,
    direction: list[Any],
    span: Span,
) -> Any:
    modes = run.modes
    if name in ("grad", "vjp"):
        found: Any = gradients(run, ys, xs, span, _seeds(run, direction, ys))
    elif name == "jvp":
        tangents = _directions(run, direction[0], xs)
        moved = modes.forward(ys, xs, tangents)
        zeros = [WORDS["spread"](run.graph.constant(0.0), y.shape) for y in ys]
        out = [z if m is None else m for m, z in zip(moved, zeros, strict=True)]
        return out[0] if len(out) == 1 else tuple(out)
    elif name == "hvp":
        tangents = _directions(run, direction[0], xs)
        firsts = gradients(run, [_scalar(ys, "hvp", span)], xs, span)
        moved = modes.forward(firsts, xs, tangents)
        found = [_or_zeros(run, m, x) for m, x in zip(moved, xs, strict=True)]
    elif name == "hessian":
        y = _scalar(ys, "hessian", span)
        rows = [tuple([modes.hessian(y, a, b) for b in xs]) for a in xs]
        found = [rows[0][0]] if single else rows
    else:
        y = _one(ys, "jacobian", span)
        found = [modes.jacobian(y, x) for x in xs]
    return found[0] if single else tuple(found)


def _one(ys: list[Node], name: str, span: Span) -> Node:
    """The one array that is differentiated."""
    if len(ys) != 1:
        raise ProgramTypeError(
            f"{name} needs one array, not a tuple of {len(ys)}",
            span=span,
            help=f"{name}(y[0], x) is that of its first part",
        )
    return ys[0]


def _scalar(ys: list[Node], name: str, span: Span) -> Node:
    """The one number that is differentiated."""
    y = _one(ys, name, span)
    if y.size != 1:
        raise ShapeError(
            f"{name} needs one number, not the shape {show_shape(y.shape)}",
            span=span,
            help="take its sum, or use jacobian",
        )
    return y


def _fitted(run: Interpreter, value: Any, like: Node, what: str) -> Node:
    """A seed or tangent, which must broadcast to the shape of what it belongs to."""
    node = to_node(value, run.graph)
    if not fits(node.shape, like.shape):
        raise ShapeError(f"{what} has shape {show_shape(node.shape)}, not {show_shape(like.shape)}")
    return WORDS["spread"](node, like.shape)


def _seeds(run: Interpreter, given: list[Any], ys: list[Node]) -> list[Node] | None:
    """The seed of each y; None if there is none."""
    if not given:
        return None
    values = given[0] if isinstance(given[0], tuple) else (given[0],)
    if len(values) != len(ys):
        raise ProgramTypeError(
            f"the value is {_counted(len(ys), 'array')}, and the seed is {len(values)}"
        )
    return [_fitted(run, v, y, "the seed") for v, y in zip(values, ys, strict=True)]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"


def _directions(run: Interpreter, value: Any, xs: Sequence[Node]) -> list[Node]:
    values = value if isinstance(value, tuple) else (value,)
    if len(values) != len(xs):
        raise ProgramTypeError(
            f"{_counted(len(values), 'direction')} for {_counted(len(xs), 'name')}"
        )
    return [_fitted(run, v, x, "the direction") for v, x in zip(values, xs, strict=True)]


def _or_zeros(run: Interpreter, node: Node | None, like: Node) -> Node:
    if node is not None:
        return node
    return WORDS["spread"](run.graph.constant(0.0), like.shape)


def gradients(
    run: Interpreter,
    ys: list[Node],
    xs: Sequence[Node],
    span: Span,
    seeds: Sequence[Node] | None = None,
) -> list[Node]:
    """Gradients of the sum of ys; zeros, with a warning, where nothing depends on an x."""
    found = run.modes.reverse(ys, xs, seeds)
    if any(g is None for g in found):
        run.notices.append(
            Notice(
                "the value does not depend on what it is differentiated by: the gradient is 0",
                span=span,
            )
        )
    return [_or_zeros(run, g, x) for g, x in zip(found, xs, strict=True)]


# --- of a function ------------------------------------------------------------------------------


def of_function(run: Interpreter, name: str, function: Callable_, span: Span) -> Derived:
    """`grad(f)` and its kin: a function that gives the derivative at its arguments."""
    several = isinstance(function, Closure) and len(function.parameters) > 1
    if several and name in ("grad", "value_and_grad"):
        plural = {"grad": "grads", "value_and_grad": "value_and_grads"}[name]
        raise ProgramTypeError(
            f"{name} is for a function of one parameter", span=span, help=f"use {plural}(f)"
        )

    def derivative(*values: Any) -> Any:
        xs = [run.mark(_as_source(run, v, span), span) for v in values]
        result = apply_function(run, function, xs, span)
        run.place(span)
        ys = _results(result, span)
        if name in ("jacobian", "hessian"):
            return _derive(run, name, ys, xs, len(xs) == 1, [], span)
        found = gradients(run, ys, xs, span)
        answer = tuple(found) if name.endswith("grads") else found[0]
        return (result, answer) if name.startswith("value") else answer

    return Derived(f"{name}({function.name})", derivative)


def _as_source(run: Interpreter, value: Any, span: Span) -> Node:
    if isinstance(value, tuple) and value:
        return stacked([to_node(part, run.graph) for part in value])
    try:
        return to_node(value, run.graph)
    except ProgramTypeError as error:
        error.span = span
        raise


# --- backward -----------------------------------------------------------------------------------


def _backward(run: Interpreter, value: Any, given: list[Given], node: tree.Call) -> Any:
    """`backward(y)`: from now on `.grad` holds the gradient of `sum(y * dy)`, too."""
    ys = _results(value, given[0].span)
    direction = [argument(run, g) for g in given[1:]]
    run.place(run.span(node))
    seeds = run.shaped(node, lambda: _seeds(run, direction, ys))
    run.backwards.append((ys, seeds or [None] * len(ys)))
    return NOTHING


def accumulated(run: Interpreter, x: Node) -> Node:
    """`x.grad`: the sum of the gradients of everything that `backward` was called for."""
    return _or_zeros(run, run.accumulated(x), x)


def show(run: Interpreter, value: Any) -> str:
    """A value as `print` shows it: numbers by their shortest digits, arrays in brackets."""
    if isinstance(value, tuple):
        return f"({', '.join(show(run, part) for part in value)})"
    if not isinstance(value, Node):
        return "None" if value is None else describe(value)
    array = np.asarray(run.ask(value))
    if array.ndim == 0:
        return _digits(array[()])
    return np.array2string(array, separator=", ", formatter={"all": _digits})


def _digits(item: Any) -> str:
    """A number without `.0`, or `true` and `false`."""
    text = str(item)
    return text.lower() if isinstance(item, np.bool_) else text.removesuffix(".0")


def _print(run: Interpreter, given: list[Given]) -> Any:
    words = []
    for item in given:
        if item.name is not None:
            raise ProgramTypeError("print takes no named arguments", span=item.span)
        value = argument(run, item)
        words.append(value if isinstance(value, str) else show(run, value))
    if run.printed is not None:
        run.printed(" ".join(words))
    return NOTHING


# --- rules of the user's own --------------------------------------------------------------------


def attach_rule(run: Interpreter, node: tree.DerivativeRule) -> None:
    """`vjp f(x, dy) = …`: checked against f, and kept with it."""
    function = run.scope.find(node.id)
    if not isinstance(function, Closure):
        raise ProgramTypeError(
            f"{node.id} is no function of this program here",
            span=run.span(node),
            help=f"a rule stands after the definition: {node.id}(…) = …",
        )
    if len(node.parameters) != len(function.parameters) + 1:
        takes = ", ".join([*(p.id for p in function.parameters), "dy"])
        raise ProgramTypeError(
            f"the rule of {node.id} takes what {node.id} takes, and then the cotangent",
            span=run.span(node),
            help=f"vjp {node.id}({takes}) = …",
        )
    rule = Closure(node.id, node.parameters, node.body, run.scope, run.span(node))
    function.rule = partial(call_with_rule, rule)


def call_with_rule(
    rule: Closure, run: Interpreter, closure: Closure, names: dict[str, Any], span: Span
) -> Any:
    """A call of a function with a rule of its own: one node, differentiated by that rule."""
    arrays = [name for name, value in names.items() if isinstance(value, Node)]
    inputs = [names[name] for name in arrays]
    value = run_body(run, closure, names, span)
    if not isinstance(value, Node):
        raise ProgramTypeError(
            f"{closure.name} has a rule and must give one array, not {describe(value)}", span=span
        )

    def cotangents(primals: Sequence[Node], g: Node) -> list[Node]:
        given = {**names, **dict(zip(arrays, primals, strict=True))}
        return _run_rule(run, rule, given, g, span)

    node: Node = run.modes.ruled(closure.name, value, inputs, cotangents)
    return node


def _run_rule(
    run: Interpreter, rule: Closure, given: dict[str, Any], g: Node, span: Span
) -> list[Node]:
    """The cotangents that the user's rule gives, checked for number and shape."""
    arguments = [(None, value) for value in (*given.values(), g)]
    result = run.deep(lambda: call_closure(run, rule, arguments, span))
    parts = result if isinstance(result, tuple) else (result,)
    if len(parts) != len(given):
        raise ProgramTypeError(
            f"the rule of {rule.name} gives {_counted(len(parts), 'cotangent')} for "
            f"{_counted(len(given), 'parameter')}",
            span=rule.span,
            help="one for each parameter: (…, …)",
        )
    return [
        _cotangent(run, rule, name, part, value)
        for (name, value), part in zip(given.items(), parts, strict=True)
        if isinstance(value, Node)
    ]


def _cotangent(run: Interpreter, rule: Closure, name: str, part: Any, like: Node) -> Node:
    """One result of a rule, which must have the shape of its parameter."""
    node = to_node(part, run.graph)
    if node.shape != like.shape:
        raise ShapeError(
            f"the rule of {rule.name} gives a cotangent of shape {show_shape(node.shape)} for "
            f"{name}, whose shape is {show_shape(like.shape)}",
            span=rule.span,
        )
    return node

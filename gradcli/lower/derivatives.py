"""Derivative operators of the language: `grad(y, x)` of values, `grad(f)` of functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.errors import ProgramTypeError, ShapeError, Span
from gradcli.ir.node import Node
from gradcli.ir.shapes import show_shape
from gradcli.lower.arguments import value_or_function
from gradcli.lower.gradient import SECOND, Differentiated, filled, seed_node
from gradcli.lower.signatures import SIGNATURES, Argument, counted
from gradcli.lower.values import (
    NOTHING,
    Closure,
    Derived,
    FunctionValue,
    describe,
    how_to_call,
    leaves,
    stacked_value,
)
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.lower.values import Value
    from gradcli.lower.walk import Walk


class Derivation(NamedTuple):
    """A value that is differentiated by the arrays `xs`, which messages call `names`.

    `word` is the operator. `direction` are the seeds or tangents that it was given; `alone` says
    that the answer is that for the one x, not a tuple of them.
    """

    walk: Walk
    word: str
    value: Value
    xs: Sequence[Node]
    names: Sequence[str]
    span: Span
    alone: bool
    direction: Value = None

    @property
    def ys(self) -> list[Node]:
        """The arrays of the value, tuples taken apart."""
        return leaves(self.value)

    @property
    def y(self) -> Node:
        """The one array that is differentiated."""
        y, *others = self.ys
        if others:
            raise ProgramTypeError(
                f"{self.word} needs one array, not a tuple of {len(self.ys)}",
                help=f"{self.word}(y[0], x) is that of its first part",
            )
        return y

    @property
    def number(self) -> Node:
        """The one number that is differentiated."""
        y = self.y
        if y.size != 1:
            raise ShapeError(
                f"{self.word} needs one number, not the shape {show_shape(y.shape)}",
                help="take its sum, or use jacobian",
            )
        return y

    def by_x(self, parts: Sequence[Value]) -> Value:
        """The answer made of that for each x."""
        return parts[0] if self.alone else tuple(parts)

    def tangents(self) -> list[Node]:
        """The direction in which each x moves."""
        return directions(self.direction, self.xs, "direction", "name")

    def gradients(
        self, ys: Sequence[Node], seeds: Sequence[Node | None] | None = None
    ) -> list[Node]:
        """Gradients of the sum of ys; zeros where nothing depends on an x."""
        gradients = self.walk.modes.reverse(ys, self.xs, seeds)
        self.note(ys, seeds)
        return filled(gradients, self.xs)

    def slopes(self) -> list[Node]:
        """The gradients of the one number, which will be differentiated again."""
        ys = [self.number]
        self.note(ys)
        slopes = filled(self.walk.modes.reverse(ys, self.xs), self.xs)
        self.note(slopes, gives=SECOND)
        return slopes

    def note(
        self, ys: Sequence[Node], seeds: Sequence[Node | None] | None = None, **more: Any
    ) -> None:
        """Keeps in mind what is differentiated, and warns where the gradient is zero everywhere."""
        done = Differentiated(ys, self.xs, self.names, seeds, **more)
        self.walk.differentiated.append(done)
        self.walk.warn_of_zeros(done, self.span)


def directions(value: Value, of: Sequence[Node], what: str, whole: str) -> list[Node]:
    """The seed or tangent of each array, checked for number and shape."""
    parts = value if isinstance(value, tuple) else (value,)
    if len(parts) != len(of):
        message = f"{counted(len(parts), what)} for {counted(len(of), whole)}"
        raise ProgramTypeError(message, help=f"give one for each {whole}")
    return [seed_node(part, x, f"the {what}") for part, x in zip(parts, of, strict=True)]


def _gradient(task: Derivation) -> Value:
    seed, ys = task.direction, task.ys
    seeds = None if seed is None else directions(seed, ys, "seed", "array")
    return task.by_x(task.gradients(ys, seeds))


def _gradients(task: Derivation) -> Value:
    return tuple(task.gradients(task.ys))


def _torch_gradient(task: Derivation) -> Value:
    """`torch.autograd.grad`: a tuple, of one x too."""
    gradients = _gradient(task)
    return gradients if isinstance(gradients, tuple) else (gradients,)


def _jvp(task: Derivation) -> Value:
    task.note(task.ys)
    moved = filled(task.walk.modes.forward(task.ys, task.xs, task.tangents()), task.ys)
    return moved[0] if len(moved) == 1 else tuple(moved)


def _hvp(task: Derivation) -> Value:
    tangents, gradients = task.tangents(), task.gradients([task.number])
    task.note(gradients, gives=SECOND)
    return task.by_x(filled(task.walk.modes.forward(gradients, task.xs, tangents), task.xs))


def _jacobian(task: Derivation) -> Value:
    y, jacobian = task.y, task.walk.modes.jacobian
    task.note([y], each=True)
    return task.by_x([jacobian(y, x) for x in task.xs])


def _hessian(task: Derivation) -> Value:
    jacobian = task.walk.modes.jacobian
    return task.by_x([task.by_x([jacobian(g, x) for x in task.xs]) for g in task.slopes()])


OF_VALUE: dict[str, Callable[[Derivation], Value]] = {
    "grad": _gradient,
    "torch_grad": _torch_gradient,
    "jacobian": _jacobian,
    "hessian": _hessian,
    "jvp": _jvp,
    "vjp": _gradient,
    "hvp": _hvp,
}
"""What operators give for a value and the names to differentiate by."""

OF_FUNCTION: dict[str, Callable[[Derivation], Value]] = {
    "grad": _gradient,
    "grads": _gradients,
    "value_and_grad": lambda task: (task.value, _gradient(task)),
    "value_and_grads": lambda task: (task.value, _gradients(task)),
    "jacobian": _jacobian,
    "jacfwd": _jacobian,
    "jacrev": _jacobian,
    "hessian": _hessian,
}
"""What operators give for a function, which their answer takes the arguments of."""

LISTS: dict[str, Any] = {"torch_grad": (tree.Tuple, tree.Array)}
"""Operators to which the names to differentiate by may be given as a list, too."""

PLURAL = {
    "grad": "grads",
    "value_and_grad": "value_and_grads",
    "jacfwd": "jacobian",
    "jacrev": "jacobian",
}
"""Operators for functions of one parameter, and those for any number."""


def differentiate(word: str, walk: Walk, arguments: Sequence[Argument], span: Span) -> Value:
    """A call of a derivative operator, of a value or of a function."""
    signature = SIGNATURES[word]
    first, *others = signature.ordered(arguments, span)
    value = value_or_function(walk, first)
    if isinstance(value, FunctionValue) and word in OF_FUNCTION:
        if others:
            raise ProgramTypeError(
                f"{word} of a function takes the function alone",
                span=others[0].span,
                help=f"{word}({_cited(first)})({_cited(others[0])}) is its derivative at x",
            )
        return _of_function(walk, word, value, span)
    if word not in OF_VALUE:
        help_ = f"{word}(x => …), or grad(y, x)"
        raise ProgramTypeError(f"{word} takes a function", span=span, help=help_)
    if not others:
        raise signature.missing("x", span)
    return _of_value(walk, word, differentiable(value, first.span), others, span)


def _cited(argument: Argument) -> str:
    """An argument as it is written, in a help."""
    return argument.span.cited("f")


def differentiable(value: Value, span: Span) -> Value:
    """The value, if it holds arrays to differentiate."""
    if leaves(value):
        return value
    message = f"{describe(value)} has no gradient"
    raise ProgramTypeError(message, span=span, help=how_to_call(value))


def _of_value(walk: Walk, word: str, value: Value, others: Sequence[Argument], span: Span) -> Value:
    """The derivative of a value by a name, or by each of a tuple of names."""
    by, *directions = others
    several = isinstance(by.tree, LISTS.get(word, tree.Tuple))
    items: Any = getattr(by.tree, "items", ()) if several else (by.tree,)
    pairs = [_source(walk, item, by.span) for item in items]
    task = Derivation(
        walk,
        word,
        value,
        xs=[x for _, x in pairs],
        names=[name for name, _ in pairs],
        span=span,
        alone=not several,
        direction=value_or_function(walk, directions[0]) if directions else None,
    )
    walk.graph.span = span
    return walk.within(span, lambda: OF_VALUE[word](task))


def _source(walk: Walk, name: tree.Expression | None, span: Span) -> tuple[str, Node]:
    """A name to differentiate by, and its value."""
    if not isinstance(name, tree.Name):
        raise ProgramTypeError(
            "a gradient is taken with respect to a name",
            span=span,
            help="give the value a name, or take a part of the gradient: grad(y, x)[0]",
        )
    value = walk.expression(name)
    if isinstance(value, Node):
        return name.id, value
    span = walk.span(name)
    raise ProgramTypeError(f"{span.text} is {describe(value)}, not an array", span=span)


def _of_function(walk: Walk, word: str, function: FunctionValue, span: Span) -> Derived:
    """`grad(f)` and its kin: a function that gives the derivative at its arguments."""

    def check_count(count: int, span: Span) -> None:
        if count != 1 and word in PLURAL:
            message = f"{word} is for a function of one parameter"
            raise ProgramTypeError(message, span=span, help=f"use {PLURAL[word]}(f)")

    def derivative(values: Sequence[Value], at: Span) -> Value:
        check_count(len(values), at)
        xs = [walk.mark(stacked_value(walk.graph, value, at), at) for value in values]
        value = walk.call(function, [Argument(at, value=x) for x in xs], at)
        if value is NOTHING:
            raise ProgramTypeError(f"{function.name} has no value to differentiate", span=at)
        value = differentiable(value, at)
        walk.graph.span = at
        names = [*parameters[: len(xs)], *["an argument"] * (len(xs) - len(parameters))]
        task = Derivation(walk, word, value, xs, names, at, len(xs) == 1)
        return OF_FUNCTION[word](task)

    parameters: Sequence[str] = ()
    if isinstance(function, Closure):
        parameters = function.signature.positional
        check_count(max(len(parameters), 1), span)
    return Derived(f"{word}({function.name})", derivative)

"""Calls: of library functions, of functions of the program, of derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import GradcliError, LimitError, ProgramTypeError, ShapeError, Span
from gradcli.ir.node import Node
from gradcli.lower import arguments
from gradcli.lower.arguments import Given
from gradcli.lower.scope import Scope
from gradcli.lower.values import NOTHING, BuiltIn, Closure, Derived, describe, to_node
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.op import Elementwise
    from gradcli.lower.interpreter import Interpreter
    from gradcli.syntax import tree

MAX_CALLS = 1_000


def argument(run: Interpreter, given: Given) -> Any:
    """The value of an argument, which may be a function."""
    return given.value if given.tree is None else run.value_or_function(given.tree)


def call_elementwise(run: Interpreter, op: Elementwise, node: tree.Call) -> Node:
    """An elementwise operation of operands that are all given by place."""
    operands = [arguments.as_array(run, a.value, a) for a in node.arguments]
    run.step(node)
    run.graph.span = run.span(node)
    try:
        return op(*operands)
    except ShapeError as error:
        pairs = zip(map(run.span, node.arguments), operands, strict=True)
        raise run.shape_error(error, *pairs) from None


def call_built_in(run: Interpreter, function: BuiltIn, given: Sequence[Given], span: Span) -> Any:
    """A call of a library function; an error in it gets its place."""
    bound = arguments.bind(run, function.record, given, function.framework, span)
    run.place(span)
    try:
        return lifted(run, function.record.invoke(bound))
    except ShapeError as error:
        operands = [
            (g.span, bound[p.name])
            for g, p in zip(given, function.record.parameters, strict=False)
            if isinstance(bound.get(p.name), Node)
        ]
        raise run.shape_error(error, *operands) from None
    except GradcliError as error:
        error.span = error.span or span
        raise
    except MemoryError:
        raise LimitError(f"{function.name} runs out of memory", span=span) from None
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise ProgramTypeError(
            f"{function.name} does not take these arguments: {error}",
            span=span,
            help=arguments.signature(function.record),
        ) from error


def lifted(run: Interpreter, value: Any) -> Any:
    """What a library function returns, as values of the language."""
    if isinstance(value, (tuple, list)):
        return tuple(lifted(run, part) for part in value)
    return to_node(value, run.graph)


def apply_function(run: Interpreter, function: Any, values: Sequence[Any], span: Span) -> Any:
    """A function value called with values that are already at hand."""
    if isinstance(function, Closure):
        return call_closure(run, function, [(None, v) for v in values], span)
    if isinstance(function, BuiltIn):
        given = [Given(None, v, None, span) for v in values]
        return call_built_in(run, function, given, span)
    if isinstance(function, Derived):
        return function.run(*values)
    raise ProgramTypeError(f"a function is needed here, not {describe(function)}", span=span)


def call_closure(
    run: Interpreter, closure: Closure, given: Sequence[tuple[str | None, Any]], span: Span
) -> Any:
    """A call of a function of the program."""
    names = parameters(run, closure, given, span)
    if closure.rule is not None:
        return closure.rule(run, closure, names, span)
    return run_body(run, closure, names, span)


def run_body(run: Interpreter, closure: Closure, names: dict[str, Any], span: Span) -> Any:
    """The value of a function's body in a scope of its own."""
    if run.calls >= MAX_CALLS:
        help_ = "a loop goes as far as --max-steps: `while c { … }`"
        raise LimitError(f"calls are nested more than {MAX_CALLS:,} deep", span=span, help=help_)
    outer, run.scope = run.scope, Scope(closure.scope)
    run.scope.names.update(names)
    run.calls += 1
    try:
        value = run.body(closure.body)
    finally:
        run.scope = outer
        run.calls -= 1
    if value is NOTHING:
        raise ProgramTypeError(
            f"{called(closure)} ends without a value",
            span=span,
            help="end its block with the value",
        )
    return value


def parameters(
    run: Interpreter, closure: Closure, given: Sequence[tuple[str | None, Any]], span: Span
) -> dict[str, Any]:
    """The values of a function's parameters, each array with a node of its own if asked for."""
    bound: dict[str, Any] = {}
    known = [p.id for p in closure.parameters]
    for i, (name, value) in enumerate(given):
        if name is None and i >= len(known):
            raise arity(closure, len(given), span)
        word = known[i] if name is None else name
        if word not in known:
            raise unknown_parameter(closure, word, span)
        if word in bound:
            raise ProgramTypeError(f"{called(closure)} gets '{word}' twice", span=span)
        bound[word] = value
    for parameter in closure.parameters:
        if parameter.id not in bound:
            if parameter.default is None:
                raise arity(closure, len(given), span)
            bound[parameter.id] = default(run, closure, parameter)
    for word in run.marks.intersection(bound):
        if isinstance(bound[word], Node):
            bound[word] = run.mark(bound[word], span)
    return bound


def default(run: Interpreter, closure: Closure, parameter: tree.Parameter) -> Any:
    """The default of a parameter, in the scope around the function."""
    outer, run.scope = run.scope, closure.scope
    try:
        return run.expression(parameter.default)
    finally:
        run.scope = outer


def arity(closure: Closure, count: int, span: Span) -> ProgramTypeError:
    """The error of a call with the wrong number of arguments."""
    most = len(closure.parameters)
    least = sum(p.default is None for p in closure.parameters)
    between = " or " if most - least == 1 else " to "
    takes = f"{most}" if least == most else f"{least}{between}{most}"
    return ProgramTypeError(
        f"{called(closure)} takes {takes} argument{'s' if most != 1 else ''}, not {count}",
        span=span,
        help=closure.head(),
    )


def unknown_parameter(closure: Closure, word: str, span: Span) -> ProgramTypeError:
    """The error of a named argument that the function does not have."""
    near = nearest(word, [p.id for p in closure.parameters])
    return ProgramTypeError(
        f"{called(closure)} has no parameter '{word}'",
        span=span,
        help=f"did you mean '{near}'?" if near else closure.head(),
    )


def called(closure: Closure) -> str:
    """The function's name, for messages."""
    return closure.name or "the function"

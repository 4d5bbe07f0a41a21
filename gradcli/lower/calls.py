"""Calls: of library functions, of functions of the program, of derivatives of functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import (
    GradcliError,
    LimitError,
    OutOfMemoryError,
    ProgramTypeError,
    ShapeError,
    Span,
)
from gradcli.ir.node import Node
from gradcli.ir.op import Reduction
from gradcli.ir.shapes import show_shape
from gradcli.lower.arguments import bind, positional_names, value_or_function
from gradcli.lower.frameworks import framework_signatures, meant
from gradcli.lower.signatures import Argument, signature
from gradcli.lower.values import (
    NOTHING,
    BuiltIn,
    Closure,
    Derived,
    Scope,
    Special,
    stacked,
    to_node,
)
from gradcli.lower.walk import MAX_CALLS, Lone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.ir.function import Function
    from gradcli.lower.values import Value
    from gradcli.lower.walk import Caller, Walk


# --- of the library -----------------------------------------------------------------------------


def call_built_in(
    walk: Walk, function: BuiltIn, arguments: Sequence[Argument], span: Span
) -> Value:
    """A call of a library function; an error in it gets its span."""
    if function.record.ambiguous and not function.framework and _are_several(arguments):
        function, arguments = _of_numbers(walk, function, arguments, span)
    record = function.record
    bound = bind(walk, function, arguments, span)
    walk.graph.span = span
    try:
        if record.makes is not None:
            _check_made(walk, record.makes(bound))
        result = record.invoke(bound)
        if record.folds:
            _note_lone(walk, record, bound, arguments, span)
        for argument in arguments:
            if argument.name == "dtype" and not function.takes_type():
                from gradcli.lower.number_types import refuse_to_cut

                refuse_to_cut(walk, function.name, argument, bound, result)
        return _named(walk, function, arguments, _lifted(walk, result))
    except ShapeError as error:
        if record.hint and len(arguments) > 1:
            error.helped(record.hint)
        pairs = zip(arguments, positional_names(function, arguments), strict=False)
        operands = [
            (a.span, bound[name])
            for a, name in pairs
            if a.name is None and isinstance(bound.get(name), Node)
        ]
        raise walk.shape_error(error, *operands) from None
    except GradcliError as error:
        error.span = error.span or span
        raise
    except MemoryError:
        raise OutOfMemoryError(f"{function.name} runs out of memory", span=span) from None
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        # Rules of the records refuse what they foresee, which is nearly all; the rest is still an
        # error of the caller and not one of gradcli's insides. The cause stays with it.
        message = f"{function.name} does not take these arguments"
        help_ = signature(record, function.name)
        raise ProgramTypeError(message, span=span, help=help_) from error


def _note_lone(
    walk: Walk,
    record: Function,
    bound: Mapping[str, Any],
    arguments: Sequence[Argument],
    span: Span,
) -> None:
    """Keeps in mind a call with numbers alone of what makes one number of many."""
    operands = [value for value in bound.values() if isinstance(value, Node)]
    if operands and not any(x.ndim for x in operands):
        walk.lone.append(Lone(record, operands, arguments[0].span, span))


def _are_several(arguments: Sequence[Argument]) -> bool:
    """Whether there are several arguments by position, and no method's receiver among them."""
    return sum(a.name is None for a in arguments) > 1 and arguments[0].tree is not None


def _of_numbers(
    walk: Walk, function: BuiltIn, arguments: Sequence[Argument], span: Span
) -> tuple[BuiltIn, list[Argument]]:
    """`max(a, b)` of numbers; an error for arrays, of which it could mean two things."""
    record = function.record
    if isinstance(record.op, Reduction) and not any(a.name for a in arguments):
        values = [walk.expression(a.tree) for a in arguments if a.tree is not None]
        numbers = [value for value in values if isinstance(value, Node) and not value.ndim]
        if len(numbers) == len(values):
            if record.of_two is not None and len(numbers) == 2:
                pairs = zip(arguments, numbers, strict=True)
                return BuiltIn(record.of_two), [Argument(a.span, value=v) for a, v in pairs]
            return function, [Argument(span, value=stacked(numbers))]
    texts = ", ".join(a.span.source.text[a.span.start : a.span.end] for a in arguments)
    message = f"`{function.name}({texts})` could mean two things"
    raise ProgramTypeError(message, span=span, help=record.ambiguous.format(texts))


def _check_made(walk: Walk, shape: tuple[int, ...]) -> None:
    """Refuses an array before it is made."""
    if any(length < 0 for length in shape):
        raise ShapeError(f"an array cannot have the shape {show_shape(shape)}")
    walk.graph.check_size(shape)


def _lifted(walk: Walk, value: Any) -> Value:
    """What a library function returns, as values of the language."""
    if isinstance(value, (tuple, list)):
        return tuple(_lifted(walk, part) for part in value)
    return to_node(value, walk.graph)


def _named(walk: Walk, function: BuiltIn, arguments: Sequence[Argument], value: Value) -> Value:
    """A value; if it is several, the walk learns what the framework calls them."""
    if isinstance(value, tuple) and function.spellings:
        theirs = meant(framework_signatures(function.record, function.spellings), arguments)
        if theirs is not None:
            walk.parts[id(value)] = (value, theirs.results)
    return value


# --- of the program -----------------------------------------------------------------------------


def call_closure(walk: Walk, closure: Closure, arguments: Sequence[Argument], span: Span) -> Value:
    """A call of a function of the program."""
    slots = closure.signature.match(arguments, span)
    passed = {name: value_or_function(walk, argument) for name, (argument,) in slots.items()}
    values = {}
    for parameter in closure.parameters:
        name = parameter.id
        value = passed[name] if name in passed else _default(walk, closure, parameter.default)
        if name in walk.marks and isinstance(value, Node):
            value = walk.mark(value, span)
        values[name] = value
    if closure.rule is not None:
        return closure.rule(closure, values, span)
    return run_body(walk, closure, values, span)


def _default(walk: Walk, closure: Closure, default: Any) -> Value:
    """The default of a parameter, in the scope around the function."""
    outer, walk.scope = walk.scope, closure.scope
    try:
        return walk.expression(default)
    finally:
        walk.scope = outer


def run_body(walk: Walk, closure: Closure, values: dict[str, Value], span: Span) -> Value:
    """The value of a function's body in a scope of its own, which starts with these names."""
    if walk.calls >= MAX_CALLS:
        help_ = "a loop goes as far as ⟨max_steps⟩: `while c { … }`"
        raise LimitError(f"calls are nested more than {MAX_CALLS:,} deep", span=span, help=help_)
    outer, walk.scope = walk.scope, Scope(closure.scope, {**values})
    walk.calls += 1
    start = walk.graph.count
    try:
        value = walk.body(closure.body)
    finally:
        walk.scope = outer
        walk.calls -= 1
    walk.ended(closure, start)
    if value is NOTHING:
        message = f"{closure.signature.name} ends without a value"
        raise ProgramTypeError(message, span=span, help="end its block with the value")
    return value


def call_derived(walk: Walk, function: Derived, arguments: Sequence[Argument], span: Span) -> Value:
    """A call of the derivative of a function."""
    values = [value_or_function(walk, argument) for argument in arguments]
    return walk.within(span, lambda: function.derivative(values, span))


def _call_special(
    walk: Walk, function: Special, arguments: Sequence[Argument], span: Span
) -> Value:
    """A call of a word of the language, which few programs have."""
    from gradcli.lower.specials import call_special

    return call_special(walk, function, arguments, span)


CALLERS: Mapping[type, Caller] = {
    BuiltIn: call_built_in,
    Closure: call_closure,
    Derived: call_derived,
    Special: _call_special,
}
"""What calls each kind of function value."""

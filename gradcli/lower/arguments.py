"""From the arguments of a call to what a library function takes: nodes, axes, shapes, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gradcli.errors import ProgramTypeError, Span
from gradcli.ir.function import REQUIRED, TracedNumber
from gradcli.ir.node import Node
from gradcli.ir.record import CONSTANT
from gradcli.ir.shapes import is_whole
from gradcli.lower.frameworks import framework_signatures, meant
from gradcli.lower.signatures import Argument, signature_of
from gradcli.lower.synonyms import NO_EFFECT
from gradcli.lower.trees import bare_type, giver
from gradcli.lower.values import MISSING, BuiltIn, describe, stacked_value
from gradcli.lower.words import DTYPES, PYTHON_TYPES
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Function, Parameter
    from gradcli.lower.frameworks import FrameworkSignature
    from gradcli.lower.values import Value
    from gradcli.lower.walk import Walk

    Plain: TypeAlias = "float | str | tuple[Plain, ...] | None"
    Converter = Callable[[Walk, Sequence[Argument]], Any]


def bind(
    walk: Walk, function: BuiltIn, arguments: Sequence[Argument], span: Span
) -> dict[str, Any]:
    """The value of each parameter of a library function, by name, in their order."""
    record, framework = function.record, function.framework
    for argument in arguments:
        if argument.name is None and _is_type(walk, function, argument.tree):
            argument.name = "dtype"
    theirs = meant(framework_signatures(record, function.spellings), arguments)
    if theirs is not None:
        return _bind_theirs(walk, record, theirs, arguments, span)
    slots = signature_of(record, function.name).match(arguments, span)
    defaults = record.variants.get(framework, {})
    return {
        p.name: _converted(walk, p, slots[p.name])
        if p.name in slots
        else defaults.get(p.name, p.default)
        for p in record.parameters
    }


def _is_type(walk: Walk, function: BuiltIn, node: tree.Expression | None) -> bool:
    """Whether an argument by position is a type, as in `np.zeros(3, float)` and `(3, np.int8)`."""
    if isinstance(node, tree.Name):
        return node.id in PYTHON_TYPES and walk.scope.find(node.id) is MISSING
    return isinstance(node, tree.Attribute) and node.id in DTYPES and not function.takes_type()


def positional_names(function: BuiltIn, arguments: Sequence[Argument]) -> list[str]:
    """Our names of the parameters in the order in which the call gives them by position."""
    theirs = meant(framework_signatures(function.record, function.spellings), arguments)
    if theirs is not None:
        return [theirs.targets[name].name for name in theirs.positional]
    return [p.name for p in function.record.parameters]


def _bind_theirs(
    walk: Walk,
    record: Function,
    theirs: FrameworkSignature,
    arguments: Sequence[Argument],
    span: Span,
) -> dict[str, Any]:
    """The value of each of our parameters from a call as a framework writes it."""
    slots = {
        name: given
        for name, given in theirs.match(arguments, span).items()
        if not (theirs.is_none(name) and _is_none(given[0]))
    }
    for name, (argument, *_) in slots.items():
        if name in theirs.targets and not theirs.targets[name].name:
            _refuse_unless_default(walk, theirs, name, argument)
    bound = {}
    for p in record.parameters:
        name = theirs.by_ours.get(p.name, "" if p.name in theirs.targets else p.name)
        if not name or name not in slots:
            bound[p.name] = theirs.defaults.get(p.name, p.default)
            continue
        value = _converted(walk, p, slots[name])
        opposite = name in theirs.targets and theirs.targets[name].opposite
        bound[p.name] = not value if opposite else value
    return bound


def _refuse_unless_default(
    walk: Walk, theirs: FrameworkSignature, name: str, argument: Argument
) -> None:
    """Refuses a framework's parameter that means nothing here, unless that makes no difference."""
    default = theirs.targets[name].default
    value = None if _is_none(argument) else _type(walk, [argument])
    ignored = name in NO_EFFECT and (isinstance(value, str) or isinstance(default, bool))
    if value is not None and value != default and not ignored:
        without = f"without a prefix it is {theirs.ours.written()}"
        if default is REQUIRED:
            from gradcli.lower.instead import hint

            other, way = hint(theirs.head), f"; {without}, another function"
            help_ = f"{other}{way}" if other else without
        else:
            help_ = f"leave it out; {without}"
        message = f"'{name}' of {theirs.name} has no counterpart here"
        raise ProgramTypeError(message, span=argument.span, help=help_)


def _converted(walk: Walk, parameter: Parameter, arguments: list[Argument]) -> Any:
    """The arguments of one parameter as the kind of value it takes."""
    if parameter.default is None and len(arguments) == 1 and _is_none(arguments[0]):
        return None
    return _CONVERTERS[parameter.kind](walk, arguments)


def _is_none(argument: Argument) -> bool:
    return isinstance(argument.tree, tree.Name) and argument.tree.id in ("None", "newaxis")


# --- nodes --------------------------------------------------------------------------------------


def value_of(walk: Walk, argument: Argument) -> Value:
    """The value of an argument that is no function."""
    return argument.value if argument.tree is None else walk.expression(argument.tree)


def value_or_function(walk: Walk, argument: Argument) -> Value:
    """The value of an argument, which may be a function."""
    return argument.value if argument.tree is None else walk.value_or_function(argument.tree)


def array(walk: Walk, argument: Argument) -> Node:
    """An argument as one node; a tuple is stacked, as NumPy does."""
    value = value_of(walk, argument)
    return value if value.__class__ is Node else stacked_value(walk.graph, value, argument.span)


def _items(walk: Walk, node: tree.Array | tree.Tuple) -> list[Argument]:
    """The items of a list that is written out, as arguments of their own."""
    return [Argument(walk.span(item), item) for item in node.items]


def _arrays(walk: Walk, arguments: Sequence[Argument]) -> tuple[Node, ...]:
    """Several nodes: the arguments, or the items of the one argument."""
    (first, *others) = arguments
    if not others and isinstance(first.tree, tree.Array) and first.tree.items:
        arguments = _items(walk, first.tree)
    elif not others:
        value = value_of(walk, first)
        if isinstance(value, tuple) and value:
            return tuple(stacked_value(walk.graph, part, first.span) for part in value)
        if isinstance(value, Node) and value.shape and value.shape[0]:
            return tuple(value[i] for i in range(value.shape[0]))
        raise ProgramTypeError(
            f"several arrays are needed here, not {describe(value)}",
            span=first.span,
            help="write them as (a, b)",
        )
    return _rest(walk, arguments)


def _listed(walk: Walk, arguments: Sequence[Argument]) -> tuple[Node, ...]:
    """The nodes of a list, or one array by itself, where the program shows which of them it is."""
    (argument,) = arguments
    origin = giver(walk.block, argument.tree)
    if isinstance(origin, (tree.Array, tree.Tuple)):
        return _arrays(walk, arguments)
    value = value_of(walk, argument)
    if isinstance(value, tuple):
        return tuple(stacked_value(walk.graph, part, argument.span) for part in value)
    if argument.tree is None and isinstance(value, Node) and value.op is CONSTANT:
        return _arrays(walk, arguments)  # a snippet's list of numbers
    if origin is None and argument.tree is not None:
        text = argument.span.text
        raise ProgramTypeError(
            f"'{text}' may be a list, whose items are joined, or one array, which stays as it is",
            span=argument.span,
            help=f"write the list where it is joined: [{text}[0], {text}[1]]",
        )
    return (stacked_value(walk.graph, value, argument.span),)


def _rest(walk: Walk, arguments: Sequence[Argument]) -> tuple[Node, ...]:
    return tuple(array(walk, argument) for argument in arguments)


def _nested(walk: Walk, arguments: Sequence[Argument]) -> Any:
    """Lists of lists as tuples of tuples of nodes, which need not have one shape."""
    (argument,) = arguments
    if isinstance(argument.tree, (tree.Array, tree.Tuple)):
        return tuple(_nested(walk, [item]) for item in _items(walk, argument.tree))
    value = value_of(walk, argument)
    return value if isinstance(value, tuple) else stacked_value(walk.graph, value, argument.span)


# --- plain values -------------------------------------------------------------------------------


def plain(walk: Walk, arguments: Sequence[Argument]) -> Plain:
    """A value as plain Python: numbers, nested tuples, texts, None."""
    return _as_plain(walk, value_of(walk, arguments[0]), arguments[0].span)


def _as_plain(walk: Walk, value: Value, span: Span) -> Plain:
    if isinstance(value, tuple):
        return tuple(_as_plain(walk, part, span) for part in value)
    if isinstance(value, Node):
        return _as_tuples(np.asarray(walk.ask(value)).tolist())
    if value is None or isinstance(value, str):
        return value
    raise ProgramTypeError(f"a plain value is needed here, not {describe(value)}", span=span)


def _as_tuples(value: Any) -> Plain:
    """Lists as tuples, which are hashable; flat ones at once."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return tuple(map(_as_tuples, value))
    plain: Plain = tuple(value) if isinstance(value, list) else value
    return plain


def _traced(walk: Walk, arguments: Sequence[Argument]) -> Any:
    """Numbers, or a text: where NumPy has a mode in their place."""
    return _as_traced(walk, value_of(walk, arguments[0]), arguments[0].span)


def _as_traced(walk: Walk, value: Value, span: Span) -> Any:
    """Numbers as plain Python, or with their nodes where they are no constants."""
    if isinstance(value, tuple):
        return tuple(_as_traced(walk, part, span) for part in value)
    if isinstance(value, Node) and value.op is not CONSTANT:
        return _with_nodes(np.asarray(walk.ask(value)), value)
    return _as_plain(walk, value, span)


def _with_nodes(values: Any, node: Node) -> Any:
    if values.ndim:
        return tuple(_with_nodes(part, node[i]) for i, part in enumerate(values))
    return TracedNumber(values.item(), node)


_LARGEST = 2**53
"""Of whole numbers: larger ones are no longer told apart from their neighbours."""


def _whole(value: Plain, span: Span) -> int:
    if isinstance(value, (int, float)) and is_whole(value):
        return int(value)
    raise ProgramTypeError("a whole number is needed here", span=span)


def _whole_number(walk: Walk, arguments: Sequence[Argument]) -> int:
    return _whole(plain(walk, arguments), arguments[0].span)


def _whole_numbers(walk: Walk, arguments: Sequence[Argument]) -> tuple[int, ...]:
    if len(arguments) > 1:
        return tuple(_whole_number(walk, [argument]) for argument in arguments)
    value = plain(walk, arguments)
    parts = value if isinstance(value, tuple) else (value,)
    return tuple(_whole(part, arguments[0].span) for part in parts)


def _wholes(walk: Walk, arguments: Sequence[Argument]) -> Any:
    return _all_whole(plain(walk, arguments), arguments[0].span)


def _all_whole(value: Plain, span: Span) -> Any:
    if isinstance(value, tuple):
        return tuple(_all_whole(part, span) for part in value)
    whole = _whole(value, span)
    if abs(whole) > _LARGEST:
        raise ProgramTypeError("this whole number is too large", span=span)
    return whole


def _axes(walk: Walk, arguments: Sequence[Argument]) -> int | tuple[int, ...] | None:
    value = plain(walk, arguments)
    span = arguments[0].span
    if isinstance(value, tuple):
        return tuple(_axis(part, span) for part in value)
    return None if value is None else _axis(value, span)


def _one_axis(walk: Walk, arguments: Sequence[Argument]) -> int | None:
    axes = _axes(walk, arguments)
    if isinstance(axes, tuple):
        if len(axes) == 1:
            return axes[0]
        message = f"one axis is needed here, and not {axes}"
        raise ProgramTypeError(message, span=arguments[0].span)
    return axes


def _axis(value: Plain, span: Span) -> int:
    """One axis, by its number; truth values are those of other parameters."""
    if isinstance(value, bool):
        raise ProgramTypeError("an axis is a whole number, and not true or false", span=span)
    return _whole(value, span)


def _sizes(walk: Walk, arguments: Sequence[Argument]) -> int | tuple[int, ...] | None:
    value = plain(walk, arguments)
    span = arguments[0].span
    if isinstance(value, tuple):
        return tuple(_whole(part, span) for part in value)
    return None if value is None else _whole(value, span)


def _numbers(walk: Walk, arguments: Sequence[Argument]) -> Plain:
    """A number, or lists of lists of numbers that have one shape."""
    value = plain(walk, arguments)
    try:
        kind = np.array(value).dtype.kind
    except ValueError:
        message, help_ = "the lists here have different lengths", "give rows of one length"
        raise ProgramTypeError(message, span=arguments[0].span, help=help_) from None
    if value is not None and kind not in "bif":
        raise ProgramTypeError("numbers are needed here", span=arguments[0].span)
    return value


def _shape(walk: Walk, arguments: Sequence[Argument]) -> tuple[int, ...]:
    lengths = _whole_numbers(walk, arguments)
    walk.graph.span = arguments[0].span
    walk.graph.check_size(tuple([max(length, 1) for length in lengths]))
    return lengths


def _number(walk: Walk, arguments: Sequence[Argument]) -> float:
    value = plain(walk, arguments)
    if isinstance(value, (int, float)):
        return float(value)
    raise ProgramTypeError("one number is needed here", span=arguments[0].span)


def _flag(walk: Walk, arguments: Sequence[Argument]) -> bool:
    value = plain(walk, arguments)
    if isinstance(value, (int, float)):
        return bool(value)
    raise ProgramTypeError("true or false is needed here", span=arguments[0].span)


def _function(walk: Walk, arguments: Sequence[Argument]) -> Function:
    """A function of the library, by its record."""
    value = value_or_function(walk, arguments[0])
    if isinstance(value, BuiltIn):
        return value.record
    raise ProgramTypeError(
        f"a function such as lax.add is needed here, not {describe(value)}", span=arguments[0].span
    )


def _text_or_array(walk: Walk, arguments: Sequence[Argument]) -> str | Node:
    (argument,) = arguments
    value = value_of(walk, argument)
    return value if isinstance(value, str) else stacked_value(walk.graph, value, argument.span)


def _type(walk: Walk, arguments: Sequence[Argument]) -> Plain:
    """A plain value; a bare name of a type, as in `dtype=int`, is its text."""
    (argument,) = arguments
    return bare_type(argument.name, argument.tree) or plain(walk, arguments)


def _text(walk: Walk, arguments: Sequence[Argument]) -> str:
    value = value_of(walk, arguments[0])
    if isinstance(value, str):
        return value
    raise ProgramTypeError(
        f"a string is needed here, not {describe(value)}",
        span=arguments[0].span,
        help='as in "ij,jk->ik"',
    )


_CONVERTERS: dict[str, Converter] = {
    "Array": lambda walk, arguments: array(walk, arguments[0]),
    "Arrays": _arrays,
    "Axes": _axes,
    "Axis": _one_axis,
    "Flag": _flag,
    "Function": _function,
    "Int": _whole_number,
    "Ints": _whole_numbers,
    "Listed": _listed,
    "Nested": _nested,
    "Number": _number,
    "Numbers": _numbers,
    "Rest": _rest,
    "Shape": _shape,
    "Sizes": _sizes,
    "Text": _text,
    "TextOrArray": _text_or_array,
    "Traced": _traced,
    "Type": _type,
    "Value": plain,
    "Wholes": _wholes,
}
"""What makes the value of a parameter of each kind (`ir.function.KINDS`)."""

"""From the arguments of a call to what a library function takes: nodes, axes, shapes, numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramNameError, ProgramTypeError, Span
from gradcli.ir.function import REQUIRED
from gradcli.ir.node import Node
from gradcli.lower.expressions import stacked
from gradcli.lower.synonyms import SYNONYMS
from gradcli.lower.values import describe, to_node
from gradcli.suggest import nearest
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.function import Function, Parameter
    from gradcli.lower.interpreter import Interpreter


class Given:
    """One argument as it stands in the text: its tree, or a value already at hand (a method's)."""

    __slots__ = ("name", "span", "tree", "value")

    def __init__(self, tree_: Any, value: Any, name: str | None, span: Span) -> None:
        self.tree = tree_
        self.value = value
        self.name = name
        self.span = span


def bind(
    run: Interpreter, record: Function, given: Sequence[Given], framework: str, span: Span
) -> dict[str, Any]:
    """The value of each parameter of a library function, by name, in their order."""
    slots = _match(record, given, framework, span)
    variant = record.variants.get(framework, {})
    bound = {}
    for parameter in record.parameters:
        name = parameter.name
        if name in slots:
            bound[name] = _convert(run, parameter, slots[name])
        elif parameter.default is REQUIRED:
            raise _missing(record, span)
        else:
            bound[name] = variant.get(name, parameter.default)
    return bound


def _match(
    record: Function, given: Sequence[Given], framework: str, span: Span
) -> dict[str, list[Given]]:
    """Each parameter's arguments: one, or the rest for a last parameter that takes several."""
    slots: dict[str, list[Given]] = {}
    positional = [g for g in given if g.name is None]
    places = [p for p in record.parameters if not p.keyword]
    if record.hint and len(positional) > 1 and given[0].tree is not None and not framework:
        raise ProgramTypeError(
            f"{record.name} of two arrays is ambiguous", span=span, help=record.hint
        )
    for i, argument in enumerate(positional):
        if i >= len(places):
            if not _takes_rest(places, slots):
                raise _too_many(record, len(positional), argument.span)
            slots[places[-1].name].append(argument)
        else:
            slots[places[i].name] = [argument]
    for argument in given:
        if argument.name is not None:
            name = _parameter_name(record, argument)
            if name in slots:
                raise ProgramTypeError(f"{record.name} gets {name!r} twice", span=argument.span)
            if name:
                slots[name] = [argument]
    return slots


_SEVERAL = frozenset({"Shape", "Arrays", "Ints", "Rest"})


def _takes_rest(places: Sequence[Parameter], slots: dict[str, list[Given]]) -> bool:
    """Whether the last parameter may take the rest of the arguments: `x.reshape(2, 3)`."""
    return bool(places) and places[-1].kind in _SEVERAL and places[-1].name in slots


def _parameter_name(record: Function, argument: Given) -> str:
    name = argument.name or ""
    names = {p.name for p in record.parameters}
    if name in names:
        return name
    if SYNONYMS.get(name) == "":
        return ""
    for other in SYNONYMS.get(name, "").split():
        if other in names:
            return other
    near = nearest(name, names)
    listed = ", ".join(p.name for p in record.parameters)
    raise ProgramNameError(
        f"{record.name} has no parameter '{name}'",
        span=argument.span,
        help=f"did you mean '{near}'?" if near else f"it takes {listed}",
    )


def signature(record: Function) -> str:
    """`sum(x, axis=None, keepdims=false)`."""
    parts = [
        p.name if p.default is REQUIRED else f"{p.name}={_default(p.default)}"
        for p in record.parameters
    ]
    return f"{record.name}({', '.join(parts)})"


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else repr(value)


def _missing(record: Function, span: Span) -> ProgramTypeError:
    return ProgramTypeError(
        f"{record.name} needs more arguments", span=span, help=signature(record)
    )


def _too_many(record: Function, count: int, span: Span) -> ProgramTypeError:
    most = sum(not p.keyword for p in record.parameters)
    takes = f"{most} argument{'s' if most != 1 else ''}"
    return ProgramTypeError(
        f"{record.name} takes {takes}, not {count}",
        span=span,
        help=record.hint or signature(record),
    )


# --- one argument -------------------------------------------------------------------------------


def _convert(run: Interpreter, parameter: Parameter, given: list[Given]) -> Any:
    """The arguments of one parameter as the kind of value it takes."""
    kind = parameter.kind
    if kind == "Array" and parameter.default is None and _is_none(given[0]):
        return None
    if kind == "Array":
        return array(run, given[0])
    if kind == "Rest":
        return tuple(array(run, g) for g in given)
    if kind == "Arrays":
        return _arrays(run, given)
    if kind in _SEVERAL:
        if len(given) == 1 and _is_none(given[0]):
            return None
        numbers = _whole_numbers(run, given)
        if kind == "Shape":
            run.place(given[0].span)
            run.graph.check_size(tuple([max(n, 1) for n in numbers]))
        return numbers
    return _CONVERTERS[kind](run, given[0])


def _is_none(given: Given) -> bool:
    return isinstance(given.tree, tree.Name) and given.tree.id in ("None", "newaxis")


def _value(run: Interpreter, given: Given) -> Any:
    return given.value if given.tree is None else run.expression(given.tree)


def as_array(run: Interpreter, node: Any, whole: tree.Tree) -> Node:
    """An argument's tree as one node; `whole` is the place of the argument."""
    value = run.expression(node)
    if value.__class__ is Node:
        return value
    return array(run, Given(None, value, None, run.span(whole)))


def array(run: Interpreter, given: Given) -> Node:
    """An argument as one node; a tuple is stacked, as NumPy does."""
    value = _value(run, given)
    if isinstance(value, Node):
        return value
    run.place(given.span)
    if isinstance(value, tuple) and value:
        return stacked([to_node(part, run.graph) for part in value])
    try:
        return to_node(value, run.graph)
    except ProgramTypeError as error:
        error.span = given.span
        raise


def _arrays(run: Interpreter, given: list[Given]) -> tuple[Node, ...]:
    """Several nodes: the arguments, or the items of the one argument."""
    if len(given) > 1:
        return tuple(array(run, g) for g in given)
    (only,) = given
    if isinstance(only.tree, tree.Array) and only.tree.items:
        items = only.tree.items
        return tuple(array(run, Given(item, None, None, run.span(item))) for item in items)
    value = _value(run, only)
    if isinstance(value, tuple) and value:
        return tuple(to_node(part, run.graph) for part in value)
    if isinstance(value, Node) and value.shape and value.shape[0]:
        return tuple(value[i] for i in range(value.shape[0]))
    raise ProgramTypeError(
        f"several arrays are needed here, not {describe(value)}",
        span=only.span,
        help="write them as (a, b)",
    )


def plain(run: Interpreter, value: Any) -> Any:
    """A value as plain Python: numbers, nested tuples, texts, None."""
    if isinstance(value, tuple):
        return tuple(plain(run, part) for part in value)
    if isinstance(value, Node):
        return _nested(np.asarray(run.ask(value)).tolist())
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise ProgramTypeError(f"a plain value is needed here, not {describe(value)}")


def _nested(value: Any) -> Any:
    return tuple(map(_nested, value)) if isinstance(value, list) else value


def _plain(run: Interpreter, given: Given) -> Any:
    try:
        return plain(run, _value(run, given))
    except ProgramTypeError as error:
        error.span = given.span
        raise


def _whole(value: Any, span: Span) -> int:
    if isinstance(value, (int, float)) and math.isfinite(value) and value == int(value):
        return int(value)
    raise ProgramTypeError("a whole number is needed here", span=span)


def _whole_numbers(run: Interpreter, given: list[Given]) -> tuple[int, ...]:
    if len(given) > 1:
        return tuple(_whole(_plain(run, g), g.span) for g in given)
    value = _plain(run, given[0])
    parts = value if isinstance(value, tuple) else (value,)
    return tuple(_whole(part, given[0].span) for part in parts)


def _to_axes(run: Interpreter, given: Given) -> Any:
    value = _plain(run, given)
    if value is None:
        return None
    if isinstance(value, tuple):
        return tuple(_whole(part, given.span) for part in value)
    return _whole(value, given.span)


def _to_int(run: Interpreter, given: Given) -> int:
    return _whole(_plain(run, given), given.span)


def _to_number(run: Interpreter, given: Given) -> float:
    value = _plain(run, given)
    if isinstance(value, (int, float)):
        return float(value)
    raise ProgramTypeError("one number is needed here", span=given.span)


def _to_flag(run: Interpreter, given: Given) -> bool:
    value = _plain(run, given)
    if isinstance(value, (bool, int, float)):
        return bool(value)
    raise ProgramTypeError("true or false is needed here", span=given.span)


def _nested_nodes(run: Interpreter, given: Given) -> Any:
    """Lists of lists as tuples of tuples of nodes, which need not have one shape."""
    if isinstance(given.tree, (tree.Array, tree.Tuple)):
        spans = ((item, run.span(item)) for item in given.tree.items)
        return tuple(_nested_nodes(run, Given(item, None, None, span)) for item, span in spans)
    return array(run, given)


def _to_text(run: Interpreter, given: Given) -> str:
    value = _value(run, given)
    if isinstance(value, str):
        return value
    raise ProgramTypeError(
        f"a text is needed here, not {describe(value)}", span=given.span, help='as in "ij,jk->ik"'
    )


_CONVERTERS = {
    "Axis": _to_axes,
    "Axes": _to_axes,
    "Int": _to_int,
    "Nested": _nested_nodes,
    "Number": _to_number,
    "Flag": _to_flag,
    "Text": _to_text,
    "Value": _plain,
}

"""Where a NaN or an infinity comes from: the first operation that made one of finite operands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.errors import Notice
from gradcli.ir.op import Elementwise
from gradcli.ir.record import CONSTANT, INPUT
from gradcli.lower.matrix_powers import product_meant
from gradcli.render.formula import applied, constant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.engine.run import Run
    from gradcli.exec.plain import Evaluator
    from gradcli.ir.node import Node

    Index = tuple[int, ...]


def explain(run: Run, values: Sequence[Node], gradients: Sequence[Node] = ()) -> None:
    """Adds a warning where a value that was evaluated is NaN or infinite, or else a gradient."""
    with np.errstate(all="ignore"):
        notice = _of_value(run, values) or _of_gradient(gradients, run.evaluator)
    if notice is not None:
        if notice.help in [said.help for said in run.notices]:
            notice = Notice(notice.message, span=notice.span, kind=notice.kind)
        run.notices.append(notice)


def _of_value(run: Run, values: Sequence[Node]) -> Notice | None:
    evaluator = run.evaluator
    origin = first_origin(values, evaluator)
    if origin is None:
        return None
    node, index = origin
    made = _number(evaluator(node), index, node)
    if node.op is INPUT:
        return _of_input(node, index, made)
    message = f"{_call(node, index, evaluator)} is {made}{_place(node, index, run)}"
    return Notice(message, span=node.span, help=_way_out(node, made), kind="domain")


def _of_gradient(gradients: Sequence[Node], evaluator: Evaluator) -> Notice | None:
    origin = first_origin(gradients, evaluator)
    if origin is None:
        return None
    node, index = origin
    made = _number(evaluator(node), index, node)
    if node.op is INPUT:
        return _of_input(node, index, made)
    element = f", element {_bracketed(index)}" if index else ""
    message = f"the gradient becomes {made} at {written(node, node.op.name)}{element}"
    return Notice(message, span=node.span, help=_way_out(node, made), kind="domain")


def _of_input(node: Node, index: Index, made: str) -> Notice:
    return Notice(f"the input {node.attrs[0]}{_bracketed(index)} is {made}", kind="domain")


def _way_out(node: Node, made: str) -> str | None:
    """What the record says of points at which it is undefined; what a matrix's power may mean."""
    if made == "nan":
        return node.op.undefined or None
    return product_meant(node.span.cited(""), node.shape) if node.span else None


# --- the search ---------------------------------------------------------------------------------


class Origin(NamedTuple):
    """The operation that made a number that is not finite, and of which element."""

    node: Node
    element: Index


def first_origin(nodes: Sequence[Node], evaluator: Evaluator) -> Origin | None:
    """The origin for the first of the nodes that was evaluated and is not finite."""
    origins = (_origin(node, evaluator) for node in nodes if node in evaluator.values)
    return next((origin for origin in origins if origin is not None), None)


def _origin(result: Node, evaluator: Evaluator) -> Origin | None:
    """The first node, and the element, that is not finite though its operands are."""
    masks: dict[Node, Any] = {result: _bad(evaluator(result))}
    if not masks[result].any():
        return None
    first: Origin | None = None
    while masks:
        node = max(masks, key=lambda n: n.order)
        made, passed = _split(node, masks.pop(node), evaluator)
        if made.any():
            first = Origin(node, tuple(np.argwhere(made)[0].tolist()))
        for x, mask in passed:
            masks[x] = masks[x] | mask if x in masks else mask
    return first


def _split(node: Node, mask: Any, evaluator: Evaluator) -> tuple[Any, list[tuple[Node, Any]]]:
    """Of the elements in the mask: which the node made itself, and which came with an operand."""
    if not isinstance(node.op, Elementwise):
        masks = [(x, _bad(evaluator(x))) for x in node.inputs]
        passed = [(x, bad) for x, bad in masks if bad.any()]
        return (np.zeros_like(mask) if passed else mask), passed
    made, passed = mask, []
    for x, select in zip(node.inputs, node.op.selects, strict=True):
        came = mask & _bad(evaluator(x))
        if select is not None:
            came = came & evaluator(select(*node.inputs, node))
        if came.any():
            made = made & ~came
            passed.append((x, _folded(came, x.shape)))
    return made, passed


def _bad(value: Any) -> Any:
    return ~np.isfinite(value)


def _folded(mask: Any, shape: tuple[int, ...]) -> Any:
    """A mask folded down to a shape that broadcasts to its own."""
    lead = mask.ndim - len(shape)
    axes = tuple(i for i in range(mask.ndim) if i < lead or shape[i - lead] != mask.shape[i])
    return np.any(mask, axis=axes, keepdims=True).reshape(shape)


# --- the words ----------------------------------------------------------------------------------

_CONSTANTS = frozenset({CONSTANT.name, CONSTANT.word, "inf", "nan"})
"""What is written where a constant is not finite itself, or stands for what is written nowhere."""


def _number(value: Any, index: Index, node: Node) -> str:
    """The element of an operand that belongs to an element of the node's result."""
    return constant(np.broadcast_to(value, node.shape)[index])[0]


def _call(node: Node, index: Index, evaluator: Evaluator) -> str:
    """The operation with its numbers, `log(0)`, `1/0`; one of whole arrays as it is written."""
    if not isinstance(node.op, Elementwise):
        return written(node, node.op.word)
    operands = [np.broadcast_to(evaluator(x), node.shape)[index] for x in node.inputs]
    return applied(node, [constant(operand) for operand in operands])[0]


def written(node: Node, otherwise: str) -> str:
    """An operation as the program has it; a number that is not finite is a constant."""
    written = otherwise if node.span is None else node.span.cited(otherwise)
    return "a constant" if node.op is CONSTANT and written in _CONSTANTS else written


def _bracketed(index: Index) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""


def _place(node: Node, index: Index, run: Run) -> str:
    """` at x[2]`, where the operand has a name, else ` at element [2]`."""
    if not index:
        return ""
    for name, value in run.scope.items():
        if node.inputs and value is node.inputs[0] and value.shape == node.shape:
            return f" at {name}{_bracketed(index)}"
    return f" at element {_bracketed(index)}"

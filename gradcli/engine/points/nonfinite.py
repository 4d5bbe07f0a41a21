"""Where a NaN or an infinity comes from: the first operation that made one of finite operands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import Notice
from gradcli.ir.op import Elementwise
from gradcli.ir.record import CONSTANT, INPUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.engine.run import Run
    from gradcli.exec.plain import Evaluator
    from gradcli.ir.node import Node

    Array = np.ndarray[Any, np.dtype[Any]]


def explain(run: Run, gradients: Sequence[Node] = ()) -> None:
    """Adds a warning where a value that was evaluated is NaN or infinite, or else a gradient."""
    with np.errstate(all="ignore"):
        notice = _explain(run, gradients)
    if notice is not None:
        run.notices.append(notice)


class _Known:
    """The values of a run; those that were not kept are computed when one looks at them."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator

    def __contains__(self, node: Node) -> bool:
        return node in self.evaluator.values

    def __getitem__(self, node: Node) -> Any:
        return self.evaluator(node)


def _explain(run: Run, gradients: Sequence[Node]) -> Notice | None:
    known = _Known(run.evaluator)
    for y in run.results:
        found = _origin(y, known) if y in known else None
        if found is not None:
            return _of_value(*found, known, run)
    for g in gradients:
        found = _origin(g, known) if g in known else None
        if found is not None:
            return _of_gradient(*found, known)
    return None


def _bad(value: Any) -> Any:
    return ~np.isfinite(value)


def _origin(result: Node, known: _Known) -> tuple[Node, tuple[int, ...]] | None:
    """The first node, and the element, that is not finite though its operands are."""
    masks: dict[Node, Any] = {result: _bad(known[result])}
    if not np.any(masks[result]):
        return None
    first: tuple[Node, tuple[int, ...]] | None = None
    waiting = {result}
    while waiting:
        node = max(waiting, key=lambda n: n.order)
        waiting.discard(node)
        made, passed = _split(node, masks.pop(node), known)
        if np.any(made):
            first = node, tuple(int(i) for i in np.argwhere(made)[0])
        for x, mask in passed:
            masks[x] = masks[x] | mask if x in masks else mask
            waiting.add(x)
    return first


def _split(node: Node, mask: Any, known: _Known) -> tuple[Any, list[tuple[Node, Any]]]:
    """Of the elements in the mask: which the node made itself, and which came with an operand."""
    if node.op in (CONSTANT, INPUT) or not node.inputs:
        return mask, []
    if not isinstance(node.op, Elementwise):
        passed = [(x, _bad(known[x])) for x in node.inputs if np.any(_bad(known[x]))]
        return (np.zeros(np.shape(mask), bool) if passed else mask), passed
    made, passed = mask, []
    for i, x in enumerate(node.inputs):
        came = mask & _bad(known[x]) & _selected(node, i, known)
        if np.any(came):
            made = made & ~came
            passed.append((x, _folded(came, x.shape)))
    return made, passed


def _selected(node: Node, i: int, known: _Known) -> Any:
    """Where a selection takes its operand i."""
    if node.op.name in ("where", "gate") and i:
        chosen = np.asarray(known[node.inputs[0]], bool)
        return chosen if i == 1 else ~chosen
    return True


def _folded(mask: Any, shape: tuple[int, ...]) -> Any:
    """A mask folded down to a shape that broadcasts to its own."""
    lead = mask.ndim - len(shape)
    axes = tuple(i for i in range(mask.ndim) if i < lead or shape[i - lead] != mask.shape[i])
    return np.any(mask, axis=axes, keepdims=True).reshape(shape)


def _at(value: Any, where: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """The element of an operand that belongs to an element of the result."""
    array = np.broadcast_to(value, shape) if np.shape(value) != shape else np.asarray(value)
    number = array[where]
    text = repr(number.item())
    return text.removesuffix(".0")


def _place(node: Node, where: tuple[int, ...], run: Run) -> str:
    """` at x[2]`, where the operand has a name, else ` at element [2]`."""
    if not where:
        return ""
    index = ", ".join(map(str, where))
    for name, value in run.scope.items():
        if node.inputs and value is node.inputs[0] and value.shape == node.shape:
            return f" at {name}[{index}]"
    return f" at element [{index}]"


_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "^", "mod": "%"}


def _call(node: Node, where: tuple[int, ...], known: _Known) -> str:
    """The operation with its numbers: `log(0)`, `1/0`."""
    if not isinstance(node.op, Elementwise):
        return node.op.name
    operands = [_at(known[x], where, node.shape) for x in node.inputs]
    sign = _SIGNS.get(node.op.name)
    if sign is not None and len(operands) == 2:
        return sign.join(operands)
    return f"{node.op.name}({', '.join(operands)})"


def _of_value(node: Node, where: tuple[int, ...], known: _Known, run: Run) -> Notice:
    made = _at(known[node], where, node.shape)
    if node.op is INPUT:
        index = f"[{', '.join(map(str, where))}]" if where else ""
        return Notice(f"the input {node.attrs[0]}{index} is {made}", kind="domain")
    message = f"{_call(node, where, known)} is {made}{_place(node, where, run)}"
    return Notice(message, span=node.span, kind="domain")


def _of_gradient(node: Node, where: tuple[int, ...], known: _Known) -> Notice:
    made = _at(known[node], where, node.shape)
    text = node.span.text if node.span is not None else node.op.name
    place = f", element [{', '.join(map(str, where))}]" if where else ""
    return Notice(f"the gradient becomes {made} at {text}{place}", span=node.span, kind="domain")

"""What PyTorch calls the functions by which it remembers how a gradient was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.ir.op import Elementwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.node import Node
    from gradcli.ir.shapes import Shape

_OF_GRADIENTS = {
    "neg": "Neg",
    "div": "Div",
    "log": "Div",
    "sqrt": "Div",
    "sum": "Expand",
    "tanh": "TanhBackward",
    "sigmoid": "SigmoidBackward",
    "relu": "ThresholdBackward",
    "index": "SelectBackward",
    "transpose": "T",
    "concat": "Slice",
    "softmax": "SoftmaxBackwardData",
}
"""Operations by which a gradient is not a product."""

_PASSING = frozenset("name convert add".split())
"""Operations that pass a gradient on as it is."""


def _of_broadcast(shape: Shape, own: Shape) -> str:
    """By what a gradient of a shape is added up to that of what was broadcast."""
    if not own:
        return "SumBackward0"
    return "SumBackward1" if len(shape) == len(own) else "ViewBackward0"


def _of_matmul(node: Node, user: Node) -> str:
    """By what a gradient of a product of matrices is made; a vector was a column or a row first."""
    (other,) = [x for x in user.inputs if x is not node]
    return "Mul" if other.op.name == "reshape" or node.ndim != 2 else "Mm"


def _of_reshape(node: Node, user: Node, path: Sequence[Node]) -> str:
    """By what a gradient gets the shape back that was changed."""
    products = [x for x in path if x.op.name == "matmul" and user in x.inputs]
    if node.ndim == 1 and products:
        others = [x for x in products[0].inputs if x is not user]
        is_dot = all(x.op.name == "reshape" and x.inputs[0].ndim == 1 for x in others)
        return "Mul" if is_dot else "Mv"
    is_wider = user.ndim > node.ndim and [n for n in user.shape if n != 1] == [*node.shape]
    return "SqueezeBackward1" if is_wider else "View"


def of_gradient(node: Node, path: Sequence[Node]) -> str:
    """What the gradient by a node is remembered by: what gives it, going back through a path."""
    users = [x for x in path if node in x.inputs]
    if len(users) != 1 or users[0].inputs.count(node) > 1:
        return "AddBackward0" if users else "MulBackward0"
    (user,) = users
    if user.op.name in _PASSING and user.shape == node.shape:
        return of_gradient(user, path)
    if isinstance(user.op, Elementwise) and user.shape != node.shape:
        return _of_broadcast(user.shape, node.shape)
    if user.op.name == "sub":
        return of_gradient(user, path) if user.inputs[0] is node else "NegBackward0"
    word = _OF_GRADIENTS.get(user.op.name, "Mul")
    if user.op.name == "matmul":
        word = _of_matmul(node, user)
    elif user.op.name == "reshape":
        word = _of_reshape(node, user, path)
    return word if word[-1].isdigit() else f"{word}Backward0"

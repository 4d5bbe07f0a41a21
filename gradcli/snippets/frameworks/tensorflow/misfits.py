"""What TensorFlow says of shapes that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.errors import Raised
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Sequence

OPERATIONS = {
    "+": "AddV2",
    "-": "Sub",
    "*": "Mul",
    "/": "RealDiv",
    "**": "Pow",
    "@": "MatMul",
    "//": "FloorDiv",
    "%": "FloorMod",
}
"""What TensorFlow calls the operations of operators."""

OF_FUNCTIONS = {
    "add": "AddV2",
    "sub": "Sub",
    "mul": "Mul",
    "div": "RealDiv",
    "pow": "Pow",
    "matmul": "MatMul",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "squared_difference": "SquaredDifference",
}
"""What it calls those of functions."""

UNFIT = {
    "inv": ("MatrixInverse", "Input is not invertible."),
    "solve": ("MatrixSolve", "Input matrix is not invertible."),
}
"""What it says of matrices, by the function that does not take them."""

WHERE = "_device_/job:localhost/replica:0/task:0/device:CPU:0"


def misfit(error: Any, op: str, operands: Sequence[Any]) -> Raised:
    """The error of an operation, by the operator or the function that it was written as."""
    shapes = [f"[{','.join(map(str, x.shape))}]" for x in operands if isinstance(x, Array)]
    name = OPERATIONS.get(op) or OF_FUNCTIONS.get(op)
    if name is None or len(shapes) != 2:
        return Raised("InvalidArgumentError", error.message, help=error.help)
    kernel, reason = name, f"Incompatible shapes: {shapes[0]} vs. {shapes[1]}"
    if name == "MatMul":
        is_stack = any(len(x.shape) > 2 for x in operands)
        name = "BatchMatMulV2" if is_stack else name
        kernel = f"__Mkl{name}"
        reason = f"Matrix size-incompatible: In[0]: {shapes[0]}, In[1]: {shapes[1]}"
        reason += " 0 0" * is_stack
    return _raised(name, reason, error, kernel)


def unfit(error: Any, op: str) -> Raised:
    """The error of a function of matrices."""
    if op not in UNFIT:
        return Raised("InvalidArgumentError", error.message, help=error.help)
    return _raised(*UNFIT[op], error)


def _raised(name: str, reason: str, error: Any, kernel: str = "") -> Raised:
    node = f"{{{{function_node __wrapped__{kernel or name}{WHERE}}}}}"
    return Raised("InvalidArgumentError", f"{node} {reason} [Op:{name}] name: ", help=error.help)

"""What PyTorch refuses that the library would take: mixed types, other shapes."""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import AxisError
from gradcli.ir.op import Unary
from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch.tensor import CALLED, SHOWN, Tensor
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.errors import ShapeError

SAME = "x.to(y.dtype) gives one the type of the other"


def refused(type_name: str, text: str, help: str | None = None) -> Raised:
    """The error of an argument."""
    return Raised(type_name, text, help=help)


# --- gradients ------------------------------------------------------------------------------------

OTHER_SIZE = (
    "attempting to assign a gradient of size '{}' to a tensor of size '{}'. Please ensure that the "
    "gradient and the tensor are the same size"
)

OTHER_TYPE = (
    "attempting to assign a gradient with dtype '{}' to a tensor with grad_dtype '{}'. The "
    "gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set the "
    "tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set "
    "grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break "
    "downstream systems that assume they match."
)


def gradient(tensor: Tensor, value: Any) -> None:
    """What is assigned to `x.grad` is of the tensor's own type and shape."""
    if not isinstance(value, Tensor):
        shown = tensor.home.machine.language.type_name(value)
        text = "assigned grad expected to be a Tensor or None but got grad of type "
        raise refused("TypeError", text + shown)
    if value.dtype != tensor.dtype:
        text = OTHER_TYPE.format(CALLED[value.dtype.name], SHOWN[tensor.dtype.name])
        raise refused("RuntimeError", text, "x.grad = g.to(x.dtype)")
    if value.shape != tensor.shape:
        raise refused("RuntimeError", OTHER_SIZE.format(list(value.shape), list(tensor.shape)))


# --- products -------------------------------------------------------------------------------------


def product(x: Tensor, y: Tensor) -> None:
    """`x @ y`: both of one type, and as many columns as rows."""
    ranks = len(x.shape), len(y.shape)
    if 0 in ranks:
        return
    if ranks == (1, 1):
        dot(x, y)
    elif ranks[1] == 1:
        mv(x, y)
    elif ranks[1] == 2:
        mm(x, y)
    elif min(ranks) < 3:
        of_one_type("expected scalar type {} but found {}", x, y)
    else:
        batches(x, y, x.shape[:-2], y.shape[:-2])


def of_one_type(text: str, *tensors: Tensor, names: Mapping[str, str] = SHOWN) -> None:
    """Refuses tensors of different types of numbers."""
    if len({x.dtype for x in tensors}) > 1:
        text = text.format(*[names[x.dtype.name] for x in tensors])
        raise refused("RuntimeError", text, SAME)


def dot(x: Tensor, y: Tensor) -> None:
    """A product of two vectors."""
    ranks = len(x.shape), len(y.shape)
    if ranks != (1, 1):
        text = f"1D tensors expected, but got {ranks[0]}D and {ranks[1]}D tensors"
        raise refused("RuntimeError", text)
    of_one_type("dot : expected both vectors to have same dtype, but found {} and {}", x, y)
    if x.shape != y.shape:
        m, n = x.shape[0], y.shape[0]
        text = (
            f"inconsistent tensor size, expected tensor [{m}] and src [{n}] to have the same "
            f"number of elements, but got {m} and {n} elements respectively"
        )
        raise refused("RuntimeError", text)


def mv(x: Tensor, y: Tensor) -> None:
    """A product of a matrix, or of several, and a vector."""
    text = "addmv input tensors must have the same dtype, but got {}, {}, and {}"
    of_one_type(text, y, x, y)
    rows, columns = prod(x.shape[:-1]), x.shape[-1]
    if columns != y.shape[0]:
        text = f"size mismatch, got input ({rows}), mat ({rows}x{columns}), vec ({y.shape[0]})"
        raise refused("RuntimeError", text)


def mm(x: Tensor, y: Tensor) -> None:
    """A product of matrices."""
    text = "expected m1 and m2 to have the same dtype, but got: {} != {}"
    of_one_type(text, x, y, names=CALLED)
    fits(x, y.shape[0], y.shape[1])


def fits(x: Tensor, rows: int, columns: int) -> None:
    """Refuses a matrix, or several, whose columns are not the rows of another one."""
    if x.shape[-1] != rows:
        own = f"{prod(x.shape[:-1])}x{x.shape[-1]}"
        text = f"mat1 and mat2 shapes cannot be multiplied ({own} and {rows}x{columns})"
        raise refused("RuntimeError", text)


def matrices(x: Tensor, y: Tensor) -> None:
    """`torch.mm`: of matrices alone."""
    for x_or_y, name in ((x, "self"), (y, "mat2")):
        if len(x_or_y.shape) != 2:
            raise refused("RuntimeError", f"{name} must be a matrix")
    mm(x, y)


def bmm(x: Tensor, y: Tensor) -> None:
    """`torch.bmm`: of two stacks of as many matrices."""
    for number, tensor in ((1, x), (2, y)):
        if len(tensor.shape) != 3:
            raise refused("RuntimeError", f"batch{number} must be a 3D tensor")
    batches(x, y, x.shape[:1], y.shape[:1], spread=False)


def batches(
    x: Tensor, y: Tensor, of_x: Sequence[int], of_y: Sequence[int], *, spread: bool = True
) -> None:
    """Stacks of matrices, of which one of one matrix may be `spread`."""
    of_one_type("expected scalar type {} but found {}", x, y)
    try:
        lead = np.broadcast_shapes(tuple(of_x), tuple(of_y)) if spread else tuple(of_x)
    except ValueError:
        return  # the product says which of them do not fit
    found = (prod(lead) if spread else of_y[0], y.shape[-2])
    wish = (prod(lead), x.shape[-1])
    if found != wish:
        text = "Expected size for first two dimensions of batch2 tensor to be: "
        raise refused("RuntimeError", f"{text}{list(wish)} but got: {list(found)}.")


def linear(x: Tensor, weight: Tensor, bias: Any = None) -> None:
    """`F.linear`: by the transpose of the weight."""
    text = "mat1 and mat2 must have the same dtype, but got {} and {}"
    if bias is None:
        text = "expected m1 and m2 to have the same dtype, but got: {} != {}"
    of_one_type(text, x, weight, names=CALLED if bias is None else SHOWN)
    if len(weight.shape) == 2 and x.shape:
        fits(x, weight.shape[1], weight.shape[0])


def addmm(x: Tensor, y: Tensor, z: Tensor) -> None:
    """`torch.addmm`: a matrix and a product of two."""
    of_one_type("self and mat2 must have the same dtype, but got {} and {}", x, z)
    of_one_type("mat1 and mat2 must have the same dtype, but got {} and {}", y, z)
    if len(y.shape) == len(z.shape) == 2:
        fits(y, *z.shape)


def convolved(x: Tensor, weight: Tensor, bias: Any = None, groups: int = 1) -> None:
    """`F.conv2d` and its like: of so many axes and channels."""
    axes = len(weight.shape) - 2
    if len(x.shape) not in (axes + 1, axes + 2):
        text = f"Expected {axes + 1}D (unbatched) or {axes + 2}D (batched) input to conv{axes}d, "
        raise refused("RuntimeError", f"{text}but got input of size: {list(x.shape)}")
    shape = [1, *x.shape][-axes - 2 :]
    wish, found = weight.shape[1] * groups, shape[1]
    if found != wish:
        text = (
            f"Given groups={groups}, weight of size {list(weight.shape)}, expected input{shape} to "
            f"have {wish} channels, but got {found} channels instead"
        )
        raise refused("RuntimeError", text)
    convolution(x, weight, bias)


def convolution(x: Tensor, weight: Tensor, bias: Any = None, **_named: Any) -> None:
    """Convolutions of both directions."""
    if bias is not None:
        text = "Input type ({}) and bias type ({}) should be the same"
        of_one_type(text, x, bias, names=CALLED)
    of_one_type("expected scalar type {} but found {}", x, weight)


def of_one_type_both(*tensors: Tensor) -> None:
    """`torch.einsum` of two tensors, which is a product of stacks of matrices."""
    if len(tensors) == 2:
        of_one_type("expected scalar type {} but found {}", *tensors)


# --- normalisation and dropout --------------------------------------------------------------------


def batch(x: Tensor, features: int, *, is_training: bool) -> None:
    """`nn.BatchNorm1d` and its like: several values of each of so many features."""
    if len(x.shape) < 2:
        raise refused("ValueError", f"expected 2D or 3D input (got {len(x.shape)}D input)")
    if is_training and x.node.size == x.shape[1]:
        text = "Expected more than 1 value per channel when training, got input size "
        raise refused("ValueError", f"{text}torch.Size({list(x.shape)})")
    if x.shape[1] != features:
        text = f"running_mean should contain {x.shape[1]} elements not {features}"
        raise refused("RuntimeError", text)


def layer(x: Tensor, weight: Tensor, *_: Any, **_named: Any) -> None:
    """`F.layer_norm`: over last axes of the shape of the weight."""
    wish = weight.shape
    if x.shape[-len(wish) :] != wish:
        axes = ", ".join(["*", *map(str, wish)])
        text = f"Given normalized_shape={list(wish)}, expected input with shape [{axes}], but got "
        raise refused("RuntimeError", f"{text}input of size{list(x.shape)}")


def share(p: Any) -> None:
    """What dropout leaves out is a part of all."""
    if not 0 <= p <= 1:
        text = f"dropout probability has to be between 0 and 1, but got {p}"
        raise refused("ValueError", text)


# --- losses ---------------------------------------------------------------------------------------


def classes(x: Tensor, target: Tensor, *_: Any, **named: Any) -> None:
    """Losses of the numbers of classes, or of their probabilities."""
    if is_float(target.dtype):
        if target.shape != x.shape:
            text = "expected target dtype to be Long or Byte, but got Float"
            raise refused("RuntimeError", text, "the numbers of classes: y.long()")
        return
    if len(x.shape) > 1 and target.shape and x.shape[0] != target.shape[0]:
        text = f"Expected input batch_size ({x.shape[0]}) to match target batch_size "
        raise refused("ValueError", f"{text}({target.shape[0]}).")
    count = x.shape[min(1, len(x.shape) - 1)] if x.shape else 1
    bad = beyond(target, count, but=named.get("ignore_index", IGNORED))
    if bad is not None:
        raise refused("IndexError", f"Target {bad} is out of bounds.")


IGNORED = -100
"""The number that stands for no class."""


def beyond(indices: Tensor, count: int, but: int | None = None) -> Any:
    """The first index that is none of so many, where they are known; None for none."""
    home = indices.home
    if home.machine.depth_of_tracing:
        return None
    numbers = home.recorder.array(indices)
    bad = numbers[((numbers < 0) | (numbers >= count)) & (numbers != but)]
    return bad.flat[0] if bad.size else None


def embedding(indices: Tensor, weight: Tensor, **_named: Any) -> None:
    """`F.embedding`."""
    if indices.dtype.name not in ("int64", "int32"):
        text = (
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
            f"Long, Int; but got torch.{SHOWN[indices.dtype.name]}Tensor instead (while checking "
            "arguments for embedding)"
        )
        raise refused("RuntimeError", text, "x.long()")
    if beyond(indices, weight.shape[0]) is not None:
        raise refused("IndexError", "index out of range in self")


def probabilities(x: Tensor, target: Tensor, *_: Any, **_named: Any) -> None:
    """`F.binary_cross_entropy`: of a type and a shape, and of probabilities."""
    if x.dtype != target.dtype:
        text = f"Found dtype {SHOWN[target.dtype.name]} but expected {SHOWN[x.dtype.name]}"
        raise refused("RuntimeError", text, "y.float() gives the targets the type of the input")
    if x.shape != target.shape:
        shapes = f"(torch.Size({list(target.shape)})) that is different to the input size "
        text = f"Using a target size {shapes}(torch.Size({list(x.shape)})) is deprecated. "
        raise refused("ValueError", text + "Please ensure they have the same size.")


def logits(x: Tensor, target: Tensor, *_: Any, **_named: Any) -> None:
    """`F.binary_cross_entropy_with_logits`."""
    if x.shape != target.shape:
        shapes = f"(torch.Size({list(target.shape)})) must be the same as input size "
        raise refused("ValueError", f"Target size {shapes}(torch.Size({list(x.shape)}))")
    if not is_float(target.dtype):
        text = "result type Float can't be cast to the desired output type "
        raise refused("RuntimeError", text + SHOWN[target.dtype.name], "y.float()")


def weighted(x: Tensor, _target: Tensor, weight: Any = None) -> None:
    """Losses with a weight for each element."""
    if weight is not None and weight.shape != x.shape:
        raise refused("ValueError", "Weights and input must have the same size.")


# --- shapes ---------------------------------------------------------------------------------------


def turned(x: Tensor) -> None:
    """`x.t()`: of two axes at most."""
    if len(x.shape) > 2:
        text = f"t() expects a tensor with <= 2 dimensions, but self is {len(x.shape)}D"
        raise refused("RuntimeError", text)


def narrow(x: Tensor, dim: int, start: Any, length: int) -> None:
    """`x.narrow(dim, start, length)`: within the axis."""
    size = x.shape[dim] if -len(x.shape) <= dim < len(x.shape) else 0
    if isinstance(start, int) and size and start + length > size:
        text = f"start ({start}) + length ({length}) exceeds dimension size ({size})."
        raise refused("RuntimeError", text)


def chunk(_x: Tensor, chunks: int, _dim: int = 0) -> None:
    """`x.chunk(chunks)`."""
    if chunks < 1:
        text = f"chunk expects `chunks` to be greater than 0, got: {chunks}"
        raise refused("RuntimeError", text)


OF_ONE: dict[str, Callable[..., None]] = {"t": turned, "narrow": narrow, "chunk": chunk}
"""What is looked at of a tensor and of other arguments by their places."""


# --- all of them ----------------------------------------------------------------------------------

CHECKS: dict[str, Callable[..., None]] = {
    "matmul": product,
    "dot": dot,
    "inner": product,
    "mv": mv,
    "mm": matrices,
    "bmm": bmm,
    "linear": linear,
    "addmm": addmm,
    **{f"conv{n}d": convolved for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": convolution for n in (1, 2, 3)},
    "einsum": of_one_type_both,
    "embedding": embedding,
    "layer_norm": layer,
    "cross_entropy": classes,
    "nll_loss": classes,
    "binary_cross_entropy": probabilities,
    "binary_cross_entropy_with_logits": logits,
    "mse_loss": weighted,
    "l1_loss": weighted,
}
"""What is looked at of the tensors that a function is given."""

NAMED = frozenset({"weight", "bias", "ignore_index", "groups"})
"""Arguments that are looked at under their names."""


def check(function: Any, args: Sequence[Any], named: Mapping[str, Any]) -> None:
    """Refuses arguments of a function that PyTorch does not take."""
    word = function.name.rpartition(".")[2]
    if isinstance(function.record.op, Unary) and args and type(args[0]) in (int, float):
        shown = type(args[0]).__name__
        text = f"{word}(): argument 'input' (position 1) must be Tensor, not {shown}"
        raise refused("TypeError", text, f"torch.{word}(torch.tensor({args[0]}))")
    if word in OF_ONE and not named:
        OF_ONE[word](*args)
    row = CHECKS.get(word)
    tensors = [x for x in args if isinstance(x, Tensor)]
    if row is not None and len(tensors) > 1:
        row(*tensors, **{name: named[name] for name in NAMED & named.keys()})


def misfit(error: ShapeError, op: str, operands: Sequence[Any]) -> Raised:
    """What PyTorch says of shapes that do not fit."""
    shapes = [x.shape for x in operands if isinstance(x, Array)]
    if isinstance(error, AxisError):
        ndim = max(error.ndim, 1)
        text = f"(expected to be in range of [{-ndim}, {ndim - 1}], but got {error.axis})"
        return Raised("IndexError", f"Dimension out of range {text}", help=error.help)
    if op == "reshape":
        wish = error.message.rpartition(" fit ")[2].strip("(,)")
        text = f"shape '[{wish}]' is invalid for input of size {prod(shapes[0])}"
        return Raised("RuntimeError", text, help=error.help)
    if op == "stack" and len({*shapes}) > 1:
        number = next(i for i, shape in enumerate(shapes) if shape != shapes[0])
        text = (
            f"stack expects each tensor to be equal size, but got {list(shapes[0])} at entry 0 and "
            f"{list(shapes[number])} at entry {number}"
        )
        return Raised("RuntimeError", text, help=error.help)
    if op == "concat" and len({len(shape) for shape in shapes}) > 1:
        first, other = [*dict.fromkeys(len(shape) for shape in shapes)][:2]
        text = f"Tensors must have same number of dimensions: got {first} and {other}"
        return Raised("RuntimeError", text, help=error.help)
    if len(shapes) == 2:
        for i, (m, n) in enumerate(zip(reversed(shapes[0]), reversed(shapes[1]), strict=False)):
            if m != n and 1 not in (m, n):
                axis = max(map(len, shapes)) - 1 - i
                text = (
                    f"The size of tensor a ({m}) must match the size of tensor b ({n}) at "
                    f"non-singleton dimension {axis}"
                )
                return Raised("RuntimeError", text, help=error.help)
    return Raised("RuntimeError", error.message, help=error.help)


def of_item(error: Raised, ndim: int) -> Raised:
    """What PyTorch says of an index that there is not."""
    text = str(error.arguments[0])
    found = re.match(r"(index -?\d+ is out of bounds for )axis( \d+ with size \d+)", text)
    if found is not None:
        text = f"{found[1]}dimension{found[2]}"
    elif text.startswith("too many indices"):
        text = f"too many indices for tensor of dimension {ndim}"
    return Raised("IndexError", text, help=error.help)

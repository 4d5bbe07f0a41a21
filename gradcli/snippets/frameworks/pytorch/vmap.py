"""`torch.vmap`: a function of each row, and what PyTorch refuses within one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.node import ancestors
from gradcli.snippets.arrays.pytrees import leaves
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.pytorch.tensor import Tensor
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Sequence

ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling "
    ".item() on a Tensor, please try to rewrite what you're doing with other operations. If error "
    "is occurring somewhere inside PyTorch internals, please file a bug report."
)

TRUTH = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We "
    "don't support that yet, please file an issue at https://github.com/pytorch/pytorch/issues ."
)

MASK = (
    "vmap: We do not support batching operators that can support dynamic shape. Attempting to "
    "batch over indexing with a boolean mask."
)

RANDOM = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or "
    "'different' randomness flags on vmap or perform the randomness operation out of vmap"
)


INPLACE = (
    "vmap: inplace arithmetic(self, *extra_args) is not possible because there exists a Tensor "
    "`other` in extra_args that has more elements than `self`. This happened due to `other` being "
    "vmapped over but `self` not being vmapped over in a vmap. Please try to use out-of-place "
    "operators instead of inplace arithmetic. If said operator is being called inside the PyTorch "
    "framework, please file a bug report instead."
)


def differs(array: Any) -> bool:
    """Whether a tensor differs from row to row of a map that is walked."""
    mapping = array.home.mapping
    if not mapping:
        return False
    sources = {*ancestors([array.node])}
    return any(not rows.marks.keys().isdisjoint(sources) for rows in mapping)


def refuse_row(array: Any, text: str) -> None:
    """Refuses to look at what differs from row to row."""
    if differs(array):
        raise Raised("RuntimeError", text, help="torch.where(x > 0, a, b) computes both")


def refuse_write(tensor: Any, value: Any, *, adds: bool = False) -> None:
    """Refuses to write what differs from row to row into what does not, or to add it there."""
    if not (isinstance(value, Tensor) and differs(value)) or differs(tensor):
        return
    text = INPLACE
    if adds:
        rows = [tensor.home.mapping[-1].count, *value.shape]
        text = f"output with shape {list(tensor.shape)} doesn't match the broadcast shape {rows}"
    raise Raised("RuntimeError", text, help="torch.stack([…]) makes a new tensor")


def refuse_random(randomness: str | None) -> None:
    """Refuses random numbers where none are said to be meant."""
    if randomness == "error":
        raise Raised("RuntimeError", RANDOM)
    if randomness == "different":
        raise Refusal("`randomness='different'` is not part of the subset")


def vmap(
    home: Any, transforms: Any, func: Any, in_dims: Any, out_dims: Any, randomness: str
) -> Native:
    """`torch.vmap(func, in_dims, out_dims)`; arguments by name are the same for all rows."""
    over_rows = transforms.vmap(func, in_dims, out_dims, named_axes=None)

    def call(*args: Any, **named: Any) -> Any:
        shown = home.machine.language.represent(in_dims)
        check(f"vmap({_name(func)}, in_dims={shown}, ...)", args, in_dims)
        before, home.randomness = home.randomness, randomness
        try:
            return home.machine.call(over_rows, args, named)
        finally:
            home.randomness = before

    return Native("vmap", call, wraps=func)


def _name(func: Any) -> str:
    """What messages call a function."""
    return str(getattr(func, "name", "")) or "<lambda>"


def check(called: str, args: Sequence[Any], in_dims: Any) -> None:
    """Refuses arguments that have no rows, or not as many as others."""
    if not args:
        text = (
            "(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap "
            "over a function with no inputs. The latter is unsupported."
        )
        raise Raised("ValueError", called.partition(",")[0] + ")" + text)
    each = in_dims if isinstance(in_dims, tuple) else (in_dims,) * len(args)
    sizes = []
    for arg, axis in zip(args, each, strict=False):
        if not isinstance(axis, int):
            continue
        for leaf in leaves(arg):
            if not isinstance(leaf, Tensor):
                kind = type(leaf).__name__
                text = (
                    f"Got in_dim={axis} for an input but the input is of type <class '{kind}'>. "
                    "We cannot vmap over non-Tensor arguments, please use None as the respective "
                    "in_dim"
                )
                raise Raised("ValueError", f"{called}(<inputs>): {text}")
            ndim = len(leaf.shape)
            if not -ndim <= axis < ndim:
                text = (
                    f"Got in_dim={axis} for some input, but that input is a Tensor of "
                    f"dimensionality {ndim} so expected in_dim to satisfy -{ndim} <= in_dim < "
                    f"{ndim}."
                )
                raise Raised("ValueError", f"{called}(<inputs>): {text}")
            sizes.append(leaf.shape[axis])
    if len({*sizes}) > 1:
        text = (
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
        )
        raise Raised("ValueError", f"{text}{sizes} for the mapped dimension")

"""What stands behind the dot of a tensor, beside the library's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import BOOL, FLOAT32, FLOAT64, INT32, INT64, is_float
from gradcli.snippets.arrays.memory import seen_of
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.pytorch import nograd
from gradcli.snippets.frameworks.pytorch.tensor import SHOWN, Device, Size, Tensor, shape_of
from gradcli.snippets.values import Array, Object

if TYPE_CHECKING:
    from collections.abc import Callable


NO_VIEW = (
    "view size is not compatible with input tensor's size and stride (at least one dimension spans "
    "across two contiguous subspaces). Use .reshape(...) instead."
)


def methods(home: Any) -> dict[str, Callable[..., Any]]:
    """What is behind the dot of a tensor."""
    return {
        **_recording(home),
        **_measures(home),
        **_conversions(home),
        **_shapes(home),
        **_made_anew(home),
        **nograd.methods(home),
    }


def _recording(home: Any) -> dict[str, Callable[..., Any]]:
    """Methods that differentiate, or say whether to."""

    def backward(
        x: Tensor,
        gradient: Any = None,
        retain_graph: Any = None,
        create_graph: Any = False,
        inputs: Any = None,
    ) -> None:
        home.autograd.backward([x], gradient, retain_graph, create_graph, inputs)

    return {
        "backward": backward,
        "detach": home.detached,
        "detach_": lambda x: _cut(home, x),
        "clone": lambda x, **named: clone(home, x, **named),
        "requires_grad_": home.require,
        "retain_grad": home.retain,
        "register_hook": home.hook,
        "register_post_accumulate_grad_hook": home.hook_behind,
    }


def _measures(home: Any) -> dict[str, Callable[..., Any]]:
    """Methods that give the numbers of a tensor, or tell of its shape."""
    return {
        "item": home.number,
        "tolist": lambda x: home.recorder.array(x).tolist(),
        "numpy": lambda x, **_named: home.to_numpy(x),
        "size": lambda x, dim=None: Size(x.shape) if dim is None else x.shape[dim],
        "dim": lambda x: len(x.shape),
        "ndimension": lambda x: len(x.shape),
        "is_contiguous": _is_contiguous,
        "data_ptr": _address,
        "storage_offset": _offset,
        "_is_view": lambda x: x.seen is not None and x.seen.is_view,
        "stride": lambda x, dim=None: _strides(x) if dim is None else _strides(x)[dim],
        "is_complex": lambda _x: False,
        "is_nonzero": lambda x: bool(home.number(x)),
        "element_size": lambda x: x.dtype.itemsize,
        "numel": lambda x: x.node.size,
        "is_inference": lambda x: x.is_inference,
        "equal": lambda x, other: home.result_of("equal", x, other),
        "nelement": lambda x: x.node.size,
        "is_floating_point": lambda x: is_float(x.dtype),
    }


def _conversions(home: Any) -> dict[str, Callable[..., Any]]:
    """Methods that convert a tensor to another type, or move it to another device."""
    return {
        "contiguous": lambda x: x if _is_contiguous(x) else clone(home, x),
        "cpu": lambda x: x,
        "cuda": lambda _x: _no_cuda(),
        "to": lambda x, *args, **named: _to(home, x, *args, **named),
        "type": lambda x, dtype=None: _type(home, x, dtype),
        "type_as": lambda x, other: home.cast(x, other.dtype),
        "float": lambda x: _cast(home, x, FLOAT32),
        "double": lambda x: _cast(home, x, FLOAT64),
        "long": lambda x: _cast(home, x, INT64),
        "int": lambda x: _cast(home, x, INT32),
        "short": lambda x: _cast(home, x, home.types["int16"]),
        "char": lambda x: _cast(home, x, home.types["int8"]),
        "byte": lambda x: _cast(home, x, home.types["uint8"]),
        "bool": lambda x: _cast(home, x, BOOL),
    }


def _shapes(home: Any) -> dict[str, Callable[..., Any]]:
    """Methods that give a tensor another shape."""
    return {
        "view": lambda x, *shape: _view(home, x, *shape),
        "view_as": lambda x, other: _view(home, x, *other.shape),
        "reshape_as": lambda x, other: _view(home, x, *other.shape),
        "expand": lambda x, *sizes: _expand(home, x, *sizes),
        "unfold": lambda x, dimension, size, step: _windows(home, x, dimension, size, step),
        "expand_as": lambda x, other: _expand(home, x, *other.shape),
    }


def _made_anew(home: Any) -> dict[str, Callable[..., Any]]:
    """Methods that make a tensor like this one, or give this one new numbers."""
    return {
        "new_zeros": lambda x, *shape: home.full(shape_of(shape), 0.0, x.dtype),
        "new_ones": lambda x, *shape: home.full(shape_of(shape), 1.0, x.dtype),
        "new_full": lambda x, size, fill_value: home.full(shape_of([size]), fill_value, x.dtype),
        "new_tensor": lambda x, data: home.tensor_of(data, dtype=x.dtype),
        "scatter": _scatter(home),
        "fill_diagonal_": lambda x, fill_value: _diagonal_filled(home, x, fill_value),
        "bernoulli_": lambda x, p=0.5: _chosen(home, x, p),
        "zero_": lambda x: home.changed(x, home.filled(x, 0.0), made_by="ZeroBackward0"),
        "fill_": lambda x, value: _filled(home, x, value),
        "copy_": lambda x, src, **_named: _copied(home, x, src),
        "normal_": lambda x, mean=0.0, std=1.0: _drawn(home, x, "normal_", mean, std),
        "uniform_": lambda x, a=0.0, b=1.0: _drawn(home, x, "uniform_", a, b),
        "exponential_": lambda x, lambd=1.0: _waited(home, x, lambd),
    }


def _filled(home: Any, x: Tensor, value: Any) -> Any:
    numbers = home.filled(x, home.machine_number(value))
    return home.changed(x, numbers, made_by="FillBackward2")


def _diagonal_filled(home: Any, x: Tensor, value: Any) -> Any:
    eye = home.constant(np.eye(x.shape[0], x.shape[1]) > 0, BOOL)
    result = home.result_of("where", eye, value, x)
    return home.changed(x, result, made_by="FillDiagonalBackward0")


def _chosen(home: Any, x: Tensor, share: float) -> Any:
    """`x.bernoulli_(p)`: ones and zeros."""
    numbers = home.generator.chances(x.shape, share).astype(x.dtype)
    made = home.random(numbers, x.dtype, is_seeded=home.generator.is_seeded)
    return home.changed(x, made, made_by="BernoulliBackward1")


def _waited(home: Any, x: Tensor, rate: float) -> Any:
    """`x.exponential_(rate)`."""
    numbers = home.generator.exponential(x.shape, x.dtype) / x.dtype.type(rate)
    made = home.random(numbers, x.dtype, is_seeded=home.generator.is_seeded)
    return home.changed(x, made, made_by="ExponentialBackward0")


def _copied(home: Any, x: Tensor, source: Any) -> Any:
    numbers = _spread(home, source, x)
    numbers.maker = "CopyBackwards" if numbers.requires else ""
    return home.changed(x, numbers, made_by="CopyBackwards")


def _drawn(home: Any, x: Tensor, name: str, *bounds: float) -> Any:
    """A tensor whose numbers are drawn anew, as `nn.init` does it."""
    home.check_changeable(x)
    return home.result_of(f"nn.init.{name}", x, *bounds)


def _expand(home: Any, x: Tensor, *sizes: Any) -> Any:
    shape = shape_of(sizes)
    lead = len(shape) - len(x.shape)
    own = [x.shape[i - lead] if n == -1 else n for i, n in enumerate(shape)]
    result = home.result_of("broadcast_to", x, own)
    result.maker = "ExpandBackward0" if result.requires else ""
    return result


def _windows(home: Any, x: Tensor, dimension: int, size: int, step: int) -> Any:
    """`x.unfold(dimension, size, step)`: the windows along an axis, each on a last axis."""
    axis = dimension % len(x.shape)
    starts = range(0, x.shape[axis] - size + 1, step)

    def call(name: str, *args: Any) -> Any:
        return home.result_of(name, *args)

    windows = [call("narrow", x, axis, start, size) for start in starts]
    result = call("movedim", call("stack", windows, axis), axis + 1, -1)
    result.maker = "UnfoldBackward0" if result.requires else ""
    return result


def _is_contiguous(x: Array) -> bool:
    return x.seen is None or bool(x.seen.places.flags.c_contiguous)


def _offset(x: Array) -> int:
    return _address(x) - int(seen_of(x).memory.places.__array_interface__["data"][0])


def _address(x: Array) -> int:
    """Where the first element is; the same number for those that begin at the same place."""
    return int(seen_of(x).places.__array_interface__["data"][0])


def _strides(x: Array) -> tuple[int, ...]:
    return tuple(seen_of(x).places.strides)


def _view(home: Any, x: Array, *shape: Any) -> Any:
    made = home.result_of("reshape", x, shape_of(shape))
    if made.node.size and not _is_contiguous(x) and made.seen is None:
        raise Raised("RuntimeError", NO_VIEW, help="x.reshape(…), or x.contiguous().view(…)")
    return made


_SCATTERED = {"add": "sum", "multiply": "prod"}
"""What `scatter_reduce` calls the reductions of `scatter`."""


def _scatter(home: Any) -> Callable[..., Any]:
    """`x.scatter(dim, index, src, reduce=…)`."""

    def scatter(x: Array, dim: int, index: Array, *given: Any, **named: Any) -> Any:
        reduce = named.pop("reduce", None)
        source = home.asarray([*given, *named.values()][0])
        if reduce is None:
            return home.call(home.library_method("scatter"), [x, dim, index, source], {})
        if not source.shape:
            source = home.result_of("broadcast_to", source, index.shape)
        source = home.cast(source, x.dtype)
        scattered = home.library_method("scatter_reduce")
        return home.call(scattered, [x, dim, index, source, _SCATTERED[reduce]], {})

    return scatter


def _spread(home: Any, other: Any, x: Array) -> Any:
    array = home.cast(home.asarray(other), x.dtype)
    return home.result_of("broadcast_to", array, x.shape)


def _cut(home: Any, x: Tensor) -> Tensor:
    x.node, x.requires, x.is_leaf, x.maker = home.recorder.settled(x.node), False, True, ""
    return x


def _cast(home: Any, x: Array, dtype: Any) -> Any:
    home.making = "ToCopyBackward0"
    return home.cast(x, dtype)


def _to(home: Any, x: Array, *args: Any, **named: Any) -> Any:
    wish = dtype_to(home, *args, **named)
    return x if wish is None else _cast(home, x, wish)


def dtype_to(home: Any, *args: Any, **named: Any) -> Any:
    """The type of numbers that the arguments of `to` name, None for none."""
    wish = None
    for value in (*args, *named.values()):
        if isinstance(value, Array):
            wish = value.dtype
        elif isinstance(value, str) and value.partition(":")[0] in ("cuda", "mps"):
            _no_cuda()
        elif value is not None and not isinstance(value, (str, bool, Device, Object)):
            wish = home.dtype_of(value)
    return wish


def _no_cuda() -> Any:
    text = "Found no NVIDIA driver on your system."
    raise Raised("RuntimeError", text, help="leave .cuda() and device='cuda' out")


def _type(home: Any, x: Array, dtype: Any) -> Any:
    if dtype is not None:
        return _cast(home, x, home.dtype_of(dtype))
    return f"torch.{SHOWN[x.dtype.name]}Tensor"


def clone(home: Any, x: Array, **_named: Any) -> Any:
    """`torch.clone`."""
    home.making = "CloneBackward0"
    home.recorder.use(x.dtype)
    node = home.recorder.mark(x.node) if not x.node.is_bool else x.node
    return home.wrap(node, x.dtype, [x])

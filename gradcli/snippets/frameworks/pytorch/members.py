"""What stands behind `torch.` and behind the dot of a tensor, beside the library's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.dtypes import BOOL, FLOAT32, FLOAT64, INT32, INT64, is_float
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.frameworks.pytorch.function import function_base
from gradcli.snippets.frameworks.pytorch.modes import GradMode
from gradcli.snippets.frameworks.pytorch.random import randoms
from gradcli.snippets.frameworks.pytorch.tensor import Device, Size, Tensor
from gradcli.snippets.values import Array, Kind, Native, Object

if TYPE_CHECKING:
    from collections.abc import Callable


def members(home: Any) -> dict[str, Any]:
    """What is behind the prefix."""
    autograd = home.autograd
    rows: dict[str, Callable[..., Any]] = {
        "tensor": home.tensor_of,
        "as_tensor": lambda data, dtype=None, device=None: home.tensor_of(data, dtype=dtype),
        "from_numpy": home.tensor_of,
        "autograd.grad": autograd.grad,
        "autograd.backward": lambda tensors, grad_tensors=None, **named: autograd.backward(
            _listed(tensors), grad_tensors, **named
        ),
        "no_grad": lambda function=None: _mode(home, False, function),
        "enable_grad": lambda function=None: _mode(home, True, function),
        "inference_mode": lambda mode=True: (
            _mode(home, not mode, None) if isinstance(mode, bool) else _mode(home, False, mode)
        ),
        "set_grad_enabled": lambda mode: GradMode(home, bool(mode), now=True),
        "is_grad_enabled": lambda: home.is_enabled,
        "is_tensor": lambda value: isinstance(value, Tensor),
        "compile": lambda function=None, **_named: _same(function),
        "jit.script": lambda function=None, **_named: _same(function),
        "jit.trace": lambda function, *_args, **_named: function,
        "numel": lambda x: x.node.size,
        "device": lambda *_: Device(),
        "cuda.is_available": lambda: False,
        "backends.mps.is_available": lambda: False,
        "backends.mps.is_built": lambda: False,
        "accelerator.is_available": lambda: False,
        "autograd.set_detect_anomaly": lambda *_args, **_named: GradMode(home, home.is_enabled),
        "autograd.detect_anomaly": lambda *_args, **_named: GradMode(home, home.is_enabled),
        "set_printoptions": lambda **named: _printing(home, **named),
        "set_default_dtype": lambda dtype: _default(home, dtype),
        "get_default_dtype": lambda: home.type_value(home.default.name),
        "zeros_like": lambda x, **named: _like(home, x, 0.0, **named),
        "ones_like": lambda x, **named: _like(home, x, 1.0, **named),
        "detach": home.detached,
        "clone": lambda x: _clone(home, x),
        "allclose": lambda a, b, rtol=1e-05, atol=1e-08, equal_nan=False: _close(
            home, a, b, rtol, atol, equal_nan
        ),
        "equal": lambda a, b: bool(np.array_equal(home.recorder.array(a), home.recorder.array(b))),
    }
    rows |= randoms(home)
    table: dict[str, Any] = {
        path: Native(path.rpartition(".")[2], function) for path, function in rows.items()
    }
    tensor_kind = Kind("Tensor", home.tensor_of, lambda v: isinstance(v, Tensor))
    table |= {
        "autograd.Function": function_base(home),
        "Tensor": tensor_kind,
        "FloatTensor": Kind("FloatTensor", _typed(home, FLOAT32), lambda v: isinstance(v, Tensor)),
        "DoubleTensor": Kind("DoubleTensor", _typed(home, FLOAT64), lambda v: False),
        "LongTensor": Kind("LongTensor", _typed(home, INT64), lambda v: False),
        "Size": Kind("Size", Size, lambda v: isinstance(v, Size)),
        "__version__": "2.13.0",
        "autograd.Variable": Native(
            "Variable", lambda x, requires_grad=False: home.require(x) if requires_grad else x
        ),
    }
    tensor_kind.make = _typed(home, FLOAT32)
    return table


def _typed(home: Any, dtype: Any) -> Callable[..., Any]:
    """`torch.Tensor([1, 2])`: of floats, whatever the numbers are."""

    def make(*data: Any) -> Any:
        if len(data) != 1 or isinstance(data[0], int):
            return home.constant(np.zeros(data), dtype)
        return home.tensor_of(data[0], dtype=np.dtype(dtype))

    return make


def _same(function: Any) -> Any:
    """A decorator that changes nothing of what a function computes."""
    return function if function is not None else Native("compile", lambda own: own)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _mode(home: Any, on: bool, function: Any) -> Any:
    """`torch.no_grad()`, and `@torch.no_grad` without brackets."""
    mode = GradMode(home, on)
    return mode if function is None else mode.around(function)


def _printing(home: Any, precision: int | None = None, **named: Any) -> None:
    if named.keys() - {"sci_mode", "linewidth", "threshold", "edgeitems", "profile"}:
        raise Raised("TypeError", "set_printoptions() got an unexpected keyword argument")
    if any(value is not None and name != "sci_mode" for name, value in named.items()):
        raise Refusal("these options of printing are not part of the subset")
    home.digits = home.digits if precision is None else precision


def _default(home: Any, dtype: Any) -> None:
    home.default = home.dtype_of(dtype)


def _like(home: Any, x: Array, number: float, dtype: Any = None, **named: Any) -> Any:
    wish = x.dtype if dtype is None else home.dtype_of(dtype)
    made = home.constant(np.full(x.shape, number), wish)
    return home.require(made) if named.get("requires_grad") else made


def _close(home: Any, a: Any, b: Any, rtol: float, atol: float, equal_nan: bool) -> bool:
    x, y = (home.recorder.numbers(value) for value in (a, b))
    if x.dtype != y.dtype:
        text = f"{_SHOWN[x.dtype.name]} did not match {_SHOWN[y.dtype.name]}"
        raise Raised("RuntimeError", text)
    return bool(np.allclose(x, y, rtol, atol, equal_nan))


_SHOWN = {"float32": "Float", "float64": "Double", "int64": "Long", "int32": "Int", "bool": "Bool"}


def _clone(home: Any, x: Array, **_named: Any) -> Any:
    home.making = "CloneBackward0"
    home.recorder.use(x.dtype)
    node = home.recorder.mark(x.node) if not x.node.is_bool else x.node
    return home.wrap(node, x.dtype, [x])


# --- methods ------------------------------------------------------------------------------------


def methods(home: Any) -> dict[str, Callable[..., Any]]:
    """What is behind the dot of a tensor."""
    autograd = home.autograd

    def backward(
        x: Tensor,
        gradient: Any = None,
        retain_graph: Any = None,
        create_graph: Any = False,
        inputs: Any = None,
    ) -> None:
        autograd.backward([x], gradient, retain_graph, create_graph, inputs)

    def expand(x: Tensor, *sizes: Any) -> Any:
        shape = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], (list, tuple)) else sizes
        lead = len(shape) - len(x.shape)
        own = [x.shape[i - lead] if n == -1 else n for i, n in enumerate(shape)]
        result = home.machine.call(home.member(("broadcast_to",)), [x, own])
        result.maker = "ExpandBackward0" if result.requires else ""
        return result

    rows: dict[str, Callable[..., Any]] = {
        "backward": backward,
        "item": home.number,
        "tolist": lambda x: home.recorder.array(x).tolist(),
        "numpy": lambda x, **_named: home.to_numpy(x),
        "detach": home.detached,
        "detach_": lambda x: _cut(home, x),
        "clone": lambda x, **named: _clone(home, x, **named),
        "requires_grad_": home.require,
        "retain_grad": home.retain,
        "register_hook": home.hook,
        "size": lambda x, dim=None: Size(x.shape) if dim is None else x.shape[dim],
        "dim": lambda x: len(x.shape),
        "numel": lambda x: x.node.size,
        "nelement": lambda x: x.node.size,
        "contiguous": lambda x: x,
        "cpu": lambda x: x,
        "cuda": lambda _x: _no_cuda(),
        "to": lambda x, *args, **named: _to(home, x, *args, **named),
        "type": lambda x, dtype=None: _type(home, x, dtype),
        "type_as": lambda x, other: home.cast(x, other.dtype),
        "float": lambda x: _cast(home, x, FLOAT32),
        "double": lambda x: _cast(home, x, FLOAT64),
        "long": lambda x: _cast(home, x, INT64),
        "int": lambda x: _cast(home, x, INT32),
        "bool": lambda x: _cast(home, x, BOOL),
        "view": lambda x, *shape: _view(home, x, *shape),
        "view_as": lambda x, other: _view(home, x, *other.shape),
        "reshape_as": lambda x, other: _view(home, x, *other.shape),
        "expand": expand,
        "expand_as": lambda x, other: expand(x, *other.shape),
        "new_zeros": lambda x, *shape: home.constant(np.zeros(_shape(shape)), x.dtype),
        "new_ones": lambda x, *shape: home.constant(np.ones(_shape(shape)), x.dtype),
        "new_tensor": lambda x, data: home.tensor_of(data, dtype=x.dtype),
        "is_floating_point": lambda x: is_float(x.dtype),
        "zero_": lambda x: home.changed(x, home.filled(x, 0.0)),
        "fill_": lambda x, number: home.changed(x, home.filled(x, home.machine_number(number))),
        "copy_": lambda x, other: home.changed(x, _spread(home, other, x)),
    }
    return rows


def _shape(sizes: Any) -> tuple[int, ...]:
    nested = len(sizes) == 1 and isinstance(sizes[0], (list, tuple))
    return tuple(sizes[0]) if nested else tuple(sizes)


def _view(home: Any, x: Array, *shape: Any) -> Any:
    return home.machine.call(home.member(("reshape",)), [x, _shape(shape)])


def _spread(home: Any, other: Any, x: Array) -> Any:
    return home.machine.call(home.member(("broadcast_to",)), [home.asarray(other), x.shape])


def _cut(home: Any, x: Tensor) -> Tensor:
    x.node, x.requires, x.is_leaf, x.maker = home.recorder.settled(x.node), False, True, ""
    return x


def _cast(home: Any, x: Array, dtype: Any) -> Any:
    home.making = "ToCopyBackward0"
    return home.cast(x, dtype)


def _to(home: Any, x: Array, *args: Any, **named: Any) -> Any:
    for value in (*args, *named.values()):
        if isinstance(value, Array):
            x = _cast(home, x, value.dtype)
        elif isinstance(value, str) and value.partition(":")[0] in ("cuda", "mps"):
            _no_cuda()
        elif not isinstance(value, (str, bool, Device, Object)):
            x = _cast(home, x, home.dtype_of(value))
    return x


def _no_cuda() -> Any:
    text = "Found no NVIDIA driver on your system."
    raise Raised("RuntimeError", text, help="leave .cuda() and device='cuda' out")


def _type(home: Any, x: Array, dtype: Any) -> Any:
    if dtype is not None:
        return _cast(home, x, home.dtype_of(dtype))
    return f"torch.{_SHOWN.get(x.dtype.name, 'Float')}Tensor"

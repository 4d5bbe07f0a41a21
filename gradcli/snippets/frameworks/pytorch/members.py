"""What stands behind `torch.`, beside the library's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import BOOL, FLOAT32, FLOAT64, INT32, INT64
from gradcli.snippets.arrays.memory import share
from gradcli.snippets.arrays.pytrees import leaves
from gradcli.snippets.arrays.spaced import of_torch, spaced
from gradcli.snippets.errors import Raised
from gradcli.snippets.frameworks.numpy.members import FloatInfo, IntInfo
from gradcli.snippets.frameworks.pytorch.anomaly import AnomalyMode
from gradcli.snippets.frameworks.pytorch.function import function_base, once_differentiable
from gradcli.snippets.frameworks.pytorch.methods import clone
from gradcli.snippets.frameworks.pytorch.modes import GradMode
from gradcli.snippets.frameworks.pytorch.nograd import functions
from gradcli.snippets.frameworks.pytorch.random import Random
from gradcli.snippets.frameworks.pytorch.tensor import (
    SHOWN,
    Device,
    Maker,
    Size,
    Tensor,
    maker_kind,
    shown_type,
)
from gradcli.snippets.frameworks.pytorch.text import PROFILES
from gradcli.snippets.values import Array, Kind, Manager, Native, natives

if TYPE_CHECKING:
    from collections.abc import Callable


def members(home: Any) -> dict[str, Any]:
    """What is behind the prefix."""
    rows = {
        **_differentiating(home),
        **_settings(home),
        **_tensors(home),
        **_devices(),
        **functions(home),
        **Random(home).members(),
    }
    base = function_base(home)
    once = Native("once_differentiable", lambda function: once_differentiable(home, function))
    return {
        **natives(rows),
        **_kinds(home),
        "autograd.Function": base,
        "autograd.function.Function": base,
        "autograd.function.once_differentiable": once,
        "__version__": "2.13.0",
    }


def _differentiating(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions that differentiate, or say whether to."""
    autograd = home.autograd
    modes: dict[str, Callable[..., Any]] = {
        "no_grad": lambda function=None: _mode(home, False, function),
        "enable_grad": lambda function=None: _mode(home, True, function),
        "inference_mode": lambda mode=True: (
            _inferring(home, mode, None) if isinstance(mode, bool) else _inferring(home, True, mode)
        ),
        "set_grad_enabled": lambda mode: GradMode(home, bool(mode), now=True),
    }
    return {
        "autograd.grad": autograd.grad,
        "autograd.backward": lambda tensors, grad_tensors=None, **named: autograd.backward(
            autograd.listed(tensors), grad_tensors, **named
        ),
        "autograd.Variable": lambda x, requires_grad=False: home.require(x) if requires_grad else x,
        "autograd.set_detect_anomaly": lambda mode, check_nan=True: AnomalyMode(
            home, mode, check_nan, now=True
        ),
        "autograd.graph.save_on_cpu": lambda pin_memory=False, device_type="cuda": Manager(),
        "autograd.detect_anomaly": lambda check_nan=True: AnomalyMode(home, True, check_nan),
        "is_anomaly_enabled": lambda: home.anomaly[0],
        "is_grad_enabled": lambda: home.is_enabled,
        "is_inference_mode_enabled": lambda: home.is_inferring,
        **{prefix + name: mode for prefix in ("", "autograd.") for name, mode in modes.items()},
    }


def _settings(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions that say how something is computed or shown."""
    return {
        "compile": lambda function=None, **_named: _same(function),
        "jit.script": lambda function=None, **_named: _same(function),
        "jit.trace": lambda function, *_args, **_named: function,
        "set_printoptions": lambda **named: _printing(home, **named),
        "set_default_dtype": lambda dtype: _default(home, dtype),
        "get_default_dtype": lambda: home.type_value(home.default.name),
    }


def _tensors(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions that make tensors, or tell of them."""
    return {
        "tensor": home.tensor_of,
        "as_tensor": lambda data, dtype=None, device=None: _as_tensor(home, data, dtype),
        "asarray": lambda data, dtype=None, device=None: _as_tensor(home, data, dtype),
        "from_numpy": lambda ndarray: _as_tensor(home, ndarray, None),
        "linspace": spaced(home, ("linspace",), ("start", "end", "steps"), of_torch),
        "finfo": lambda dtype=None: FloatInfo(
            np.finfo(home.default if dtype is None else home.dtype_of(dtype)), float
        ),
        "iinfo": lambda dtype: IntInfo(np.iinfo(home.dtype_of(dtype))),
        "promote_types": lambda type1, type2: shown_type(
            home.promoted([home.constant(0, home.dtype_of(t)) for t in (type1, type2)])
        ),
        "result_type": lambda a, b: shown_type(home.common([a, b])),
        "is_tensor": lambda value: isinstance(value, Tensor),
        "numel": lambda x: x.node.size,
        "gradient": lambda x, *, spacing=(), **named: _slopes(home, x, spacing, named),
        "zeros_like": lambda x, **named: _like(home, x, 0.0, **named),
        "ones_like": lambda x, **named: _like(home, x, 1.0, **named),
        "detach": home.detached,
        "clone": lambda x: clone(home, x),
        "allclose": lambda a, b, rtol=1e-05, atol=1e-08, equal_nan=False: _close(
            home, a, b, rtol, atol, equal_nan
        ),
        "equal": lambda a, b: bool(
            np.array_equal(home.recorder.numbers(a), home.recorder.numbers(b))
        ),
        "testing.assert_close": lambda actual, expected, **named: _assert_close(
            home, actual, expected, **named
        ),
    }


def _devices() -> dict[str, Callable[..., Any]]:
    """Functions of devices, of which there is the processor only."""
    return {
        "device": lambda *_: Device(),
        "cuda.is_available": lambda: False,
        "backends.mps.is_available": lambda: False,
        "backends.mps.is_built": lambda: False,
        "accelerator.is_available": lambda: False,
    }


TYPED = {
    "FloatTensor": FLOAT32,
    "DoubleTensor": FLOAT64,
    "LongTensor": INT64,
    "IntTensor": INT32,
    "BoolTensor": BOOL,
}
"""Types of tensors by the type of their numbers, as they were called before `torch.dtype`."""


def _kinds(home: Any) -> dict[str, Kind]:
    """The types of tensors."""
    return {
        "Tensor": Kind("Tensor", _typed(home, FLOAT32), lambda v: isinstance(v, Tensor)),
        **{name: _kind(home, name, dtype) for name, dtype in TYPED.items()},
        "Size": Kind("Size", Size, lambda v: isinstance(v, Size)),
        "autograd.graph.Node": maker_kind("Node", lambda v: isinstance(v, Maker)),
    }


def _kind(home: Any, name: str, dtype: Any) -> Kind:
    """`torch.FloatTensor`, which names a type of numbers, too."""
    shown = {"": dtype, "repr": f"<class 'torch.{name}'>"}
    return Kind(
        name, _typed(home, dtype), lambda v: isinstance(v, Tensor) and v.dtype == dtype, shown
    )


def _typed(home: Any, dtype: Any) -> Callable[..., Any]:
    """`torch.Tensor([1, 2])`: of floats, whatever the numbers are."""

    def make(*data: Any) -> Any:
        if len(data) != 1 or isinstance(data[0], int):
            return home.full(data, 0.0, dtype)
        return home.tensor_of(data[0], dtype=np.dtype(dtype))

    return make


def _as_tensor(home: Any, data: Any, dtype: Any) -> Any:
    """`torch.as_tensor`: a tensor as it is, an array of NumPy as a tensor of the same memory."""
    wish = None if dtype is None else home.dtype_of(dtype)
    if isinstance(data, Tensor):
        return data if wish in (None, data.dtype) else home.cast(data, wish)
    made = home.tensor_of(data, dtype=dtype)
    if isinstance(data, Array) and data.shape and data.dtype == made.dtype:
        share(data, made, graph=object(), counter=object())
    return made


def _slopes(home: Any, x: Any, spacing: Any, named: Any) -> Any:
    """`torch.gradient`: a list of spacings has one for each axis."""
    each = spacing if isinstance(spacing, (list, tuple)) else (spacing,)
    return home.call(home.library_function(("gradient",)), [x, *each], named)


def _same(function: Any) -> Any:
    """A decorator that changes nothing of what a function computes."""
    return function if function is not None else Native("compile", lambda own: own)


def _mode(home: Any, on: bool, function: Any) -> Any:
    """`torch.no_grad()`, and `@torch.no_grad` without brackets."""
    mode = GradMode(home, on)
    return mode if function is None else mode.around(function)


def _inferring(home: Any, on: bool, function: Any) -> Any:
    """`torch.inference_mode()`."""
    mode = GradMode(home, not on, infers=on)
    return mode if function is None else mode.around(function)


def _printing(
    home: Any,
    precision: int | None = None,
    threshold: int | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """`torch.set_printoptions`; the mode of exponents is set by each call."""
    before = home.printing if profile is None else PROFILES[profile.lower()]
    named = {"digits": precision, "threshold": threshold, "edge": edgeitems, "width": linewidth}
    given = {name: value for name, value in named.items() if value is not None}
    home.printing = before._replace(**given, scientific=sci_mode)


def _default(home: Any, dtype: Any) -> None:
    home.default = home.dtype_of(dtype)


def _like(home: Any, x: Array, number: float, dtype: Any = None, **named: Any) -> Any:
    wish = x.dtype if dtype is None else home.dtype_of(dtype)
    made = home.constant(np.full(x.shape, number), wish)
    return home.require(made) if named.get("requires_grad") else made


CLOSE = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}
"""How close numbers of a type must be: relatively, and absolutely."""


def _assert_close(
    home: Any, actual: Any, expected: Any, *, rtol: Any = None, atol: Any = None, **named: Any
) -> None:
    """`torch.testing.assert_close`, of tensors and of structures of them."""
    pairs = zip(leaves(actual), leaves(expected), strict=False)
    for a, b in pairs:
        x, y = (home.recorder.numbers(home.asarray(value)) for value in (a, b))
        usual = CLOSE.get(x.dtype.name, (0.0, 0.0))
        near = (usual[0] if rtol is None else rtol), (usual[1] if atol is None else atol)
        is_close = x.shape == y.shape and np.allclose(x, y, *near, named.get("equal_nan", False))
        if not is_close:
            raise Raised("AssertionError", "Tensor-likes are not close!")


def _close(home: Any, a: Any, b: Any, rtol: float, atol: float, equal_nan: bool) -> bool:
    x, y = (home.recorder.numbers(value) for value in (a, b))
    if x.dtype != y.dtype:
        text = f"{SHOWN[x.dtype.name]} did not match {SHOWN[y.dtype.name]}"
        raise Raised("RuntimeError", text)
    return bool(np.allclose(x, y, rtol, atol, equal_nan))

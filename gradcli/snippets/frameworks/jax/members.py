"""What stands behind `jax.` and is no function of the library."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.applied import applied
from gradcli.snippets.arrays.nograd import nograd, where
from gradcli.snippets.arrays.pytrees import mapped
from gradcli.snippets.arrays.ravelled import ravelled
from gradcli.snippets.arrays.spaced import of_jax, spaced
from gradcli.snippets.errors import Refusal
from gradcli.snippets.frameworks.jax.arranging import arranging
from gradcli.snippets.frameworks.jax.avals import ShapedArray, shapes, struct
from gradcli.snippets.frameworks.jax.callbacks import callbacks
from gradcli.snippets.frameworks.jax.composites import composites
from gradcli.snippets.frameworks.jax.custom import CustomJVP, CustomVJP
from gradcli.snippets.frameworks.jax.devices import devices
from gradcli.snippets.frameworks.jax.jit import jit
from gradcli.snippets.frameworks.jax.paths import kinds, paths
from gradcli.snippets.frameworks.jax.sized import sized
from gradcli.snippets.frameworks.jax.transforms import JaxTransforms
from gradcli.snippets.frameworks.jax.trees import registering, trees
from gradcli.snippets.frameworks.jax.vectorize import vectorize
from gradcli.snippets.frameworks.numpy.members import FloatInfo, IntInfo, Printing
from gradcli.snippets.values import Array, Kind, Manager, Native, Object, exposed, natives

if TYPE_CHECKING:
    from collections.abc import Callable


ERRORS = (
    "TracerBoolConversionError",
    "TracerArrayConversionError",
    "TracerIntegerConversionError",
    "ConcretizationTypeError",
    "NonConcreteBooleanIndexError",
    "UnexpectedTracerError",
)


POLICIES = (
    "everything_saveable nothing_saveable dots_saveable checkpoint_dots "
    "dots_with_no_batch_dims_saveable checkpoint_dots_with_no_batch_dims "
    "save_only_these_names save_any_names_but_these"
).split()
"""What `jax.checkpoint` keeps, which changes no number."""


def members(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    array_kind = Kind("Array", home.asarray, lambda v: isinstance(v, Array) and v.home is home)
    rows = {
        **_transforming(home),
        **_running(home),
        **devices(),
        **_arrays(home),
        **_trees(home),
        **composites(home),
        **arranging(home),
    }
    builtin = home.machine.language.builtin
    return {
        **natives(rows),
        **kinds(),
        **{f"errors.{name}": builtin(name) for name in ERRORS},
        "Array": array_kind,
        **natives(
            {f"checkpoint_policies.{name}": lambda *_args, **_rest: None for name in POLICIES}
        ),
        "ShapeDtypeStruct": struct(home),
        "numpy.ndarray": array_kind,
        "numpy.newaxis": None,
        "config": Config(home),
        "__version__": "0.10.2",
    }


def _transforming(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions that differentiate, or say how to."""
    transforms = JaxTransforms(home)

    def plain(transform: Callable[..., Any], **fixed: Any) -> Callable[..., Any]:
        def of_reals(
            fun: Any,
            argnums: Any = 0,
            has_aux: bool = False,
            holomorphic: bool = False,
            allow_int: bool = False,
        ) -> Any:
            if holomorphic or allow_int:
                what = "complex" if holomorphic else "whole"
                raise Refusal(f"derivatives by {what} numbers are not part of the subset")
            return transform(fun, argnums, has_aux, **fixed)

        return of_reals

    return {
        "grad": plain(transforms.grad),
        "value_and_grad": plain(transforms.grad, value=True),
        "vjp": transforms.vjp,
        "jvp": transforms.jvp,
        "linearize": transforms.linearize,
        "linear_transpose": transforms.transpose,
        "jacfwd": plain(transforms.jacobian, forward=True),
        "jacrev": plain(transforms.jacobian),
        "jacobian": plain(transforms.jacobian),
        "hessian": plain(transforms.hessian, forward=True),
        "vmap": transforms.vmap,
        "pmap": transforms.vmap,
        "custom_vjp": lambda fun, nondiff_argnums=(): CustomVJP(home, fun, nondiff_argnums),
        "custom_jvp": lambda fun, nondiff_argnums=(): CustomJVP(home, fun, nondiff_argnums),
        "custom_gradient": lambda fun: _custom_gradient(home, fun),
    }


def _running(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions that say how and where something is computed."""
    return {
        "jit": lambda fun=None, **named: jit(home, fun, named),
        "checkpoint": lambda fun=None, **_named: _same(fun),
        "remat": lambda fun=None, **_named: _same(fun),
        "ad_checkpoint.checkpoint": lambda fun=None, **_named: _same(fun),
        "block_until_ready": lambda value: value,
        "effects_barrier": lambda: None,
        "device_put": lambda value, *_: mapped(home.asarray, value),
        "device_get": lambda value: mapped(
            lambda x: home.machine.framework("numpy").constant(home.recorder.array(x)), value
        ),
        "default_backend": lambda: "cpu",
        "test_util.check_grads": lambda *_args, **_rest: None,
        "eval_shape": lambda fun, *args, **named: shapes(home, fun, args, named),
        "typeof": lambda x: ShapedArray(home.asarray(x)),
        "disable_jit": lambda disable=True: Unjitted(home, disable),
        "named_scope": lambda name: Manager(),
        "named_call": lambda fun, *, name=None: fun,
        "ad_checkpoint.checkpoint_name": lambda x, name: x,
        **callbacks(home),
    }


def _arrays(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions behind `jnp.` that make arrays, or tell of them."""
    without = nograd(home) | sized(home)
    return {
        **{f"numpy.{name}": function for name, function in without.items()},
        "numpy.where": where(home, ("numpy", "where"), without["nonzero"]),
        **{f"numpy.{name}": function for name, function in applied(home, ("numpy",)).items()},
        "numpy.array": lambda value, dtype=None, copy=True, order="K", ndmin=0, **_named: _array(
            home, value, dtype, ndmin
        ),
        "numpy.asarray": lambda a, dtype=None, order=None, **_named: _as(home, a, dtype),
        "numpy.printoptions": lambda **named: Printing(home.machine.framework("numpy"), named),
        "numpy.set_printoptions": lambda **named: _printing(home, named),
        **dict.fromkeys(
            ("numpy.result_type", "numpy.promote_types"),
            lambda *values: home.promoted([_typed(home, value) for value in values]),
        ),
        "numpy.shape": lambda value: tuple(home.asarray(value).shape),
        "numpy.ndim": lambda value: len(home.asarray(value).shape),
        "numpy.size": lambda value: home.asarray(value).node.size,
        "numpy.allclose": partial(_close, home),
        "numpy.array_equal": partial(_equal, home),
        "numpy.finfo": lambda dtype: FloatInfo(
            np.finfo(home.dtype_of(dtype)), home.machine.framework("numpy").constant
        ),
        "numpy.iinfo": lambda dtype: IntInfo(np.iinfo(home.dtype_of(dtype))),
        "numpy.vectorize": partial(vectorize, home),
        "numpy.linspace": spaced(home, ("numpy", "linspace"), ("start", "stop", "num"), of_jax),
    }


def _trees(home: Any) -> dict[str, Callable[..., Any]]:
    """Functions of structures, under the three spellings that JAX has of them."""
    functions = trees(home)
    return {
        **{f"tree.{name}": function for name, function in functions.items()},
        **{f"tree_util.tree_{name}": function for name, function in functions.items()},
        **registering(home),
        **paths(home),
        "tree_map": functions["map"],
        "flatten_util.ravel_pytree": lambda value: ravelled(home, value, "numpy"),
    }


class Unjitted(Manager):
    """`with jax.disable_jit():`, in which functions are called as they are."""

    kind = "disable_jit"

    def __init__(self, home: Any, disable: bool) -> None:
        self.home = home
        self.disable = disable
        self.before = False

    def enter(self) -> None:
        """Begins."""
        self.before, self.home.is_unjitted = self.home.is_unjitted, self.disable

    def leave(self, error: Any) -> None:  # noqa: ARG002
        """Ends."""
        self.home.is_unjitted = self.before


class Config(Object):
    """`jax.config`."""

    kind = "Config"

    def __init__(self, home: Any) -> None:
        self.home = home

    @exposed
    def update(self, name: str, value: Any) -> None:
        """Sets an option; all but one make no difference here."""
        if name == "jax_enable_x64":
            self.home.set_x64(value)


def _same(function: Any) -> Any:
    """A transformation that changes nothing of what a function computes."""
    return function if function is not None else Native("checkpoint", lambda own: own)


def _custom_gradient(home: Any, function: Any) -> Any:
    from gradcli.snippets.frameworks.jax.custom import with_gradient

    return Native("custom_gradient", lambda *args: with_gradient(home, function, args))


def _printing(home: Any, options: dict[str, Any]) -> None:
    home.machine.call(home.machine.framework("numpy").members["set_printoptions"], (), options)


def _array(home: Any, value: Any, dtype: Any, least: int) -> Array:
    """`jnp.array` of at `least` so many axes: of one number it is weak, as the number is."""
    array: Array = _as(home, value, dtype)
    for _ in range(least - len(array.shape)):
        array = home.item(array, None)
    if dtype is None and not array.shape:
        return array
    made: Array = home.made(array.node, array.dtype)
    return made


def _typed(home: Any, value: Any) -> Array:
    """A value as an array, and a type, or its name, as an array of it."""
    is_type = isinstance(value, str) or home.is_type(value)
    made: Array = home.constant(0, home.dtype_of(value)) if is_type else home.asarray(value)
    return made


def _as(home: Any, value: Any, dtype: Any) -> Array:
    wish = None if dtype is None else home.dtype_of(dtype)
    made: Array = home.asarray(value, wish)
    return made


def _close(
    home: Any, a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Array:
    x, y = (home.recorder.numbers(home.asarray(value)) for value in (a, b))
    made: Array = home.constant(np.allclose(x, y, rtol, atol, equal_nan))
    return made


def _equal(home: Any, a1: Any, a2: Any, equal_nan: bool = False) -> Array:
    x, y = (home.recorder.numbers(home.asarray(value)) for value in (a1, a2))
    made: Array = home.constant(np.array_equal(x, y, equal_nan))
    return made

"""The modules of the frameworks by prefix, and a call: its value and gradient."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.frameworks import seed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Arrays = Mapping[str, np.ndarray[Any, Any]]
    Answer = tuple[list[np.ndarray[Any, Any]], dict[str, np.ndarray[Any, Any]]]

DISTRIBUTIONS = """norm t beta gamma chi2 poisson expon laplace logistic cauchy uniform binom
bernoulli geom nbinom lognorm weibull_min pareto""".split()
"""Distributions that have functions here and in a framework."""

PREFIXES = {
    "torch": "torch",
    "torch.linalg": "torch.linalg",
    "torch.special": "torch.special",
    "F": "torch.nn.functional",
    "np": "numpy",
    "np.linalg": "numpy.linalg",
    "scipy.special": "scipy.special",
    "scipy.linalg": "scipy.linalg",
    "scipy.signal": "scipy.signal",
    "scipy.integrate": "scipy.integrate",
    "scipy.ndimage": "scipy.ndimage",
    "jnp": "jax.numpy",
    "jnp.linalg": "jax.numpy.linalg",
    "jax.nn": "jax.nn",
    "lax": "jax.lax",
    "jsp.special": "jax.scipy.special",
    "jsp.linalg": "jax.scipy.linalg",
    "tf": "tensorflow",
    "tf.math": "tensorflow.math",
    "tf.nn": "tensorflow.nn",
    "tf.linalg": "tensorflow.linalg",
    "tf.image": "tensorflow.image",
    "tf.keras.activations": "tensorflow.keras.activations",
    "tf.keras.losses": "tensorflow.keras.losses",
    "math": "math",
    "scipy.stats": "scipy.stats",
    "scipy.fft": "scipy.fft",
    "scipy.signal.windows": "scipy.signal.windows",
    "torch.signal.windows": "torch.signal.windows",
    "lax.linalg": "jax.lax.linalg",
    "jax.image": "jax.image",
    "jax.ops": "jax.ops",
    "jsp.stats": "jax.scipy.stats",
    "jsp.signal": "jax.scipy.signal",
    "jsp.integrate": "jax.scipy.integrate",
    "tf.signal": "tensorflow.signal",
    "tf.math.special": "tensorflow.math.special",
    "tf.keras.metrics": "tensorflow.keras.metrics",
    "tf.keras.ops": "tensorflow.keras.ops",
    **{f"scipy.stats.{name}": f"scipy.stats.{name}" for name in DISTRIBUTIONS},
    **{f"jsp.stats.{name}": f"jax.scipy.stats.{name}" for name in DISTRIBUTIONS},
    "torch.Tensor": "torch.Tensor",
    "np.ndarray": "numpy.ndarray",
    "jnp.ndarray": "jaxlib._jax.ArrayImpl",
}
"""A class stands for the methods of its arrays."""

STORED = [
    prefix
    for prefix in PREFIXES
    if prefix in ("scipy.stats.poisson", "scipy.stats.binom")
    or not (".stats." in prefix or prefix in ("jnp.ndarray", "tf.keras.ops"))
]
"""Those whose lines the file has: the others are many alike."""

FAST = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
"""Each operation on each shape is compiled, most of them for one call."""


@cache
def module(prefix: str) -> Any:
    """The module behind a prefix, in double precision where that is a setting."""
    name = PREFIXES[prefix]
    if name.startswith("jax"):
        os.environ.setdefault("XLA_FLAGS", FAST)
        config = import_module("jax").config
        config.update("jax_enable_x64", True)
        config.update("jax_disable_jit", True)
    first, *rest = name.split(".") if name.startswith("tensorflow") else [name]
    if is_class(prefix) or ".stats." in name:
        first, *rest = name.rsplit(".", 1)
    within: Any = import_module(first)
    for part in rest:
        within = getattr(within, part)
    return within


def is_class(prefix: str) -> bool:
    """Whether a prefix stands for the methods of a framework's arrays."""
    return PREFIXES[prefix].rpartition(".")[2] in ("Tensor", "ndarray", "ArrayImpl")


LARGE = 1 << 30
"""Bytes of memory from which compiled code is dropped."""


def tidy(prefix: str) -> None:
    """Drops what JAX has compiled, where that has become large; else a walk takes gigabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    if PREFIXES[prefix].startswith("jax") and pages * os.sysconf("SC_PAGESIZE") > LARGE:
        import_module("jax").clear_caches()


def answer(prefix: str, call: Callable[[Arrays], Any], arrays: Arrays) -> Answer:
    """The results of a call as arrays, and the gradients of the first of them that it has."""
    return _WAYS[prefix.partition(".")[0]](call, {name: x.copy() for name, x in arrays.items()})


def _listed(result: Any) -> list[Any]:
    """One result or several, those within results too."""
    if isinstance(result, (tuple, list)):
        return [part for item in result for part in _listed(item)]
    return [result]


def _plain(call: Callable[[Arrays], Any], arrays: Arrays) -> Answer:
    return [np.asarray(x) for x in _listed(call(arrays))], {}


def _math(call: Callable[[Arrays], Any], arrays: Arrays) -> Answer:
    return _plain(call, {name: float(x) for name, x in arrays.items()})  # type: ignore[misc]


def _torch(call: Callable[[Arrays], Any], arrays: Arrays) -> Answer:
    import torch

    leaves: Any = {name: torch.tensor(x, requires_grad=True) for name, x in arrays.items()}
    results = _listed(call(leaves))
    values = [np.asarray(torch.as_tensor(x).detach().numpy()) for x in results]
    gradients: dict[str, Any] = {}
    first = results[0]
    if torch.is_tensor(first) and first.is_floating_point() and first.requires_grad:
        first.backward(torch.tensor(seed(first.shape)))
        gradients = {name: x.grad.numpy() for name, x in leaves.items() if x.grad is not None}
    return values, gradients


QUICKLY = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
"""Each call is compiled for itself."""


def _jax(call: Callable[[Arrays], Any], arrays: Arrays) -> Answer:
    import jax

    def whole(leaves: Any) -> Any:
        def results(leaves: Any) -> Any:
            listed = _listed(call(leaves))
            return listed[0], listed

        first, vjp, values = jax.vjp(results, leaves, has_aux=True)
        if jax.numpy.asarray(first).dtype.kind != "f" or not leaves:
            return values, {}
        return values, vjp(jax.numpy.asarray(seed(first.shape)))[0]

    leaves = {name: jax.numpy.asarray(x) for name, x in arrays.items()}
    try:
        with jax.disable_jit(False):
            values, gradients = jax.jit(whole, compiler_options=QUICKLY)(leaves)
    except (TypeError, IndexError):  # where the values of arguments decide
        values, gradients = whole(leaves)
    return [np.asarray(x) for x in values], {name: np.asarray(x) for name, x in gradients.items()}


def _tensorflow(call: Callable[[Arrays], Any], arrays: Arrays) -> Answer:
    import tensorflow as tf

    leaves: Any = {name: tf.constant(x) for name, x in arrays.items()}
    with tf.GradientTape() as tape:
        tape.watch(leaves)
        results = _listed(call(leaves))
    values = [np.asarray(x) for x in results]
    if values[0].dtype.kind != "f" or not leaves:
        return values, {}
    weights = tf.constant(seed(values[0].shape))
    gradients = tape.gradient(results[0], leaves, weights)
    connected = {name: x for name, x in gradients.items() if x is not None}
    return values, {n: np.asarray(tf.convert_to_tensor(x)) for n, x in connected.items()}


_WAYS: dict[str, Callable[[Callable[[Arrays], Any], Arrays], Answer]] = {
    "torch": _torch,
    "F": _torch,
    "np": _plain,
    "scipy": _plain,
    "jnp": _jax,
    "jax": _jax,
    "lax": _jax,
    "jsp": _jax,
    "tf": _tensorflow,
    "math": _math,
}

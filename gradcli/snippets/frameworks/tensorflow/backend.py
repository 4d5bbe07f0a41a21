"""`tf.keras.backend`, the names that older losses and metrics of Keras are written in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.dtypes import is_float
from gradcli.snippets.values import Native

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.snippets.values import Array

NAMES = {
    **{name: f"reduce_{name}" for name in ("sum", "max", "min", "prod", "any", "all")},
    "std": "math.reduce_std",
    "var": "math.reduce_variance",
    "logsumexp": "reduce_logsumexp",
    "log": "math.log",
    "clip": "clip_by_value",
    "dot": "matmul",
    "variable": "Variable",
    "switch": "where",
    "shape": "shape",
    **{name: f"nn.{name}" for name in ("elu", "softmax", "softplus", "softsign")},
    "categorical_crossentropy": "keras.losses.categorical_crossentropy",
    "sparse_categorical_crossentropy": "keras.losses.sparse_categorical_crossentropy",
    **{
        name: name
        for name in """abs argmax argmin cast constant cos cumprod cumsum equal exp eye gather
        gradients greater greater_equal less less_equal maximum minimum name_scope not_equal
        one_hot ones ones_like pow repeat reshape reverse round sigmoid sign sin square squeeze
        stack stop_gradient tanh tile transpose zeros zeros_like""".split()
    },
}
"""Functions, and what TensorFlow calls them."""


def backend(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    of = home.result_of

    def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Array:
        array = home.asarray(x)
        numbers = array if is_float(array.dtype) else home.cast(array, home.default)
        made: Array = of("reduce_mean", numbers, axis=axis, keepdims=keepdims)
        return made

    def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Array:
        if from_logits:
            named = {"labels": target, "logits": output}
            made: Array = of("nn.sigmoid_cross_entropy_with_logits", **named)
            return made
        y, p = home.asarray(target), of("clip_by_value", output, EPSILON, 1 - EPSILON)
        rest = home.operator("-", 1.0, y), of("math.log", home.operator("-", 1.0 + EPSILON, p))
        sure = home.operator("*", y, of("math.log", home.operator("+", p, EPSILON)))
        return home.unary("-", home.operator("+", sure, home.operator("*", *rest)))

    rows: dict[str, Callable[..., Any]] = {
        "mean": mean,
        "binary_crossentropy": binary_crossentropy,
        "sqrt": lambda x: of("sqrt", of("maximum", x, 0.0)),
        "flatten": lambda x: of("reshape", x, [-1]),
        "expand_dims": lambda x, axis=-1: of("expand_dims", x, axis),
        "concatenate": lambda tensors, axis=-1: of("concat", tensors, axis),
        "relu": lambda x: of("nn.relu", x),
        "epsilon": lambda: EPSILON,
        "floatx": lambda: "float32",
        "eval": lambda x: home.to_numpy(home.asarray(x)),
        "get_value": lambda x: home.to_numpy(home.asarray(x)),
        "set_value": lambda x, value: x.assign(value),
        "int_shape": lambda x: tuple(home.asarray(x).shape),
        "ndim": lambda x: len(home.asarray(x).shape),
        "clear_session": lambda *_args, **_named: None,
    }
    for name, path in NAMES.items():
        rows.setdefault(name, partial(of, path))
    return {f"keras.backend.{name}": Native(name, row) for name, row in rows.items()}


EPSILON = 1e-7
"""How far from 0 and 1 Keras keeps probabilities."""

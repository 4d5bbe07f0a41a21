"""`tf.keras.losses`: losses as objects, called with what is true and what is predicted."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradcli.snippets.values import Kind, Native

NAMES = {
    "MeanSquaredError": "mean_squared_error",
    "MeanAbsoluteError": "mean_absolute_error",
    "MeanSquaredLogarithmicError": "mean_squared_logarithmic_error",
    "BinaryCrossentropy": "binary_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
    "Huber": "huber",
    "Hinge": "hinge",
    "KLDivergence": "kl_divergence",
    "Poisson": "poisson",
    "LogCosh": "log_cosh",
    "CosineSimilarity": "cosine_similarity",
}
"""Classes, and the functions that they call."""


def losses(home: Any) -> dict[str, Any]:
    """The classes by their paths."""
    table: dict[str, Any] = {}
    for name, function in NAMES.items():
        kind = Kind(name, _maker(home, function), lambda _: False)
        for path in ("keras.losses", "losses"):
            table[f"{path}.{name}"] = kind
    table["keras.losses.sparse_categorical_crossentropy"] = Native(
        "sparse_categorical_crossentropy", partial(sparse, home)
    )
    return table


def sparse(home: Any, y_true: Any, y_pred: Any, from_logits: bool = False, **_named: Any) -> Any:
    """The cross entropy of classes given by their numbers."""
    logits = home.asarray(y_pred)

    def call(name: str, *args: Any) -> Any:
        return home.machine.call(home.member(tuple(name.split("."))), args)

    if not from_logits:
        logits = call("math.log", call("clip_by_value", logits, 1e-7, 1 - 1e-7))
    return call("nn.sparse_softmax_cross_entropy_with_logits", y_true, logits)


def _maker(home: Any, name: str) -> Any:
    def make(
        from_logits: Any = None, reduction: str = "sum_over_batch_size", **options: Any
    ) -> Native:
        options.pop("name", None)
        if from_logits is not None:
            options["from_logits"] = from_logits

        def loss(y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            function = home.member(("keras", "losses", name))
            each = home.machine.call(function, [y_true, y_pred], options)
            if sample_weight is not None:
                each = home.operator("*", each, sample_weight)
            if reduction in ("none", None):
                return each
            word = "reduce_sum" if reduction == "sum" else "reduce_mean"
            return home.machine.call(home.member((word,)), [each])

        return Native(name, loss)

    return make

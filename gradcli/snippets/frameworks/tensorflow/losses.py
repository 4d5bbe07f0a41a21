"""`tf.keras.losses`: losses as objects, called with what is true and what is predicted."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradcli.snippets.errors import Raised
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
    "SquaredHinge": "squared_hinge",
    "CategoricalHinge": "categorical_hinge",
    "MeanAbsolutePercentageError": "mape",
}
"""Classes, and the functions that they call."""


SHORT = {
    "MSE": "mean_squared_error",
    "MAE": "mean_absolute_error",
    "MSLE": "mean_squared_logarithmic_error",
    "MAPE": "mape",
    "KLD": "kl_divergence",
}
"""Functions, and what they are called here."""

MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")
REDUCTIONS = (*MEANS, "sum", "none", None)


def losses(home: Any) -> dict[str, Any]:
    """The classes by their paths."""
    table: dict[str, Any] = {}
    for name, function in NAMES.items():
        kind = Kind(name, _maker(home, function), lambda _: False)
        for path in ("keras.losses", "losses"):
            table[f"{path}.{name}"] = kind
    rows = {
        "sparse_categorical_crossentropy": partial(sparse, home),
        "categorical_crossentropy": partial(classes, home),
        "binary_crossentropy": partial(two_classes, home),
        "categorical_hinge": partial(categorical_hinge, home),
        "mape": partial(percentage, home),
    }
    table |= {f"keras.losses.{name}": Native(name, row) for name, row in rows.items()}
    for name, function in SHORT.items():
        table[f"keras.losses.{name}"] = Native(name, partial(_named_loss, home, function))
    return table


def _named_loss(home: Any, name: str, y_true: Any, y_pred: Any) -> Any:
    return home.result_of(f"keras.losses.{name}", y_true, y_pred)


EPSILON = 1e-7
"""How far from 0 and 1 Keras keeps probabilities."""


def categorical_hinge(home: Any, y_true: Any, y_pred: Any) -> Any:
    """How much the best of the wrong classes comes too near to the right one."""
    y, p, call = home.asarray(y_true), home.asarray(y_pred), home.result_of
    right = call("reduce_sum", home.operator("*", y, p), axis=-1)
    others = home.operator("*", home.operator("-", 1.0, y), p)
    wrong = call("reduce_max", others, axis=-1)
    return call("maximum", home.operator("+", home.operator("-", wrong, right), 1.0), 0.0)


def percentage(home: Any, y_true: Any, y_pred: Any) -> Any:
    """The mean of what is missed, in hundredths of what is true."""
    y, p, call = home.asarray(y_true), home.asarray(y_pred), home.result_of
    size = call("maximum", call("abs", y), EPSILON)
    part = call("abs", home.operator("/", home.operator("-", y, p), size))
    return home.operator("*", 100.0, call("reduce_mean", part, axis=-1))


def sparse(home: Any, y_true: Any, y_pred: Any, from_logits: bool = False, **_named: Any) -> Any:
    """The cross entropy of classes given by their numbers."""
    logits, call = home.asarray(y_pred), home.result_of
    if not from_logits:
        logits = call("math.log", call("clip_by_value", logits, EPSILON, 1 - EPSILON))
    return call("nn.sparse_softmax_cross_entropy_with_logits", y_true, logits)


def _smoothed(home: Any, labels: Any, like: Any, smoothing: float, classes: int) -> Any:
    """Labels of which a part is shared out among all classes."""
    y = home.cast(home.asarray(labels), like.dtype)
    if not smoothing:
        return y
    kept = home.operator("*", y, 1.0 - smoothing)
    return home.operator("+", kept, smoothing / classes)


def classes(
    home: Any,
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """The cross entropy of classes given by their shares."""
    p, call = home.asarray(y_pred), home.result_of
    y = _smoothed(home, y_true, p, label_smoothing, p.shape[-1])
    if from_logits:
        return call("nn.softmax_cross_entropy_with_logits", y, p, axis)
    p = home.operator("/", p, call("reduce_sum", p, axis, keepdims=True))
    p = call("clip_by_value", p, EPSILON, 1 - EPSILON)
    return home.unary("-", call("reduce_sum", home.operator("*", y, call("math.log", p)), axis))


def two_classes(
    home: Any,
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """The mean cross entropy of truths."""
    p, call, of = home.asarray(y_pred), home.result_of, home.operator
    y = _smoothed(home, y_true, p, label_smoothing, 2)
    if from_logits:
        each = call("nn.sigmoid_cross_entropy_with_logits", y, p)
    else:
        p = call("clip_by_value", p, EPSILON, 1 - EPSILON)
        true = of("*", y, call("math.log", p))
        false = of("*", of("-", 1.0, y), call("math.log", of("-", 1.0, p)))
        each = home.unary("-", of("+", true, false))
    return call("reduce_mean", each, axis=axis)


def _maker(home: Any, name: str) -> Any:
    def make(
        from_logits: Any = None, reduction: Any = "sum_over_batch_size", **options: Any
    ) -> Native:
        options.pop("name", None)
        if from_logits is not None:
            options["from_logits"] = from_logits
        if reduction not in REDUCTIONS:
            text = f"Invalid value for argument `reduction`. Received: reduction={reduction}"
            raise Raised("ValueError", text, help=" ".join(map(str, REDUCTIONS)))

        def loss(y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            function = home.member(("keras", "losses", name))
            each = home.machine.call(function, [y_true, y_pred], options)
            return reduced(home, each, sample_weight, reduction)

        return Native(name, loss)

    return make


def reduced(home: Any, each: Any, sample_weight: Any, reduction: str | None) -> Any:
    """The losses of all samples as one, by their weights."""
    count: Any = float(each.node.size)
    if sample_weight is not None:
        each, weight = fitted(home, each, home.asarray(sample_weight, each.dtype))
        each = home.operator("*", each, weight)
        if reduction == "mean_with_sample_weight":
            count = home.result_of("reduce_sum", weight)
    if reduction in ("none", None):
        return each
    if reduction in MEANS and isinstance(count, float):
        return home.result_of("reduce_mean", each)
    total = home.result_of("reduce_sum", each)
    return home.operator("/", total, count) if reduction in MEANS else total


def fitted(home: Any, each: Any, weight: Any) -> tuple[Any, Any]:
    """Losses and weights with as many axes."""
    more = len(weight.shape) - len(each.shape)
    if more == 1 and weight.shape[-1] == 1:
        return home.item(each, (Ellipsis, None)), weight
    if more == -1 and weight.shape:
        return each, home.item(weight, (Ellipsis, None))
    return each, weight

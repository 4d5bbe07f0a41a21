"""`tf.metrics`: a number for each row, which TensorFlow.js makes of its other functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.frameworks.tfjs.composites import NONE
from gradcli.snippets.languages.javascript.values import native

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.snippets.values import Array

EPSILON = 1e-7
"""How far from 0 and 1 probabilities are kept."""

LARGEST = 1.7976931348623157e308
"""`Number.MAX_VALUE`."""

SHORT = {
    "mse": "meanSquaredError",
    "MSE": "meanSquaredError",
    "mape": "meanAbsolutePercentageError",
    "MAPE": "meanAbsolutePercentageError",
}
"""Other names of functions."""


def metrics(home: Any) -> dict[str, Any]:
    """The functions by their paths."""
    of = Metrics(home)
    rows: dict[str, Callable[..., Any]] = {
        "meanSquaredError": of.mean_squared_error,
        "meanAbsoluteError": of.mean_absolute_error,
        "meanAbsolutePercentageError": of.mean_absolute_percentage_error,
        "cosineProximity": of.cosine_proximity,
        "binaryCrossentropy": of.binary_crossentropy,
        "categoricalCrossentropy": of.categorical_crossentropy,
        "binaryAccuracy": of.binary_accuracy,
        "categoricalAccuracy": of.categorical_accuracy,
        "sparseCategoricalAccuracy": of.sparse_categorical_accuracy,
        "precision": of.precision,
        "recall": of.recall,
        "r2Score": of.r2_score,
    }
    rows |= {name: rows[full] for name, full in SHORT.items()}
    return {f"metrics.{name}": native(name, row) for name, row in rows.items()}


class Metrics:
    """The functions, of what is true and what is predicted."""

    def __init__(self, home: Any) -> None:
        self.home = home
        self.of: Callable[..., Array] = home.result_of

    def in_rows(self, x: Array) -> Array:
        """The mean of each row."""
        return self.of("mean", x, -1.0)

    def less(self, true: Any, predicted: Any) -> Array:
        """The prediction less what is true."""
        return self.of("sub", predicted, true)

    # --- errors -----------------------------------------------------------------------------

    def mean_squared_error(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.meanSquaredError`."""
        return self.in_rows(self.of("square", self.less(true, predicted)))

    def mean_absolute_error(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.meanAbsoluteError`."""
        return self.in_rows(self.of("abs", self.less(true, predicted)))

    def mean_absolute_percentage_error(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.meanAbsolutePercentageError`."""
        size = self.of("clipByValue", self.of("abs", true), EPSILON, LARGEST)
        shares = self.of("abs", self.of("div", self.less(predicted, true), size))
        return self.of("mul", 100.0, self.in_rows(shares))

    def unit(self, x: Any) -> Array:
        """Rows of length 1."""
        squares = self.of("sum", self.of("square", x), -1.0, True)
        floor = self.of("fill", [float(n) for n in squares.shape], EPSILON)
        return self.of("div", x, self.of("sqrt", self.of("maximum", squares, floor)))

    def cosine_proximity(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.cosineProximity`."""
        product = self.of("mul", self.unit(true), self.unit(predicted))
        return self.of("neg", self.of("sum", product, -1.0))

    def binary_crossentropy(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.binaryCrossentropy`."""
        of = self.of
        chance = of("clipByValue", predicted, EPSILON, 1 - EPSILON)
        logits = of("log", of("div", chance, of("sub", 1.0, chance)))
        return self.in_rows(self.home.composites.sigmoid_cross_entropy(true, logits, how=NONE))

    def categorical_crossentropy(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.categoricalCrossentropy`."""
        of = self.of
        chances = of("div", predicted, of("sum", predicted, -1.0, True))
        logs = of("log", of("clipByValue", chances, EPSILON, 1 - EPSILON))
        return of("neg", of("sum", of("mul", of("cast", true, "float32"), logs), -1.0))

    def r2_score(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.r2Score`."""
        left = self.of("sum", self.of("square", self.less(predicted, true)))
        spread = self.of("square", self.less(self.of("mean", true), true))
        return self.of("sub", 1.0, self.of("div", left, self.of("sum", spread)))

    # --- hits -------------------------------------------------------------------------------

    def binary_accuracy(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.binaryAccuracy`."""
        sides = self.of("cast", self.of("greater", predicted, 0.5), "float32")
        return self.in_rows(self.of("equal", true, sides))

    def categorical_accuracy(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.categoricalAccuracy`."""
        pair = [self.of("argMax", x, -1.0) for x in (true, predicted)]
        return self.of("cast", self.of("equal", *pair), "float32")

    def sparse_categorical_accuracy(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.sparseCategoricalAccuracy`."""
        if len(true.shape) == len(predicted.shape):
            true = self.of("squeeze", true, [float(len(true.shape) - 1)])
        chosen = self.of("cast", self.of("argMax", predicted, -1.0), true.dtype.name)
        return self.of("cast", self.of("equal", true, chosen), "float32")

    def count(self, true: Any, true_is: float, predicted: Any, predicted_is: float) -> Array:
        """How many elements are so in truth, and so in the prediction."""
        both = self.of("equal", true, true_is), self.of("equal", predicted, predicted_is)
        return self.of("cast", self.of("sum", self.of("logicalAnd", *both)), "float32")

    def share(self, hits: Array, misses: Array) -> Array:
        """The share of hits; 0 where there is neither."""
        total = self.of("add", hits, misses)
        some = self.of("greater", total, 0.0)
        return self.of("where", some, self.of("div", hits, total), 0.0)

    def precision(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.precision`."""
        hits = self.count(true, 1.0, predicted, 1.0)
        return self.share(hits, self.count(true, 0.0, predicted, 1.0))

    def recall(self, true: Any, predicted: Any) -> Array:
        """`tf.metrics.recall`."""
        hits = self.count(true, 1.0, predicted, 1.0)
        return self.share(hits, self.count(true, 1.0, predicted, 0.0))

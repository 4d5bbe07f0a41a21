"""Cross entropies: of probabilities, of logits, and of classes that indices name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axis, show_shape
from gradcli.ops.compare import choose, ne
from gradcli.ops.exponential import SOFTPLUS, log, xlog1py, xlogy
from gradcli.ops.fused import multiply_no_nan
from gradcli.ops.indexing import TAKE, TAKE_ALONG
from gradcli.ops.losses import IN_KERAS, IN_TFJS, LEAST, bounded, folded, in_torch, weighted
from gradcli.ops.reduce import sum_
from gradcli.ops.shape import permute, reshape_to
from gradcli.ops.softmax import log_softmax

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Flag, Int, Number, Text
    from gradcli.ir.node import Node

# --- cross entropies of probabilities -----------------------------------------------------------


def _smoothed(labels: Node, smoothing: float, classes: float = 2.0) -> Node:
    """Labels of so many classes moved towards even chances."""
    if not classes:
        raise ShapeError("labels need a class at least")
    return labels * (1.0 - smoothing) + smoothing / classes if smoothing else labels


def _two_outcomes(labels: Node, chances: Node) -> Node:
    return -(xlogy(labels, chances) + xlog1py(1.0 - labels, -chances))


@function(
    example="binary_cross_entropy([0.8, 0.4], [1, 0])",
    signatures=in_torch("binary_cross_entropy", "input, target, weight=None"),
)
def binary_cross_entropy(
    x: Array, target: Array, weight: Array | None = None, reduction: Text = "mean"
) -> Node:
    """The cross entropy of probabilities, first, and labels between 0 and 1, as PyTorch has it."""
    return folded(weighted(_two_outcomes(target, x), weight), None, reduction)


@function(
    example="binary_crossentropy([1, 0], [0.8, 0.4])",
    variants={**IN_KERAS, "tf": {"reduction": "rows", "held": True}},
    signatures="""
        keras.ops.binary_crossentropy(target: labels, output: predictions, from_logits=False); \
            reduction='none', held=True
    """,
)
def binary_crossentropy(
    labels: Array,
    predictions: Array,
    from_logits: Flag = False,
    label_smoothing: Number = 0.0,
    reduction: Text = "mean",
    *,
    held: Flag = False,
) -> Node:
    """The cross entropy of labels, first, and probabilities (or logits), as Keras has it.

    Keras itself holds probabilities between 1e-7 and 1 - 1e-7.
    """
    cost = _of_logits if from_logits else _two_outcomes
    if held and not from_logits:
        predictions = bounded(predictions, 1.0 - LEAST)
    return folded(cost(_smoothed(labels, label_smoothing), predictions), None, reduction)


@function(
    ranks={"labels": 1, "predictions": 1},
    example="categorical_crossentropy([[1, 0]], [[0.8, 0.2]])",
    aliases="categorical_cross_entropy",
    signatures="""
        keras.ops.categorical_crossentropy(target: labels, output: predictions, \
            from_logits=False, axis=-1)
    """,
)
def categorical_crossentropy(
    labels: Array,
    predictions: Array,
    from_logits: Flag = False,
    label_smoothing: Number = 0.0,
    axis: Int = -1,
) -> Node:
    """The cross entropy of rows of labels, first, and of chances (or logits), as Keras has it.

    Chances are divided by their sum, and held between 1e-7 and 1 - 1e-7. What smoothing adds goes
    by the length of the last axis, whatever the axis of the classes.
    """
    labels = _smoothed(labels, label_smoothing, labels.shape[-1])
    if from_logits:
        return _of_classes(labels, predictions, axis, 0.0)
    return -sum_(labels * log(_shares(predictions, axis)), axis)


def _shares(x: Node, axis: int) -> Node:
    return bounded(x / sum_(x, axis, True), 1.0 - LEAST)


@function(example="log_loss([1, 0], [0.8, 0.4])", variants=IN_TFJS)
def log_loss(
    labels: Array,
    predictions: Array,
    weights: Array | None = None,
    epsilon: Number = 1e-7,
    reduction: Text = "mean",
) -> Node:
    """The cross entropy of labels and probabilities, with epsilon added inside each logarithm."""
    costs = -(labels * log(predictions + epsilon))
    costs = costs - (1.0 - labels) * log(1.0 - predictions + epsilon)
    return folded(costs, weights, reduction)


# --- cross entropies of logits ------------------------------------------------------------------


def _of_logits(labels: Node, logits: Node, pos_weight: Node | float = 1.0) -> Node:
    """Both terms are positive, so that nothing cancels where a logit is large."""
    return pos_weight * (labels * SOFTPLUS(-logits)) + (1.0 - labels) * SOFTPLUS(logits)


@function(
    example="sigmoid_cross_entropy([1, 0], [2, -1])",
    variants=IN_TFJS,
    aliases="sigmoid_cross_entropy_with_logits",
)
def sigmoid_cross_entropy(
    labels: Array,
    logits: Array,
    weights: Array | None = None,
    label_smoothing: Number = 0.0,
    reduction: Text = "none",
) -> Node:
    """The cross entropy of labels between 0 and 1 and logits, of each element."""
    return folded(_of_logits(_smoothed(labels, label_smoothing), logits), weights, reduction)


@function(example="weighted_cross_entropy_with_logits([1, 0], [2, -1], 3)")
def weighted_cross_entropy_with_logits(labels: Array, logits: Array, pos_weight: Array) -> Node:
    """sigmoid_cross_entropy with a weight for what labels of 1 cost."""
    return _of_logits(labels, logits, pos_weight)


@function(
    example="binary_cross_entropy_with_logits([2, -1], [1, 0])",
    aliases="bce_with_logits",
    signatures=in_torch(
        "binary_cross_entropy_with_logits", "input, target, weight=None", ", pos_weight=1.0"
    ),
)
def binary_cross_entropy_with_logits(
    x: Array,
    target: Array,
    weight: Array | None = None,
    reduction: Text = "mean",
    pos_weight: Array | float = 1.0,
) -> Node:
    """The cross entropy of logits, first, and labels between 0 and 1, as PyTorch has it."""
    return folded(weighted(_of_logits(target, x, pos_weight), weight), None, reduction)


def _of_classes(labels: Node, logits: Node, axis: Any, smoothing: float) -> Node:
    labels = _smoothed(labels, smoothing, labels.shape[normal_axis(axis, labels.ndim)])
    return -sum_(multiply_no_nan(log_softmax(logits, axis), labels), axis)


@function(
    ranks={"labels": 1, "logits": 1},
    example="softmax_cross_entropy([[0, 1]], [[1, 2]])",
    variants=IN_TFJS,
    signatures="""
        optax.softmax_cross_entropy(logits, labels, axis=-1); reduction='none'
        tf.nn.softmax_cross_entropy_with_logits(labels, logits, axis=-1, name=None)
    """,
    aliases="softmax_cross_entropy_with_logits softmax_cross_entropy_with_logits_v2",
)
def softmax_cross_entropy(
    labels: Array,
    logits: Array,
    weights: Array | None = None,
    label_smoothing: Number = 0.0,
    reduction: Text = "none",
    axis: Int = -1,
) -> Node:
    """The cross entropy of rows of probabilities and rows of logits, of each row."""
    return folded(_of_classes(labels, logits, axis, label_smoothing), weights, reduction)


def picked(table: Node, indices: Node) -> Node:
    """One element of each row of a table."""
    if indices.shape != table.shape[:-1]:
        raise ShapeError(
            f"the indices of classes are of shape {show_shape(table.shape[:-1])} here, not "
            f"{show_shape(indices.shape)}"
        )
    column = reshape_to(indices, (*indices.shape, 1))
    elements = TAKE_ALONG(table, column, attrs=(table.ndim - 1, table.shape[-1]))
    return reshape_to(elements, indices.shape)


@function(
    ranks={"logits": 1},
    example="sparse_softmax_cross_entropy([1], [[1, 2]])",
    aliases="sparse_softmax_cross_entropy_with_logits",
)
def sparse_softmax_cross_entropy(labels: Array, logits: Array, reduction: Text = "none") -> Node:
    """softmax_cross_entropy where a label is the index of its class."""
    return folded(-picked(log_softmax(logits), labels), None, reduction)


def _classes_last(x: Node) -> Node:
    """PyTorch has the classes on axis 1."""
    return x if x.ndim < 3 else permute(x, (0, *range(2, x.ndim), 1))


@function(
    ranks={"x": 1},
    example="nll_loss([[-1, -2]], [1])",
    signatures="""
        F.nll_loss(input, target, weight=None, size_average=None, ignore_index=-100.0, \
            reduce=None, reduction='mean')
    """,
)
def nll_loss(
    x: Array,
    target: Array,
    weight: Array | None = None,
    reduction: Text = "mean",
    ignore_index: Number = -100.0,
) -> Node:
    """Less the log-probabilities of classes that indices name, weighted by class."""
    there = ne(target, ignore_index)
    costs, weights = _of_indices(x, target, weight, there)
    return folded(costs, weights, reduction)


def _of_indices(x: Node, target: Node, weight: Node | None, there: Node) -> tuple[Node, Node]:
    """What classes cost that are there, and their weights."""
    index = choose(there, target, 0.0)
    costs = choose(there, -picked(_classes_last(x), index), 0.0)
    weights = as_number(there)
    if weight is not None:
        weights = weights * _weights_of(weight, index)
    return costs, weights


def _weights_of(weight: Node, index: Node) -> Node:
    """The weight of the class that each index names."""
    if weight.ndim != 1:
        raise ShapeError("the weights of classes are a vector")
    return TAKE(weight, index, attrs=(0, weight.shape[0]))


@function(
    ranks={"x": 1},
    example="F.cross_entropy([[1, 2]], [1])",
    signatures="""
        F.cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100.0, \
            reduce=None, reduction='mean', label_smoothing=0.0)
    """,
)
def cross_entropy(
    x: Array,
    target: Array,
    weight: Array | None = None,
    reduction: Text = "mean",
    ignore_index: Number = -100.0,
    label_smoothing: Number = 0.0,
) -> Node:
    """The cross entropy of logits, first, and classes or probabilities, as PyTorch has it."""
    axis = 1 if x.ndim > 1 else 0
    classes = x.shape[axis]
    if not classes:
        raise ShapeError("cross_entropy needs a class at least")
    logs, heavy = log_softmax(x, axis), None
    if weight is not None:
        heavy = reshape_to(weight, (weight.size,) + (1,) * (x.ndim - axis - 1))
    if target.shape == x.shape:
        labels = weighted(_smoothed(target, label_smoothing, classes), heavy)
        return folded(-sum_(multiply_no_nan(logs, labels), axis), None, reduction)
    there = ne(target, ignore_index)
    costs, weights = _of_indices(logs, target, weight, there)
    if not label_smoothing:
        return folded(costs, weights, reduction)
    even = choose(there, -sum_(weighted(logs, heavy), axis) / classes, 0.0)
    whole = (1.0 - label_smoothing) * costs * weights + label_smoothing * even
    is_mean = reduction.lower() == "mean"
    return sum_(whole) / sum_(weights) if is_mean else folded(whole, None, reduction)


cross_entropy.ambiguous = (
    "softmax_cross_entropy(labels, logits), or F.cross_entropy(logits, target)"
)

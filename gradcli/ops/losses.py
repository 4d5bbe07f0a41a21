"""Losses: what elements cost, and how costs are weighted and folded into one.

`reduction` is "mean", "sum", "none", "rows" (the mean over the last axis, as Keras does) or one of
TF.js: with weights "mean" divides by their sum, "sum_by_nonzero_weights" by how many are not 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.node import Node, literal
from gradcli.ir.op import as_number
from gradcli.ir.shapes import normal_axis, show_shape
from gradcli.ops.activations import relu
from gradcli.ops.compare import abs_, choose, clip, eq, ge, le, lt, ne
from gradcli.ops.entropy import rel_entr
from gradcli.ops.exponential import SOFTPLUS, exp, log, xlog1py, xlogy
from gradcli.ops.fused import multiply_no_nan
from gradcli.ops.indexing import TAKE, TAKE_ALONG
from gradcli.ops.marks import STOP
from gradcli.ops.powers import square
from gradcli.ops.reduce import log_softmax, mean, sum_
from gradcli.ops.shape import expand_dims, permute, reshape_to, spread
from gradcli.ops.stabilize import LOG_COSH

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag, Int, Number, Text

# --- folding ------------------------------------------------------------------------------------

_TFJS: dict[str, dict[str, Any]] = {"tfjs": {"reduction": "sum_by_nonzero_weights"}}
_KERAS: dict[str, dict[str, Any]] = {"tf": {"reduction": "rows"}, **_TFJS}


def in_torch(name: str, arguments: str, more: str = "") -> str:
    """PyTorch's signature, with the two parameters that went before `reduction`."""
    return f"F.{name}({arguments}, size_average=None, reduce=None, reduction='mean'{more})"


def _times(costs: Node, weights: Node | None) -> Node:
    return costs if weights is None else costs * weights


def folded(costs: Node, weights: Node | None, reduction: str) -> Node:
    """Costs times their weights, folded as the reduction says."""
    kind = reduction.lower()
    weighted = _times(costs, weights)
    if kind in ("none", "rows"):
        return weighted if kind == "none" or not costs.ndim else mean(weighted, -1)
    total = sum_(weighted)
    if kind == "sum":
        return total
    if kind == "batchmean":
        return total / float(costs.shape[0])
    if kind not in ("mean", "sum_by_nonzero_weights", "sum_over_batch_size", "auto"):
        help_ = '"mean", "sum", "none" or "rows"'
        raise ProgramTypeError(f"there is no reduction {reduction!r}", help=help_)
    return total / _count(kind, weighted, weights)


def _count(kind: str, weighted: Node, weights: Node | None) -> Node | float:
    """How many costs there are, their weights together, or how many weights are not 0."""
    if weights is None or kind in ("sum_over_batch_size", "auto"):
        return float(weighted.size)
    whole = spread(weights, weighted.shape)
    return sum_(whole if kind == "mean" else as_number(ne(whole, 0.0)))


@function(example="weighted_loss([1, 2, 3], [1, 0, 1])", aliases="compute_weighted_loss")
def weighted_loss(
    losses: Array, weights: Array | None = None, reduction: Text = "sum_by_nonzero_weights"
) -> Node:
    """The mean of weighted losses, over those whose weight is not 0."""
    return folded(losses, weights, reduction)


# --- distances ----------------------------------------------------------------------------------


@function(
    example="mse([1, 2], [1, 4])",
    aliases="mse_loss mean_squared_error",
    variants=_KERAS,
    signatures="""
        F.mse_loss(input, target, size_average=None, reduce=None, reduction='mean', \
            weight: weights = None)
    """,
)
def mse(x: Array, y: Array, weights: Array | None = None, reduction: Text = "mean") -> Node:
    """The mean squared difference."""
    return folded(square(x - y), weights, reduction)


@function(
    example="mae([1, 2], [1, 4])",
    variants=_KERAS,
    signatures="""
        F.l1_loss(input, target, size_average=None, reduce=None, reduction='mean', \
            weight: weights = None)
    """,
    aliases="l1_loss mean_absolute_error absolute_difference",
)
def mae(x: Array, y: Array, weights: Array | None = None, reduction: Text = "mean") -> Node:
    """The mean absolute difference."""
    return folded(abs_(x - y), weights, reduction)


@function(
    example="huber([1, 2], [1, 4])",
    aliases="huber_loss",
    variants=_KERAS,
    signatures="""
        scipy.special.huber(delta, r: x); y=0.0, reduction='none'
        optax.huber_loss(predictions: x, targets: y, delta=1.0); reduction='none'
        tf.huber(y_true: y, y_pred: x, delta=1.0); reduction='rows'
        F.huber_loss(input, target, reduction='mean', delta=1.0, weight: always = None)
    """,
)
def huber(
    x: Array,
    y: Array,
    weights: Array | None = None,
    delta: Array | float = 1.0,
    reduction: Text = "mean",
) -> Node:
    """Half the squared difference up to delta, then linear; infinite if delta is below 0."""
    size = abs_(x - y)
    costs = choose(le(size, delta), 0.5 * square(x - y), delta * (size - 0.5 * delta))
    if isinstance(delta, Node) and literal(delta) is None:
        costs = choose(lt(delta, 0.0), math.inf, costs)
    return folded(costs, weights, reduction)


@function(
    example="smooth_l1([1, 2], [1, 4])",
    aliases="smooth_l1_loss",
    signatures="""
        F.smooth_l1_loss(input, target, size_average=None, reduce=None, reduction='mean', beta=1.0)
    """,
)
def smooth_l1(
    x: Array,
    y: Array,
    weights: Array | None = None,
    beta: Array | float = 1.0,
    reduction: Text = "mean",
) -> Node:
    """The absolute difference less beta/2, rounded off below beta."""
    size = abs_(x - y)
    costs = choose(lt(size, beta), 0.5 * square(x - y) / beta, size - 0.5 * beta)
    return folded(costs, weights, reduction)


@function(
    example="log_cosh([1, 2], [1, 4])",
    aliases="logcosh",
    variants=_KERAS,
    signatures="optax.log_cosh(predictions: x, targets: y = None)",
)
def log_cosh(
    x: Array, y: Array | None = None, weights: Array | None = None, reduction: Text = "none"
) -> Node:
    """log(cosh(x - y)), without overflow; Keras' is its mean."""
    return folded(LOG_COSH(x if y is None else x - y), weights, reduction)


@function(
    example="cosine_distance([1, 0], [0.6, 0.8])",
    variants=_TFJS,
    signatures="optax.cosine_distance(preds, targs)",
)
def cosine_distance(
    labels: Array,
    predictions: Array,
    axis: Axes = -1,
    weights: Array | None = None,
    reduction: Text = "mean",
) -> Node:
    """1 less the product of vectors, which are to be of unit length."""
    return folded(1.0 - sum_(labels * predictions, axis, True), weights, reduction)


# --- margins ------------------------------------------------------------------------------------


def _signs(labels: Node) -> Node:
    """Labels as -1 and 1; 0 counts as -1."""
    return choose(eq(labels, 0.0), -1.0, labels)


@function(example="hinge([0, 1], [0.3, 0.4])", aliases="hinge_loss", variants=_KERAS)
def hinge(
    labels: Array, predictions: Array, weights: Array | None = None, reduction: Text = "mean"
) -> Node:
    """What 1 is above the product of a label, -1 (or 0) or 1, and a prediction."""
    return folded(relu(1.0 - _signs(labels) * predictions), weights, reduction)


@function(example="squared_hinge([0, 1], [0.3, 0.4])", variants=_KERAS)
def squared_hinge(
    labels: Array, predictions: Array, weights: Array | None = None, reduction: Text = "mean"
) -> Node:
    """The square of the hinge loss."""
    return folded(square(relu(1.0 - _signs(labels) * predictions)), weights, reduction)


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
    return folded(_times(_two_outcomes(target, x), weight), None, reduction)


_LEAST = 1e-7
"""What Keras takes for a probability that is less."""


def _held(chances: Node, most: float = 1.0) -> Node:
    return clip(chances, *(chances.graph.constant(bound) for bound in (_LEAST, most)))


@function(
    example="binary_crossentropy([1, 0], [0.8, 0.4])",
    variants={**_KERAS, "tf": {"reduction": "rows", "held": True}},
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
        predictions = _held(predictions, 1.0 - _LEAST)
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
    return _held(x / sum_(x, axis, True), 1.0 - _LEAST)


@function(example="log_loss([1, 0], [0.8, 0.4])", variants=_TFJS)
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
    variants=_TFJS,
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
    return folded(_times(_of_logits(target, x, pos_weight), weight), None, reduction)


def _of_classes(labels: Node, logits: Node, axis: Any, smoothing: float) -> Node:
    labels = _smoothed(labels, smoothing, labels.shape[normal_axis(axis, labels.ndim)])
    return -sum_(multiply_no_nan(log_softmax(logits, axis), labels), axis)


@function(
    ranks={"labels": 1, "logits": 1},
    example="softmax_cross_entropy([[0, 1]], [[1, 2]])",
    variants=_TFJS,
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
        labels = _times(_smoothed(target, label_smoothing, classes), heavy)
        return folded(-sum_(multiply_no_nan(logs, labels), axis), None, reduction)
    there = ne(target, ignore_index)
    costs, weights = _of_indices(logs, target, weight, there)
    if not label_smoothing:
        return folded(costs, weights, reduction)
    even = choose(there, -sum_(_times(logs, heavy), axis) / classes, 0.0)
    whole = (1.0 - label_smoothing) * costs * weights + label_smoothing * even
    is_mean = reduction.lower() == "mean"
    return sum_(whole) / sum_(weights) if is_mean else folded(whole, None, reduction)


cross_entropy.ambiguous = (
    "softmax_cross_entropy(labels, logits), or F.cross_entropy(logits, target)"
)

# --- divergences and likelihoods ----------------------------------------------------------------


@function(
    example="kl_divergence([0.5, 0.5], [0.25, 0.75])",
    aliases="kld kullback_leibler_divergence",
    variants={"tf": {"held": True}},
)
def kl_divergence(
    labels: Array, predictions: Array, axis: Axes = -1, *, held: Flag = False
) -> Node:
    """sum(p log(p/q)) over an axis, for probabilities p and q; Keras' are 1e-7 at least."""
    if held:
        labels, predictions = _held(labels), _held(predictions)
    return sum_(rel_entr(labels, predictions), axis)


@function(
    example="kl_div_loss([-1, -2], [0.25, 0.75])",
    signatures=in_torch("kl_div", "input, target", ", log_target=False"),
)
def kl_div_loss(
    x: Array, target: Array, reduction: Text = "mean", log_target: Flag = False
) -> Node:
    """p (log p - x) for log-probabilities x, first, and probabilities p: PyTorch's F.kl_div."""
    if log_target:
        return folded(exp(target) * (target - x), None, reduction)
    return folded(xlogy(target, target) - multiply_no_nan(x, target), None, reduction)


def _stirling(counts: Node, least: float) -> Node:
    """Stirling's approximation of log(n!), and 0 from the least n to 1."""
    small = le(counts, 1.0) & ge(counts, least)
    large = choose(small, 2.0, counts)
    approximation = large * log(large) - large + 0.5 * log(math.tau * large)
    return choose(small, 0.0, approximation)


@function(
    example="poisson_nll([0.5, 1], [1, 3])",
    aliases="poisson_nll_loss",
    signatures="""
        F.poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, \
            eps=1e-8, reduce=None, reduction='mean')
    """,
)
def poisson_nll(
    x: Array,
    target: Array,
    log_input: Flag = True,
    full: Flag = False,
    eps: Number = 1e-8,
    reduction: Text = "mean",
) -> Node:
    """Less the log-likelihood of counts under a Poisson distribution of rate exp(x) (or x)."""
    costs = exp(x) - target * x if log_input else x - target * log(x + eps)
    return folded(costs + _stirling(target, -math.inf) if full else costs, None, reduction)


@function(example="poisson_loss([1, 3], [0.5, 1])", variants=_KERAS)
def poisson_loss(labels: Array, predictions: Array, reduction: Text = "mean") -> Node:
    """predictions - labels * log(predictions + 1e-7), as Keras has it."""
    return folded(predictions - labels * log(predictions + 1e-7), None, reduction)


@function(example="log_poisson_loss([1, 3], [0.5, 1])")
def log_poisson_loss(targets: Array, log_input: Array, compute_full_loss: Flag = False) -> Node:
    """poisson_nll of each element, the counts first, as TensorFlow has it."""
    costs = exp(log_input) - targets * log_input
    return costs + _stirling(targets, 0.0) if compute_full_loss else costs


@function(example="gaussian_nll([1, 2], [1, 4], [1, 2])", aliases="gaussian_nll_loss")
def gaussian_nll(
    x: Array,
    target: Array,
    var: Array,
    full: Flag = False,
    eps: Number = 1e-6,
    reduction: Text = "mean",
) -> Node:
    """Less the log-likelihood under a normal distribution of mean x and a variance.

    A variance without the last axis is one a row. One below eps counts as eps; its slope is the
    formula's there, as PyTorch has it.
    """
    if var.shape != x.shape and var.shape == x.shape[:-1]:
        var = expand_dims(var, (-1,))
    spread_ = var + STOP(clip(var, var.graph.constant(eps), None) - var)
    costs = 0.5 * (log(spread_) + square(x - target) / spread_)
    return folded(costs + 0.5 * math.log(math.tau) if full else costs, None, reduction)

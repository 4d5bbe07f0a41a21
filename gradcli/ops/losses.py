"""Losses: what elements cost, and how costs are weighted and folded into one.

`reduction` is "mean", "sum", "none", "rows" (the mean over the last axis, as Keras does) or one of
TF.js: with weights "mean" divides by their sum, "sum_by_nonzero_weights" by how many are not 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.errors import ProgramTypeError
from gradcli.ir.function import function
from gradcli.ir.node import Node, literal
from gradcli.ir.op import as_number
from gradcli.ops.activations import relu
from gradcli.ops.compare import abs_, choose, clip, eq, ge, le, lt, ne
from gradcli.ops.entropy import rel_entr
from gradcli.ops.exponential import exp, log, xlogy
from gradcli.ops.fused import multiply_no_nan
from gradcli.ops.marks import STOP
from gradcli.ops.powers import square
from gradcli.ops.reduce import mean, sum_
from gradcli.ops.shape import expand_dims, spread
from gradcli.ops.stabilize import LOG_COSH

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Axes, Flag, Number, Text

# --- folding ------------------------------------------------------------------------------------

IN_TFJS: dict[str, dict[str, Any]] = {"tfjs": {"reduction": "sum_by_nonzero_weights"}}
IN_KERAS: dict[str, dict[str, Any]] = {"tf": {"reduction": "rows"}, **IN_TFJS}


def in_torch(name: str, arguments: str, more: str = "") -> str:
    """PyTorch's signature, with the two parameters that went before `reduction`."""
    return f"F.{name}({arguments}, size_average=None, reduce=None, reduction='mean'{more})"


def weighted(costs: Node, weights: Node | None) -> Node:
    """Costs times their weights, if there are some."""
    return costs if weights is None else costs * weights


def folded(costs: Node, weights: Node | None, reduction: str) -> Node:
    """Costs times their weights, folded as the reduction says."""
    kind = reduction.lower()
    all_costs = weighted(costs, weights)
    if kind in ("none", "rows"):
        return all_costs if kind == "none" or not costs.ndim else mean(all_costs, -1)
    total = sum_(all_costs)
    if kind == "sum":
        return total
    if kind == "batchmean":
        return total / float(costs.shape[0])
    if kind not in ("mean", "sum_by_nonzero_weights", "sum_over_batch_size", "auto"):
        help_ = '"mean", "sum", "none" or "rows"'
        raise ProgramTypeError(f"there is no reduction {reduction!r}", help=help_)
    return total / _count(kind, all_costs, weights)


def _count(kind: str, costs: Node, weights: Node | None) -> Node | float:
    """How many costs there are, their weights together, or how many weights are not 0."""
    if weights is None or kind in ("sum_over_batch_size", "auto"):
        return float(costs.size)
    whole = spread(weights, costs.shape)
    return sum_(whole if kind == "mean" else as_number(ne(whole, 0.0)))


@function(example="weighted_loss([1, 2, 3], [1, 0, 1])", aliases="compute_weighted_loss")
def weighted_loss(
    losses: Array, weights: Array | None = None, reduction: Text = "sum_by_nonzero_weights"
) -> Node:
    """The mean of weighted losses, over those whose weight is not 0."""
    return folded(losses, weights, reduction)


LEAST = 1e-7
"""What Keras takes for a probability that is less."""


def bounded(chances: Node, most: float = 1.0) -> Node:
    """Probabilities as Keras takes them: no less than that, nor more than so much."""
    return clip(chances, *(chances.graph.constant(bound) for bound in (LEAST, most)))


# --- distances ----------------------------------------------------------------------------------


@function(
    example="mse([1, 2], [1, 4])",
    aliases="mse_loss mean_squared_error",
    variants=IN_KERAS,
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
    variants=IN_KERAS,
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
    variants=IN_KERAS,
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
    variants=IN_KERAS,
    signatures="optax.log_cosh(predictions: x, targets: y = None)",
)
def log_cosh(
    x: Array, y: Array | None = None, weights: Array | None = None, reduction: Text = "none"
) -> Node:
    """log(cosh(x - y)), without overflow; Keras' is its mean."""
    return folded(LOG_COSH(x if y is None else x - y), weights, reduction)


@function(
    example="cosine_distance([1, 0], [0.6, 0.8])",
    variants=IN_TFJS,
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


@function(example="hinge([0, 1], [0.3, 0.4])", aliases="hinge_loss", variants=IN_KERAS)
def hinge(
    labels: Array, predictions: Array, weights: Array | None = None, reduction: Text = "mean"
) -> Node:
    """What 1 is above the product of a label, -1 (or 0) or 1, and a prediction."""
    return folded(relu(1.0 - _signs(labels) * predictions), weights, reduction)


@function(example="squared_hinge([0, 1], [0.3, 0.4])", variants=IN_KERAS)
def squared_hinge(
    labels: Array, predictions: Array, weights: Array | None = None, reduction: Text = "mean"
) -> Node:
    """The square of the hinge loss."""
    return folded(square(relu(1.0 - _signs(labels) * predictions)), weights, reduction)


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
        labels, predictions = bounded(labels), bounded(predictions)
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


@function(example="poisson_loss([1, 3], [0.5, 1])", variants=IN_KERAS)
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

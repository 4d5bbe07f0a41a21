"""Losses by margins: of angles and rankings, of scores beside labels, of three points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.errors import ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.shapes import normal_axis
from gradcli.ops.activations import relu
from gradcli.ops.compare import choose, eq, gt, minimum, ne
from gradcli.ops.cross_entropies import picked
from gradcli.ops.exponential import SOFTPLUS
from gradcli.ops.indexing import TAKE, TAKE_ALONG
from gradcli.ops.losses import folded, in_torch
from gradcli.ops.norms import pairwise_distance
from gradcli.ops.reduce import NORM, mean, sum_
from gradcli.ops.running import cumprod
from gradcli.ops.shape import expand_dims

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Flag, Int, Number, Text
    from gradcli.ir.node import Node


@function(
    example="cosine_embedding_loss([3, 4], [4, 3], 1)",
    signatures=in_torch("cosine_embedding_loss", "input1: x1, input2: x2, target, margin=0.0"),
)
def cosine_embedding_loss(
    x1: Array, x2: Array, y: Array, margin: Array | float = 0.0, reduction: Text = "mean"
) -> Node:
    """1 - cos where y is 1, and what cos is above a margin where y is -1."""
    cosine = sum_((x1 / NORM(x1, -1, True)) * (x2 / NORM(x2, -1, True)), -1)
    costs = choose(gt(y, 0.0), 1.0 - cosine, relu(cosine - margin))
    return folded(costs, None, reduction)


@function(
    example="hinge_embedding_loss([0.3, 0.4], [1, -1])",
    signatures=in_torch("hinge_embedding_loss", "input, target: y, margin=1.0"),
)
def hinge_embedding_loss(
    x: Array, y: Array, margin: Array | float = 1.0, reduction: Text = "mean"
) -> Node:
    """x where y is 1, what a margin is above x where y is -1, and both where y is neither."""
    near, far = choose(eq(y, -1.0), 0.0, x), choose(eq(y, 1.0), 0.0, relu(margin - x))
    return folded(near + far, None, reduction)


@function(
    example="soft_margin_loss([1, 2], [1, -1])",
    signatures=in_torch("soft_margin_loss", "input, target"),
)
def soft_margin_loss(x: Array, target: Array, reduction: Text = "mean") -> Node:
    """The mean of log(1 + exp(-x * target)), for targets 1 and -1."""
    return folded(SOFTPLUS(-target * x), None, reduction)


@function(
    example="margin_ranking_loss([1, 2], [2, 1], [1, -1])",
    signatures=in_torch("margin_ranking_loss", "input1: x, input2: y, target, margin=0"),
)
def margin_ranking_loss(
    x: Array, y: Array, target: Array, margin: Array | float = 0.0, reduction: Text = "mean"
) -> Node:
    """What a margin is above the lead of x over y where the target is 1, or of y where it is -1."""
    return folded(relu(margin - target * (x - y)), None, reduction)


@function(
    example="multi_margin_loss([[1, 2, 3]], [0])",
    signatures="""
        F.multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, \
            reduce=None, reduction='mean')
    """,
)
def multi_margin_loss(
    x: Array,
    target: Array,
    p: Int = 1,
    margin: Array | float = 1.0,
    weight: Array | None = None,
    reduction: Text = "mean",
) -> Node:
    """What a margin is above the lead of the target's score over each other class, to the power p.

    The classes are the last axis, over which the mean is taken.
    """
    if p not in (1, 2):
        raise ProgramTypeError("multi_margin_loss has the powers 1 and 2")
    if not x.ndim:
        raise ShapeError("multi_margin_loss needs the scores of classes")
    index = expand_dims(target, (-1,))
    own = expand_dims(picked(x, target), (-1,))
    costs = relu(margin - own + x) ** float(p)
    if weight is not None:
        if weight.shape != x.shape[-1:]:
            raise ShapeError("the weights of classes are a vector, one for each class")
        costs = costs * TAKE(weight, index, attrs=(0, weight.shape[0]))
    classes = x.graph.constant(np.arange(x.shape[-1]))
    return folded(mean(choose(eq(classes, index), 0.0, costs), -1), None, reduction)


def _labels(target: Node) -> tuple[Node, Node, Node]:
    """Whether each place of a row names a label, which one, or 0; and whether each class is one."""
    named = cumprod(choose(ne(target, -1.0), 1.0, 0.0), -1)
    index = choose(eq(named, 1.0), target, 0.0)
    classes = target.graph.constant(np.arange(target.shape[-1]))
    hits = eq(expand_dims(index, (-1,)), classes) & eq(expand_dims(named, (-1,)), 1.0)
    return named, index, sum_(choose(hits, 1.0, 0.0), -2)


@function(
    example="multilabel_margin_loss([[1, 2, 3]], [[0, -1, 2]])",
    signatures=in_torch("multilabel_margin_loss", "input, target"),
)
def multilabel_margin_loss(x: Array, target: Array, reduction: Text = "mean") -> Node:
    """What 1 is above the lead of each labelled score over each that is not, over the classes.

    A row of the target names the labels, up to the first -1.
    """
    if x.shape != target.shape or not x.ndim:
        raise ShapeError("multilabel_margin_loss needs a target of the same shape")
    n = x.shape[-1]
    named, index, is_label = _labels(target)
    own = TAKE_ALONG(x, index, attrs=(x.ndim - 1, n))
    costs = relu(1.0 - (expand_dims(own, (-1,)) - expand_dims(x, (-2,))))
    counts = expand_dims(named, (-1,)) * expand_dims(1.0 - is_label, (-2,))
    return folded(sum_(costs * counts, (-2, -1)) / float(n), None, reduction)


@function(
    example="multilabel_soft_margin_loss([[1, 2]], [[0, 1]])",
    signatures=in_torch("multilabel_soft_margin_loss", "input, target, weight=None"),
)
def multilabel_soft_margin_loss(
    x: Array, target: Array, weight: Array | None = None, reduction: Text = "mean"
) -> Node:
    """The mean over the last axis of the cross entropies of logits and labels 1 and 0."""
    axis = normal_axis(-1, x.ndim)
    costs = target * SOFTPLUS(-x) + (1.0 - target) * SOFTPLUS(x)
    costs = costs if weight is None else costs * weight
    return folded(sum_(costs, axis) / float(x.shape[axis]), None, reduction)


@function(
    example="triplet_margin_loss([[1, 2]], [[1, 3]], [[4, 5]])",
    signatures=in_torch(
        "triplet_margin_loss", "anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False"
    ),
)
def triplet_margin_loss(
    anchor: Array,
    positive: Array,
    negative: Array,
    margin: Array | float = 1.0,
    p: Number = 2.0,
    eps: Number = 1e-6,
    swap: Flag = False,
    reduction: Text = "mean",
) -> Node:
    """How much nearer, less a margin, an anchor is to its negative than to its positive."""
    near = pairwise_distance(anchor, positive, p, eps)
    far: Any = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return folded(relu(near - far + margin), None, reduction)

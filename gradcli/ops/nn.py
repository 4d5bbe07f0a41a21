"""Activations of neural networks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gradcli.ir.function import function
from gradcli.ops.arithmetic import square
from gradcli.ops.compare import TAINT, abs_, clip, gt, le, logical_not, where
from gradcli.ops.elementary import expm1, sigmoid, tanh
from gradcli.ops.make import unary
from gradcli.ops.error_functions import ndtr

if TYPE_CHECKING:
    from gradcli.ir.function import Array, Flag, Number
    from gradcli.ir.node import Node

relu = unary(
    "relu", lambda x: np.maximum(x, 0), lambda x, z: TAINT(1.0, z),
    select=lambda x, z: logical_not(le(x, 0.0)), special=(0.0,),
    doc="x where it is positive, else 0; the gradient at 0 is 0.",
)  # fmt: skip
relu6 = unary(
    "relu6", lambda x: np.minimum(np.maximum(x, 0), 6), lambda x, z: TAINT(1.0, z),
    select=lambda x, z: logical_not(le(x, 0.0) | (x >= 6.0)), special=(0.0, 6.0),
    doc="x held between 0 and 6; the gradient at both is 0.",
)  # fmt: skip
softplus = unary(
    "softplus", lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
    lambda x, z: sigmoid(x), doc="log(1 + exp(x)), without overflow.", aliases="log1pexp",
)  # fmt: skip


@function(
    example="leaky_relu(-2)",
    variants={"tf": {"alpha": 0.2}, "tfjs": {"alpha": 0.2}},
)
def leaky_relu(x: Array, alpha: Number = 0.01) -> Node:
    """x where it is positive, else alpha * x."""
    return TAINT(where(gt(x, 0.0), x, alpha * x), x)


@function(example="elu(-1)")
def elu(x: Array, alpha: Number = 1.0) -> Node:
    """x where it is positive, else alpha * (exp(x) - 1)."""
    return where(gt(x, 0.0), x, alpha * expm1(x))


SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


@function(example="selu(-1)")
def selu(x: Array) -> Node:
    """The self-normalising elu: 1.0507 * elu(x, 1.6733)."""
    return SELU_SCALE * elu(x, SELU_ALPHA)


@function(
    example="gelu(1)",
    variants={"jax.nn": {"approximate": True}, "jax": {"approximate": True}},
)
def gelu(x: Array, approximate: Flag = False) -> Node:
    """x times the normal distribution's probability below x, or its tanh approximation."""
    if approximate:
        inner = math.sqrt(2.0 / math.pi) * (x + 0.044715 * (x * square(x)))
        return x * sigmoid(2.0 * inner)
    return x * ndtr(x)


@function(example="silu(1)", aliases="swish")
def silu(x: Array) -> Node:
    """x * sigmoid(x)."""
    return x * sigmoid(x)


@function(example="mish(1)")
def mish(x: Array) -> Node:
    """x * tanh(softplus(x))."""
    return x * tanh(softplus(x))


@function(example="softsign(1)", aliases="soft_sign")
def softsign(x: Array) -> Node:
    """x / (1 + abs(x))."""
    return x / (1.0 + abs_(x))


@function(example="hard_sigmoid(1)", aliases="hardsigmoid")
def hard_sigmoid(x: Array) -> Node:
    """x/6 + 1/2 held between 0 and 1."""
    return clip(x / 6.0 + 0.5, x.graph.constant(0.0), x.graph.constant(1.0))

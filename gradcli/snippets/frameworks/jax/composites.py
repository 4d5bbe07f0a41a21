"""Functions that JAX makes of others, so that they and their gradients round where it rounds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.ir.node import WORDS
from gradcli.snippets.arrays.dtypes import FLOAT32
from gradcli.snippets.arrays.making import record
from gradcli.snippets.frameworks.jax.contracted import SQUARES
from gradcli.snippets.frameworks.jax.kernels import is_short

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.node import Node
    from gradcli.snippets.arrays.dtypes import DType
    from gradcli.snippets.values import Array


def composites(home: Any) -> dict[str, Callable[..., Any]]:
    """The functions by their paths."""
    of = Composites(home)
    return {
        "nn.softmax": of.softmax,
        "nn.log_softmax": of.log_softmax,
        "nn.logsumexp": of.log_sum_exp,
        "scipy.special.softmax": of.softmax,
        "scipy.special.log_softmax": of.log_softmax,
        "scipy.special.logsumexp": of.log_sum_exp,
        "numpy.var": of.variance,
        "numpy.std": of.deviation,
        "nn.gelu": of.gelu,
        "nn.log_sigmoid": of.log_sigmoid,
        "nn.mish": of.mish,
        "nn.soft_sign": of.soft_sign,
        "scipy.stats.norm.logpdf": of.log_density,
        "scipy.stats.norm.pdf": of.density,
        **dict.fromkeys(("numpy.round", "numpy.around"), partial(rounded, home)),
    }


def rounded(home: Any, a: Any, decimals: int = 0, out: Any = None) -> Array:
    """`jnp.round`: in single precision times what the power of 10 is turned over."""
    del out
    x = home.asarray(a)
    if decimals <= 0 or x.dtype != FLOAT32:
        made: Array = home.call(home.library_function(("numpy", "round")), [x, decimals], {})
        return made
    power = np.float32(10.0**decimals)
    whole = home.result_of("numpy.rint", home.operator("*", x, float(power)))
    found: Array = home.operator("*", whole, float(np.float32(1) / power))
    return found


def saturated(node: Node, dtype: DType) -> Node:
    """Numbers as whole ones of a type, which end at its largest; what is no number is 0."""
    ends = np.iinfo(dtype)
    within = record("clip")(node, float(ends.min), float(ends.max))
    whole: Node = WORDS["where"](record("isnan")(within), 0.0, within)
    return whole


class Composites:
    """The functions, made of others of `jax.numpy`."""

    def __init__(self, home: Any) -> None:
        self.home = home

    def of(self, name: str, *args: Any, **named: Any) -> Array:
        """What a function of `jax.numpy` gives."""
        home = self.home
        made: Array = home.result_of(f"numpy.{name}", *args, **named)
        return made

    def library(self, name: str, *args: Any, **named: Any) -> Array:
        """What a function of the library gives, for options that are rare."""
        given = {option: value for option, value in named.items() if value is not None}
        words = ("scipy", "special", name) if name == "logsumexp" else ("nn", name)
        made: Array = self.home.call(self.home.library_function(words), args, given)
        return made

    def top(self, x: Array, axis: Any) -> Array:
        """The largest of each row, through which no gradient flows."""
        largest = self.of("max", x, axis=axis, keepdims=True)
        made: Array = self.home.result_of("lax.stop_gradient", largest)
        return made

    def softmax(self, x: Any, axis: Any = -1, where: Any = None, **named: Any) -> Array:
        """`jax.nn.softmax`."""
        array = self.home.asarray(x)
        if where is not None or named or not array.shape:
            return self.library("softmax", array, axis, where=where, **named)
        powers = self.of("exp", self.home.operator("-", array, self.top(array, axis)))
        total = self.of("sum", powers, axis=axis, keepdims=True)
        made: Array = self.home.operator("/", powers, total)
        return made

    def log_softmax(self, x: Any, axis: Any = -1, where: Any = None) -> Array:
        """`jax.nn.log_softmax`."""
        array = self.home.asarray(x)
        if where is not None or not array.shape:
            return self.library("log_softmax", array, axis, where=where)
        shifted = self.home.operator("-", array, self.top(array, axis))
        total = self.of("sum", self.of("exp", shifted), axis=axis, keepdims=True)
        made: Array = self.home.operator("-", shifted, self.of("log", total))
        return made

    def log_sum_exp(
        self, a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, **named: Any
    ) -> Array:
        """`jax.scipy.special.logsumexp`."""
        array = self.home.asarray(a)
        if b is not None or named or not array.shape:
            return self.library("logsumexp", array, axis, b, keepdims, **named)
        top = self.top(array, axis)
        top = self.of("where", self.of("isfinite", top), top, 0.0)
        powers = self.of("exp", self.home.operator("-", array, top))
        total = self.of("sum", powers, axis=axis, keepdims=keepdims)
        if not keepdims:
            top = self.of("reshape", top, tuple(total.shape))
        made: Array = self.home.operator("+", self.of("log", total), top)
        return made

    # --- functions of elements --------------------------------------------------------------

    def operator(self, op: str, x: Any, y: Any) -> Array:
        """What an operator gives."""
        made: Array = self.home.operator(op, x, y)
        return made

    def gelu(self, x: Any, approximate: bool = True) -> Array:
        """`jax.nn.gelu`."""
        array = self.home.fraction(self.home.asarray(x))
        if not approximate:
            return self.library("gelu", array, False)
        cube = self.operator("*", 0.044715, self.operator("**", array, 3))
        factor = float(np.sqrt(2 / np.pi).astype(array.dtype))
        within = self.operator("*", factor, self.operator("+", array, cube))
        share = self.operator("*", 0.5, self.operator("+", 1.0, self.of("tanh", within)))
        return self.operator("*", array, share)

    def log_sigmoid(self, x: Any) -> Array:
        """`jax.nn.log_sigmoid`."""
        return self.of("negative", self.home.result_of("nn.softplus", self.of("negative", x)))

    def mish(self, x: Any) -> Array:
        """`jax.nn.mish`."""
        array = self.home.fraction(self.home.asarray(x))
        share = self.of("tanh", self.home.result_of("nn.softplus", array))
        return self.operator("*", array, share)

    def soft_sign(self, x: Any) -> Array:
        """`jax.nn.soft_sign`."""
        array = self.home.fraction(self.home.asarray(x))
        return self.operator("/", array, self.operator("+", self.of("abs", array), 1))

    def log_density(self, x: Any, loc: Any = 0, scale: Any = 1) -> Array:
        """`jax.scipy.stats.norm.logpdf`."""
        array, loc, scale = (self.home.fraction(self.home.asarray(v)) for v in (x, loc, scale))
        square = self.of("square", scale)
        normal = self.of("log", self.operator("*", 2 * np.pi, square))
        apart = self.of("square", self.operator("-", array, loc))
        return self.operator(
            "/", self.operator("+", normal, self.operator("/", apart, square)), -2.0
        )

    def density(self, x: Any, loc: Any = 0, scale: Any = 1) -> Array:
        """`jax.scipy.stats.norm.pdf`."""
        return self.of("exp", self.log_density(x, loc, scale))

    # --- spread -----------------------------------------------------------------------------

    def variance(
        self,
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        ddof: int = 0,
        keepdims: bool = False,
        **named: Any,
    ) -> Array:
        """`jnp.var`."""
        del out
        array = self.home.fraction(self.home.asarray(a))
        is_plain = dtype is None and not named and array.dtype == FLOAT32
        if not (is_plain and array.shape and array.node.size):
            named |= {"dtype": dtype} if dtype is not None else {}
            function = self.home.library_function(("numpy", "var"))
            given = {"axis": axis, "ddof": ddof, "keepdims": keepdims, **named}
            made: Array = self.home.call(function, [array], given)
            return made
        mean = self.of("mean", array, axis=axis, keepdims=True)
        total = self.sum_of_squares(self.operator("-", array, mean), axis, keepdims)
        count = array.node.size // total.node.size - ddof
        return self.operator("/", total, float(count))

    def sum_of_squares(self, x: Array, axis: Any, keepdims: bool) -> Array:
        """The squares of an array, added up as they are made where there are few."""
        rank = len(x.shape)
        axes = range(rank) if axis is None else axis if isinstance(axis, (tuple, list)) else [axis]
        axes = tuple(sorted(i % rank for i in axes))
        if not is_short(x.shape, axes):
            return self.of("sum", self.of("square", x), axis=axis, keepdims=keepdims)
        self.home.recorder.use(x.dtype)
        made: Array = self.home.wrap(SQUARES(x.node, attrs=(axes, keepdims)), x.dtype, [x])
        return made

    def deviation(self, *args: Any, **named: Any) -> Array:
        """`jnp.std`."""
        return self.of("sqrt", self.variance(*args, **named))

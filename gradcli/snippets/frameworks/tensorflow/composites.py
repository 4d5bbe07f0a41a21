"""Functions that TensorFlow makes of others, so that they round where it rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.transforms import custom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.snippets.values import Array


def composites(home: Any) -> dict[str, Callable[..., Any]]:
    """The functions by their paths."""
    of = Composites(home)
    paths: dict[Callable[..., Any], str] = {
        of.norm: "norm linalg.norm",
        of.l2_normalize: "math.l2_normalize nn.l2_normalize linalg.l2_normalize",
        of.log_sum_exp: "reduce_logsumexp math.reduce_logsumexp",
        of.log_softmax: "nn.log_softmax math.log_softmax",
        of.of_classes: "nn.softmax_cross_entropy_with_logits",
        of.of_labels: "nn.sparse_softmax_cross_entropy_with_logits",
        of.of_logits: "nn.sigmoid_cross_entropy_with_logits",
        of.average_loss: "nn.compute_average_loss",
        of.eigh: "linalg.eigh self_adjoint_eig",
        of.eigvalsh: "linalg.eigvalsh",
    }
    return {path: function for function, words in paths.items() for path in words.split()}


class Composites:
    """The functions, made of others of TensorFlow."""

    def __init__(self, home: Any) -> None:
        self.home = home

    def of(self, path: str, *args: Any, **named: Any) -> Array:
        """What a function of TensorFlow gives."""
        home = self.home
        made: Array = home.result_of(path, *args, **named)
        return made

    def library(self, words: tuple[str, ...], *args: Any, **named: Any) -> Array:
        """What a function of the library gives, as it is."""
        made: Array = self.home.call(self.home.library_function(words), args, named)
        return made

    def over(self, name: str, x: Array, axis: Any, *, keepdims: bool = True) -> Array:
        """What a function along an axis gives."""
        return self.of(name, x, axis=axis, keepdims=keepdims)

    def binary(self, op: str, left: Any, right: Any) -> Array:
        """What an operator gives."""
        made: Array = self.home.operator(op, left, right)
        return made

    def average_loss(
        self,
        per_example_loss: Any,
        sample_weight: Any = None,
        global_batch_size: Any = None,
        **_named: Any,
    ) -> Array:
        """`tf.nn.compute_average_loss`: the sum of losses over the size of the whole batch."""
        losses = self.home.asarray(per_example_loss)
        if sample_weight is not None:
            losses = self.binary("*", losses, sample_weight)
        size = losses.shape[0] if global_batch_size is None else global_batch_size
        return self.binary("/", self.of("reduce_sum", losses), float(size))

    # --- eigenvalues ------------------------------------------------------------------------

    def of_triangle(self, matrix: Any) -> Array:
        """A symmetric matrix as its lower triangle says it: TensorFlow reads no more of it."""
        x = self.home.asarray(matrix)
        lower = self.of("linalg.band_part", x, -1, 0)
        below = self.binary("-", lower, self.of("linalg.band_part", x, 0, 0))
        return self.binary("+", lower, self.of("linalg.matrix_transpose", below))

    def eigh(self, tensor: Any, **_named: Any) -> Any:
        """`tf.linalg.eigh`."""
        return self.library(("linalg", "eigh"), self.of_triangle(tensor))

    def eigvalsh(self, tensor: Any, **_named: Any) -> Array:
        """`tf.linalg.eigvalsh`."""
        return self.library(("linalg", "eigvalsh"), self.of_triangle(tensor))

    # --- norms ------------------------------------------------------------------------------

    def norm(
        self,
        tensor: Any,
        ord: Any = "euclidean",
        axis: Any = None,
        keepdims: Any = None,
        **_named: Any,
    ) -> Array:
        """`tf.norm`: the Euclidean one is a root of a sum of squares."""
        x = self.home.asarray(tensor)
        of_matrices = isinstance(axis, (list, tuple))
        if ord not in ("euclidean", "fro") and (ord != 2 or of_matrices):
            given = {"axis": axis, "keepdims": keepdims}
            options = {name: value for name, value in given.items() if value is not None}
            return self.library(("norm",), x, ord, **options)
        squares = self.binary("*", x, x)
        return self.of("sqrt", self.over("reduce_sum", squares, axis, keepdims=bool(keepdims)))

    def l2_normalize(
        self, x: Any, axis: Any = None, epsilon: float = 1e-12, dim: Any = None, **_named: Any
    ) -> Array:
        """`tf.math.l2_normalize`."""
        array = self.home.asarray(x)
        squares = self.of("square", array)
        total = self.over("reduce_sum", squares, axis if dim is None else dim)
        inverse = self.of("math.rsqrt", self.of("maximum", total, epsilon))
        return self.binary("*", array, inverse)

    # --- exponentials -----------------------------------------------------------------------

    def top(self, x: Array, axis: Any) -> Array:
        """The largest of each row, through which no gradient flows."""
        return self.of("stop_gradient", self.over("reduce_max", x, axis))

    def log_sum_exp(
        self, input_tensor: Any, axis: Any = None, keepdims: bool = False, **_named: Any
    ) -> Array:
        """`tf.reduce_logsumexp`."""
        x = self.home.asarray(input_tensor)
        top = self.top(x, axis)
        top = self.of("where", self.of("math.is_finite", top), top, self.of("zeros_like", top))
        raised = self.of("exp", self.binary("-", x, top))
        total = self.over("reduce_sum", raised, axis, keepdims=keepdims)
        if not keepdims:
            top = self.of("reshape", top, list(total.shape))
        return self.binary("+", self.of("math.log", total), top)

    def log_softmax(self, logits: Any, axis: Any = None, **_named: Any) -> Array:
        """`tf.nn.log_softmax`, and its gradient as TensorFlow's kernel has it."""
        x, along = self.home.asarray(logits), -1 if axis is None else axis
        shifted = self.binary("-", x, self.top(x, along))
        total = self.over("reduce_sum", self.of("exp", shifted), along)
        value = self.binary("-", shifted, self.of("math.log", total))
        if not self.home.records([x]):
            return value

        def rule(_primals: Sequence[Array], cotangents: Sequence[Array]) -> Sequence[Array]:
            (g,) = cotangents
            shares = self.binary("*", self.over("reduce_sum", g, along), self.of("exp", value))
            return [self.binary("-", g, shares)]

        made: Array = custom(self.home, "log_softmax", value, [x], rule)
        return made

    def entropy(self, labels: Array, logits: Array) -> Array:
        """The cross entropy of each row, and its gradients as TensorFlow's kernel has them."""
        shifted = self.binary("-", logits, self.top(logits, -1))
        raised = self.of("exp", shifted)
        total = self.over("reduce_sum", raised, -1)
        surprise = self.binary("-", self.of("math.log", total), shifted)
        value = self.over("reduce_sum", self.binary("*", labels, surprise), -1, keepdims=False)
        if not self.home.records([labels, logits]):
            return value

        def rule(_primals: Sequence[Array], cotangents: Sequence[Array]) -> Sequence[Array]:
            g = self.of("expand_dims", cotangents[0], -1)
            shares = self.binary("/", raised, total)
            slopes = surprise, self.binary("-", shares, labels)
            return [self.binary("*", g, slope) for slope in slopes]

        made: Array = custom(self.home, "cross_entropy", value, [labels, logits], rule)
        return made

    def of_logits(self, labels: Any, logits: Any, **_named: Any) -> Array:
        """`tf.nn.sigmoid_cross_entropy_with_logits`, and the sum of the slopes of its terms."""
        home, x = self.home, self.home.asarray(logits)
        y = home.cast(home.asarray(labels), x.dtype)
        if y.shape != x.shape:
            return self.library(("nn", "sigmoid_cross_entropy_with_logits"), y, x)
        is_up, zeros = home.compare(">=", x, 0.0), self.of("zeros_like", x)
        less = self.of("where", is_up, self.negative(x), x)
        power = self.of("exp", less)
        size = self.of("where", is_up, x, zeros)
        terms = self.binary("-", size, self.binary("*", x, y)), self.of("math.log1p", power)
        value = self.binary("+", *terms)
        if not home.records([y, x]):
            return value

        def rule(_primals: Sequence[Array], cotangents: Sequence[Array]) -> Sequence[Array]:
            (g,) = cotangents
            share = self.binary("*", self.binary("/", g, self.binary("+", power, 1.0)), power)
            direct = self.binary("-", self.of("where", is_up, g, zeros), self.binary("*", g, y))
            slope = self.binary("+", direct, self.of("where", is_up, self.negative(share), share))
            return [self.negative(self.binary("*", g, x)), slope]

        made: Array = custom(home, "sigmoid_cross_entropy", value, [y, x], rule)
        return made

    def negative(self, x: Array) -> Array:
        """What the sign turns round."""
        return self.of("negative", x)

    def of_classes(self, labels: Any, logits: Any, axis: int = -1, **_named: Any) -> Array:
        """`tf.nn.softmax_cross_entropy_with_logits`."""
        x, y = self.home.asarray(logits), self.home.asarray(labels)
        if axis not in (-1, len(x.shape) - 1) or y.shape != x.shape:
            return self.library(("nn", "softmax_cross_entropy_with_logits"), y, x, axis=axis)
        return self.entropy(self.home.cast(y, x.dtype), x)

    def of_labels(self, labels: Any, logits: Any, **_named: Any) -> Array:
        """`tf.nn.sparse_softmax_cross_entropy_with_logits`."""
        x, y = self.home.asarray(logits), self.home.asarray(labels)
        if y.shape != x.shape[:-1]:
            return self.library(("nn", "sparse_softmax_cross_entropy_with_logits"), y, x)
        return self.entropy(self.of("one_hot", y, x.shape[-1], dtype=x.dtype.name), x)

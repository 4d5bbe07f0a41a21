"""Functions that TensorFlow.js makes of others, so that they round where it rounds.

The sums, means and losses of training are printed to the last digit.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.snippets.arrays.dtypes import FLOAT32, INT32
from gradcli.snippets.frameworks.tfjs.gradients import fail
from gradcli.snippets.frameworks.tfjs.making import dtype_named
from gradcli.snippets.frameworks.tfjs.rules import RULES
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.languages.javascript.values import native

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from gradcli.snippets.values import Array

NONE, MEAN, SUM, SUM_BY_NONZERO_WEIGHTS = map(float, range(4))
"""How losses are reduced to one number."""

REDUCTIONS = {
    "NONE": NONE,
    "MEAN": MEAN,
    "SUM": SUM,
    "SUM_BY_NONZERO_WEIGHTS": SUM_BY_NONZERO_WEIGHTS,
}
"""The names of these."""

METHODS = """mean step zerosLike onesLike oneHot logSumExp softmax logSoftmax squeeze avgPool
mirrorPad norm""".split()
"""Functions that are methods of tensors, too."""


class Composites:
    """The functions; `library` gives one that is not made of others."""

    def __init__(self, home: Any) -> None:
        self.home = home

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The functions by their paths."""
        return {
            "mean": self.mean,
            "step": self.step,
            "zerosLike": self.zeros_like,
            "onesLike": self.ones_like,
            "oneHot": self.one_hot,
            "logSumExp": self.log_sum_exp,
            "softmax": self.softmax,
            "logSoftmax": self.log_softmax,
            "moments": self.moments,
            "diag": lambda x: self.of("tensorDiag", self.tensor(x, "x", "diag")),
            "squeeze": self.squeeze,
            "avgPool": self.avg_pool,
            "mirrorPad": self.mirror_pad,
            "linalg.qr": self.qr,
            "norm": self.norm,
            "losses.absoluteDifference": self.absolute_difference,
            "losses.computeWeightedLoss": self.weighted,
            "losses.cosineDistance": self.cosine_distance,
            "losses.hingeLoss": self.hinge,
            "losses.huberLoss": self.huber,
            "losses.logLoss": self.log_loss,
            "losses.meanSquaredError": self.mean_squared_error,
            "losses.sigmoidCrossEntropy": self.sigmoid_cross_entropy,
            "losses.softmaxCrossEntropy": self.softmax_cross_entropy,
        }

    def members(self) -> dict[str, Any]:
        """The functions, and the names of reductions, by their paths."""
        rows = self.functions()
        names = {f"Reduction.{name}": value for name, value in REDUCTIONS.items()}
        return {path: native(path.rpartition(".")[2], f) for path, f in rows.items()} | names

    def methods(self) -> dict[str, Callable[..., Any]]:
        """Those that are methods of tensors, too."""
        rows = self.functions()
        return {name: native(name, rows[name]).function for name in METHODS}

    def of(self, name: str, *args: Any) -> Array:
        """What a function of the library gives."""
        home = self.home
        function = home.library_function((name,))
        result: Array = home.call(function, args, {})
        if home.machine.depth_of_tracing and not result.node.is_bool:
            # What our library knows as one function, such as softmax, stays the parts it is.
            home.recorder.use(result.dtype)
            result.node = home.recorder.mark(result.node)
        return result

    def summed(self, x: Array, like: Array) -> Array:
        """The sum over the axes along which an operand was repeated."""
        more = len(x.shape) - len(like.shape)
        pairs = enumerate(zip(x.shape[more:], like.shape, strict=True), more)
        axes = [*range(more), *(i for i, (n, own) in pairs if n != own)]
        if not axes:
            return x
        total = self.of("sum", x, [float(i) for i in axes])
        return self.of("reshape", total, [float(n) for n in like.shape])

    def tensor(self, value: Any, name: str, of: str) -> Array:
        """An argument as a tensor."""
        array: Array = self.home.tensor_of(value, name, of)
        return array

    # --- over axes --------------------------------------------------------------------------

    def axes(self, x: Array, axis: Any) -> list[int]:
        """The axes that are meant, counted from the first."""
        count = len(x.shape)
        if axis is None or axis is UNDEFINED:
            return list(range(count))
        axes = [int(i) for i in (axis if isinstance(axis, list) else [axis])]
        for i in axes:
            if not -count <= i < count:
                raise fail(
                    f"All values in axis param must be in range [-{count}, {count}) but got axis "
                    f"{','.join(map(str, axes))}"
                )
        return [i % count for i in axes]

    def reduced(self, name: str, x: Array, axes: list[int], keeps: Any = False) -> Array:
        """A sum or a maximum over axes."""
        return self.of(name, x, [float(i) for i in axes], self.home.machine.truth(keeps))

    def mean(self, x: Any, axis: Any = None, keeps: Any = False) -> Array:
        """`tf.mean`: the sum of what each element contributes."""
        x = self.home.cast(self.tensor(x, "x", "mean"), FLOAT32)
        axes = self.axes(x, axis)
        count = float(prod(x.shape[i] for i in axes))
        y = self.reduced("sum", self.of("div", x, count), axes, keeps)

        def rule(dy: Array, _saved: list[Array]) -> Array:
            kept = [1.0 if i in axes else float(n) for i, n in enumerate(x.shape)]
            up = self.of("reshape", dy, kept)
            return self.of("div", self.of("mul", up, self.of("onesLike", x)), count)

        return self.ruled(y, [x], rule, [], ("mean", tuple(axes), x.shape))

    def step(self, x: Any, alpha: Any = 0.0) -> Array:
        """`tf.step`: 1 above 0, and elsewhere alpha."""
        x = self.tensor(x, "x", "step")
        other = 0.0 if alpha is UNDEFINED else float(alpha)
        numbers = np.asarray(self.home.recorder.array(x))
        chosen = np.where(numbers > 0, 1.0, np.where(np.isnan(numbers), np.nan, other))
        return self.level(self.home.constant(chosen, x.dtype), x)

    def zeros_like(self, x: Any) -> Array:
        """`tf.zerosLike`."""
        x = self.tensor(x, "x", "zerosLike")
        return self.level(self.of("zerosLike", x), x)

    def ones_like(self, x: Any) -> Array:
        """`tf.onesLike`."""
        x = self.tensor(x, "x", "onesLike")
        return self.level(self.of("onesLike", x), x)

    def one_hot(
        self, indices: Any, depth: Any, on: Any = 1.0, off: Any = 0.0, dtype: Any = "int32"
    ) -> Array:
        """`tf.oneHot`, of whole numbers unless another type is asked for."""
        x = self.tensor(indices, "indices", "oneHot")
        self.check_places(indices, "oneHot")
        if depth < 2:
            text = self.home.machine.language.text(depth)
            raise fail(f"Error in oneHot: depth must be >=2, but it is {text}")
        rows: Array = self.home.cast(self.of("oneHot", x, depth, on, off), dtype_named(dtype))
        return self.level(rows, x)

    def check_places(self, indices: Any, of: str) -> None:
        """Refuses indices that are a tensor, and none of whole numbers."""
        if hasattr(indices, "dtype") and indices.dtype != INT32:
            raise fail(
                f"Argument 'indices' passed to '{of}' must be int32 tensor, but got "
                f"{indices.dtype.name} tensor",
                "tf.tensor1d([…], 'int32')",
            )

    def floor_div(self, a: Any, b: Any) -> Array:
        """A quotient rounded down, 0 where it is infinite, with the gradient of a quotient."""
        xs = [self.tensor(x, name, "floorDiv") for x, name in ((a, "a"), (b, "b"))]
        over, by = (self.home.recorder.array(x).astype(float) for x in xs)
        quotients = np.floor(np.divide(over, by, out=np.zeros_like(over + by), where=by != 0))
        y: Array = self.home.constant(quotients, INT32)

        def rule(dy: Array, _saved: list[Array]) -> list[Array]:
            floats = [self.home.cast(x, FLOAT32) for x in xs]
            return RULES["div"](self, self.home.cast(dy, FLOAT32), floats, y)

        return self.ruled(y, xs, rule, [])

    def level(self, y: Array, x: Array) -> Array:
        """A value made of a tensor, by which its gradient is 0."""
        return self.ruled(y, [x], lambda _dy, _saved: self.of("zerosLike", x), [])

    def log_sum_exp(self, x: Any, axis: Any = None, keeps: Any = False) -> Array:
        """`tf.logSumExp`."""
        x = self.tensor(x, "x", "logSumExp")
        axes = self.axes(x, axis)
        largest = self.reduced("max", x, axes, True)
        shifted = self.of("exp", self.of("sub", x, largest))
        log = self.of("log", self.reduced("sum", shifted, axes, True))
        kept = self.of("add", largest, log)
        return kept if self.home.machine.truth(keeps) else self.without(kept, axes)

    def squeeze(self, x: Any, axis: Any = None) -> Array:
        """`tf.squeeze`: without axes of length 1, all of them where none is given."""
        x = self.tensor(x, "x", "squeeze")
        if axis is None or axis == []:
            return self.without(x, [i for i, n in enumerate(x.shape) if n == 1])
        axes = self.axes(x, axis)
        for i in axes:
            if x.shape[i] != 1:
                raise fail(f"Can't squeeze axis {i} since its dim '{x.shape[i]}' is not 1")
        return self.without(x, axes)

    def without(self, x: Array, axes: list[int]) -> Array:
        """An array without its axes of length 1."""
        shape = [float(n) for i, n in enumerate(x.shape) if i not in axes]
        return self.of("reshape", x, shape)

    def last(self, x: Array, axis: Any, what: str) -> list[int]:
        """The last axis, which alone can be meant."""
        count = len(x.shape)
        if axis not in (-1, None, UNDEFINED, count - 1):
            raise fail(
                f"{what} along a non-last dimension is not yet supported. Logits was rank {count} "
                f"and dim was {self.home.machine.language.text(axis)}"
            )
        return [count - 1]

    def softmax(self, x: Any, axis: Any = -1.0) -> Array:
        """`tf.softmax`."""
        x = self.home.cast(self.tensor(x, "logits", "softmax"), FLOAT32)
        axes = self.last(x, axis, "Softmax")
        powers = self.of("exp", self.of("sub", x, self.reduced("max", x, axes, True)))
        y = self.of("div", powers, self.reduced("sum", powers, axes, True))

        def rule(dy: Array, saved: list[Array]) -> Array:
            weighted = self.of("mul", dy, saved[0])
            whole = self.of("mul", self.reduced("sum", weighted, axes, True), saved[0])
            return self.of("sub", weighted, whole)

        return self.ruled(y, [x], rule, [y])

    def log_softmax(self, x: Any, axis: Any = -1.0) -> Array:
        """`tf.logSoftmax`."""
        x = self.home.cast(self.tensor(x, "logits", "logSoftmax"), FLOAT32)
        axes = self.last(x, axis, "Log Softmax")
        shifted = self.of("sub", x, self.reduced("max", x, axes, True))
        whole = self.of("log", self.reduced("sum", self.of("exp", shifted), axes, True))
        y = self.of("sub", shifted, whole)

        def rule(dy: Array, saved: list[Array]) -> Array:
            whole = self.reduced("sum", dy, axes, True)
            return self.of("sub", dy, self.of("mul", whole, self.of("exp", saved[0])))

        return self.ruled(y, [x], rule, [y])

    def ruled(
        self, y: Array, args: list[Array], rule: Any, saved: list[Array], key: Hashable = None
    ) -> Array:
        """A value with a rule for its gradient; what the rule uses depends on the arguments.

        It uses what a `tidy` may have disposed of since. One of a `key` uses their shapes alone.
        """

        def own(*given: Any) -> Any:
            return self.home.memory.reviving(lambda: rule(*given))

        result: Array = self.home.gradients.ruled(y, args, native("rule", own), saved, key)
        return result

    def moments(self, x: Any, axis: Any = None, keeps: Any = False) -> Any:
        """`tf.moments`."""
        x = self.tensor(x, "x", "moments")
        centre = self.mean(x, axis, True)
        mean = self.mean(x, axis, keeps)
        squares = self.of("square", self.of("sub", self.home.cast(x, FLOAT32), centre))
        return {"mean": mean, "variance": self.mean(squares, axis, keeps)}

    def avg_pool(self, x: Any, size: Any, *options: Any) -> Array:
        """`tf.avgPool(x, size, strides, pad)`: its gradient counts the padding, its value does not.

        Where a filter lies over the edge, the gradient comes to less than it should by that share.
        """
        x = self.tensor(x, "x", "avgPool")
        y = self.of("avgPool", x, size, *options)
        sides = size if isinstance(size, list) else [size, size]
        ones = self.home.constant(np.ones((1, *x.shape[-3:-1], 1)), FLOAT32)
        filter_ = self.home.constant(np.ones((*map(int, sides), 1, 1)), FLOAT32)
        strides, *padding = options or [size]
        inside = self.of("conv2d", ones, filter_, strides, *(padding[:1] or ["valid"]))
        share = self.of("div", inside, float(prod(sides)))
        if not self.home.records([x]) or np.all(self.home.recorder.array(share) == 1):
            return y
        self.home.machine.note(
            "TensorFlow.js divides the gradient of `tf.avgPool` by the whole filter at an edge too",
            help="its value there is divided by what of the filter is inside: pad first, or use "
            "'valid', and both agree",
        )
        return self.ruled(y, [y], lambda dy, _saved: self.of("mul", dy, share), [])

    def mirror_pad(self, x: Any, paddings: Any, mode: str) -> Array:
        """`tf.mirrorPad(x, paddings, mode)`: its gradient is that of the middle alone."""
        x = self.tensor(x, "x", "mirrorPad")
        y = self.of("mirrorPad", x, paddings, mode)
        if not self.home.records([x]):
            return y
        self.home.machine.note(
            "TensorFlow.js leaves out of the gradient of `tf.mirrorPad` what is mirrored",
            help="tf.concat of slices and tf.reverse has all of it",
        )
        begin, size = [pair[0] for pair in paddings], [float(n) for n in x.shape]
        return self.ruled(y, [x], lambda dy, _saved: self.of("slice", dy, begin, size), [])

    def norm(self, x: Any, ord: Any = "euclidean", axis: Any = None, keeps: Any = False) -> Array:
        """`tf.norm`: the Euclidean one is a root of a sum of squares of absolute values."""
        array = self.tensor(x, "x", "norm")
        is_of_vectors = not isinstance(axis, list) or len(axis) == 1
        if ord in ("euclidean", 2.0, UNDEFINED) and is_of_vectors and array.shape:
            squares = self.of("pow", self.of("abs", array), 2.0)
            total = self.reduced("sum", squares, self.axes(array, axis), keeps)
            if np.all(self.home.recorder.array(total) > 0):
                return self.of("sqrt", total)
        named = {} if axis is None or axis is UNDEFINED else {"axis": axis}
        named["keepdims"] = self.home.machine.truth(keeps)
        function = self.home.library_function(("norm",))
        made: Array = self.home.call(function, [array, ord], named)
        return made

    def qr(self, x: Any, *options: Any) -> list[Array]:
        """`tf.linalg.qr`: of as many columns as rows the last is turned over, too."""
        array = self.tensor(x, "x", "qr")
        q, r = self.home.call(self.home.library_function(("linalg", "qr")), [array, *options], {})
        rows, columns = array.shape[-2:]
        if rows > columns:
            return [q, r]
        signs = np.ones(rows)
        signs[-1] = -1
        turned = self.home.constant(signs, FLOAT32)
        return [self.of("mul", q, turned), self.of("mul", r, self.of("reshape", turned, [rows, 1]))]

    # --- losses -----------------------------------------------------------------------------

    def pair(self, labels: Any, predictions: Any, of: str) -> tuple[Array, Array]:
        """Labels and predictions as tensors, of one shape."""
        x = self.tensor(labels, "labels", of)
        y = self.tensor(predictions, "predictions", of)
        if x.shape != y.shape:
            first, second = (",".join(map(str, a.shape)) for a in (x, y))
            raise fail(f"Error in {of}:  Shapes {first} and {second} must match")
        return x, y

    def weighted(self, losses: Any, weights: Any = None, how: Any = 3.0) -> Array:
        """`tf.losses.computeWeightedLoss`."""
        losses = self.tensor(losses, "losses", "computeWeightedLoss")
        if weights is None or weights is UNDEFINED:
            return self.unweighted(losses, how)
        weights = self.tensor(weights, "weights", "computeWeightedLoss")
        product = self.of("mul", losses, weights)
        if how == NONE:
            return product
        total = self.of("sum", product)
        if how == SUM:
            return total
        if how == MEAN:
            result = self.of("div", total, self.of("sum", weights))
            factor = losses.node.size / weights.node.size
            return self.of("div", result, factor) if factor > 1 else result
        spread = self.of("mul", weights, self.of("onesLike", losses))
        count = self.of("sum", self.of("notEqual", spread, 0.0))
        return self.of("div", total, self.home.cast(count, FLOAT32))

    def unweighted(self, losses: Array, how: Any) -> Array:
        """Losses that count alike, as one number."""
        if how == NONE:
            return losses
        if how == MEAN:
            return self.mean(losses)
        total = self.of("sum", losses)
        return total if how == SUM else self.of("div", total, float(losses.node.size))

    def absolute_difference(
        self, labels: Any, predictions: Any, w: Any = None, how: Any = 3.0
    ) -> Any:
        """`tf.losses.absoluteDifference`."""
        x, y = self.pair(labels, predictions, "absoluteDifference")
        return self.weighted(self.of("abs", self.of("sub", x, y)), w, how)

    def mean_squared_error(
        self, labels: Any, predictions: Any, w: Any = None, how: Any = 3.0
    ) -> Any:
        """`tf.losses.meanSquaredError`."""
        x, y = self.pair(labels, predictions, "meanSquaredError")
        return self.weighted(self.of("squaredDifference", x, y), w, how)

    def cosine_distance(
        self, labels: Any, predictions: Any, axis: Any, w: Any = None, how: Any = 3.0
    ) -> Any:
        """`tf.losses.cosineDistance`."""
        x, y = self.pair(labels, predictions, "cosineDistance")
        product = self.reduced("sum", self.of("mul", x, y), self.axes(x, axis), True)
        return self.weighted(self.of("sub", 1.0, product), w, how)

    def hinge(self, labels: Any, predictions: Any, w: Any = None, how: Any = 3.0) -> Any:
        """`tf.losses.hingeLoss`."""
        x, y = self.pair(labels, predictions, "hingeLoss")
        signs = self.of("sub", self.of("mul", 2.0, x), 1.0)
        return self.weighted(self.of("relu", self.of("sub", 1.0, self.of("mul", signs, y))), w, how)

    def huber(
        self, labels: Any, predictions: Any, w: Any = None, delta: Any = 1.0, how: Any = 3.0
    ) -> Any:
        """`tf.losses.huberLoss`."""
        x, y = self.pair(labels, predictions, "huberLoss")
        error = self.of("abs", self.of("sub", y, x))
        quadratic = self.of("minimum", error, delta)
        linear = self.of("mul", delta, self.of("sub", error, quadratic))
        half = self.of("mul", 0.5, self.of("square", quadratic))
        return self.weighted(self.of("add", half, linear), w, how)

    def log_loss(
        self, labels: Any, predictions: Any, w: Any = None, epsilon: Any = 1e-7, how: Any = 3.0
    ) -> Any:
        """`tf.losses.logLoss`."""
        x, y = self.pair(labels, predictions, "logLoss")
        of = self.of
        first = of("neg", of("mul", x, of("log", of("add", y, epsilon))))
        rest = of("log", of("add", of("sub", 1.0, y), epsilon))
        return self.weighted(of("sub", first, of("mul", of("sub", 1.0, x), rest)), w, how)

    def smoothed(self, labels: Array, smoothing: float, share: float) -> Array:
        """Labels of which a part is shared out among all classes."""
        if smoothing <= 0:
            return labels
        kept = self.of("mul", labels, self.of("sub", self.home.asarray(1.0), smoothing))
        return self.of("add", kept, self.of("mul", self.home.asarray(share), smoothing))

    def sigmoid_cross_entropy(
        self, labels: Any, logits: Any, w: Any = None, smoothing: Any = 0.0, how: Any = 3.0
    ) -> Any:
        """`tf.losses.sigmoidCrossEntropy`."""
        x, y = self.pair(labels, logits, "sigmoidCrossEntropy")
        x, of = self.smoothed(x, smoothing, 0.5), self.of
        powers = of("exp", of("neg", of("abs", y)))
        losses = of("add", of("sub", of("relu", y), of("mul", y, x)), of("log1p", powers))

        def rule(dy: Array, saved: list[Array]) -> list[Array]:
            labels, logits, powers = saved
            minus = of("neg", dy)
            by_size = of("neg", of("mul", of("div", dy, of("add", powers, 1.0)), powers))
            slope = of("mul", by_size, self.step(logits, -1.0))
            slope = of("add", slope, of("mul", minus, labels))
            slope = of("add", slope, of("mul", dy, self.step(logits)))
            return [of("mul", minus, logits), slope]

        return self.weighted(self.ruled(losses, [x, y], rule, [x, y, powers]), w, how)

    def softmax_cross_entropy(
        self, labels: Any, logits: Any, w: Any = None, smoothing: Any = 0.0, how: Any = 3.0
    ) -> Any:
        """`tf.losses.softmaxCrossEntropy`."""
        x, y = self.pair(labels, logits, "softmaxCrossEntropy")
        x, y = self.home.cast(x, FLOAT32), self.home.cast(y, FLOAT32)
        x = self.smoothed(x, smoothing, 1 / x.shape[-1])
        axes, of = [len(y.shape) - 1], self.of
        log = of("sub", y, self.log_sum_exp(y, [float(axes[0])], True))
        value = self.reduced("sum", of("neg", of("mul", log, x)), axes)

        def rule(dy: Array, saved: list[Array]) -> list[Array]:
            labels, log = saved
            spread = of("expandDims", dy, -1.0)
            powers = of("exp", log)
            first, second = of("sub", labels, powers), of("sub", powers, labels)
            return [of("mul", spread, first), of("mul", spread, second)]

        return self.weighted(self.ruled(value, [x, y], rule, [x, log]), w, how)

"""What PyTorch calls the functions by which it remembers how a tensor was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.ir.op import Elementwise
from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.ir.node import Node
    from gradcli.ir.shapes import Shape

    Rule = Callable[[Sequence[Any], Mapping[str, Any]], str]

WORDS = {
    "narrow": "Slice",
    "chunk": "Split",
    "tensordot": "View",
    "logdet": "Where",
    "pairwise_distance": "NormBackward1",
    "pad": "ConstantPadNd",
    "expit": "Sigmoid",
    "entr": "SpecialEntr",
    "cross": "LinalgCross",
    "kron": "UnsafeView",
    "meshgrid": "Expand",
    "broadcast_to": "Expand",
    "movedim": "Permute",
    "diff": "Sub",
    "deg2rad": "Deg2Rad",
    "rad2deg": "Rad2Deg",
    "float_power": "PowBackward0",
    "multi_dot": "View",
    "matrix_power": "Mm",
    "prelu": "PreluKernel",
    "erfcx": "SpecialErfcx",
    "log_ndtr": "SpecialLogNdtr",
    "gammaln": "Lgamma",
    "tile": "Repeat",
    "ravel": "View",
    "nanmean": "Div",
    "trapezoid": "MulBackward1",
    "quantile": "SqueezeBackward4",
    "matrix_norm": "LinalgVectorNorm",
    "cond": "SqueezeBackward1",
    "view": "View",
    "reshape": "View",
    "flatten": "View",
    "T": "Permute",
    "mT": "Transpose",
    "t": "T",
    "permute": "Permute",
    "transpose": "Transpose",
    "swapaxes": "Transpose",
    "cat": "Cat",
    "concat": "Cat",
    "concatenate": "Cat",
    "vstack": "Cat",
    "hstack": "Cat",
    "nll_loss": "NllLoss",
    "mse_loss": "MseLoss",
    "smooth_l1_loss": "SmoothL1Loss",
    "huber_loss": "HuberLoss",
    "binary_cross_entropy": "BinaryCrossEntropy",
    "clip": "Clamp",
    "absolute": "Abs",
    "binary_cross_entropy_with_logits": "BinaryCrossEntropyWithLogits",
    "clamp_min": "ClampMin",
    "log_softmax": "LogSoftmax",
    "multiply": "Mul",
    "subtract": "Sub",
    "divide": "Div",
    "true_divide": "Div",
    "negative": "Neg",
    "square": "Pow",
    "logsumexp": "Logsumexp",
    "norm": "LinalgVectorNorm",
    "linalg.norm": "LinalgVectorNorm",
    "vector_norm": "LinalgVectorNorm",
    "det": "LinalgDet",
    "inv": "LinalgInvEx",
    "inverse": "LinalgInvEx",
    "arctan": "Atan",
    "arcsin": "Asin",
    "arccos": "Acos",
    "softplus": "Softplus",
    "leaky_relu": "LeakyRelu",
    "gelu": "Gelu",
    "silu": "Silu",
    "elu": "Elu",
    "selu": "Elu",
    "logsigmoid": "LogSigmoid",
    "log1p": "Log1P",
    "dropout": "Mul",
    "outer": "Mul",
    "dot": "Dot",
    "vdot": "Dot",
    "inner": "Dot",
    "mm": "Mm",
    "bmm": "Bmm",
    "mv": "Mv",
    "expand": "Expand",
    "diagonal": "DiagonalBackward0",
    "einsum": "View",
    "relu6": "Hardtanh",
    "tanhshrink": "Sub",
    "softsign": "Div",
    "hardtanh": "Hardtanh",
    "logaddexp": "Logaddexp",
    "xlogy": "Xlogy",
    "atan2": "Atan2",
    "hypot": "Hypot",
    "sinc": "Sinc",
    "trace": "Trace",
    "addmm": "Addmm",
    "svd": "LinalgSvd",
    "eigh": "LinalgEigh",
    "slogdet": "LinalgSlogdet",
    "qr": "LinalgQr",
    "solve": "LinalgSolveEx",
    "pinv": "LinalgPinv",
    "matrix_exp": "LinalgMatrixExp",
    "svdvals": "LinalgSvd",
    "eigvalsh": "LinalgEigh",
    "cholesky": "LinalgCholeskyEx",
    "conv1d": "Convolution",
    "conv2d": "Convolution",
    "layer_norm": "NativeLayerNorm",
    "group_norm": "NativeGroupNorm",
    "instance_norm": "View",
    "scaled_dot_product_attention": "ScaledDotProductAttention",
    "batch_norm": "NativeBatchNorm",
    "max_pool2d": "MaxPool2DWithIndices",
    "normalize": "Div",
    "avg_pool2d": "AvgPool2D",
    "cosine_similarity": "SumBackward1",
    "embedding": "Embedding",
    "gather": "Gather",
    "softmax": "Softmax",
    "index_select": "IndexSelect",
}
"""Functions, and the first part of what they are remembered by, where it is not their name."""

_WHOLE = frozenset("sum mean prod std var max min median norm logsumexp".split())


def maker(name: str, args: Sequence[Any], named: Mapping[str, Any]) -> str:
    """What a tensor is remembered by that this call has made."""
    word = name.rstrip("_") if name != "_" else name
    rule = _RULES.get(word)
    if rule is not None:
        return rule(args, named)
    known = WORDS.get(word, "")
    if "Backward" in known:
        return known
    return (known or _camel(word)) + "Backward0"


def _camel(word: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in word.split("_"))


def _along(word: str, whole: int, axis: int) -> Rule:
    """Names that differ for a function of all elements and one along an axis."""

    def rule(args: Sequence[Any], named: Mapping[str, Any]) -> str:
        along = len(args) > 1 or named.keys() & {"dim", "axis"}
        return f"{word}Backward{axis if along else whole}"

    return rule


def _power(args: Sequence[Any], _named: Mapping[str, Any]) -> str:
    if not isinstance(args[0], Array):
        return "PowBackward2"
    return f"PowBackward{int(len(args) > 1 and isinstance(args[1], Array))}"


def matmul(args: Sequence[Any], _named: Mapping[str, Any]) -> str:
    """A product of matrices is remembered by their numbers of axes."""
    x, y = (len(a.shape) if isinstance(a, Array) else 0 for a in args[:2])
    pairs = {(1, 1): "Dot", (2, 2): "Mm", (2, 1): "Mv", (1, 2): "Squeeze", (3, 3): "Bmm"}
    word = pairs.get((x, y), "UnsafeView")
    return f"{word}Backward{4 if word == 'Squeeze' else 0}"


def _linear(args: Sequence[Any], named: Mapping[str, Any]) -> str:
    rows = len(args[0].shape) if isinstance(args[0], Array) else 0
    has_bias = (args[2] if len(args) > 2 else named.get("bias")) is not None
    if rows == 2:
        return "AddmmBackward0" if has_bias else "MmBackward0"
    if rows == 1:
        return "ViewBackward0" if has_bias else "SqueezeBackward4"
    return "ViewBackward0" if has_bias else "UnsafeViewBackward0"


def _clamp(args: Sequence[Any], named: Mapping[str, Any]) -> str:
    bounds = [*args[1:], *named.values()]
    return f"ClampBackward{0 if any(isinstance(b, Array) for b in bounds) else 1}"


def _reduced(none: str, batch: str = "Div") -> Rule:
    """Losses that are means or sums of other functions are remembered by these."""

    def rule(_args: Sequence[Any], named: Mapping[str, Any]) -> str:
        words = {"sum": "Sum", "none": none, "batchmean": batch}
        return words.get(named.get("reduction", "mean"), "Mean") + "Backward0"

    return rule


def _cross_entropy(args: Sequence[Any], named: Mapping[str, Any]) -> str:
    target = args[1] if len(args) > 1 else named.get("target")
    if isinstance(target, Array) and target.dtype.kind == "f":
        return "DivBackward1" if named.get("reduction", "mean") == "mean" else "NegBackward0"
    return "AddBackward0" if named.get("label_smoothing") else "NllLossBackward0"


def _extreme(word: str) -> Rule:
    """The largest of all, of an axis, or of two tensors."""
    along = _along(word, 1, 0)

    def rule(args: Sequence[Any], named: Mapping[str, Any]) -> str:
        is_pair = len(args) > 1 and isinstance(args[1], Array)
        return f"{word}imumBackward0" if is_pair else along(args, named)

    return rule


def _diag(args: Sequence[Any], _named: Mapping[str, Any]) -> str:
    has_rows = isinstance(args[0], Array) and len(args[0].shape) == 2
    return "DiagonalBackward0_copy" if has_rows else "DiagEmbedBackward0"


def _item(args: Sequence[Any], _named: Mapping[str, Any]) -> str:
    """`x[key]` is remembered by the last of the steps that it takes."""
    key = args[1] if isinstance(args[1], tuple) else (args[1],)
    if any(isinstance(part, (Array, list)) for part in key):
        return "IndexBackward0"
    last = next((p for p in reversed(key) if p is not Ellipsis and p != slice(None)), None)
    if last is None:
        return "UnsqueezeBackward0" if None in key else "AliasBackward0"
    return "SelectBackward0" if isinstance(last, int) else "SliceBackward0"


_RULES: dict[str, Rule] = {
    "pow": _power,
    "sum": _along("Sum", 0, 1),
    "mean": _along("Mean", 0, 1),
    "prod": _along("Prod", 0, 1),
    "max": _extreme("Max"),
    "min": _extreme("Min"),
    "diag": _diag,
    "cholesky": lambda _a, _n: "LinalgCholeskyExBackward0",
    "amax": lambda _a, _n: "AmaxBackward0",
    "squeeze": _along("Squeeze", 0, 1),
    "median": _along("Median", 0, 1),
    "nansum": _along("Nansum", 0, 0),
    "matmul": matmul,
    "linear": _linear,
    "clamp": _clamp,
    "clip": _clamp,
    "item": _item,
    "cross_entropy": _cross_entropy,
    "l1_loss": _reduced("Abs"),
    "kl_div": _reduced("Mul"),
    "hinge_embedding_loss": _reduced("Add"),
    "poisson_nll_loss": _reduced("Sub"),
    "gaussian_nll_loss": _reduced("Mul"),
    "cosine_embedding_loss": _reduced("Add"),
    "triplet_margin_loss": _reduced("ClampMin"),
    "margin_ranking_loss": _reduced("ClampMin"),
}
"""Functions that are remembered by different names."""

_OF_GRADIENTS = {
    "neg": "Neg",
    "div": "Div",
    "log": "Div",
    "sqrt": "Div",
    "sum": "Expand",
    "tanh": "TanhBackward",
    "sigmoid": "SigmoidBackward",
    "relu": "ThresholdBackward",
    "index": "SelectBackward",
    "transpose": "T",
    "concat": "Slice",
    "softmax": "SoftmaxBackwardData",
}
"""Operations by which a gradient is not a product."""

_PASSING = frozenset("name convert add".split())
"""Operations that pass a gradient on as it is."""


def _of_broadcast(shape: Shape, own: Shape) -> str:
    """By what a gradient of a shape is added up to that of what was broadcast."""
    if not own:
        return "SumBackward0"
    return "SumBackward1" if len(shape) == len(own) else "ViewBackward0"


def _of_matmul(node: Node, user: Node) -> str:
    """By what a gradient of a product of matrices is made; a vector was a column or a row first."""
    (other,) = [x for x in user.inputs if x is not node]
    return "Mul" if other.op.name == "reshape" or node.ndim != 2 else "Mm"


def _of_reshape(node: Node, user: Node, path: Sequence[Node]) -> str:
    """By what a gradient gets the shape back that was changed."""
    if node.ndim == 1 and any(x.op.name == "matmul" for x in path if user in x.inputs):
        return "Mv"
    is_wider = user.ndim > node.ndim and [n for n in user.shape if n != 1] == [*node.shape]
    return "SqueezeBackward1" if is_wider else "View"


def of_gradient(node: Node, path: Sequence[Node]) -> str:
    """What the gradient by a node is remembered by: what gives it, going back through a path."""
    users = [x for x in path if node in x.inputs]
    if len(users) != 1 or users[0].inputs.count(node) > 1:
        return "AddBackward0" if users else "MulBackward0"
    (user,) = users
    if user.op.name in _PASSING and user.shape == node.shape:
        return of_gradient(user, path)
    if isinstance(user.op, Elementwise) and user.shape != node.shape:
        return _of_broadcast(user.shape, node.shape)
    if user.op.name == "sub":
        return of_gradient(user, path) if user.inputs[0] is node else "NegBackward0"
    word = _OF_GRADIENTS.get(user.op.name, "Mul")
    if user.op.name == "matmul":
        word = _of_matmul(node, user)
    elif user.op.name == "reshape":
        word = _of_reshape(node, user, path)
    return word if word[-1].isdigit() else f"{word}Backward0"

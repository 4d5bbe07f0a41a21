"""What PyTorch calls the functions by which it remembers how a tensor was made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcli.snippets.values import Array

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Rule = Callable[[Sequence[Any], Mapping[str, Any]], str]

WORDS = {
    "narrow": "Slice",
    "i1": "SpecialI1",
    "i0e": "SpecialI0E",
    "i1e": "SpecialI1E",
    "ndtr": "MulBackward1",
    "ndtri": "SpecialNdtri",
    "fliplr": "Flip",
    "flipud": "Flip",
    "hsplit": "Slice",
    "vsplit": "Slice",
    "dsplit": "Slice",
    "tensor_split": "Slice",
    "atleast_1d": "Unsqueeze",
    "atleast_2d": "Unsqueeze",
    "unflatten": "View",
    "cumulative_trapezoid": "Cumsum",
    "gradient": "Cat",
    "take_along_dim": "Gather",
    "chain_matmul": "View",
    "lstsq": "LinalgLstsq",
    "solve_triangular": "LinalgSolveTriangular",
    "cov": "Squeeze",
    "corrcoef": "ClampBackward1",
    "vander": "Flip",
    "cartesian_prod": "Stack",
    "combinations": "Stack",
    "column_stack": "Cat",
    "dstack": "Cat",
    "softmin": "Softmax",
    "gumbel_softmax": "Softmax",
    "rms_norm": "Mul",
    "local_response_norm": "Div",
    "conv3d": "Convolution",
    "conv_transpose1d": "Convolution",
    "conv_transpose2d": "Convolution",
    "conv_transpose3d": "Convolution",
    "max_pool1d": "SqueezeBackward1",
    "avg_pool1d": "SqueezeBackward1",
    "adaptive_avg_pool1d": "SqueezeBackward1",
    "adaptive_max_pool1d": "SqueezeBackward1",
    "adaptive_max_pool2d": "AdaptiveMaxPool2D",
    "adaptive_max_pool3d": "AdaptiveMaxPool3D",
    "max_pool3d": "MaxPool3DWithIndices",
    "avg_pool3d": "AvgPool3D",
    "lp_pool1d": "Pow",
    "lp_pool2d": "Pow",
    "unfold": "Im2Col",
    "fold": "Col2Im",
    "copy_": "CopyBackwards",
    "chunk": "Split",
    "tensordot": "View",
    "logdet": "Where",
    "pairwise_distance": "NormBackward1",
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
    "quantile": "SqueezeBackward4",
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
    "inner": "View",
    "mm": "Mm",
    "bmm": "Bmm",
    "mv": "Mv",
    "expand": "Expand",
    "diagonal": "DiagonalBackward0",
    "relu6": "Hardtanh",
    "tanhshrink": "Sub",
    "softsign": "Div",
    "hardtanh": "Hardtanh",
    "logaddexp": "Logaddexp",
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
    word = name if name in WORDS else name.rstrip("_") or name
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
    pairs = {(1, 1): "Dot", (2, 2): "Mm", (2, 1): "Mv", (1, 2): "Squeeze", (2, 3): "Clone"}
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
    return "AddBackward0" if named.get("label_smoothing") else _nll_loss(args, named)


def _nll_loss(args: Sequence[Any], named: Mapping[str, Any]) -> str:
    """A loss of classes, of which each example may have several, along further axes."""
    axes = len(args[0].shape)
    if axes <= 2:
        return "NllLossBackward0"
    is_reshaped = axes != 4 and named.get("reduction") == "none"
    return "ViewBackward0" if is_reshaped else "NllLoss2DBackward0"


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
    key = tuple(0 if isinstance(p, Array) and not p.shape else p for p in key)
    if any(isinstance(part, (Array, list)) for part in key):
        return "IndexBackward0"
    last = next((p for p in reversed(key) if p is not Ellipsis and p != slice(None)), None)
    if last is None and None in key:
        return "UnsqueezeBackward0"
    if last is None:
        return "SliceBackward0" if slice(None) in key else "AliasBackward0"
    return "SelectBackward0" if isinstance(last, int) else "SliceBackward0"


def _of_numbers(word: str) -> Rule:
    """Functions of two operands that say which of them is a number."""

    def rule(args: Sequence[Any], _named: Mapping[str, Any]) -> str:
        tensors = [isinstance(a, Array) for a in args[:2]]
        return f"{word}Backward{tensors.index(False) + 1 if False in tensors else 0}"

    return rule


def _by_third(word: str) -> Rule:
    """Functions of which the third operand may be a number, or a tensor."""

    def rule(args: Sequence[Any], named: Mapping[str, Any]) -> str:
        third = args[2] if len(args) > 2 else [*named.values()][-1]
        return f"{word}Backward{int(isinstance(third, Array))}"

    return rule


def _scatter(args: Sequence[Any], named: Mapping[str, Any]) -> str:
    source = args[3] if len(args) > 3 else named.get("src")
    return f"ScatterBackward{int(not (isinstance(source, Array) and source.shape))}"


def _repeats(args: Sequence[Any], named: Mapping[str, Any]) -> str:
    counts = args[1] if len(args) > 1 else named.get("repeats")
    return "IndexSelectBackward0" if isinstance(counts, Array) else "ViewBackward0"


def _einsum(args: Sequence[Any], _named: Mapping[str, Any]) -> str:
    """A product of elements, a sum, axes in another order, or a product of matrices."""
    if not isinstance(args[0], str):
        return "ViewBackward0"
    left, arrow, right = args[0].replace(" ", "").partition("->")
    letters = {c for c in left if c.isalpha()}
    if not arrow:
        right = "".join(c for c in letters if left.count(c) == 1)
    sums = bool(letters - {*right})
    parts = left.count(",") + 1
    if parts == 1:
        return "SumBackward1" if sums else "PermuteBackward0"
    return "ViewBackward0" if sums else "MulBackward0"


def _pad(args: Sequence[Any], named: Mapping[str, Any]) -> str:
    mode = args[2] if len(args) > 2 else named.get("mode", "constant")
    widths = args[1] if len(args) > 1 else named["pad"]
    kinds = {"reflect": "ReflectionPad", "replicate": "ReplicationPad"}
    if mode in kinds:
        return f"{kinds[mode]}{len(widths) // 2}DBackward0"
    return "CopySlices" if mode == "circular" else "ConstantPadNdBackward0"


def _adaptive(axes: int) -> Rule:
    """A pool of one window is a mean."""

    def rule(args: Sequence[Any], named: Mapping[str, Any]) -> str:
        size = args[1] if len(args) > 1 else named.get("output_size")
        is_whole = size == 1 or (isinstance(size, (tuple, list)) and {*size} == {1})
        return "MeanBackward1" if is_whole else f"AdaptiveAvgPool{axes}DBackward0"

    return rule


def _attention(args: Sequence[Any], named: Mapping[str, Any]) -> str:
    is_flash = isinstance(args[0], Array) and len(args[0].shape) == 4
    if is_flash and named.get("attn_mask") is None and len(args) < 4:
        return "ScaledDotProductFlashAttentionForCpuBackward0"
    return "UnsafeViewBackward0"


def _resized(args: Sequence[Any], named: Mapping[str, Any]) -> str:
    mode = args[3] if len(args) > 3 else named.get("mode", "nearest")
    axes = len(args[0].shape) - 2
    return f"Upsample{_camel(mode.replace('-', '_'))}{axes}DBackward0"


def _bilinear(args: Sequence[Any], named: Mapping[str, Any]) -> str:
    bias = args[3] if len(args) > 3 else named.get("bias")
    return "ViewBackward0" if bias is None else "AddBackward0"


def _matrix_norm(args: Sequence[Any], named: Mapping[str, Any]) -> str:
    """A norm of a matrix that is no root of a sum of squares is a largest sum, or a sum."""
    order = args[1] if len(args) > 1 else named.get("ord", named.get("p"))
    along = len(args) > 2 or {"dim", "axis"} & named.keys()
    if order == "nuc":
        return "SumBackward1"
    if order in (1, 2, math.inf) and len(args[0].shape) == 2 and not along:
        return "AmaxBackward0"
    return "LinalgVectorNormBackward0"


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
    "floor_divide": lambda _a, _n: "NotImplemented",
    "xlogy": _of_numbers("Xlogy"),
    "xlog1py": _of_numbers("SpecialXlog1Py"),
    "zeta": _of_numbers("SpecialZeta"),
    "lerp": _by_third("Lerp"),
    "rsub": lambda args, _n: f"RsubBackward{int(not isinstance(args[1], Array))}",
    "scatter": _scatter,
    "repeat_interleave": _repeats,
    "einsum": _einsum,
    "pad": _pad,
    "trapezoid": lambda args, named: (
        "DivBackward1" if len(args) > 1 or "x" in named else "MulBackward1"
    ),
    "adaptive_avg_pool2d": _adaptive(2),
    "adaptive_avg_pool3d": _adaptive(3),
    "scaled_dot_product_attention": _attention,
    "bilinear": _bilinear,
    "interpolate": _resized,
    "upsample": _resized,
    "vecdot": lambda args, _n: "VdotBackward0" if len(args[0].shape) == 1 else "SumBackward1",
    "linalg.norm": _matrix_norm,
    "matrix_norm": _matrix_norm,
    "multilabel_soft_margin_loss": _reduced("Div"),
    "nansum": _along("Nansum", 0, 0),
    "matmul": matmul,
    "linear": _linear,
    "clamp": _clamp,
    "clip": _clamp,
    "item": _item,
    "cross_entropy": _cross_entropy,
    "nll_loss": _nll_loss,
    "l1_loss": _reduced("Abs"),
    "kl_div": lambda args, named: _reduced("Mul" if named.get("log_target") else "Sub")(
        args, named
    ),
    "hinge_embedding_loss": _reduced("Add"),
    "poisson_nll_loss": _reduced("Sub"),
    "gaussian_nll_loss": _reduced("Mul"),
    "cosine_embedding_loss": _reduced("Add"),
    "triplet_margin_loss": _reduced("ClampMin"),
    "margin_ranking_loss": _reduced("ClampMin"),
}
"""Functions that are remembered by different names."""

"""Modules of `torch.nn` that are a function with options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_F = "nn.functional."


class Plain(NamedTuple):
    """The path of a function, its options by position, and how a module of it is shown.

    What is shown are options with their usual values; after a colon there is the value alone.
    """

    path: str
    options: str = ""
    usual: str = ""

    def shown(self, given: Mapping[str, Any], represent: Callable[[Any], str]) -> str:
        """The options as a module shows them."""
        said = []
        for part in self.usual.split():
            sign = "=" if "=" in part else ":"
            name, _, value = part.partition(sign)
            value = represent(given[name]) if name in given else value
            said.append(f"{name}={value}" if sign == "=" else value)
        if given.get("inplace"):
            said.append("inplace=True")
        return ", ".join(said)


PLAIN = {
    "ReLU": Plain(_F + "relu", "inplace"),
    "Tanh": Plain("tanh"),
    "Sigmoid": Plain("sigmoid"),
    "Softmax": Plain(_F + "softmax", "dim", "dim=None"),
    "Softmin": Plain(_F + "softmin", "dim", "dim=None"),
    "LogSoftmax": Plain(_F + "log_softmax", "dim", "dim=None"),
    "Softplus": Plain(_F + "softplus", "beta threshold", "beta=1.0 threshold=20.0"),
    "ELU": Plain(_F + "elu", "alpha inplace", "alpha=1.0"),
    "CELU": Plain(_F + "celu", "alpha inplace", "alpha=1.0"),
    "LeakyReLU": Plain(_F + "leaky_relu", "negative_slope inplace", "negative_slope=0.01"),
    "GELU": Plain(_F + "gelu", "approximate", "approximate='none'"),
    "GLU": Plain(_F + "glu", "dim", "dim=-1"),
    "SiLU": Plain(_F + "silu", "inplace"),
    "Hardtanh": Plain(_F + "hardtanh", "min_val max_val", "min_val=-1.0 max_val=1.0"),
    "Hardswish": Plain(_F + "hardswish", "inplace"),
    "Hardshrink": Plain(_F + "hardshrink", "lambd", "lambd:0.5"),
    "Softshrink": Plain(_F + "softshrink", "lambd", "lambd:0.5"),
    "Tanhshrink": Plain(_F + "tanhshrink"),
    "Threshold": Plain(_F + "threshold", "threshold value inplace", "threshold= value="),
    "SELU": Plain(_F + "selu", "inplace"),
    "ReLU6": Plain(_F + "relu6", "inplace"),
    "LogSigmoid": Plain(_F + "logsigmoid"),
    "Softsign": Plain(_F + "softsign"),
    "Mish": Plain(_F + "mish", "inplace"),
    "Hardsigmoid": Plain(_F + "hardsigmoid", "inplace"),
    **{
        f"Adaptive{kind.capitalize()}Pool{n}d": Plain(
            f"{_F}adaptive_{kind}_pool{n}d", "output_size", "output_size="
        )
        for kind in ("avg", "max")
        for n in (1, 2, 3)
    },
    "PixelShuffle": Plain(_F + "pixel_shuffle", "upscale_factor", "upscale_factor="),
    "PixelUnshuffle": Plain(_F + "pixel_unshuffle", "downscale_factor", "downscale_factor="),
    "Unfold": Plain(
        _F + "unfold",
        "kernel_size dilation padding stride",
        "kernel_size= dilation=1 padding=0 stride=1",
    ),
    "LocalResponseNorm": Plain(
        _F + "local_response_norm", "size alpha beta k", "size: alpha=0.0001 beta=0.75 k=1.0"
    ),
    "MSELoss": Plain(_F + "mse_loss", "size_average reduce reduction"),
    "L1Loss": Plain(_F + "l1_loss", "size_average reduce reduction"),
    "SmoothL1Loss": Plain(_F + "smooth_l1_loss", "size_average reduce reduction beta"),
    "HuberLoss": Plain(_F + "huber_loss", "reduction delta"),
    "BCELoss": Plain(_F + "binary_cross_entropy", "weight size_average reduce reduction"),
    "BCEWithLogitsLoss": Plain(
        _F + "binary_cross_entropy_with_logits", "weight size_average reduce reduction pos_weight"
    ),
    "NLLLoss": Plain(_F + "nll_loss", "weight size_average ignore_index reduce reduction"),
    "CrossEntropyLoss": Plain(
        _F + "cross_entropy", "weight size_average ignore_index reduce reduction label_smoothing"
    ),
    "KLDivLoss": Plain(_F + "kl_div", "size_average reduce reduction log_target"),
    "PoissonNLLLoss": Plain(
        _F + "poisson_nll_loss", "log_input full size_average eps reduce reduction"
    ),
    "GaussianNLLLoss": Plain(_F + "gaussian_nll_loss", "full eps reduction"),
    "SoftMarginLoss": Plain(_F + "soft_margin_loss", "size_average reduce reduction"),
    "HingeEmbeddingLoss": Plain(
        _F + "hinge_embedding_loss", "margin size_average reduce reduction"
    ),
    "CosineEmbeddingLoss": Plain(
        _F + "cosine_embedding_loss", "margin size_average reduce reduction"
    ),
    "MarginRankingLoss": Plain(_F + "margin_ranking_loss", "margin size_average reduce reduction"),
    "MultiMarginLoss": Plain(
        _F + "multi_margin_loss", "p margin weight size_average reduce reduction"
    ),
    "MultiLabelMarginLoss": Plain(_F + "multilabel_margin_loss", "size_average reduce reduction"),
    "MultiLabelSoftMarginLoss": Plain(
        _F + "multilabel_soft_margin_loss", "weight size_average reduce reduction"
    ),
    "TripletMarginLoss": Plain(
        _F + "triplet_margin_loss", "margin p eps swap size_average reduce reduction"
    ),
    "CosineSimilarity": Plain(_F + "cosine_similarity", "dim eps"),
    "PairwiseDistance": Plain(_F + "pairwise_distance", "p eps keepdim"),
}
"""Modules that are a function."""

"""Modules of `torch.nn` that are a function with options."""

from __future__ import annotations

_F = "nn.functional."

PLAIN = {
    "ReLU": (_F + "relu", "inplace"),
    "Tanh": ("tanh", ""),
    "Sigmoid": ("sigmoid", ""),
    "Softmax": (_F + "softmax", "dim"),
    "LogSoftmax": (_F + "log_softmax", "dim"),
    "Softplus": (_F + "softplus", "beta threshold"),
    "ELU": (_F + "elu", "alpha inplace"),
    "LeakyReLU": (_F + "leaky_relu", "negative_slope inplace"),
    "GELU": (_F + "gelu", ""),
    "SiLU": (_F + "silu", "inplace"),
    "Hardtanh": (_F + "hardtanh", "min_val max_val"),
    "SELU": (_F + "selu", "inplace"),
    "ReLU6": (_F + "relu6", "inplace"),
    "LogSigmoid": (_F + "logsigmoid", ""),
    "Softsign": (_F + "softsign", ""),
    "Mish": (_F + "mish", "inplace"),
    "Hardsigmoid": (_F + "hardsigmoid", "inplace"),
    "MSELoss": (_F + "mse_loss", "size_average reduce reduction"),
    "L1Loss": (_F + "l1_loss", "size_average reduce reduction"),
    "SmoothL1Loss": (_F + "smooth_l1_loss", "size_average reduce reduction beta"),
    "HuberLoss": (_F + "huber_loss", "reduction delta"),
    "BCELoss": (_F + "binary_cross_entropy", "weight size_average reduce reduction"),
    "BCEWithLogitsLoss": (
        _F + "binary_cross_entropy_with_logits",
        "weight size_average reduce reduction pos_weight",
    ),
    "NLLLoss": (_F + "nll_loss", "weight size_average ignore_index reduce reduction"),
    "CrossEntropyLoss": (
        _F + "cross_entropy",
        "weight size_average ignore_index reduce reduction label_smoothing",
    ),
    "KLDivLoss": (_F + "kl_div", "size_average reduce reduction log_target"),
    "PoissonNLLLoss": (_F + "poisson_nll_loss", "log_input full size_average eps reduce reduction"),
    "GaussianNLLLoss": (_F + "gaussian_nll_loss", "full eps reduction"),
    "SoftMarginLoss": (_F + "soft_margin_loss", "size_average reduce reduction"),
    "HingeEmbeddingLoss": (_F + "hinge_embedding_loss", "margin size_average reduce reduction"),
    "CosineEmbeddingLoss": (_F + "cosine_embedding_loss", "margin size_average reduce reduction"),
    "MarginRankingLoss": (_F + "margin_ranking_loss", "margin size_average reduce reduction"),
    "MultiMarginLoss": (_F + "multi_margin_loss", "p margin weight size_average reduce reduction"),
    "MultiLabelSoftMarginLoss": (
        _F + "multilabel_soft_margin_loss",
        "weight size_average reduce reduction",
    ),
    "TripletMarginLoss": (
        _F + "triplet_margin_loss",
        "margin p eps swap size_average reduce reduction",
    ),
    "CosineSimilarity": (_F + "cosine_similarity", "dim eps"),
    "PairwiseDistance": (_F + "pairwise_distance", "p eps keepdim"),
}
"""Modules that are a function: its path, and the options by position."""

SILENT = frozenset(
    {"CosineSimilarity", "PairwiseDistance", *(name for name in PLAIN if name.endswith("Loss"))}
)
"""Those whose options are not shown."""

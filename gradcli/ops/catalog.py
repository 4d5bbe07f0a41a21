"""The list of all functions, and how a name, with or without a framework's prefix, finds one.

The modules of functions are imported when the first of their names is asked for; `index` knows
which module that is.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradcli.ir.function import Function
from gradcli.ops import stabilize
from gradcli.ops.index import MODULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    FUNCTIONS: dict[str, Function]

STABILIZERS = stabilize.RULES
"""The rules of the stabilised forms, which take effect where this module is imported."""

FAMILIES = {
    "arithmetic": "arithmetic",
    "exponential, trigonometric, hyperbolic": "elementary",
    "comparison, selection, rounding": "compare",
    "reductions and statistics": "reduce",
    "shape": "shape",
    "indexing and sorting": "indexing",
    "linear algebra": "linalg",
    "combined arithmetic": "combined",
    "selection and casts": "selection",
    "scans": "scans",
    "sinc": "special",
    "gamma and beta functions": "gamma",
    "error functions and the normal distribution": "error_functions",
    "entropies and logits": "entropy",
    "integrals and sums": "integrals",
    "incomplete gamma and beta functions": "incomplete",
    "Bessel and Airy functions": "bessel",
    "neural networks": "nn",
    "normalisation and layers": "normalise",
    "losses": "losses",
    "distributions": "distributions",
    "distributions of the gamma family": "gamma_distributions",
    "random numbers": "sampling",
    "running sums and products": "running",
    "moments": "moments",
    "medians and quantiles": "quantiles",
    "reductions without NaN": "nans",
    "differences and integrals": "differences",
    "histograms": "histograms",
    "joining and splitting": "joining",
    "tiling, turning, rolling": "tiling",
    "padding": "padding",
    "diagonals and triangles": "diagonals",
    "blocks and patches": "blocks",
    "sorting": "sorting",
    "scattering and replacing": "scatter",
    "groups of rows": "segments",
    "interpolation": "interpolation",
    "polynomials": "polynomial",
    "more products": "products",
    "linear equations": "solving",
    "determinants": "determinants",
    "decompositions": "decompositions",
    "eigenvalues and singular values": "spectral",
    "norms": "norms",
    "least squares": "pseudoinverse",
    "functions of matrices": "matrix_functions",
    "structured matrices": "structured",
    "distances": "distances",
    "signals and windows": "filters",
    "convolution": "convolution",
    "pooling": "pooling",
    "images": "images",
    "constructors": "constructors",
    "marks": "marks",
}
"""The families of functions, and the module of each."""

PREFIXES = {
    "np": "np",
    "numpy": "np",
    "jnp": "np",
    "sp": "np",
    "scipy": "np",
    "jsp": "np",
    "math": "math",
    "jax": "jax",
    "lax": "lax",
    "tf": "tf",
    "tfjs": "tfjs",
    "tfp": "tf",
    "keras": "tf",
    "torch": "torch",
    "F": "torch",
    "nn": "torch",
    "optax": "np",
}
"""First word of a prefix to the framework whose meanings it selects."""

PATHS = frozenset(
    {
        "autograd",
        "fft",
        "functional",
        "image",
        "keras",
        "lax",
        "linalg",
        "losses",
        "math",
        "maximum",
        "metrics",
        "minimum",
        "nn",
        "numpy",
        "random",
        "scipy",
        "signal",
        "special",
        "stats",
    }
)
"""What may stand between a prefix and the name: `np.linalg.`, `tf.math.`, `jax.nn.`."""

METHODS_ONLY = frozenset({"t"})
"""Names that exist only as methods or behind a prefix."""


BEHIND_PREFIX = {
    ("torch", "add"): "add_scaled",
    ("torch", "sub"): "sub_scaled",
    ("torch", "subtract"): "sub_scaled",
    ("torch", "div"): "div_rounded",
    ("torch", "divide"): "div_rounded",
    ("torch", "batch_norm"): "batch_norm_channels",
    ("torch", "kl_div"): "kl_div_loss",
    ("tfjs", "step"): "step_or_line",
    ("tf", "normal"): "random_normal",
    ("tf", "uniform"): "random_uniform",
    ("lax", "clamp"): "clamp_between",
    ("lax", "select"): "where",
    ("tf", "select"): "where",
    ("tf", "identity"): "asarray",
    ("np.maximum", "accumulate"): "cummax",
    ("np.minimum", "accumulate"): "cummin",
    ("torch", "repeat"): "tile",
    ("torch", "gather"): "gather_elements",
    ("np", "gradient"): "fdiff",
    ("torch", "gradient"): "fdiff",
    ("lax", "pad"): "lax_pad",
    ("torch", "conv1d"): "torch_conv1d",
    ("torch", "conv2d"): "torch_conv2d",
    ("torch", "conv3d"): "torch_conv3d",
    ("lax", "conv_transpose"): "lax_conv_transpose",
    ("torch", "max"): "torch_max",
    ("torch", "min"): "torch_min",
}
"""Names that mean another function behind a framework's prefix."""


NAMES = {name: module for module, names in MODULES.items() for name in names.split()}
"""Every name and alias to the module that defines it."""

_FAMILY = {module: family for family, module in FAMILIES.items()}
_records: dict[str, Function] = {}


def _load(module: str) -> None:
    """Registers the functions of a module under all their names."""
    for item in vars(import_module(f"gradcli.ops.{module}")).values():
        if isinstance(item, Function) and NAMES.get(item.name, module) == module:
            item.family = _FAMILY[module]
            for name in (item.name, *item.aliases):
                _records.setdefault(name, item)


def _all_functions() -> dict[str, Function]:
    """Every function by its own name, family by family."""
    for module in FAMILIES.values():
        _load(module)
    order = {family: i for i, family in enumerate(FAMILIES)}
    found = {record.name: record for record in _records.values()}
    return dict(sorted(found.items(), key=lambda item: order[item[1].family]))


def __getattr__(name: str) -> Any:
    """`FUNCTIONS`, every function by its own name, is loaded when it is asked for."""
    if name != "FUNCTIONS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()["FUNCTIONS"] = _all_functions()
    return found


def framework(words: Sequence[str]) -> str:
    """The framework that a dotted name selects: `jax.numpy.` is NumPy's, `jax.lax.` is lax's."""
    within = words[0] == "jax" and len(words) > 2 and words[1] in ("lax", "numpy", "scipy")
    return PREFIXES[words[1] if within else words[0]]


def snake_case(name: str) -> str:
    """TF.js spells `logSumExp` what others spell `log_sum_exp`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def find(name: str) -> Function | None:
    """The function of this bare name, in snake_case or camelCase."""
    found = _find(name)
    return _find(snake_case(name)) if found is None and not name.islower() else found


def _find(name: str) -> Function | None:
    found = _records.get(name)
    if found is None and name in NAMES:
        _load(NAMES[name])
        found = _records.get(name)
    return found

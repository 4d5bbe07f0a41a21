"""The list of all functions, and how a name, with or without a framework's prefix, finds one."""

from __future__ import annotations

from gradcli.ir.function import Function
from gradcli.ops import (
    arithmetic,
    bessel,
    blocks,
    combined,
    compare,
    constructors,
    convolution,
    decompositions,
    determinants,
    diagonals,
    differences,
    distances,
    distributions,
    elementary,
    entropy,
    error_functions,
    filters,
    gamma,
    gamma_distributions,
    histograms,
    images,
    incomplete,
    indexing,
    integrals,
    interpolation,
    joining,
    linalg,
    losses,
    marks,
    matrix_functions,
    moments,
    nans,
    nn,
    normalise,
    norms,
    padding,
    polynomial,
    pooling,
    products,
    pseudoinverse,
    quantiles,
    reduce,
    running,
    sampling,
    scans,
    scatter,
    segments,
    selection,
    shape,
    solving,
    sorting,
    special,
    stabilize,
    structured,
    tiling,
)

STABILIZERS = stabilize.RULES
"""The rules of the stabilised forms, which take effect where this module is imported."""

FAMILIES = {
    "arithmetic": arithmetic,
    "exponential, trigonometric, hyperbolic": elementary,
    "comparison, selection, rounding": compare,
    "reductions and statistics": reduce,
    "shape": shape,
    "indexing and sorting": indexing,
    "linear algebra": linalg,
    "combined arithmetic": combined,
    "selection and casts": selection,
    "scans": scans,
    "sinc": special,
    "gamma and beta functions": gamma,
    "error functions and the normal distribution": error_functions,
    "entropies and logits": entropy,
    "integrals and sums": integrals,
    "incomplete gamma and beta functions": incomplete,
    "Bessel and Airy functions": bessel,
    "neural networks": nn,
    "normalisation and layers": normalise,
    "losses": losses,
    "distributions": distributions,
    "distributions of the gamma family": gamma_distributions,
    "random numbers": sampling,
    "running sums and products": running,
    "moments": moments,
    "medians and quantiles": quantiles,
    "reductions without NaN": nans,
    "norms": norms,
    "differences and integrals": differences,
    "histograms": histograms,
    "joining and splitting": joining,
    "tiling, turning, rolling": tiling,
    "padding": padding,
    "diagonals and triangles": diagonals,
    "blocks and patches": blocks,
    "sorting": sorting,
    "scattering and replacing": scatter,
    "groups of rows": segments,
    "interpolation": interpolation,
    "polynomials": polynomial,
    "more products": products,
    "linear equations": solving,
    "determinants": determinants,
    "decompositions": decompositions,
    "least squares": pseudoinverse,
    "functions of matrices": matrix_functions,
    "structured matrices": structured,
    "distances": distances,
    "signals and windows": filters,
    "convolution": convolution,
    "pooling": pooling,
    "images": images,
    "constructors": constructors,
    "marks": marks,
}

PREFIXES = {
    "np": "np", "numpy": "np", "jnp": "np", "sp": "np", "scipy": "np", "jsp": "np", "math": "math",
    "jax": "jax", "lax": "lax", "tf": "tf", "tfjs": "tfjs", "tfp": "tf", "keras": "tf",
    "torch": "torch", "F": "torch", "nn": "torch", "optax": "np",
}  # fmt: skip
"""First word of a prefix to the framework whose meanings it selects."""

PATHS = frozenset({
    "fft", "functional", "image", "keras", "lax", "linalg", "losses", "math", "metrics", "nn",
    "numpy", "random", "scipy", "signal", "special", "stats",
})  # fmt: skip
"""What may stand between a prefix and the name: `np.linalg.`, `tf.math.`, `jax.nn.`."""

METHODS_ONLY = frozenset({"t"})
"""Names that exist only as methods or behind a prefix."""


def _all_functions() -> dict[str, Function]:
    """Every record by its own name; two records of one name are a mistake."""
    found: dict[str, Function] = {}
    for family, module in FAMILIES.items():
        for item in vars(module).values():
            if isinstance(item, Function) and not item.family:
                if item.name in found:
                    raise ValueError(f"two functions are called {item.name!r}")
                item.family = family
                found[item.name] = item
    return found


def _all_names(functions: dict[str, Function]) -> dict[str, Function]:
    """Every name and alias to its record."""
    names = dict(functions)
    for record in functions.values():
        for alias in record.aliases:
            if alias in names:
                raise ValueError(f"{alias!r} is a name of {names[alias].name} and {record.name}")
            names[alias] = record
    return names


FUNCTIONS = _all_functions()
NAMES = _all_names(FUNCTIONS)

BEHIND_PREFIX = {
    ("torch", "batch_norm"): "batch_norm_channels",
    ("torch", "kl_div"): "kl_div_loss",
    ("lax", "clamp"): "clamp_between",
    ("lax", "select"): "where",
    ("tf", "select"): "where",
    ("tf", "identity"): "asarray",
    ("torch", "repeat"): "tile",
    ("torch", "gather"): "gather_elements",
    ("np", "gradient"): "fdiff",
    ("torch", "gradient"): "fdiff",
    ("lax", "pad"): "lax_pad",
    ("torch", "conv1d"): "torch_conv1d",
    ("torch", "conv2d"): "torch_conv2d",
    ("torch", "conv3d"): "torch_conv3d",
    ("torch", "max"): "maximum",
    ("torch", "min"): "minimum",
}
"""Names that mean another function behind a framework's prefix."""


def snake_case(name: str) -> str:
    """TF.js spells `logSumExp` what others spell `log_sum_exp`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def find(name: str) -> Function | None:
    """The function of this bare name, in snake_case or camelCase."""
    found = NAMES.get(name)
    if found is None and not name.islower():
        found = NAMES.get(snake_case(name))
    return found

"""The list of all functions, and how a name, with or without a framework's prefix, finds one."""

from __future__ import annotations

from gradcli.ir.function import Function
from gradcli.ops import (
    arithmetic,
    bessel,
    combined,
    compare,
    constructors,
    elementary,
    entropy,
    error_functions,
    gamma,
    incomplete,
    indexing,
    integrals,
    linalg,
    losses,
    marks,
    nn,
    normalise,
    reduce,
    scans,
    selection,
    shape,
    special,
    stabilize,
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
    "sinc": special,
    "neural networks": nn,
    "gamma and beta functions": gamma,
    "incomplete gamma and beta functions": incomplete,
    "error functions and the normal distribution": error_functions,
    "Bessel and Airy functions": bessel,
    "integrals and sums": integrals,
    "entropies and logits": entropy,
    "combined arithmetic": combined,
    "selection and casts": selection,
    "scans": scans,
    "normalisation and layers": normalise,
    "losses": losses,
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

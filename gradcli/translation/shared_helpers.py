"""Helpers that are written alike for several frameworks, or for NumPy by whatever name."""

from __future__ import annotations

SLOPE = {"slope": "def slope(function):\n    return lambda x: slopes(function)(x)[0]"}
"""The slope of a function of one input, from the `slopes` of the framework."""

_TEXTS = {
    "logdet": "def logdet(a):\n    return np.linalg.slogdet(a)[1]",
    "einsum": "def einsum(spec, arrays):\n    return np.einsum(spec, *arrays)",
    "median": """
def median(x):
    x = np.sort(np.ravel(x))
    return (x[(x.size - 1)//2] + x[x.size//2])/2
""",
}


def shared_helpers(module: str) -> dict[str, str]:
    """The helpers' texts by their names, for a file in which NumPy has that name."""
    return {name: text.replace("np.", f"{module}.") for name, text in _TEXTS.items()}

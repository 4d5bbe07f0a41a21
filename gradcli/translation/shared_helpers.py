"""Helpers that are written alike for NumPy by whatever name: those of autograd and of JAX."""

from __future__ import annotations

_TEXTS = {
    "cube": "def cube(x):\n    return x**3",
    "squared_difference": "def squared_difference(x, y):\n    return (x - y)**2",
    "sec": "def sec(x):\n    return 1/np.cos(x)",
    "csc": "def csc(x):\n    return 1/np.sin(x)",
    "cot": "def cot(x):\n    return 1/np.tan(x)",
    "l2_loss": "def l2_loss(x):\n    return np.sum(x**2)/2",
    "logdet": "def logdet(x):\n    return np.linalg.slogdet(x)[1]",
    "mse": "def mse(x, y):\n    return np.mean((x - y)**2)",
    "mae": "def mae(x, y):\n    return np.mean(np.abs(x - y))",
    "huber": """
def huber(x, y):
    size = np.abs(x - y)
    return np.mean(np.where(size < 1, size**2/2, size - 0.5))
""",
    "binary_cross_entropy": """
def binary_cross_entropy(x, target):
    return -np.mean(target*np.log(x) + (1 - target)*np.log(1 - x))
""",
    "einsum": "def einsum(spec, arrays):\n    return np.einsum(spec, *arrays)",
    "tanhshrink": "def tanhshrink(x):\n    return x - np.tanh(x)",
}


def shared_helpers(module: str) -> dict[str, str]:
    """The helpers' texts by their names, for a file in which NumPy has that name."""
    return {name: text.replace("np.", f"{module}.") for name, text in _TEXTS.items()}

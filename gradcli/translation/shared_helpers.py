"""Helpers that are written alike for NumPy by whatever name: those of autograd and of JAX."""

from __future__ import annotations

_ANYWHERE = {
    "sind": "def sind(x):\n    return np.sin(x*(math.pi/180))",
    "cosd": "def cosd(x):\n    return np.cos(x*(math.pi/180))",
    "tand": "def tand(x):\n    return np.tan(x*(math.pi/180))",
    "kl_divergence": """
def kl_divergence(labels, predictions):
    return np.sum(labels*np.log(labels/predictions), -1)
""",
    "norm_pdf": """
def norm_pdf(x, loc=0.0, scale=1.0):
    return np.exp(-((x - loc)/scale)**2/2)/(scale*math.sqrt(2*math.pi))
""",
}
"""Those for which every framework has the functions, by NumPy's names or nearly so."""

_TEXTS = {
    "cube": "def cube(x):\n    return x**3",
    "squared_difference": "def squared_difference(x, y):\n    return (x - y)**2",
    "sec": "def sec(x):\n    return 1/np.cos(x)",
    "csc": "def csc(x):\n    return 1/np.sin(x)",
    "cot": "def cot(x):\n    return 1/np.tan(x)",
    "l2_loss": "def l2_loss(x):\n    return np.sum(x**2)/2",
    "logdet": "def logdet(a):\n    return np.linalg.slogdet(a)[1]",
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
    **_ANYWHERE,
    "norm_logpdf": """
def norm_logpdf(x, loc=0.0, scale=1.0):
    return -((x - loc)/scale)**2/2 - np.log(scale*math.sqrt(2*math.pi))
""",
    "layer_norm": """
def layer_norm(x, eps=1e-05):
    x = x - np.mean(x, axis=-1, keepdims=True)
    return x/np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + eps)
""",
    "median": """
def median(x):
    x = np.sort(np.ravel(x))
    return (x[(x.size - 1)//2] + x[x.size//2])/2
""",
    "polyval": """
def polyval(p, x):
    total = 0.0*x
    for c in p:
        total = total*x + c
    return total
""",
}


def helpers_anywhere(module: str) -> dict[str, str]:
    """Those that a framework has whose functions are named nearly as NumPy's."""
    return {name: text.replace("np.", f"{module}.") for name, text in _ANYWHERE.items()}


def shared_helpers(module: str) -> dict[str, str]:
    """The helpers' texts by their names, for a file in which NumPy has that name."""
    return {name: text.replace("np.", f"{module}.") for name, text in _TEXTS.items()}

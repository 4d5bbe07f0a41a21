"""Which framework the first word of an import means, and which name usually stands for it."""

from __future__ import annotations

ROOTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "tensorflow": ("tensorflow", ()),
    "keras": ("tensorflow", ("keras",)),
    "torch": ("pytorch", ()),
    "jax": ("jax", ()),
    "numpy": ("numpy", ()),
    "scipy": ("numpy", ("scipy",)),
    "autograd": ("numpy", ("autograd",)),
}
"""Modules at the top, the folder of their framework, and their path in it."""

USUAL = {
    "tf": "tensorflow",
    "torch": "torch",
    "jax": "jax",
    "jnp": "jax.numpy",
    "np": "numpy",
    "F": "torch.nn.functional",
    "nn": "torch.nn",
}
"""Names that mean a module where a snippet does not import it."""

DRAWING = frozenset("matplotlib pylab seaborn plotly bokeh PIL cv2 torchviz IPython".split())
"""Modules that draw, or show pictures."""

CLOCKS = frozenset({"time", "timeit"})
"""Modules that tell the time."""

"""One vocabulary for the peers: what their modules name or call differently, by our names."""

from __future__ import annotations

import importlib
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Words:
    """A module, and some words that are elsewhere."""

    def __init__(self, module: Any, words: dict[str, Any]) -> None:
        self._module = module
        self._words = words

    def __getattr__(self, name: str) -> Any:
        return self._words[name] if name in self._words else getattr(self._module, name)


def of_jax() -> Words:
    """The words of JAX; images come with their channels first."""
    jax, special = importlib.import_module("jax"), importlib.import_module("jax.scipy.special")
    jnp, nn, lax = jax.numpy, jax.nn, jax.lax
    window = {"window_dimensions": (1, 1, 2, 2), "window_strides": (1, 1, 2, 2), "padding": "VALID"}
    names = "ndtr logsumexp gammaln digamma erf i0 betainc gammainc xlogy"
    words = {name: getattr(special, name) for name in names.split()}
    words |= {name: getattr(nn, name) for name in "softmax log_softmax relu silu".split()}
    words |= {
        "gelu": partial(nn.gelu, approximate=False),
        "top": lambda x: x.max(1, keepdims=True),
        "conv": lambda x, w: lax.conv_general_dilated(x, w, (1,) * (x.ndim - 2), "VALID"),
        "max_pool": lambda x: lax.reduce_window(x, -jnp.inf, lax.max, **window),
        "avg_pool": lambda x: lax.reduce_window(x, 0.0, lax.add, **window) / 4,
        "scattered": lambda n, i, x: jnp.zeros(n, x.dtype).at[i].add(x),
        "slope": lambda f, x: jax.grad(f)(x),
        "logdet": lambda a: jnp.linalg.slogdet(a)[1],
        "forward": partial(jax.scipy.linalg.solve_triangular, lower=True),
        "flip": lambda x: jnp.flip(x, 0),
    }
    return Words(jnp, words)


def of_torch() -> Words:
    """The words of PyTorch."""
    torch = importlib.import_module("torch")
    nn, special = torch.nn.functional, torch.special
    names = "ndtr gammaln digamma erf i0 xlogy"
    words = {name: getattr(special, name) for name in names.split()}
    words |= {name: getattr(nn, name) for name in "softmax log_softmax relu gelu silu".split()}
    words |= {
        "top": lambda x: x.amax(1, keepdim=True),
        "conv": lambda x, w: (nn.conv1d if x.ndim == 3 else nn.conv2d)(x, w),
        "max_pool": lambda x: nn.max_pool2d(x, 2),
        "avg_pool": lambda x: nn.avg_pool2d(x, 2),
        "scattered": lambda n, i, x: torch.zeros(n, dtype=x.dtype).index_add(0, i, x),
        "slope": _slope(torch),
        "logdet": torch.logdet,
        "forward": partial(torch.linalg.solve_triangular, upper=False),
        "sort": lambda x: torch.sort(x).values,
        "flip": lambda x: torch.flip(x, (0,)),
        "concatenate": torch.cat,
    }
    return Words(torch, words)


def _slope(torch: Any) -> Callable[..., Any]:
    def slope(f: Any, x: Any) -> Any:
        return torch.autograd.grad(f(x), x, create_graph=True)[0]

    return slope

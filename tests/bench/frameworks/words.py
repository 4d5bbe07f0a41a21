"""The words of random programs, as PyTorch and JAX have them, and what they answer."""

from __future__ import annotations

from functools import cache
from typing import Any


def second(name: str) -> str:
    """The key of the slope of a gradient along ones."""
    return f"{name} ''"


def run(text: str, words: dict[str, Any]) -> Any:
    """The value of the last statement of a program."""
    *statements, last = text.split("; ")
    names = dict(words)
    exec("\n".join(statements), names)
    return eval(last, names)


FAST = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
"""Each program runs once, so that compiling it better does not pay."""

# --- JAX ----------------------------------------------------------------------------------------


@cache
def jax_words() -> dict[str, Any]:
    """The words by JAX."""
    import jax
    from jax import lax, nn, scipy
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)
    plain = """abs arccosh arcsin arcsinh arctan arctan2 arctanh array broadcast_to clip concatenate
    copysign cos cosh cumprod cumsum diag diff einsum exp exp2 expand_dims expm1 eye flip floor
    hypot i0 log log1p log2 logaddexp logical_and logical_or matmul max maximum mean min minimum mod
    nan_to_num outer prod reshape roll round sign sin sinc sinh sort sqrt square stack std sum tan
    tanh trace transpose tril triu trunc var where take"""
    words = {name: getattr(jnp, name) for name in plain.split()}
    words |= {name: getattr(jnp.linalg, name) for name in "det inv solve cholesky norm".split()}
    words |= {
        name: getattr(nn, name)
        for name in "elu leaky_relu log_softmax relu relu6 selu silu "
        "softmax softplus hard_tanh hard_sigmoid log_sigmoid sigmoid".split()
    }
    special = "digamma erf erfc erfinv logit logsumexp xlogy"
    words |= {name: getattr(scipy.special, name) for name in special.split()}
    return words | {
        "softsign": nn.soft_sign,
        "gelu": lambda x: nn.gelu(x, approximate=False),
        "cummax": lambda x, axis: lax.cummax(x, axis % x.ndim),
        "logcumsumexp": lambda x, axis: lax.cumlogsumexp(x, axis % x.ndim),
        "lgamma": scipy.special.gammaln,
        "logdet": lambda x: jnp.linalg.slogdet(x)[1],
        "rsqrt": lax.rsqrt,
    }


def jax_answer(text: str, values: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Value, gradients and their slopes along ones by JAX."""
    import jax

    words = jax_words()
    leaves = {name: jax.numpy.asarray(x) for name, x in values.items()}
    function = jax.value_and_grad(lambda leaves: run(text, words | leaves))

    def whole(leaves: Any) -> Any:
        ones = {name: jax.numpy.ones_like(x) for name, x in leaves.items()}
        (value, gradients), (_, seconds) = jax.jvp(function, (leaves,), (ones,))
        return value, gradients, seconds

    value, gradients, seconds = jax.jit(whole, compiler_options=FAST)(leaves)
    return value, gradients | {second(name): x for name, x in seconds.items()}


# --- PyTorch ------------------------------------------------------------------------------------


@cache
def torch_words() -> dict[str, Any]:
    """The words by PyTorch."""
    import torch
    from torch.nn import functional

    plain = """abs arccosh arcsin arcsinh arctan arctan2 arctanh broadcast_to clip copysign cos cosh
    cumprod cumsum diag diff digamma einsum erf erfc erfinv exp exp2 expm1 flip floor hypot i0
    lgamma log log1p log2 logaddexp logical_and logical_or logdet logit matmul maximum mean minimum
    nan_to_num outer prod relu reshape rsqrt round selu sigmoid sign sin sinc sinh softmax
    log_softmax sqrt square stack sum tan tanh trace tril triu trunc where xlogy"""
    words = {name: getattr(torch, name) for name in plain.split()}
    words |= {name: getattr(torch.linalg, name) for name in "det inv solve cholesky".split()}
    words |= {
        name: getattr(functional, name)
        for name in "elu gelu leaky_relu relu6 silu softplus softsign".split()
    }
    return words | {
        "array": torch.tensor,
        "concatenate": torch.cat,
        "cummax": lambda x, axis: torch.cummax(x, axis).values,
        "expand_dims": torch.unsqueeze,
        "eye": lambda n: torch.eye(n, dtype=torch.float64),
        "flip": lambda x, axis: torch.flip(x, (axis,)),
        "hard_tanh": functional.hardtanh,
        "hard_sigmoid": lambda x: functional.relu6(x + 3) / 6,
        "log_sigmoid": functional.logsigmoid,
        "logcumsumexp": torch.logcumsumexp,
        "logsumexp": lambda x, axis=None, keepdims=False: torch.logsumexp(
            x, tuple(range(x.ndim)) if axis is None else axis, keepdims
        ),
        "max": lambda x, axis=(), keepdims=False: torch.amax(x, axis, keepdims),
        "min": lambda x, axis=(), keepdims=False: torch.amin(x, axis, keepdims),
        "mod": torch.remainder,
        "norm": lambda x, axis=None, keepdims=False: torch.linalg.vector_norm(
            x, dim=axis, keepdim=keepdims
        ),
        "roll": lambda x, shift, axis: torch.roll(x, shift, (axis,)),
        "sort": lambda x, axis: torch.sort(x, dim=axis).values,
        "std": lambda x, axis=None, keepdims=False: torch.std(
            x, axis, correction=0, keepdim=keepdims
        ),
        "var": lambda x, axis=None, keepdims=False: torch.var(
            x, axis, correction=0, keepdim=keepdims
        ),
        "take": lambda x, indices, axis: torch.index_select(x, axis, indices),
        "transpose": torch.permute,
    }


def torch_answer(text: str, values: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Value and gradients by PyTorch, as JAX; an input that does not matter has gradient 0."""
    import torch

    leaves = {name: torch.tensor(x, requires_grad=True) for name, x in values.items()}
    value = run(text, torch_words() | leaves)

    def slopes(y: Any, keep: bool) -> dict[str, Any]:
        found = torch.autograd.grad(y, [*leaves.values()], create_graph=keep, allow_unused=True)
        pairs = zip(leaves.items(), found, strict=True)
        return {name: torch.zeros_like(x) if g is None else g for (name, x), g in pairs}

    gradients = slopes(value, True)
    total = sum(g.sum() for g in gradients.values())
    seconds = slopes(total, False) if total.requires_grad else {}
    gradients |= {second(name): x for name, x in seconds.items()}
    return value.detach().numpy(), {n: g.numpy(force=True) for n, g in gradients.items()}

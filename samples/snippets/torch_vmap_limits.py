# What cannot be asked for within a row of `vmap`, and what its arguments must be.
import torch
from torch.func import grad, jacrev, vmap


def attempt(compute):
    try:
        print(compute())
    except (RuntimeError, ValueError) as error:
        print(type(error).__name__, error)


torch.manual_seed(0)
x = torch.arange(3.0)


def filled(x):
    y = torch.zeros(2)
    y[0] = x
    return y


attempt(lambda: vmap(lambda x: x.item())(x))
attempt(lambda: vmap(lambda x: x if x > 0 else -x)(x))
attempt(lambda: vmap(lambda x: x[x > 0])(x[:, None]))
attempt(lambda: vmap(filled)(x))
attempt(lambda: vmap(lambda x: torch.stack([x, x * 0]))(x))
attempt(lambda: vmap(lambda x: x + torch.randn(1))(x))
attempt(lambda: vmap(lambda x: torch.nn.functional.dropout(x))(x))
attempt(lambda: vmap(lambda x: x + torch.randn(1), randomness="same")(x))
attempt(lambda: vmap(lambda x, y: x)(x, torch.ones(2)))
attempt(lambda: vmap(lambda x: x)(1.0))
attempt(lambda: vmap(lambda x: x)(torch.tensor(1.0)))
attempt(lambda: vmap(lambda x: x, in_dims=2)(x))
attempt(lambda: vmap(lambda: x)())
attempt(lambda: vmap(lambda x, k: x * k)(x, k=torch.ones(2)))
attempt(lambda: vmap(lambda x, k=2: x * k)(x, k=3))
attempt(lambda: grad(lambda x: x * 2)(x))
attempt(lambda: grad(lambda x: 3.0)(x[0]))
attempt(lambda: grad(lambda x: (x, x))(x[0]))
attempt(lambda: grad(lambda x: x)(torch.tensor(1)))
attempt(lambda: grad(lambda x: x)(1.0))
attempt(lambda: jacrev(torch.sin)(1.0))

"""Checkpoints: the same numbers, whatever is kept."""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 3), nn.GELU(), nn.Linear(3, 3), nn.SiLU(), nn.LayerNorm(3))
x = torch.randn(2, 3, requires_grad=True)
model(x).square().sum().backward()
reference = x.grad.clone()
x.grad = None
out = checkpoint_sequential(model, 2, x, use_reentrant=False)
out.square().sum().backward()
print(torch.allclose(reference, x.grad), x.grad)
a = torch.tensor([0.1, 0.2], requires_grad=True)
b = torch.tensor([3.0, 4.0], requires_grad=True)
checkpoint(lambda a, b: torch.sin(a) * b, a, b, use_reentrant=False).sum().backward()
print(a.grad, b.grad)

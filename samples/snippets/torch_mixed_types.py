# Tensors of two types are added, and neither multiplied as matrices nor given to a layer.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


def attempt(compute):
    try:
        print(compute())
    except Exception as error:
        print(type(error).__name__, error)


one, two = torch.ones(2, 2), torch.ones(2, 2, dtype=torch.double)
whole = torch.ones(2, 2, dtype=torch.long)
print((one + two).dtype, (one * whole).dtype)
attempt(lambda: one @ two)
attempt(lambda: one.mm(whole))
attempt(lambda: one[0] @ two[0])
attempt(lambda: two @ one[0])
attempt(lambda: one[0] @ two)
attempt(lambda: torch.bmm(one[None], two[None]))
attempt(lambda: one @ two[None])
attempt(lambda: torch.einsum("ij,jk->ik", one, two))
attempt(lambda: torch.addmm(one, one, two))
attempt(lambda: nn.Linear(2, 1)(two))
attempt(lambda: nn.Linear(2, 1)(whole))
attempt(lambda: nn.Linear(2, 1, bias=False)(two))
attempt(lambda: nn.Conv1d(1, 1, 1)(two[:, None]))
attempt(lambda: F.binary_cross_entropy(one, two))
attempt(lambda: F.binary_cross_entropy_with_logits(one, whole))
attempt(lambda: F.mse_loss(one, two))
attempt(lambda: torch.cat([one, two]).dtype)
attempt(lambda: torch.exp(1.0))

w = torch.ones(2, requires_grad=True)
for gradient in (3.0, torch.ones(3), torch.ones(2).double(), torch.ones(2)):
    try:
        w.grad = gradient
        print(w.grad)
    except Exception as error:
        print(type(error).__name__, error)

layer = nn.Linear(2, 1)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.5)
layer.to(torch.float64)
layer(two).sum().backward()
optimizer.step()
print(layer.weight, layer.weight.grad, layer.weight.is_leaf)
model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)).double()
print(model[1].running_mean, model[0].weight.dtype, model[1].num_batches_tracked)
print(model.float()[1].running_mean, model.to("cpu", torch.float64)[0].bias.dtype)
print(nn.Linear(2, 1).requires_grad_(False).double().weight.requires_grad)
attempt(lambda: nn.Linear(2, 1).to(torch.int64))

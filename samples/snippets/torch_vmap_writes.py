# Rows of a map that are written to are rows of the argument.
import torch
from torch.func import grad, vmap

x = torch.zeros(3)
print(vmap(lambda row: row.add_(1))(x), x)
y = torch.zeros(2, 2)


def first(row):
    row[0] = 5.0
    return row.sum()


print(vmap(first)(y), y)
z = torch.arange(4.0).view(2, 2)
print(vmap(grad(lambda row: (row**2).sum()))(z), z)
print(vmap(lambda row, s: row.mul_(s).sum())(z, torch.tensor([2.0, 3.0])), z)

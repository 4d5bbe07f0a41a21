import torch
import torch.nn as nn


def show(t):
    print(t.detach().flatten().tolist())


def new(*shape):
    return torch.rand(*shape) - 0.4


torch.manual_seed(0)
show(nn.Linear(5, 4).weight)
show(torch.empty(20).uniform_(-0.3, 0.5))
for m, k, n in ((2, 2, 2), (3, 3, 2), (1, 5, 3), (4, 8, 6), (5, 20, 3), (8, 30, 10)):
    show(new(m, k) @ new(k, n))
    show(new(k, m).t() @ new(k, n))
for m, k, n in ((2, 2, 2), (3, 3, 2), (5, 8, 5), (5, 20, 3), (3, 5, 4)):
    show(new(m, k) @ new(n, k).t())
    show(nn.Linear(k, n)(new(m, k)))
for k in range(2, 9):
    show(new(k).dot(new(k)))
for k, n in ((2, 2), (3, 2), (5, 3), (6, 4)):
    show(new(k) @ new(k, n))
for m in (2, 4, 7):
    for k in (2, 3, 4):
        show(nn.Linear(k, 1)(new(m, k)))
        show(nn.Linear(k, m)(new(1, k)))
x, y, z = new(9), torch.rand(9), torch.rand(9)
show(x.add(y, alpha=0.1))
show(torch.sub(x, y, alpha=0.3))
show(torch.addcmul(x, y, z, value=0.7))
show(torch.addcdiv(x, y, z, value=0.7))
show(x.lerp(y, 0.1))
show(torch.lerp(x, y, 0.7))
show(x.mul_(0.9).add_(y, alpha=0.1))

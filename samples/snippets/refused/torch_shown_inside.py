import torch


def f(x):
    y = x.sin()
    print(y)
    return y.sum()


print(torch.func.grad(f)(torch.ones(2)))

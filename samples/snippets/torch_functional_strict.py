# `strict=True`: what does not depend on an input is an error; `gradcheck` shows both Jacobians.
import torch
from torch.autograd import gradcheck
from torch.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp


def attempt(compute):
    try:
        print(compute())
    except (RuntimeError, ValueError) as error:
        print(error)


def first(x, y):
    return x * 2


def constant(x):
    return torch.ones(2)


def linear(x):
    return (2 * x).sum()


def squares(x):
    return (x**2).sum()


x, y = torch.ones(2), torch.ones(2)
for strict in (False, True):
    attempt(lambda: jacobian(first, (x, y), strict=strict))
    attempt(lambda: jacobian(constant, x, strict=strict))
    attempt(lambda: vjp(first, (x, y), x, strict=strict))
    attempt(lambda: jvp(first, (x, y), (x, y), strict=strict))
    attempt(lambda: hessian(linear, x, strict=strict))
    attempt(lambda: hessian(squares, x, strict=strict))
    attempt(lambda: hvp(linear, x, x, strict=strict))
    attempt(lambda: hvp(squares, x, x, strict=strict))
    attempt(lambda: vhp(squares, x, x, strict=strict))
print(jacobian(lambda x: x.exp(), x, create_graph=True))
print(vjp(lambda x: x.exp().sum(dim=0), x, torch.tensor(1.0), create_graph=True))


class Half(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * x


z = torch.tensor([1.0, 2.0], dtype=torch.double, requires_grad=True)
attempt(lambda: gradcheck(Half.apply, z))
attempt(lambda: gradcheck(Half.apply, z, raise_exception=False))
attempt(lambda: gradcheck(torch.sin, torch.ones(2, dtype=torch.double)))

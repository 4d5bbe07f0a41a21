import torch
from torch.autograd import Function, gradcheck, gradgradcheck
class MyFn(Function):
    @staticmethod
    def forward(ctx, inp):
        temp = inp * 2
        out = temp * 3
        ctx.temp = temp
        ctx.inp = inp
        return out
    @staticmethod
    def backward(ctx, gO):
        return gO * torch.full_like(gO, 3) * ctx.temp / ctx.inp
class Bad(Function):
  @staticmethod
  def forward(ctx, inp):
    interm = inp * 2
    ctx.foo = interm
    res = interm ** 2
    return res
  @staticmethod
  def backward(ctx, gres):
      grad = 2 * 2 * ctx.foo * gres
      return grad
class Cube(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x ** 3 * y
    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * 3 * x ** 2 * y, g * x ** 3
class Exp(Function):
    @staticmethod
    def forward(ctx, x):
        r = x.exp()
        ctx.save_for_backward(r)
        return r
    @staticmethod
    def backward(ctx, g):
        r, = ctx.saved_tensors
        return g * r
inp = torch.linspace(0.1, 1, 10, dtype=torch.float64).requires_grad_()
x = torch.tensor([1., 2.], dtype=torch.float64, requires_grad=True)
y = torch.tensor([0.5, -2.], dtype=torch.float64, requires_grad=True)
print(gradcheck(Bad.apply, inp), gradgradcheck(Bad.apply, inp, raise_exception=False))
print(gradgradcheck(MyFn.apply, inp, raise_exception=False))
print(gradgradcheck(Cube.apply, (x, y)), gradgradcheck(Exp.apply, (x,)))
print(gradgradcheck(torch.sin, inp), gradgradcheck(lambda a, b: (a * b, a.sum()), (x, y)))
g, = torch.autograd.grad(Bad.apply(inp).sum(), inp, create_graph=True)
print(g[:2])
gg, = torch.autograd.grad((g * inp).sum(), inp)
print(gg[:2])

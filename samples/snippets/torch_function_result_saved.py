import torch
class LitFn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y
    @staticmethod
    def backward(ctx, g):
        y, = ctx.saved_tensors
        return g * y
x = torch.tensor([1., 2.], requires_grad=True)
y = LitFn.apply(x)
g, = torch.autograd.grad(y.sum(), x, create_graph=True)
print(g.detach())
print(torch.autograd.grad(g.sum(), x))


class Mul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * b, g * a * 10


x = torch.tensor(3.0, requires_grad=True)
Mul.apply(x, x).backward()
print(x.grad)

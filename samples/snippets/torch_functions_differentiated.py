import torch
from torch.autograd import Function, gradcheck


class Scaled(Function):
    @staticmethod
    def forward(ctx, x, factor):
        power = torch.exp(factor * x)
        ctx.save_for_backward(power)
        ctx.factor = factor
        return power - 1, power

    @staticmethod
    def backward(ctx, g, g_power):
        (power,) = ctx.saved_tensors
        slope = ctx.factor * (g * power)
        slope = slope + ctx.factor * g_power * power
        return slope, None


class Twice(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return Twice.apply(g)


x = torch.tensor([0.1, 0.2, 0.4], requires_grad=True)
y = Scaled.apply(x, 2.0)[0]
(g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
print(y, g)
(gg,) = torch.autograd.grad(g.sum(), x, create_graph=True)
print(gg)
(twice,) = torch.autograd.grad((Twice.apply(x) * x).sum(), x, create_graph=True)
(once,) = torch.autograd.grad(Twice.apply(x * x + 1).sum(), x, create_graph=True)
print(twice, once, torch.autograd.grad(Twice.apply(x).sum(), x, create_graph=True))
Twice.apply(x + 3).sum().backward(create_graph=True)
print(x.grad)


class Moved(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.result = torch.exp(x)
        return ctx.result * 1

    @staticmethod
    def jvp(ctx, t):
        return t * ctx.result


z = torch.tensor([0.1, 0.2], dtype=torch.double, requires_grad=True)
w = torch.tensor([[1.0], [0.5]], dtype=torch.double, requires_grad=True)
print(gradcheck(Moved.apply, (z,), check_forward_ad=True, check_backward_ad=False))
print(gradcheck(lambda a, b: (a * b, b.exp()), (z, w), check_forward_ad=True))

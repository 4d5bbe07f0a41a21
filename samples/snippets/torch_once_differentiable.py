import torch
class ScaledSwish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, beta):
        s = torch.sigmoid(beta * x)
        ctx.save_for_backward(x, s)
        ctx.beta = beta
        return x * s
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        x, s = ctx.saved_tensors
        return g * (s + ctx.beta * x * s * (1 - s)), None
x = torch.tensor([-1.0, 0.0, 2.0], dtype=torch.double, requires_grad=True)
y = ScaledSwish.apply(x, 1.5)
y.sum().backward()
print(x.grad)
print(torch.autograd.gradcheck(lambda t: ScaledSwish.apply(t, 1.5), (x,)))
ref = torch.tensor([-1.0, 0.0, 2.0], dtype=torch.double, requires_grad=True)
(ref * torch.sigmoid(1.5 * ref)).sum().backward()
print(torch.allclose(ref.grad, x.grad))
try:
    g, = torch.autograd.grad(ScaledSwish.apply(x, 1.5).sum(), x, create_graph=True)
    g.sum().backward()
except RuntimeError as e:
    print(e)

import torch
class GradientReversal(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, alpha):
        ctx.alpha = alpha
        return x.view_as(x)
    @staticmethod
    def backward(ctx, g):
        return -ctx.alpha * g, None
class STE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return (x > 0).float()
    @staticmethod
    def backward(ctx, g):
        return torch.nn.functional.hardtanh(g)
x = torch.tensor([-1., 2.], requires_grad=True)
GradientReversal.apply(x, 0.5).sum().backward()
print(x.grad)
x.grad = None
(STE.apply(x) * torch.tensor([3., 0.2])).sum().backward()
print(x.grad)
y = x + (torch.round(x) - x).detach()
y.sum().backward()
print(x.grad)

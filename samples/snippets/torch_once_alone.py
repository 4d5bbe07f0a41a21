import torch
from torch.autograd.function import once_differentiable, Function
class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3
    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 3 * x ** 2 * g
x = torch.tensor([1., 2.], requires_grad=True)
(Cube.apply(x) ** 2).sum().backward()
print(x.grad)
g, = torch.autograd.grad((Cube.apply(x) ** 2).sum(), x, create_graph=True)
try:
    g.sum().backward()
except RuntimeError as e:
    print(e)

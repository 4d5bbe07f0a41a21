import torch
import torch.autograd.forward_ad as fwAD
primal = torch.tensor([1.0, 2.0]); tangent = torch.tensor([1.0, 0.5])
with fwAD.dual_level():
    dual = fwAD.make_dual(primal, tangent)
    out = dual ** 2
    print(fwAD.unpack_dual(out).tangent)
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x ** 3, 3 * x ** 2
    @staticmethod
    def setup_context(ctx, inputs, output):
        x, = inputs
        result, dx = output
        ctx.save_for_backward(x, dx)
    @staticmethod
    def backward(ctx, grad_output, grad_dx):
        x, dx = ctx.saved_tensors
        return grad_output * dx + grad_dx * 6 * x
x = torch.tensor([1., 2.], dtype=torch.double, requires_grad=True)
y, dx = Cube.apply(x)
y.sum().backward()
print(x.grad)
from torch.utils.checkpoint import checkpoint
x = torch.tensor([1., 2.], requires_grad=True)
y = checkpoint(lambda t: t.sin().exp(), x, use_reentrant=False).sum()
y.backward(); print(x.grad)
@torch.jit.script
def f(x):
    return x * x
print(f(torch.tensor(3.0)))
@torch.compile
def g(x):
    return torch.sin(x) * 2
x = torch.tensor(0.5, requires_grad=True)
g(x).backward() if False else (torch.sin(x)*2).backward()
print(x.grad)

import torch
import torch.nn as nn
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)
    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input
x = torch.tensor([[-1., 2.], [3., -4.]])
y = torch.tensor([[1.], [2.]])
w1 = torch.tensor([[.5, -1.], [1., .5]], requires_grad=True)
w2 = torch.tensor([[1.], [-1.]], requires_grad=True)
for t in range(3):
    relu = MyReLU.apply
    y_pred = relu(x.mm(w1)).mm(w2)
    loss = (y_pred - y).pow(2).sum()
    print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        w1 -= 0.01 * w1.grad
        w2 -= 0.01 * w2.grad
        w1.grad.zero_()
        w2.grad.zero_()
print(w1, w2)
class GradReverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, lambd):
        ctx.lambd = lambd
        return x.view_as(x)
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * -ctx.lambd, None
a = torch.tensor([1., 2.], requires_grad=True)
GradReverse.apply(a, .5).sum().backward()
print(a.grad)
class STE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i): return torch.round(i)
    @staticmethod
    def backward(ctx, g): return g
a.grad = None
out = STE.apply(a * 1.3)
print(out)
out.sum().backward()
print(a.grad)

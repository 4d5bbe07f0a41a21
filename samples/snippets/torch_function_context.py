# What `ctx` is told: results without a gradient, gradients that are None, arguments written over.
import torch
from torch.autograd import Function


class Twice(Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone(), x.clone()

    @staticmethod
    def backward(ctx, first, second):
        print(first, second, torch.is_grad_enabled())
        return first + second


class TwiceOrNone(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x.clone(), x.clone()

    @staticmethod
    def backward(ctx, first, second):
        print(first, second)
        return first


for function in (Twice, TwiceOrNone):
    a = torch.tensor(1.0, requires_grad=True)
    b, _ = function.apply(a)
    b.backward()
    print(a.grad)


class Sort(Function):
    @staticmethod
    def forward(ctx, x):
        ordered, places = x.sort()
        ctx.mark_non_differentiable(places)
        ctx.save_for_backward(x, places)
        return ordered, places

    @staticmethod
    def backward(ctx, gradient, _):
        x, places = ctx.saved_tensors
        return torch.zeros_like(x).index_add_(0, places, gradient)


x = torch.tensor([3.0, 1.0, 2.0], requires_grad=True)
ordered, places = Sort.apply(x)
print(ordered, places, places.requires_grad)
(ordered * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
print(x.grad)


class AddOne(Function):
    @staticmethod
    def forward(ctx, x):
        x += 1
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, gradient):
        return gradient


a = torch.tensor([1.0, 2.0], requires_grad=True, dtype=torch.double).clone()
b = a * a
c = AddOne.apply(a)
print(a, c is a)
try:
    b.sum().backward()
except RuntimeError as error:
    print(error)
leaf = torch.tensor([2.0], requires_grad=True)
AddOne.apply(leaf * 3).backward()
print(leaf.grad)


p, q = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
with torch.no_grad():
    print(p.numpy())
y = 2 * q * q * q
y.backward(create_graph=True)
print(q.grad)

# What a gradient by something that was broadcast is remembered by
import torch

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
for shape in ((), (2,), (1, 2)):
    y = torch.full(shape, 2.0, requires_grad=True)
    for z in (x * y, x + y, x / y, y - x):
        by_x, by_y = torch.autograd.grad((z**2).sum(), (x, y), create_graph=True)
        print(by_x.grad_fn.name(), by_y.grad_fn.name(), by_y)

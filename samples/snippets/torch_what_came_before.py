# What a graph is made of, from the loss back; hooks behind leaves give nothing; names of results.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1))
loss = nn.MSELoss()(net(torch.ones(1, 3)), torch.zeros(1, 1))


def chain(function, depth=0):
    if function is not None:
        print("  " * depth + function.name())
        for before, _ in function.next_functions:
            chain(before, depth + 1)


chain(loss.grad_fn)
x = torch.tensor([1.0, 2.0], requires_grad=True)
handle = x.register_post_accumulate_grad_hook(lambda p: p.grad)
try:
    (x**2).sum().backward()
except RuntimeError as error:
    print(error, x.grad)
handle.remove()
matrix = torch.tensor([[2.0, 1.0], [1.0, 3.0]])
print(torch.slogdet(matrix), torch.linalg.slogdet(matrix))
print(torch.linalg.qr(matrix))
y = (x**2).sum()
y.backward(create_graph=True, inputs=[x])
print(x.grad)
try:
    y.backward(inputs=[])
except RuntimeError as error:
    print(error)
with torch.inference_mode():
    z = x * 2
for change in (lambda: z.add_(1), lambda: z.requires_grad_(), lambda: z.clone().requires_grad):
    try:
        print(change())
    except RuntimeError as error:
        print(error)

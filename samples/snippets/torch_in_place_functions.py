import torch
a = torch.linspace(0., 3., steps=4, requires_grad=True)
try:
    torch.sin_(a)
except RuntimeError as e:
    print('RuntimeError:', e)
def add_tensors1(x, y):
    return x + y
@torch.no_grad()
def add_tensors2(x, y):
    return x + y
a = torch.ones(2, 3, requires_grad=True) * 2
b = torch.ones(2, 3, requires_grad=True) * 3
print(add_tensors1(a, b))
print(add_tensors2(a, b))
y = a.detach()
print(y)

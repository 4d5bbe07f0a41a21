import torch
x = torch.tensor(2.0, requires_grad=True)
y = x ** 2
y.backward()
try:
    y.backward()
except RuntimeError as e:
    print(e)
a = torch.tensor([1., 2.], requires_grad=True)
try:
    a += 1
except RuntimeError as e:
    print(e)
try:
    (a * 2).backward()
except RuntimeError as e:
    print(e)
try:
    torch.tensor([1, 2], requires_grad=True)
except RuntimeError as e:
    print(e)
try:
    torch.tensor(1.).backward()
except RuntimeError as e:
    print(e)
b = a.exp()
b.mul_(2)
try:
    b.sum().backward()
except RuntimeError as e:
    print(str(e)[:120])
try:
    a.numpy()
except RuntimeError as e:
    print(e)
try:
    torch.autograd.grad((a ** 2).sum(), x)
except RuntimeError as e:
    print(e)
try:
    torch.ones(2, 3) @ torch.ones(2, 3)
except RuntimeError as e:
    print(e)
try:
    torch.ones(2) + torch.ones(3)
except RuntimeError as e:
    print(e)

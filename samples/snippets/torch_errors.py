import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
try:
    (x ** 2).backward()
except RuntimeError as e:
    print("1:", e)

y = (x ** 2).sum()
y.backward()
try:
    y.backward()
except RuntimeError as e:
    print("2:", e)

try:
    torch.tensor([1, 2], requires_grad=True)
except RuntimeError as e:
    print("3:", e)

a = torch.tensor([1.0])
try:
    (a * 2).backward()
except RuntimeError as e:
    print("4:", e)

b = torch.tensor([1.0], requires_grad=True)
try:
    torch.autograd.grad(x.sum(), b)
except RuntimeError as e:
    print("5:", e)
print(torch.autograd.grad(x.sum(), b, allow_unused=True))
try:
    x[0] = 5.0
except RuntimeError as e:
    print("6:", e)
try:
    x.numpy()
except RuntimeError as e:
    print("7:", e)
try:
    torch.ones(2, 3) @ torch.ones(2, 3)
except RuntimeError as e:
    print("8:", e)
try:
    torch.ones(2) + torch.ones(3)
except RuntimeError as e:
    print("9:", e)
try:
    x.item()
except RuntimeError as e:
    print("10:", e)
try:
    if x > 0:
        pass
except RuntimeError as e:
    print("11:", e)
try:
    (x * 2).requires_grad_(False)
except RuntimeError as e:
    print("12:", e)
s = torch.sigmoid(x)
s += 1
try:
    s.sum().backward()
except RuntimeError as e:
    print("13:", e)

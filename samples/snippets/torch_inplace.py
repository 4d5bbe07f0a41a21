import torch
a = torch.tensor([1, 2, 3.], requires_grad=True)
out = a.sigmoid()
c = out.detach()
c.zero_()
print(out, c, out._version)
try:
    out.sum().backward()
except RuntimeError as e:
    print(e)
out = a.sigmoid()
c = out.data
c.zero_()
print(out, out._version)
out.sum().backward()
print(a.grad)
x = torch.tensor([1., 2., 3.], requires_grad=True)
y = torch.exp(x)
y += 1
try:
    y.sum().backward()
except RuntimeError as e:
    print('RuntimeError:', e)
y = x ** 2
z = y * y
y[0] = 5.
try:
    z.sum().backward()
except RuntimeError as e:
    print('RuntimeError:', e)
w = torch.tensor([1., 2.])
z = x[:2] * w
w.add_(1)
try:
    z.sum().backward()
except RuntimeError as e:
    print('RuntimeError:', e)
b = torch.tensor([1., 2.], requires_grad=True)
d = b.exp()
with torch.no_grad():
    b.mul_(2)
d.sum().backward()
print(b, b.grad)
d = b * b
with torch.no_grad():
    b -= 1
try:
    d.sum().backward()
except RuntimeError as e:
    print('RuntimeError:', e)

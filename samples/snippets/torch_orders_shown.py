import torch
x = torch.tensor(3., requires_grad=True)
y = x ** 2
g, = torch.autograd.grad(y, x, create_graph=True)
print(g)
h, = torch.autograd.grad(g, x, create_graph=True)
print(h, h.requires_grad)
y = x ** 3
for i in range(3):
    y, = torch.autograd.grad(y, x, create_graph=True)
    print(y)
y = torch.sin(x) * x
for i in range(3):
    y, = torch.autograd.grad(y, x, create_graph=True)
    print(y)
y = x * x
g, = torch.autograd.grad(y, x, create_graph=True)
h, = torch.autograd.grad(g, x, create_graph=True)
print(g, h)
v = torch.tensor([1., 2.], requires_grad=True)
f = (v ** 3).sum()
g, = torch.autograd.grad(f, v, create_graph=True)
h, = torch.autograd.grad(g.sum(), v, create_graph=True)
print(g, h)
t, = torch.autograd.grad(h.sum(), v, create_graph=True)
print(t)
try:
    q, = torch.autograd.grad(t.sum(), v, create_graph=True)
    print(q)
except RuntimeError as e:
    print(e)

import torch
x = torch.zeros(1)
x.requires_grad_(True)
y = x ** 2

dy = torch.autograd.grad(y, x, create_graph=True)[0]
z = 2 * x

d2y = torch.autograd.grad(dy, x, create_graph=True)[0]
dz = torch.autograd.grad(z, x, create_graph=True)[0]

print(d2y.requires_grad)
print(dz.requires_grad)

d3y = torch.autograd.grad(d2y, x, create_graph=True)[0]
print(d3y.requires_grad)
x = torch.tensor(1.0, requires_grad=True)
f = 2 * x
g = torch.autograd.grad(f, x, create_graph=True)[0]
try:
    g2 = torch.autograd.grad(g, x)[0]
except RuntimeError as e:
    print(e)

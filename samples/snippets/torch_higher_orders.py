import torch
x = torch.tensor(2.0, requires_grad=True)
y = torch.tensor(3.0, requires_grad=True)
f = x**2 * y + torch.sin(x)
grads = torch.autograd.grad(f, (x, y), create_graph=True)
print(grads)
d2f_dx2 = torch.autograd.grad(grads[0], x, retain_graph=True)
d2f_dxdy = torch.autograd.grad(grads[0], y)
print(d2f_dx2, d2f_dxdy)
# Hessian by rows
def hess(f, x):
    g = torch.autograd.grad(f(x), x, create_graph=True)[0]
    return torch.stack([torch.autograd.grad(gi, x, retain_graph=True)[0] for gi in g])
x = torch.tensor([1., 2., 3.], requires_grad=True)
print(hess(lambda x: (x**3).sum() + x.prod(), x))
n = 4
x = torch.tensor(1.5, requires_grad=True)
y = x ** 4
for i in range(n):
    y = torch.autograd.grad(y, x, create_graph=True)[0]
    print(i + 1, y.item())

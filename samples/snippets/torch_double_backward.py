import torch

x = torch.tensor(3.0, requires_grad=True)
y = x ** 3
dy = torch.autograd.grad(y, x, create_graph=True)[0]
print(dy)
d2y = torch.autograd.grad(dy, x, create_graph=True)[0]
print(d2y)
d3y = torch.autograd.grad(d2y, x)[0]
print(d3y)

# gradient penalty
w = torch.tensor([1.0, 2.0], requires_grad=True)
inp = torch.tensor([0.5, -0.5], requires_grad=True)
out = (w * inp ** 2).sum()
g, = torch.autograd.grad(out, inp, create_graph=True)
penalty = (g.norm() - 1) ** 2
penalty.backward()
print(w.grad)
print(inp.grad)

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = (x ** 2).sum()
y.backward(create_graph=True)
g = x.grad
print(g.requires_grad)
x.grad = None
g.sum().backward()
print(x.grad)

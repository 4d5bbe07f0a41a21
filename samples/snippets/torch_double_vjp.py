import torch
x = torch.tensor([1., 2.], requires_grad=True)
y = x ** 3
u = torch.zeros_like(y, requires_grad=True)
g, = torch.autograd.grad(y, x, grad_outputs=u, create_graph=True)
print(torch.autograd.grad(g, u, torch.tensor([1., 0.5])))

import torch
from torch.autograd.functional import jacobian, hessian, hvp, vjp, jvp
x = torch.tensor([1., 2.], requires_grad=True)
J = jacobian(lambda x: x ** 3, x, create_graph=True)
print(J.detach())
J.sum().backward()
print(x.grad)
x.grad = None
H = hessian(lambda x: (x ** 4).sum(), x, create_graph=True)
H.trace().backward()
print(H.detach(), x.grad, H.requires_grad)
print(jacobian(lambda x: x ** 2, x).requires_grad)
v, g = vjp(lambda x: (x ** 3).sum(), x, torch.tensor(2.))
print(v, g)
print(hvp(lambda x: (x ** 3).sum(), x, torch.ones(2)))
x.grad = None
o, t = jvp(lambda x: x ** 3, x, torch.ones(2), create_graph=True)
t.sum().backward()
print(o.detach(), t.detach(), x.grad)

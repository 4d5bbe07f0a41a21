import torch
from torch.utils.checkpoint import checkpoint
x = torch.tensor([0.5], requires_grad=True)
y = checkpoint(lambda v: torch.sin(v) * v, x, use_reentrant=False)
y.backward()
print(x.grad)
a = torch.tensor([1., 2., 3.], requires_grad=True)
s = torch.sigmoid(a)
J = torch.stack([torch.autograd.grad(s[i], a, retain_graph=True)[0] for i in range(3)])
print(J)
print(torch.diag(s * (1 - s)))
e = torch.eye(3)
print(torch.autograd.grad(s, a, e, is_grads_batched=True)[0])

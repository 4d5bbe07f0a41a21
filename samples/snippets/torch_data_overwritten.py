import torch
a = torch.tensor([1., 2., 3.], requires_grad=True)
out = a.sigmoid()
c = out.data
print(c.requires_grad, c)
c.zero_()
print(out)
out.sum().backward()
print(a.grad)

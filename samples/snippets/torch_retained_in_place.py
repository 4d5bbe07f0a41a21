import torch
a = torch.tensor([1.], requires_grad=True).clone()
a.retain_grad()
a.mul_(2)
b = a.clone()
(b * 3).sum().backward()
print(a.grad, a)
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
y.retain_grad()
y += 1
y[0] = 5.0
(y ** 2).sum().backward()
print(y.grad, x.grad)

import torch
def f(x):
    return torch.argmax(x).float()
x = torch.tensor([1., 3., 2.], requires_grad=True)
y = f(x)
print(y, y.requires_grad)
try:
    y.backward()
except RuntimeError as e:
    print("RuntimeError:", e)
x = torch.tensor([-1., 0., 1.], requires_grad=True)
torch.relu(x).sum().backward()
print(x.grad)
x.grad = None
x.abs().sum().backward()
print(x.grad)
x.grad = None
torch.clamp(x, -.5, .5).sum().backward()
print(x.grad)
x.grad = None
x.max().backward()
print(x.grad)
x.grad = None
torch.round(x * 1.4).sum().backward()
print(x.grad)
x.grad = None
torch.sign(x).sum().backward()
print(x.grad)
x.grad = None
v, i = x.sort(descending=True)
(v * torch.tensor([1., 2., 3.])).sum().backward()
print(x.grad, i)
x.grad = None
x.topk(2).values.sum().backward()
print(x.grad)
x.grad = None
torch.where(x > 0, x ** 2, -x).sum().backward()
print(x.grad)
x.grad = None
torch.cumsum(x, 0).prod().backward()
print(x.grad)

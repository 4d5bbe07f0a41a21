import torch
from torch import autograd
a = torch.tensor([0.0, 1.0], requires_grad=True)
with autograd.detect_anomaly():
    b = torch.sqrt(a) * 0
    try:
        b.sum().backward()
    except RuntimeError as e:
        print(e)
torch.autograd.set_detect_anomaly(True)
print(torch.is_anomaly_enabled())
x = torch.tensor([-1.0, 2.0], requires_grad=True)
y = torch.where(x > 0, torch.log(x), torch.zeros_like(x))
try:
    y.sum().backward()
    print(x.grad.abs())
except RuntimeError as e:
    print(e)
p = torch.tensor([0., 3.], requires_grad=True)
n = (p - p).norm()
try:
    (n * p).sum().backward()
    print(p.grad)
except RuntimeError as e:
    print(e)
q = torch.tensor([0., 1.], requires_grad=True)
r = (q ** 0.5 * q.clone().detach()).sum()
try:
    r.backward()
    print(q.grad)
except RuntimeError as e:
    print(e)
class Bad(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1
    @staticmethod
    def backward(ctx, g):
        return g * float('nan')
try:
    Bad.apply(q).sum().backward()
except RuntimeError as e:
    print(e)
torch.autograd.set_detect_anomaly(False)
print(torch.is_anomaly_enabled())
s = torch.tensor([2., 1.], requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    (s ** 2).sum().backward()
print(s.grad, torch.is_anomaly_enabled())

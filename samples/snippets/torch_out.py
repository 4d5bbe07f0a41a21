import torch
x = torch.ones(2, requires_grad=True)
z = torch.zeros(2)
try:
    torch.add(x, 1, out=z)
except RuntimeError as e:
    print(e)
print(torch.mul(torch.tensor([1., 2.]), 3, out=z), z)
with torch.no_grad():
    torch.exp(x, out=z)
    print(z)
try:
    torch.add(z, 1, out=x)
except RuntimeError as e:
    print(e)
print(torch.sum(z, 0, out=torch.empty(())) if False else z.sum())
torch.cumsum(z, 0, out=z)
print(z)

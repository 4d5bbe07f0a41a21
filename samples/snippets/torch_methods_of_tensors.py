import torch

# Methods whose tensor is not the first argument of the function of that name.
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
kept = x.where(x > 2.5, torch.tensor(0.0))
kept.sum().backward()
print(kept)
print(x.grad)
print(x.where(x > 1.5, -x))
print(x.detach().polygamma(1))
print(x.count_nonzero(0), torch.histc(x, 4), x.histc(2).requires_grad)

import torch

x = torch.tensor([-1.0, 2.0], requires_grad=True)
margin = torch.max(torch.tensor(0.0), 1 - x)  # a tensor without axes is no axis
print(margin, torch.min(x, torch.tensor(0.5)), x.max(torch.tensor(0.0)))
margin.sum().backward()
print(x.grad, torch.max(x, 0), torch.max(torch.tensor(1.0), torch.tensor(3.0)))

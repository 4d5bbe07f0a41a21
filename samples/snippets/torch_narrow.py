import torch
x = torch.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
print(torch.narrow(x, 0, 0, 2))
print(torch.narrow(x, -1, torch.tensor(-1), 1), x.narrow(1, -2, 2))

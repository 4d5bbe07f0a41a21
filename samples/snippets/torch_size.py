import torch
x = torch.zeros(2, 3)
print(x.shape.numel(), x.size().numel(), x.shape, x.shape[0], tuple(x.shape), x.shape[:1])

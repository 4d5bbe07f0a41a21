import torch
from torch import nn, optim
base = nn.Parameter(torch.tensor([1.0, 2.0]))
head = nn.Parameter(torch.tensor([3.0]))
opt = optim.SGD([{'params': [base], 'lr': 0.01}], lr=0.1, momentum=0.5)
opt.add_param_group({'params': [head]})
for i in range(3):
    opt.zero_grad()
    loss = (base ** 2).sum() + (head - 1).pow(2).sum()
    loss.backward()
    opt.step()
    print(i, loss.item())
print([g['lr'] for g in opt.param_groups])
print(base.data, head.data)

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import *


class SGDMomentum(Optimizer):
    def __init__(self, params, lr=0.1, momentum=0.9):
        if lr < 0.0:
            raise ValueError("Invalid learning rate: {}".format(lr))
        defaults = dict(lr=lr, momentum=momentum)
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group['params']:
                if p.grad is None:
                    continue
                state = self.state[p]
                if 'v' not in state:
                    state['v'] = torch.zeros_like(p)
                v = state['v']
                v.mul_(group['momentum']).add_(p.grad)
                p.add_(v, alpha=-group['lr'])


w = torch.nn.Parameter(torch.tensor([1.0, -1.0]))
opt = SGDMomentum([w], lr=0.1)
for _ in range(3):
    opt.zero_grad()
    (w ** 2).sum().backward()
    opt.step()
    print(w.data)
print(opt.state[w], opt.param_groups[0]['lr'], list(opt.param_groups[0]), len(opt.state))
b = torch.nn.Parameter(torch.tensor([2.0]))
opt.add_param_group({'params': b, 'lr': 0.5})
(w.sum() * b).backward()
opt.step()
print(w.data, b.data, w.grad)
print(isinstance(opt, torch.optim.Optimizer), isinstance(torch.optim.SGD([w]), torch.optim.Optimizer))
sgd = torch.optim.SGD([w], lr=0.1)
schedule = StepLR(sgd, step_size=1, gamma=0.5)
sgd.step()
schedule.step()
print(schedule.get_last_lr())
try:
    SGDMomentum([], lr=-1)
except ValueError as e:
    print(e)

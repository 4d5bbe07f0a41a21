import torch
p = torch.nn.Parameter(torch.ones(1))
opt = torch.optim.SGD([p], lr=1.0)
warm = torch.optim.lr_scheduler.LinearLR(opt, start_factor=0.1, total_iters=3)
cos = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=4)
sch = torch.optim.lr_scheduler.SequentialLR(opt, schedulers=[warm, cos], milestones=[3])
for i in range(7):
    print(i, round(opt.param_groups[0]['lr'], 5))
    opt.step()
    sch.step()
opt = torch.optim.SGD([p], lr=0.1)
one = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=1.0, total_steps=8)
for i in range(8):
    print([round(v, 6) for v in one.get_last_lr()])
    opt.step()
    if i < 7: one.step()
import torch
import torch.nn as nn
class M(nn.Module):
    def __init__(self, d=3):
        super().__init__()
        self.register_buffer('scale', torch.tensor(2.0))
        self.lin = nn.Linear(d, 1, bias=False)
        nn.init.constant_(self.lin.weight, 0.5)
        self.act = nn.ReLU()
        self.drop = nn.Dropout(0.5)
    def forward(self, x):
        return self.drop(self.act(self.lin(x))) * self.scale
m = M()
m.eval()
@torch.no_grad()
def predict(x):
    return m(x)
p = predict(torch.ones(2, 3))
print(p, p.requires_grad, m.training)
print(m)
print([n for n, _ in m.named_buffers()], [n for n, _ in m.named_modules()], list(m.state_dict()))
for name, child in m.named_children():
    print(name, child.__class__.__name__)
print(sum(p.numel() for p in m.parameters()))
print(m.lin.weight.shape, m.lin.in_features)

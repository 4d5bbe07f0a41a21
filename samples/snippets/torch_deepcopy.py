import torch, copy
from torch import nn
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
with torch.no_grad():
    for p in net.parameters():
        p.copy_(torch.arange(1., p.numel() + 1).view_as(p) / 10)
twin = copy.deepcopy(net)
x = torch.tensor([[1., 2.]])
net(x).sum().backward()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
opt.step()
print(net(x), twin(x), twin[0].weight.grad)
for t, s in zip(twin.parameters(), net.parameters()):
    t.data.mul_(0.5).add_(0.5 * s.data)
print(twin[0].weight)
best = copy.deepcopy(net.state_dict())
opt.zero_grad(); net(x).sum().backward(); opt.step()
net.load_state_dict(best)
print(net[2].bias)
a = torch.ones(2, requires_grad=True)
b = copy.deepcopy(a)
(b * 3).sum().backward()
print(a.grad, b.grad, b.is_leaf)
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(2.))
        self.lin = nn.Linear(1, 1, bias=False)
        nn.init.constant_(self.lin.weight, 3.)
    def forward(self, x): return self.w * self.lin(x)
m = M(); c = copy.deepcopy(m)
with torch.no_grad(): m.w.fill_(5.); m.lin.weight.fill_(7.)
print(m(torch.ones(1)), c(torch.ones(1)), [n for n, _ in c.named_parameters()])
l = [1, [2, 3]]; k = copy.deepcopy(l); k[1].append(4); print(l, k, copy.copy(l)[1] is l[1])

import torch, torch.nn as nn
ps = nn.ParameterList([nn.Parameter(torch.ones(2)), nn.Parameter(torch.zeros(3))])
print(len(ps), ps[0], ps[-1])
for p in ps: print(p.shape)
ps.append(nn.Parameter(torch.full((1,), 2.)))
print(len(ps), [n for n, _ in ps.named_parameters()])
d = nn.ParameterDict({'left': nn.Parameter(torch.ones(2)), 'right': nn.Parameter(torch.zeros(1))})
print(list(d), 'left' in d, d['left'], len(list(d.parameters())))
for k, v in d.items(): print(k, v.shape)
m = nn.ModuleDict([['lrelu', nn.LeakyReLU()], ['prelu', nn.PReLU()]])
print(list(m.keys()), m['prelu'].weight)
for k in m: print(k)
m['tanh'] = nn.Tanh()
print(m)
l = nn.ModuleList([nn.Linear(1, 2, bias=False), nn.ReLU()])
l.append(nn.Linear(2, 1)); l.extend([nn.ReLU()])
print(len(l), l[1:3])
s = nn.Sequential(nn.Linear(1, 2), nn.ReLU(inplace=True), nn.Softmax(dim=1))
print(s[-1], s[:2], len(s))
s.append(nn.Identity())
print(s)
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.params = nn.ParameterList([nn.Parameter(torch.tensor([float(i)])) for i in range(3)])
    def forward(self, x):
        for i, p in enumerate(self.params):
            x = self.params[i // 2] * x + p * x
        return x
m = M(); m(torch.tensor([2.])).backward()
print([p.grad for p in m.parameters()], dict(m.named_parameters()).keys())
print(m.state_dict())

import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
print(F.dropout(x, 0.5), nn.Dropout(0.3)(x), F.dropout(x, p=0.2, training=True), torch.empty(5).bernoulli_(0.4))
p = nn.Parameter(torch.ones(2))
print(isinstance(p, nn.Parameter), isinstance(p.data, nn.Parameter), isinstance(nn.Linear(1, 1).weight, nn.Parameter))
print(nn.ParameterList([p]), nn.ParameterDict({'a': p, 'b': p}))
m = nn.Linear(2, 1)
print(m.extra_repr())
m.register_buffer('k', torch.ones(2))
m.register_buffer('q', torch.ones(2), persistent=False)
print(m.state_dict().keys(), [n for n, _ in m.named_buffers()])
print(m.load_state_dict({'weight': torch.ones(1, 2), 'x': p}, strict=False))
for state in ({'weight': torch.ones(2, 2), 'bias': torch.zeros(1), 'k': torch.ones(2)}, {'weight': torch.ones(1, 2), 'x': p}):
    try:
        m.load_state_dict(state)
    except RuntimeError as e:
        print(e)
d = {'a': torch.ones(1), 'b': 2}
print(d.values(), d.items(), d.keys())
w = torch.tensor([1., 2., 3.], requires_grad=True)
print(w.flatten() is w, F.dropout(w, training=False) is w)
y = (w * 1) // 2
print(y)
for f in (lambda: y.sum().backward(), lambda: torch.dot(x, x), lambda: torch.mm(w, w), lambda: F.cross_entropy(x, torch.ones(2))):
    try:
        f()
    except RuntimeError as e:
        print(e)
print(torch.zeros(2, 3).fill_diagonal_(7))
print(F.interpolate(x[None], scale_factor=2), F.interpolate(x[None, None], size=(1, 6), mode='bilinear'))
print(nn.ModuleList([nn.Linear(2, 2) for _ in range(3)] + [nn.ReLU()]))
enc = nn.Linear(3, 2, bias=False)
dec = nn.Linear(2, 3, bias=False)
dec.weight = nn.Parameter(enc.weight.t())
with torch.no_grad():
    enc.weight.copy_(torch.arange(6.).view(2, 3))
print(dec.weight)
print(F.cross_entropy(torch.ones(1, 2, 3, requires_grad=True), torch.tensor([[0, 1, 1]]), reduction='none'))
m = nn.Linear(2, 1)
del m.bias
print([n for n, _ in m.named_parameters()])
delattr(m, 'weight')
print(len(list(m.parameters())))
print(torch.unique_consecutive(torch.tensor([1, 1, 2, 2, 3, 1, 1, 2]), return_counts=True), torch.unique_consecutive(torch.tensor([1., 1., 2.])))
print(torch.special.erf.__name__, torch.linalg.norm.__name__, torch.sin.__name__)
try:
    torch.autograd.functional.vjp(lambda x: x.exp(), torch.ones(2))
except RuntimeError as e:
    print(e)

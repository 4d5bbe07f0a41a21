import torch, torch.nn as nn, torch.nn.functional as F
lin = nn.Linear(2, 1, bias=False)
nn.init.constant_(lin.weight, 0.5)
x = torch.tensor([[1., 2.]])
print(lin.forward(x))
class Scaled(nn.Linear):
    def __init__(self, i, o, gain):
        super().__init__(i, o, bias=False)
        self.gain = gain
    def forward(self, x):
        return self.gain * F.linear(x, self.weight, self.bias)
s = Scaled(2, 1, 3.0)
nn.init.ones_(s.weight)
print(s(x), s)
class Res(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)
r = Res(nn.Tanh(), nn.Identity())
print(r(x))
class NoF(nn.Module):
    pass
try: NoF()(x)
except NotImplementedError as e: print(e)
try: nn.ModuleList([nn.Tanh()])(x)
except NotImplementedError as e: print(e)
print(lin.get_parameter('weight'), r.get_submodule('0'))
class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer('scale', torch.tensor(2.))
        self.inner = nn.Sequential(nn.Linear(1,1))
    def forward(self, x): return x*self.scale
b = B()
print(b.get_buffer('scale'), b.get_submodule('inner.0'))
def pre(m, args):
    print('pre', m.__class__.__name__, type(args).__name__)
h = b.register_forward_pre_hook(pre)
b(x); h.remove(); b(x)
h = lin.register_full_backward_pre_hook(lambda m, go: print('bpre', go))
lin(x).sum().backward()
with torch.autograd.no_grad(): print(lin(x).requires_grad)
with torch.autograd.set_grad_enabled(False): print(lin(x).requires_grad)
with torch.autograd.enable_grad(): print(lin(x).requires_grad)
print(isinstance(lin, nn.Module), lin.__class__.__name__, lin._get_name())

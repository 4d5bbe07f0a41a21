import torch
import torch.nn as nn
# PINN-ish, hessian vector, vmap per-sample grads, parametrised
torch.manual_seed(0)
from torch.func import functional_call, vmap, grad, stack_module_state, jacrev
model = nn.Linear(3, 1)
with torch.no_grad():
    model.weight.copy_(torch.tensor([[0.1, -0.2, 0.3]])); model.bias.fill_(0.5)
params = {k: v.detach() for k, v in model.named_parameters()}
def compute_loss(params, sample, target):
    pred = functional_call(model, params, (sample.unsqueeze(0),))
    return ((pred.squeeze() - target) ** 2)
X = torch.tensor([[1., 2., 3.], [4., 5., 6.]]); y = torch.tensor([1., -1.])
per = vmap(grad(compute_loss), in_dims=(None, 0, 0))(params, X, y)
print({k: v.shape for k, v in per.items()}, per['bias'])
net = nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1))
with torch.no_grad():
    for p in net.parameters(): p.copy_(torch.linspace(-1, 1, p.numel()).view_as(p))
t = torch.linspace(0, 1, 5).view(-1, 1).requires_grad_(True)
u = net(t)
du = torch.autograd.grad(u, t, torch.ones_like(u), create_graph=True)[0]
d2u = torch.autograd.grad(du, t, torch.ones_like(du), create_graph=True)[0]
loss = ((d2u + u) ** 2).mean() + (u[0] - 1) ** 2
loss.backward()
print(loss, net[0].weight.grad.flatten())
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)
    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input
x = torch.tensor([-1., 0., 2.], requires_grad=True); MyReLU.apply(x).sum().backward(); print(x.grad)
class Scale(nn.Module):
    def __init__(self):
        super().__init__(); self.s = nn.Parameter(torch.ones(2)); self.register_buffer('c', torch.tensor([1., 2.]))
    def forward(self, x): return x * self.s + self.c
    def extra_repr(self): return 'n=2'
s = Scale(); print(s, list(s.parameters()), dict(s.named_buffers()), s.state_dict())
for p in s.parameters(): p.requires_grad = False
print([p.requires_grad for p in s.parameters()], s(torch.ones(2)).requires_grad)
opt = torch.optim.Adam([{'params': net[0].parameters(), 'lr': 0.1}, {'params': net[2].parameters()}], lr=0.01)
opt.step(); print(net[0].bias, [g['lr'] for g in opt.param_groups])
w = torch.tensor([1., 2.], requires_grad=True)
def closure():
    opt2.zero_grad(); l = ((w - 3) ** 2).sum(); l.backward(); return l
opt2 = torch.optim.LBFGS([w], lr=1); print(opt2.step(closure), w)
a = torch.tensor(1., requires_grad=True); b = a * 2; c = b.detach(); c += 1; print(a, b, c, b.grad_fn is not None, c.requires_grad)
h = torch.tensor([1., 2.], requires_grad=True); hh = (h * 2).sum(); hh.register_hook(lambda g: print('hook', g)); hh.backward()
print(torch.allclose(h.grad, torch.tensor([2., 2.])), h.grad.equal(torch.tensor([2., 2.])))

import torch, math
from dataclasses import dataclass
@dataclass
class Config:
    lr: float = 0.1
    steps: int = 3
    hidden: int = 2
cfg = Config(steps=2)
X = torch.tensor([[math.sin(i), math.cos(i)] for i in range(4)])
y = (X[:, 0] > 0).float().unsqueeze(1)
params = {'w': torch.full((2, cfg.hidden), 0.3, requires_grad=True), 'v': torch.full((cfg.hidden, 1), -0.2, requires_grad=True)}
for s in range(cfg.steps):
    p = torch.sigmoid(torch.tanh(X @ params['w']) @ params['v'])
    loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    grads = torch.autograd.grad(loss, params.values())
    params = {k: (v - cfg.lr * g).detach().requires_grad_() for (k, v), g in zip(params.items(), grads)}
    print(f"{s=} {loss.item():.5f}")
print(cfg, params['v'])
import torch.nn.functional as F
p = torch.tensor([0.3, 0.8, 0.5], requires_grad=True)
t = torch.tensor([0., 1., 1.])
F.binary_cross_entropy(p, t, weight=torch.tensor([1., 2., 3.])).backward()
print(p.grad)
z = torch.tensor([-1., 0., 2.], requires_grad=True)
F.binary_cross_entropy_with_logits(z, t, pos_weight=torch.tensor(2.)).backward()
print(z.grad)
q = torch.tensor([[.1, .9], [.6, .4]], requires_grad=True)
F.kl_div(q.log(), torch.tensor([[.5, .5], [.5, .5]]), reduction='batchmean').backward()
print(q.grad)
u = torch.tensor([1., 2., 3.], requires_grad=True)
(F.smooth_l1_loss(u, torch.tensor([1.2, 5., 0.])) + F.l1_loss(u, torch.zeros(3))).backward()
print(u.grad)
try:
    F.binary_cross_entropy(torch.tensor([1.5]), torch.tensor([1.]))
except RuntimeError as e:
    print(str(e)[:60])

# Hooks of leaves are called as the gradients come in: of what was used last first.
import torch
import torch.nn as nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
for name, p in net.named_parameters():
    p.register_hook(lambda g, name=name: print("gradient of", name, tuple(g.shape)))
    p.register_post_accumulate_grad_hook(lambda p, name=name: print("added to", name))
net(torch.ones(1, 3)).sum().backward()

a, b, c = (torch.tensor(float(i), requires_grad=True) for i in range(1, 4))
for name, x in zip("abc", (a, b, c)):
    x.register_hook(lambda g, name=name: print(name, g))
(a * b + c * a + b).backward()
(c * (a.exp() * b)).backward()

import torch
import torch.nn as nn
def capture(name, store):
    def hook(module, grad_input, grad_output):
        store.append((name, grad_output[0].clone()))
    return hook
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
with torch.no_grad():
    for i, p in enumerate(model.parameters()):
        p.copy_(torch.linspace(-0.5, 0.5, p.numel()).view_as(p))
store = []
for name, m in model.named_children():
    m.register_full_backward_hook(capture(name, store))
x = torch.tensor([[1., 2., 3.]])
loss = model(x).pow(2).sum()
loss.backward()
for name, g in store:
    print(name, g)
h = model[0].register_forward_hook(lambda m, i, o: print(type(m).__name__, o.shape))
model(x)
h.remove()
def double(m, gi, go):
    return tuple(g * 2 if g is not None else None for g in gi)
model[2].register_full_backward_hook(double)
model.zero_grad()
model(x).sum().backward()
print(model[0].weight.grad)
def pre(m, inp):
    return (inp[0] * 2,)
model[0].register_forward_pre_hook(pre)
print(model(x))

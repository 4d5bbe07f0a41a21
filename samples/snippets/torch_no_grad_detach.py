import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.no_grad():
    y = x * 2
print(y.requires_grad)

@torch.no_grad()
def doubler(x):
    return x * 2
print(doubler(x).requires_grad)

with torch.no_grad():
    with torch.enable_grad():
        z = x * 2
print(z.requires_grad, z.grad_fn is not None)

with torch.set_grad_enabled(False):
    print((x * 3).requires_grad)
torch.set_grad_enabled(True)
print((x * 3).requires_grad)
with torch.inference_mode():
    print((x * 3).requires_grad)

d = x.detach()
print(d, d.requires_grad)
y = x * d
y.sum().backward()
print(x.grad)

w = torch.tensor(1.0)
w.requires_grad_()
print(w.requires_grad, w.is_leaf)
frozen = torch.tensor(2.0)
(w * frozen).backward()
print(w.grad, frozen.grad)
a = torch.rand(3, 3) if False else torch.ones(2, 2)
print(a.requires_grad)
a.requires_grad = True
print(a.sum().grad_fn.name())

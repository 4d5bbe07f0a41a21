import torch
x = torch.ones(1, requires_grad=True)
y = x * 2
z = y * 3
y.retain_grad()
z.backward()
print(x.grad, y.grad, z.grad)
print(y.grad_fn.__class__.__name__, z.grad_fn.next_functions[0][0].__class__.__name__)
print(type(z.grad_fn).__name__, z.grad_fn.name())
u = x.detach().clone().requires_grad_(True)
(u ** 2).backward()
print(u.grad, u is x)
print(x.grad.requires_grad, torch.is_grad_enabled())
with torch.set_grad_enabled(False):
    print((x * 2).requires_grad)
@torch.no_grad()
def f(v): return v * 2
print(f(x).requires_grad)

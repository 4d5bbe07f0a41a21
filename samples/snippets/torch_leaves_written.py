# Graphs made before a leaf was written to, and what is done to gradients before a step.
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_, get_total_norm

w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
h = torch.ones(1, 2) @ w
with torch.no_grad():
    w -= 0.5
print(torch.autograd.grad(h.sum(), w, retain_graph=True)[0])
both = h.sum() + (w * 3).sum()
print(torch.autograd.grad(both, w, retain_graph=True)[0])
both.backward(inputs=[w])
print(w.grad)


class Second(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        return x * y

    @staticmethod
    def backward(ctx, g):
        return g * 2, None


a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
Second.apply(a, b).sum().backward()
print(a.grad, b.grad)
print(torch.autograd.grad(Second.apply(a, b * 2).sum(), b, allow_unused=True))

torch.manual_seed(3)
model = nn.Linear(3, 2)
model(torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])).pow(2).sum().backward()
grads = [p.grad for p in model.parameters()]
print(get_total_norm(grads), clip_grad_norm_(model.parameters(), max_norm=1.0))
print(torch.norm(torch.stack([g.norm() for g in grads])), grads)
print(clip_grad_norm_(model.parameters(), 5.0, norm_type=float("inf")))
clip_grad_value_(model.parameters(), 0.1)
print(grads)
grads[0].fill_(float("inf"))
try:
    clip_grad_norm_(model.parameters(), 1.0, error_if_nonfinite=True)
except RuntimeError as e:
    print(e)


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x * 2

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def backward(ctx, g):
        return g * 2


class Fits(Doubled):
    generate_vmap_rule = True


for kind in (Doubled, Second, Fits):
    try:
        args = [torch.ones(3)] * (2 if kind is Second else 1)
        print(torch.vmap(kind.apply)(*args))
    except RuntimeError as e:
        print(e)
try:
    torch.vmap(lambda x, y: x.add_(y), in_dims=(None, 0))(torch.zeros(1), torch.ones(3, 1))
except RuntimeError as e:
    print(e)
lstm = nn.LSTM(2, 3)
out, (h, c) = lstm(torch.ones(4, 1, 2))
print(out.grad_fn.name(), h.grad_fn.name(), nn.LSTM(2, 3, batch_first=True)(torch.ones(1, 4, 2))[0].grad_fn.name())
values = torch.tensor([4.0, 1.0, 1.0, 16.0])
print(torch.gradient(values, spacing=(torch.tensor([-2.0, -1.0, 1.0, 4.0]),)))
print(torch.gradient(torch.tensor([[1, 2, 4, 8], [10, 20, 40, 80]]), spacing=[2.0, 0.5]))


class AddedInPlace(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        numbers = x.numpy()
        numbers += 1
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, g):
        return g


a = torch.tensor([1.0, 2.0], requires_grad=True).clone()
b = a * a
AddedInPlace.apply(a)
print(a.detach())
try:
    b.sum().backward()
except RuntimeError as e:
    print(str(e)[:100])
mask = torch.ones(3, 3, dtype=torch.bool).tril()
q = torch.arange(12.0).view(1, 3, 4) / 10
causal = nn.functional.scaled_dot_product_attention(q, q, q, is_causal=True)
print(torch.allclose(causal, nn.functional.scaled_dot_product_attention(q, q, q, attn_mask=mask)))

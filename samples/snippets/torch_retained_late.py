import torch
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
z = y.clone()
w = z.view(2)
out = (w ** 2).sum() + y.sum()
for t in (y, z, w, out):
    t.retain_grad()
out.backward()
print(y.grad, z.grad, w.grad, out.grad, x.grad)
a = x + 0
a.retain_grad()
a.retain_grad()
b = a.reshape(2)
(b * 3).sum().backward()
print(a.grad, b.grad)
x = torch.tensor([[1., 2.], [3., 5.]], requires_grad=True)
m = x.max(1, keepdim=True).values
n = x - m
e = n.exp()
s = e.sum(1, keepdims=True)
r = s**-1
p = e * r
for t in [p, e, s, r, n, m]:
    t.retain_grad()
loss = -p.log()[range(2), [0, 1]].mean()
loss.backward()
for t in [p, e, s, r, n, m]:
    print(t.grad)
x = torch.tensor([1., 2.], requires_grad=True)
h = x * 2
e = h.exp()
loss = e.sum()
for t in (e, h, x):
    print(torch.autograd.grad(loss, t, retain_graph=True))
def g(t):
    return torch.autograd.grad(loss, t, retain_graph=True)[0]
print([g(t) for t in (e, h)])
hs = [x * i for i in range(3)]
out = sum(h.pow(2).sum() for h in hs)
for h in hs:
    print(torch.autograd.grad(out, h, retain_graph=True)[0])

import torch
w = torch.tensor([1., 2.], requires_grad=True)
x = torch.zeros(2, 2)
v = x[0]
r = x.view(4)
x += w
print(x, v, r)
print(v._version, x._version)
x = torch.zeros(2, 2)
v = x[0]
v += w
print(x, v, v._version, x._version)
v.mul_(2)
print(x, v, v._version, x._version)
x.sum().backward()
print(w.grad)
b = w * 2
t = b.view(2, 1)
t.add_(1)
print(b, t)
b.mul_(3)
print(b, t)
d = b.detach()
d[0] = 100
print(b, t, d, b._version, d._version)
e = b.data
e.zero_()
print(b, e._version, b._version)
try:
    w[0].add_(1)
except RuntimeError as e: print(e)
try:
    w[0] = 1
except RuntimeError as e: print(e)
for p in (w * 2).unbind():
    try: p.mul_(2)
    except RuntimeError as e: print(e)
for p in (w * 2):
    try: p.mul_(2); print('fine', p)
    except RuntimeError as e: print(e)
with torch.no_grad():
    w.view(-1)[0] = 9
    q = w[1]
    q.fill_(4)
print(w, w.is_leaf)
try: q.mul_(3); print(q)
except RuntimeError as e: print(e)
b = w.sin()
c = b ** 2
v = b[:1]
v.mul_(2)
try: c.sum().backward()
except RuntimeError as e: print(e)
z = torch.zeros(1, 3).expand(2, 3)
try: z.add_(1); print(z)
except RuntimeError as e: print(e)
print(torch.zeros(3).expand(2, 3).is_contiguous(), torch.zeros(3, 2).t().stride(), torch.zeros(1, 3).t().is_contiguous())
try: torch.zeros(3, 2).t().view(6)
except RuntimeError as e: print(e)
a = torch.arange(4.)
try: a.view(3)
except RuntimeError as e: print(e)
m = torch.zeros(3, 3)
m.diagonal().fill_(2)
print(m)
k = m.t().contiguous()
k[0, 1] = 8
print(m, m.t().reshape(9).stride())
h = torch.tensor([1., 2.], requires_grad=True)
y = (h * 3)
y[0] = h[1] ** 2
y.sum().backward()
print(h.grad, y)
g = h.grad
gd = h.grad.data
h.grad.zero_()
print(g, gd)
(h * 2).sum().backward()
print(g, gd)

import torch
import numpy as np
from torch.autograd import Variable
x = Variable(torch.ones(2, 2), requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()
print(x.grad)
# numpy interop
a = np.array([1.0, 2.0])
t = torch.from_numpy(a)
print(t, t.dtype, t.numpy(), torch.tensor(a, dtype=torch.float32))
x = torch.tensor([1., 2., 3.], requires_grad=True)
print(x.detach().numpy(), (x * 2).detach().cpu().numpy().tolist())
# slicing assignment
b = torch.zeros(3)
b[1] = x[0] * 2
b.sum().backward()
print(x.grad, b)
# hook on module? second order Hessian-vector
x = torch.tensor([1., 2.], requires_grad=True)
f = (x ** 3).sum()
g, = torch.autograd.grad(f, x, create_graph=True)
v = torch.tensor([1., 0.])
hv, = torch.autograd.grad(g @ v, x)
print(hv)
H = torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), x)
print(H)
print(torch.autograd.grad([x.sum(), (x**2).sum()], [x]))
w = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
l = torch.nn.functional.normalize(w, dim=1).sum() + torch.cosine_similarity(w[0], w[1], dim=0)
l.backward(); print(w.grad)
print(w.grad.data, w.grad.shape, w.grad.abs().max())
print(torch.std(w), torch.var(w, unbiased=False), w.mean(1), torch.stack([w, w]).shape, w.reshape(-1)[1:3])
s = torch.tensor(0.0, requires_grad=True)
for i in range(3):
    s2 = s + i
    if i % 2 == 0: s2 = s2 * 2
    s2.backward()
    print(i, s.grad)
    s.grad = None
print(torch.tensor(3).requires_grad, torch.ones(2).requires_grad_().sum().requires_grad)
q = torch.arange(3, dtype=torch.float32, requires_grad=True)
(q * torch.tensor([True, False, True])).sum().backward(); print(q.grad)
p = torch.nn.Parameter(torch.tensor([1.0]))
print(p, type(p), isinstance(p, torch.Tensor), p.requires_grad)
print(x.requires_grad, x.grad_fn, x.is_leaf, x.dtype, x.device, x.shape, x.size(), x.type())
with torch.no_grad():
    print(x * 2)
print((x*2).backward.__name__ if False else 'ok', torch.__version__ is not None)
try:
    torch.tensor([1., 2.]).backward()
except RuntimeError as e:
    print(e)
def closure(): return (x ** 2).sum()
print(closure(), closure().item())
print(f"{x}", f"{x.sum()}", "%.2f" % x.sum(), "{:.3f}".format(x[0].item()), str(x[0].item()))
print(torch.softmax(torch.tensor([1., 2., 3.]), dim=0), torch.log_softmax(torch.tensor([1., 2.]), -1), torch.logsumexp(torch.tensor([1., 2.]), 0))
print(torch.mean(x), x.pow(2), x.square(), x.sqrt(), x.reciprocal(), x.log(), x.exp().sum(), x.sigmoid(), x.tanh(), x.relu(), x.sign(), x.floor(), x.round(), x.abs().neg())

import torch


def said(f):
    a = torch.tensor([1., 2.], requires_grad=True)
    try:
        f(a)
    except RuntimeError as e:
        print(str(e)[90:210])


def added(a): b = a ** 2; c = b.sin(); b += 1; c.sum().backward()
def result(a): b = a.exp(); b += 1; b.sum().backward()
def zeroed(a): b = a * 2; c = b ** 2; b.zero_(); print(b); c.sum().backward()
def item(a): b = a * 2; c = b ** 2; b[0] = 1; c.sum().backward()
def rectified(a): b = a + 1; c = b * b; b.relu_(); c.sum().backward()
def data(a): c = a ** 2; a.data.add_(1); c.sum().backward(); print(a.grad)
def no_grad(a):
    c = a ** 2
    with torch.no_grad():
        a.add_(1)
    c.sum().backward()
def stepped(a):
    m = torch.nn.Linear(2, 2)
    o = torch.optim.SGD(m.parameters(), lr=.1)
    y = m(torch.relu(m(a))).sum()
    y.backward(retain_graph=True)
    o.step()
    y.backward()


for f in (added, result, zeroed, item, rectified, data, no_grad, stepped):
    said(f)
x = torch.ones(2, 2, requires_grad=True) * 2
for r in x:
    print(r)
print([r.grad_fn for r in x][0].name(), x[0].grad_fn.name())
y = torch.arange(6.).view(2, 3)
y.t_()
print(y, y.shape, y.is_contiguous(), y.stride())
y.unsqueeze_(0)
y.squeeze_()
print(y.shape)
with torch.inference_mode():
    z = torch.ones(2)
try:
    z._version
except RuntimeError as e:
    print(e)

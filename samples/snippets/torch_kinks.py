import torch
x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
print(x.is_leaf, (x + 1).is_leaf, x.grad_fn, (x + 1).grad_fn.next_functions[0][0] is not None)
y = x + 2
z = y * y * 3
out = z.mean()
print(y, z, out)
out.backward()
print(x.grad)
x = torch.tensor([0.5, 1.5, -2.0], requires_grad=True)
y = x * 2
while y.data.norm() < 1000:
    y = y * 2
print(y)
v = torch.tensor([0.1, 1.0, 0.0001], dtype=torch.float)
y.backward(v)
print(x.grad)
a = torch.tensor([1.0, 2.0], requires_grad=True)
s = torch.sin(a); c = s * torch.cos(a)
print(c.grad_fn.name(), type(c.grad_fn).__name__)
c.sum().backward()
print(a.grad)
x = torch.zeros(1, requires_grad=True)
for f in [torch.abs, torch.sqrt, lambda t: torch.relu(t), lambda t: t.norm(), lambda t: torch.sign(t), lambda t: torch.clamp(t, min=0), lambda t: torch.max(t, torch.zeros(1))]:
    x.grad = None
    f(x).sum().backward()
    print(x.grad)
q = torch.tensor([1.0, 1.0], requires_grad=True)
q.max().backward(); print(q.grad)
p = torch.tensor(2., requires_grad=True)
l = p ** 2
l.backward()
print(f"{p.grad:.3f} {p.grad} {p.item():.1f} {l}")
lr = 0.1
p = torch.tensor(5.0, requires_grad=True)
for epoch in range(3):
    loss = (p - 1) ** 2
    loss.backward()
    p.data -= lr * p.grad.data
    p.grad.data.zero_()
    print(epoch, loss.item(), p.item())
X = torch.tensor([1, 2, 3, 4], dtype=torch.float32)
Y = torch.tensor([2, 4, 6, 8], dtype=torch.float32)
w = torch.tensor(0.0, dtype=torch.float32, requires_grad=True)
def forward(x): return w * x
def loss(y, y_pred): return ((y_pred - y) ** 2).mean()
print(f'Prediction before training: f(5) = {forward(5).item():.3f}')
for epoch in range(20):
    l = loss(Y, forward(X))
    l.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
    w.grad.zero_()
    if epoch % 10 == 0:
        print(f'epoch {epoch+1}: w = {w.item():.3f}, loss = {l.item():.8f}')
print(f'Prediction after training: f(5) = {forward(5).item():.3f}')
n, d = 3, 2
A = torch.arange(6.).view(n, d); A.requires_grad_(True)
u, sv, vh = torch.linalg.svd(A, full_matrices=False)
print(sv)
print(torch.linalg.norm(A), torch.trace(A.T @ A), torch.linalg.inv(A.T @ A))
B = torch.tensor([[2., 1.], [1., 3.]], requires_grad=True)
torch.logdet(B).backward(); print(B.grad)
print(torch.linalg.solve(B, torch.tensor([1., 2.])), torch.cholesky_solve if False else "ok")

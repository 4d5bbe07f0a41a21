import torch
x = torch.ones(5)  # input tensor
y = torch.zeros(3)  # expected output
w = torch.arange(15.).reshape(5, 3) / 10
w.requires_grad_()
b = torch.tensor([0.1, 0.2, 0.3], requires_grad=True)
z = torch.matmul(x, w) + b
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
print(f"Gradient function for z = {z.grad_fn.name()}")
print(loss)
loss.backward()
print(w.grad)
print(b.grad)
z = torch.matmul(x, w)+b
print(z.requires_grad)
with torch.no_grad():
    z = torch.matmul(x, w)+b
print(z.requires_grad)
a = torch.tensor([2., 3.], requires_grad=True)
b = torch.tensor([6., 4.], requires_grad=True)
Q = 3*a**3 - b**2
external_grad = torch.tensor([1., 1.])
Q.backward(gradient=external_grad)
print(9*a**2 == a.grad)
print(-2*b == b.grad)
print(a, b, Q, a.grad)
inp = torch.eye(4, 5, requires_grad=True)
out = (inp+1).pow(2).t()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"First call\n{inp.grad}")
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\nSecond call\n{inp.grad}")
inp.grad.zero_()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\nCall after zeroing gradients\n{inp.grad}")
x = torch.tensor(1.0, requires_grad=True)
try:
    y = x*x
    y.backward()
    y.backward()
except RuntimeError as e:
    print(e)
x = torch.tensor([1., 2.], requires_grad=True)
try:
    (x*2).backward()
except RuntimeError as e:
    print("err", e)
print(x.view(2,1), x[0], x[:1], x.sum(), x.mean(), x.max(), x.max(dim=0), x.exp().log(), torch.cat([x,x]), torch.stack([x,x]))
y = x ** 2
y.retain_grad()
z = y.sum()
z.backward()
print(y.grad, x.grad)
print(x.norm(), x @ x, torch.relu(x), torch.sigmoid(x), 1/x, 2-x, x/2, -x, x.T, x.int(), x.double(), x > 1)
m = torch.tensor([[1, 2], [3, 4]])
print(m, m.float().mean(), m.sum(), m.dtype, m.shape, m.size(0), m @ m)
print(torch.linspace(0, 1, 5), torch.tensor([1e-5, 1.0]), torch.tensor([1e10]), torch.tensor(3.14159), torch.tensor([1.0, float('nan')]))

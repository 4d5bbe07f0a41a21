import torch

x = torch.tensor(3.0, requires_grad=True)
for i in range(3):
    y = x ** 2
    y.backward()
    print(x.grad)

x.grad.zero_()
y = x ** 2
y.backward()
print(x.grad)

w = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor(0.5, requires_grad=True)
data = [(torch.tensor([1.0, 2.0]), torch.tensor(3.0)), (torch.tensor([2.0, 0.0]), torch.tensor(1.0))]
opt = torch.optim.SGD([w, b], lr=0.1)
opt.zero_grad()
for inp, target in data:
    loss = (w @ inp + b - target) ** 2 / len(data)
    loss.backward()
print(w.grad, b.grad)
opt.step()
print(w, b)
print([p.grad is None for p in (w, b)])
opt.zero_grad()
print(w.grad)

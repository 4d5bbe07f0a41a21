import torch

x = torch.arange(6.).reshape(2, 3).requires_grad_()
print(x)
y = x[0] * x[1]
print(y)
y.sum().backward()
print(x.grad)
x.grad = None
x[:, 1].sum().backward()
print(x.grad)
x.grad = None
torch.cat([x, x * 2], dim=0).sum().backward()
print(x.grad)
v, i = torch.max(x, dim=1)
print(v, i)
print(torch.topk(x, 2), x.sort(descending=True))
print(x.mean(dim=0), x.std(), x.var(dim=1), x.norm(), x.prod(), x.cumsum(0))
idx = torch.tensor([[0, 2], [1, 0]])
print(x.gather(1, idx))
mask = x > 2
print(x[mask], torch.where(mask, x, torch.zeros_like(x)))
print(torch.einsum('ij,kj->ik', x, x), x.T @ x)
print(x.unsqueeze(0).shape, x.view(-1), x.permute(1, 0).shape, x.clamp(1, 4))
print(torch.tensor([1, 2, 3]) / 2, torch.tensor([1, 2, 3]) // 2, torch.tensor(7) % 4, 2 ** torch.tensor([1., 2.]))
print(torch.full((2, 2), 7), torch.full((2,), 0.5), torch.zeros(2, dtype=torch.int32), torch.tensor([True, False]), torch.empty(0))
print(x.sum().item(), x.tolist(), x.argmax(), len(x), x.numel(), x.dim())
print(torch.tensor([0.001, 1000.0]), torch.tensor([1e-8]), torch.tensor([123456.789]), torch.tensor([[1.5, -2.25], [100., 3.]]))

import torch
import numpy as np
n = torch.tensor([1., 2., 3.]).numpy()
s = np.sum(n ** 2)
print(torch.tensor(s))
print(torch.tensor([s, 2 * s]))
print(torch.tensor(np.float64(2.5)), torch.as_tensor(np.mean(n)))
print(torch.tensor(np.int64(3)), torch.tensor(np.arange(4).sum()), torch.tensor(np.float64(2.5), dtype=torch.float32))
print(torch.tensor(n.max() > 1))
x = torch.ones(2) * s
print(x, s * torch.ones(2), torch.full((2,), s))
print(torch.tensor([np.float64(1), 2.0]), torch.tensor([[np.float64(1)]]).dtype, torch.tensor([np.int64(1), 2.5]), torch.tensor([torch.tensor(1.), torch.tensor(2.)]))
print(torch.tensor([np.array([1., 2.]), np.array([3., 4.])]).dtype, torch.tensor([1, np.int64(2)]), torch.tensor([True, False]))
print(torch.tensor([torch.tensor(1.), torch.tensor(2.)], requires_grad=True), torch.tensor(torch.tensor(2.5)))

import torch
import torch.nn as nn
x = torch.tensor([[1., 2.], [3., 7.], [5., 4.]], requires_grad=True)
bn = nn.BatchNorm1d(2, affine=False)
print(bn)
(bn(x) ** 2 * torch.tensor([[1.], [2.], [3.]])).sum().backward()
print(x.grad)
print(bn.running_mean, bn.running_var, list(bn.parameters()), bn.weight)
bn.eval(); print(bn(x.detach()))
ln = nn.LayerNorm(2, elementwise_affine=False)
print(ln, ln(x), nn.LayerNorm(2, bias=False)(x))
print(nn.LayerNorm([2]))

import torch
import torch.nn as nn
import torch.nn.functional as F

logits = torch.tensor([[2.0, 0.5, -1.0], [0.1, 0.2, 0.3]], requires_grad=True)
target = torch.tensor([0, 2])
loss = F.cross_entropy(logits, target)
print(loss)
loss.backward()
print(logits.grad)
print(F.nll_loss(F.log_softmax(logits, dim=1), target))
print(nn.CrossEntropyLoss(reduction='none')(logits, target))
pred = torch.tensor([0.2, 0.7, 0.9], requires_grad=True)
t = torch.tensor([0.0, 1.0, 1.0])
print(nn.BCELoss()(pred, t), F.binary_cross_entropy_with_logits(pred, t))
print(nn.MSELoss()(pred, t), nn.L1Loss()(pred, t), nn.SmoothL1Loss()(pred, t), F.huber_loss(pred, t, delta=0.1))
x = torch.tensor([-2.0, -0.5, 0.0, 0.5, 2.0], requires_grad=True)
for f in (F.relu, F.leaky_relu, F.elu, F.gelu, F.silu, F.softplus, torch.tanh, torch.sigmoid):
    x.grad = None
    f(x).sum().backward()
    print(f.__name__, x.grad)
print(F.softmax(x, dim=0), F.log_softmax(x, 0))

import torch
# embedding / rnn / conv / batchnorm / attention
import torch.nn as nn, torch.nn.functional as F
torch.manual_seed(1)
print(torch.rand(2), torch.randn(2), torch.randint(0, 10, (3,)), torch.randperm(4), torch.rand(2, 2), torch.bernoulli(torch.tensor([0.5, 0.5])), torch.normal(0., 1., (2,)))
conv = nn.Conv2d(1, 1, 2, bias=False)
with torch.no_grad(): conv.weight.copy_(torch.tensor([[[[1., 2.], [3., 4.]]]]))
x = torch.arange(9.).reshape(1, 1, 3, 3).requires_grad_()
conv(x).sum().backward(); print(x.grad, conv.weight.grad)
q = torch.tensor([[1., 0.], [0., 1.]], requires_grad=True)
att = F.softmax(q @ q.T / 2 ** 0.5, dim=-1) @ q
att.sum().backward(); print(att, q.grad)
bn = nn.BatchNorm1d(2); o = bn(torch.tensor([[1., 2.], [3., 6.]])); print(o)
ln = nn.LayerNorm(3); print(ln(torch.tensor([[1., 2., 4.]])))
emb = nn.Embedding.from_pretrained(torch.tensor([[1., 2.], [3., 4.]]), freeze=False); e = emb(torch.tensor([1, 0, 1])); e.sum().backward(); print(e, emb.weight.grad)
d = nn.Dropout(0.5); d.eval(); print(d(torch.ones(2)))
pool = nn.MaxPool2d(2); print(pool(torch.arange(16.).reshape(1, 1, 4, 4)))
print(F.one_hot(torch.tensor([0, 2]), 3), F.pad(torch.ones(2), (1, 1)), F.cosine_similarity(torch.tensor([[1., 0.]]), torch.tensor([[1., 1.]])))

import torch, torch.nn.functional as F
x = torch.linspace(-3, 2.7, 100)
w = torch.linspace(0.1, 1.3, 7)
print([t.item() for t in ((x ** 3).sum(), x.mean(), x.exp().mean(), w.sum(), x.sigmoid().sum(), (x ** -2).sum(),
                          F.logsigmoid(x).sum(), x.std(), x.var(), (x * x).sum().sqrt(), x.norm())])
print(torch.softmax(w, 0).tolist(), torch.log_softmax(w, 0).tolist(), torch.logsumexp(w, 0).item())
X = x.view(10, 10)
print(X.sum(0).tolist(), X.sum(1).tolist(), X.exp().sum((0, 1)).item(), torch.log_softmax(X, 1)[2].tolist())
Y = x.view(2, 5, 10).exp()
print(Y.sum(1).tolist(), Y.sum((0, 2)).tolist(), Y.mean((1, 2)).tolist())
long = torch.linspace(-3, 3, 2000)
print((long ** 3).sum().item(), long.sum().item(), (1 / (1 + long ** 2)).sum().item())

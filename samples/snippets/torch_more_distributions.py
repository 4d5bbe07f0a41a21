# Distributions of proportions, of sizes, and with heavy tails.
import torch
from torch.distributions import Beta, Cauchy, Gamma, HalfNormal, Laplace, LogNormal, kl_divergence

a = torch.tensor([2.0, 0.5], requires_grad=True)
b = torch.tensor([3.0, 1.5], requires_grad=True)
for kind in (Beta, LogNormal, Cauchy, Gamma, Laplace):
    d = kind(a, b)
    a.grad = b.grad = None
    log_prob = d.log_prob(torch.tensor([0.3, 0.65]))
    log_prob.sum().backward()
    print(kind.__name__, log_prob.detach(), a.grad, b.grad)
    print(d)
    if kind is not Cauchy:
        print(d.mean.detach(), d.variance.detach(), d.entropy().detach())
print(Cauchy(a, b).entropy().detach())
size = HalfNormal(b)
print(size)
print(size.log_prob(torch.tensor(0.7)).detach(), size.mean.detach(), size.variance.detach())
print(size.entropy().detach())
for kind in (Beta, Gamma, Laplace):
    a.grad = None
    kl = kl_divergence(kind(a, b), kind(b.detach(), a.detach()))
    kl.sum().backward()
    print(kl.detach(), a.grad)
torch.manual_seed(0)
print(LogNormal(a, b).rsample().detach(), LogNormal(torch.tensor(0.0), torch.tensor(1.0)).sample((3,)))

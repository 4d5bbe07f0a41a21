# Outcomes by their chances, to the bit, and rates of several groups.
import torch, warnings
from torch.distributions import Categorical, Exponential
torch.manual_seed(0)
p = torch.tensor([0.1, 0.2, 0.7], requires_grad=True)
m = Categorical(p)
print(m.sample(), m.sample((5,)), m.sample((2, 3)))
print(Categorical(logits=torch.zeros(2, 3)).sample(), Categorical(logits=torch.zeros(2, 3)).sample((4,)))
a = m.sample()
(-m.log_prob(a) * 2.).backward()
print(a, p.grad)
print(torch.multinomial(torch.tensor([0., 10., 3., 0.]), 2))
print(torch.multinomial(torch.tensor([[0.5, 10., 3., 0.], [1., 1., 1., 1.]]), 6, replacement=True))
print(torch.empty(3).exponential_(), torch.empty(2).exponential_(2.))
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    print(torch.ones(1))
opt = torch.optim.SGD([{'params': [p], 'lr': 0.1}, {'params': [torch.ones(1, requires_grad=True)]}], lr=0.2)
print(opt)
s = torch.optim.lr_scheduler.StepLR(opt, 1)
s.optimizer.step(); s.step()
print(s.base_lrs, s.get_last_lr(), s.optimizer is opt)

"""What a policy gradient is made of: a sample, its chance, and the entropy."""

import torch
from torch.distributions import Bernoulli, Categorical

torch.manual_seed(0)
logits = torch.tensor([[0.1, 0.5, -0.3], [1.0, 0.0, 0.2]], requires_grad=True)
dist = Categorical(logits=logits)
actions = dist.sample()
rewards = torch.tensor([1.0, -0.5])
loss = -(dist.log_prob(actions) * rewards).sum() - 0.01 * dist.entropy().sum()
loss.backward()
print(actions, loss)
print(logits.grad)

chance = torch.tensor([0.2, 0.7], requires_grad=True)
coin = Bernoulli(logits=chance)
coin.sample()
coin.entropy().sum().backward()
print(chance.grad)

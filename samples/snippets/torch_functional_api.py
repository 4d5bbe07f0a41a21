import torch
from torch.autograd.functional import jacobian, hessian, vjp, jvp, hvp

def exp_reducer(x):
    return x.exp().sum(dim=1)
inputs = torch.tensor([[0.0, 1.0], [2.0, -1.0]])
print(jacobian(exp_reducer, inputs))

def exp_adder(x, y):
    return 2 * x.exp() + 3 * y
print(jacobian(exp_adder, (torch.tensor([0.0, 1.0]), torch.tensor([1.0, 2.0]))))

def pow_reducer(x):
    return x.pow(3).sum()
print(hessian(pow_reducer, torch.tensor([[1.0, 2.0], [3.0, 4.0]])))

def pow_adder_reducer(x, y):
    return (2 * x.pow(2) + 3 * y.pow(2)).sum()
print(hessian(pow_adder_reducer, (torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))))
print(vjp(exp_reducer, inputs, torch.ones(2)))
print(jvp(exp_reducer, inputs, torch.ones(2, 2)))
print(hvp(pow_reducer, torch.tensor([[1.0, 2.0]]), torch.ones(1, 2)))

import torch
from torch.autograd.functional import jacobian, hessian, hvp, vhp, vjp, jvp
def exp_reducer(x):
    return x.exp().sum(dim=1)
inputs = torch.tensor([[0., 1.], [2., .5]])
print(jacobian(exp_reducer, inputs))
print(jacobian(exp_reducer, inputs, create_graph=True))
def exp_adder(x, y):
    return 2 * x.exp() + 3 * y
inputs = (torch.tensor([.1, .2]), torch.tensor([.3, .4]))
print(jacobian(exp_adder, inputs))
def pow_reducer(x):
    return x.pow(3).sum()
inputs = torch.tensor([[1., 2.], [3., 4.]])
print(hessian(pow_reducer, inputs))
def pow_adder_reducer(x, y):
    return (2 * x.pow(2) + 3 * y.pow(2)).sum()
inputs = (torch.tensor([1., 2.]), torch.tensor([3., 4.]))
print(hessian(pow_adder_reducer, inputs))
v = torch.ones(2, 2)
inputs = torch.tensor([[1., 2.], [3., 4.]])
print(vhp(pow_reducer, inputs, v))
print(hvp(pow_reducer, inputs, v))
print(vjp(exp_reducer, inputs, torch.ones(2)))
print(jvp(exp_reducer, inputs, v))

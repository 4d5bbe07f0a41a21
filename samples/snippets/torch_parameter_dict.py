import torch
import torch.nn as nn
lin = nn.Linear(2, 1, bias=False)
nn.init.constant_(lin.weight, 0.5)
x = torch.tensor([[1., 2.]], requires_grad=True)
out = lin.forward(x)
out.backward()
print(x.grad, lin.weight.grad)
print(lin.get_parameter('weight').shape)
for name, child in nn.ModuleDict({'a': lin, 'b': nn.ReLU()}).items():
    print(name, child)
with torch.autograd.no_grad():
    z = lin(x)
print(z.requires_grad)
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.params = nn.ParameterDict({'left': nn.Parameter(torch.ones(2)), 'right': nn.Parameter(torch.zeros(2))})
    def forward(self, x, choice):
        return self.params[choice] * x
m = M()
m(torch.tensor([2., 3.]), 'left').sum().backward()
print(m.params['left'].grad, m.params['right'].grad)

# Types of results and of numbers, what makes a Python number of a tensor, and first numbers.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.tensor([1.0, 2.0], requires_grad=True)
for convert in (float, int, lambda x: x.item()):
    try:
        print(convert(x))
    except (ValueError, RuntimeError) as error:
        print(type(error).__name__, error)
print(float(torch.tensor([1.5])), int(torch.tensor(2.7)))
print(torch.masked_select(torch.arange(4), torch.tensor([True, False, True, False])))
print(torch.promote_types(torch.int32, torch.float32), torch.result_type(torch.ones(2).int(), 1.0))
print(torch.iinfo(torch.int32).max, torch.finfo(torch.float64).eps, torch.vdot(x, x))
for name, param in (("relu", None), ("tanh", None), ("leaky_relu", 0.2), ("sigmoid", None)):
    print(name, nn.init.calculate_gain(name, param))
print(nn.init.trunc_normal_(torch.empty(2, 3)))
print(nn.init.trunc_normal_(torch.empty(20), std=0.02, a=-0.02, b=0.02))
print(nn.init.kaiming_uniform_(torch.empty(2, 2), a=5**0.5))

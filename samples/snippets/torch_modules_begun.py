# What a module has under a name stays what it is: a parameter, a buffer, a module.
import torch
from torch import nn

torch.manual_seed(0)


def attempt(compute):
    try:
        print(compute())
    except Exception as error:
        print(type(error).__name__, error)


class Unbegun(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(2, 2)


class Parameters(nn.Module):
    def __init__(self):
        self.w = nn.Parameter(torch.ones(2))


class Wider(nn.Linear):
    def __init__(self):
        super().__init__(2, 2)
        self.more = nn.ReLU()


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))
        self.register_buffer("b", torch.zeros(2))

    def forward(self, x):
        return x * self.w + self.b


for make in (Unbegun, Parameters, Wider, Scale):
    attempt(make)
attempt(lambda: nn.Parameter(torch.tensor([1])))


def assign(module, name, value):
    setattr(module, name, value)
    return [n for n, _ in module.named_parameters()], module(torch.ones(2))


attempt(lambda: assign(Scale(), "w", torch.ones(2)))
attempt(lambda: assign(Scale(), "w", 3))
attempt(lambda: assign(Scale(), "w", nn.Parameter(torch.ones(2) * 2)))
attempt(lambda: assign(Scale(), "b", torch.ones(2)))
attempt(lambda: assign(Scale(), "b", 3))
attempt(lambda: assign(nn.Linear(2, 1), "bias", None))


def replaced(layer):
    layer.weight.data = torch.ones(1, 2)
    del layer.bias
    layer.bias = torch.ones(1)
    return [n for n, _ in layer.named_parameters()], layer(torch.ones(2))


attempt(lambda: replaced(nn.Linear(2, 1)))
attempt(lambda: torch.optim.SGD([torch.ones(2, requires_grad=True)], lr=-0.1))
attempt(lambda: torch.optim.Adam(torch.ones(2, requires_grad=True)))
attempt(lambda: torch.optim.Adam([1]))


def of_backward(found):
    layer, x = nn.Linear(2, 1), torch.ones(1, 2, requires_grad=True)
    layer.register_full_backward_hook(lambda module, of_inputs, of_outputs: found)
    layer(x).sum().backward()
    return x.grad


attempt(lambda: of_backward([torch.tensor([[42.0, 43.0]])]))
attempt(lambda: of_backward((torch.ones(1, 2), torch.ones(1, 2))))

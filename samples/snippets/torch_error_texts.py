# Shapes, axes and indices that do not fit, in PyTorch's words.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


def attempt(compute):
    try:
        print(compute())
    except Exception as error:
        print(type(error).__name__, error)


x = torch.ones(2, 3)
attempt(lambda: x @ x)
attempt(lambda: x @ torch.ones(2))
attempt(lambda: torch.ones(2) @ torch.ones(3))
attempt(lambda: x.dot(x))
attempt(lambda: torch.mv(x, torch.ones(2)))
attempt(lambda: x[None] @ x[None])
attempt(lambda: torch.bmm(torch.ones(1, 3, 2), torch.ones(2, 2, 2)))
attempt(lambda: F.linear(torch.ones(4, 2, 3), torch.ones(1, 2), torch.ones(1)))
attempt(lambda: nn.Linear(2, 1)(x))
attempt(lambda: x.sum(dim=2))
attempt(lambda: x.softmax(-3))
attempt(lambda: x.unsqueeze(4))
attempt(lambda: x.transpose(0, 2))
attempt(lambda: torch.stack([torch.ones(2), torch.ones(3)]))
attempt(lambda: torch.cat([x, torch.ones(3)]))
attempt(lambda: x[2])
attempt(lambda: x[:, -4])
attempt(lambda: x[0, 0, 0])
attempt(lambda: x + [1, 2])
attempt(lambda: x + None)
attempt(lambda: x < "a")
attempt(lambda: F.cross_entropy(x, torch.tensor([3, 0])))
attempt(lambda: F.cross_entropy(x, torch.tensor([1, 0, 2])))
attempt(lambda: F.cross_entropy(x, torch.tensor([-100, 2])))
attempt(lambda: F.nll_loss(x, torch.tensor([0, 5])))
attempt(lambda: F.mse_loss(x, x, weight=torch.ones(3)))
attempt(lambda: F.binary_cross_entropy(x, torch.ones(2)))
attempt(lambda: F.binary_cross_entropy_with_logits(x, torch.ones(2)))
attempt(lambda: x[None].t())
attempt(lambda: x.narrow(0, 1, 3))
attempt(lambda: x.chunk(0))
attempt(lambda: len(torch.tensor(3.0)))
attempt(lambda: nn.Conv2d(3, 2, 2)(torch.ones(1, 1, 4, 4)))
attempt(lambda: nn.Conv2d(1, 2, 2)(x))
attempt(lambda: nn.Conv1d(4, 4, 1, groups=2)(torch.ones(3, 5)))
attempt(lambda: nn.BatchNorm1d(3)(torch.ones(2, 4)))
attempt(lambda: nn.BatchNorm1d(3)(torch.ones(1, 3)))
attempt(lambda: nn.BatchNorm1d(3)(torch.ones(3)))
attempt(lambda: nn.BatchNorm1d(3).eval()(torch.ones(1, 3)).shape)
attempt(lambda: nn.LayerNorm(4)(x))
attempt(lambda: F.dropout(x, p=2))
attempt(lambda: nn.Dropout(-0.5))
attempt(lambda: F.embedding(torch.tensor([5]), x))
attempt(lambda: F.embedding(torch.tensor([0.0]), x))

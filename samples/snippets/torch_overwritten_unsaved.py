# Written over: an error where the derivative needs what was there, and none where it does not
import torch

a = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor([3.0, 4.0], requires_grad=True)


def attempt(name, function):
    b = a * 1.5
    c = function(b)
    b.add_(1)
    try:
        c.sum().backward()
        print(name, "ok", a.grad)
    except RuntimeError as error:
        print(name, str(error).split(":")[0])
    a.grad = w.grad = None


attempt("2 b", lambda b: 2 * b)
attempt("b / 2", lambda b: b / 2)
attempt("2 / b", lambda b: 2 / b)
attempt("b w", lambda b: b * w)
attempt("b w, w detached", lambda b: b * w.detach())
attempt("w / b", lambda b: w / b)
attempt("b @ w", lambda b: b @ w)
attempt("where", lambda b: torch.where(b > 0, b, -b))
attempt("sin", lambda b: b.sin())


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, g):
        return 2 * g


double = Double()
print(double.apply(a))
torch.set_printoptions(precision=6)
print(torch.nn.Parameter(torch.tensor([1 / 3])), a / 3)

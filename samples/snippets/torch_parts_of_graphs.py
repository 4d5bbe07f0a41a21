# Only the part of a graph is freed through which gradients went to what was asked for.
import torch

a = torch.tensor(1., requires_grad=True)
b = torch.tensor(2., requires_grad=True)

def asked(y, x):
    try:
        print(torch.autograd.grad(y, x))
    except RuntimeError as e:
        print("RuntimeError:", str(e)[:40])

c = a.exp()
asked(c, b), asked(c, a), asked(c, a)
c = a.exp() * b.exp()
asked(c, b), asked(c, a)
c = a.exp() + b.exp()
asked(c, b), asked(c, a), asked(c, a)
h = a.exp()
c = h.sin()
asked(c, h), asked(h, a), asked(c, a)
c = a.exp() + b.exp()
c.backward(inputs=[a])
c.backward(inputs=[b])
print(a.grad, b.grad)
asked(c, [a, b])

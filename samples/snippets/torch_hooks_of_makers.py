import torch
from torch.autograd.graph import Node

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x * 3).exp()
print(isinstance(y.grad_fn, Node), isinstance(x.grad_fn, Node), y.grad_fn.metadata)
seen = y.grad_fn.register_hook(lambda inputs, outputs: print("exp", inputs, outputs))
before = y.grad_fn.register_prehook(lambda outputs: (outputs[0] * 10,))
y.sum().backward(retain_graph=True)
print(x.grad)
seen.remove()
before.remove()
x.grad = None
y.sum().backward()
print(x.grad)

copy = x.clone()
handle = copy.grad_fn.register_hook(lambda inputs, outputs: (outputs[0] * 2,))
x.grad = None
copy.sum().backward(retain_graph=True)
print(x.grad)
handle.remove()
x.grad = None
with torch.autograd.graph.save_on_cpu():
    copy.sum().backward()
print(x.grad)

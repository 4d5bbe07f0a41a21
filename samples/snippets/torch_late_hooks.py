import torch

grads = {}

def save_grad(name):
    def hook(grad):
        grads[name] = grad
    return hook

x = torch.tensor([[0.5]], requires_grad=True)
y = 3 * x
z = y ** 2
y.register_hook(save_grad("y"))  # z was computed before
z.register_hook(save_grad("z"))
z.backward(retain_graph=True)
print(grads["y"], grads["z"], x.grad)
y.register_hook(lambda g: g * 10)
x.grad = None
z.backward()
print(x.grad)
v = x.detach().requires_grad_().view(-1)
v.register_hook(lambda g: print("view", g))
(v * 2).sum().backward()

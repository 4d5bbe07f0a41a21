import torch

v = torch.tensor([0., 0., 0.], requires_grad=True)
h = v.register_hook(lambda grad: grad * 2)  # double the gradient
v.backward(torch.tensor([1., 2., 3.]))
print(v.grad)
h.remove()  # removes the hook
v.grad = None
v.backward(torch.tensor([1., 2., 3.]))
print(v.grad)

x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.retain_grad()
y.register_hook(lambda g: print("grad of y:", g))
z = y ** 2
z.backward()
print(x.grad, y.grad, y.is_leaf, x.is_leaf, y.retains_grad)

a = torch.tensor([1., 2.], requires_grad=True)
grads = {}
def save(name):
    def hook(grad):
        grads[name] = grad
    return hook
b = a * 2
b.register_hook(save("b"))
c = b.sum() * 3
c.register_hook(save("c"))
c.backward()
print(grads)
print(a.grad)

import torch
from torch.func import grad, grad_and_value, vjp, jvp, jacrev, jacfwd, hessian, vmap, functional_call

x = torch.tensor([0.5, 1.0, 2.0])
print(vmap(grad(torch.sin))(x))
print(grad(lambda x: torch.sin(x).sum())(x))
cos_x = grad(torch.sin)(torch.tensor(0.3))
print(torch.allclose(cos_x, torch.tensor(0.3).cos()))
print(grad_and_value(lambda x: (x ** 2).sum())(x))

def predict(weight, bias, x):
    return (x @ weight.T + bias).tanh()

weight = torch.tensor([[0.1, 0.2], [0.3, -0.4]])
bias = torch.tensor([0.5, -0.5])
feature = torch.tensor([1.0, 2.0])
ft_jacobian, = jacrev(predict, argnums=(0,))(weight, bias, feature)
print(ft_jacobian.shape)
print(torch.allclose(jacfwd(predict, argnums=2)(weight, bias, feature), jacrev(predict, argnums=2)(weight, bias, feature)))
hess = hessian(lambda x: predict(weight, bias, x).sum())(feature)
print(hess.shape)
out, fn = vjp(lambda x: predict(weight, bias, x), feature)
print(fn(torch.ones(2)))
print(jvp(lambda x: x ** 3, (x,), (torch.ones(3),)))

batch = torch.tensor([[1.0, 2.0], [0.0, 1.0], [-1.0, 0.5]])
print(vmap(predict, in_dims=(None, None, 0))(weight, bias, batch))

def loss(w, x, y):
    return ((x @ w) - y) ** 2
w = torch.tensor([1.0, -1.0])
ys = torch.tensor([0.0, 1.0, 2.0])
print(vmap(grad(loss), in_dims=(None, 0, 0))(w, batch + 1.5, ys))

model = torch.nn.Linear(2, 1)
params = {"weight": torch.tensor([[2.0, 3.0]]), "bias": torch.tensor([0.5])}
print(functional_call(model, params, (feature,)))
print(grad(lambda p: functional_call(model, p, (feature,)).sum())(params))
def f(x):
    return x.sum(), x * 2
print(grad(f, has_aux=True)(x))

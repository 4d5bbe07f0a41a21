import torch
from torch.func import grad, vmap, jacrev, jacfwd, hessian, vjp, jvp, grad_and_value, functional_call
f = lambda x: torch.sin(x)
x = torch.tensor(1.0)
print(grad(f)(x))
print(grad(grad(f))(x))
def predict(weight, bias, x):
    return torch.nn.functional.linear(x, weight, bias).tanh()
D = 3
weight = torch.arange(9.).reshape(3, 3) / 10
bias = torch.tensor([0.1, 0.2, 0.3])
x = torch.tensor([1., -1., 0.5])
def compute_jac(xp):
    jacobian_rows = [torch.autograd.grad(predict(weight, bias, xp), xp, vec)[0] for vec in unit_vectors]
    return torch.stack(jacobian_rows)
xp = x.clone().requires_grad_()
unit_vectors = torch.eye(D)
jacobian = compute_jac(xp)
print(jacobian.shape)
print(jacobian[0])
_, vjp_fn = vjp(lambda x: predict(weight, bias, x), x)
ft_jacobian, = vmap(vjp_fn)(unit_vectors)
assert torch.allclose(ft_jacobian, jacobian)
ft_jacobian = jacrev(predict, argnums=2)(weight, bias, x)
print(torch.allclose(ft_jacobian, jacobian))
j2 = jacfwd(predict, argnums=(0, 1))(weight, bias, x)
print([t.shape for t in j2])
hess = hessian(predict, argnums=2)(weight, bias, x)
print(hess.shape)
def loss_fn(w, b, x): return predict(w, b, x).sum()
g, val = grad_and_value(loss_fn, argnums=(0, 1))(weight, bias, x)
print(val, g[1])
v = torch.ones(3)
print(jvp(lambda x: predict(weight, bias, x), (x,), (v,)))
def hvp(f, primals, tangents):
    return jvp(grad(f), primals, tangents)[1]
print(hvp(lambda x: x.sin().sum(), (x,), (v,)))
batch = torch.stack([x, 2 * x])
print(vmap(jacrev(predict, argnums=2), in_dims=(None, None, 0))(weight, bias, batch).shape)

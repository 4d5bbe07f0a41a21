import autograd.numpy as np
import autograd.numpy.linalg as npla
from autograd import elementwise_grad, grad, grad_named, hessian, jacobian, make_ggnvp

x = np.array([0.5, 1.5, 2.5])


def f(v):
    print(v, f"{v}", v + 1, v._value, type(v), type(v).__name__, v.shape)
    return np.sum(v)


print(grad(f)(x))


def g(v):
    print(v, v * 2)
    return v ** 2


print(grad(grad(g))(1.0))
print(grad(lambda a, b: (print(a, b, a * b), a * b)[1], (0, 1))(1., 2.))
print(jacobian(lambda v: v ** 2)(np.array([1, 2])), elementwise_grad(np.sin)(np.array([1, 2])))
m = np.array([[2., 0.5], [0.5, 1.]])
print(grad(lambda a: np.sum(npla.eigh(a)[0] ** 2))(m))
print(make_ggnvp(lambda v: np.tanh(v))(x)(np.array([1., 2., 3.])))
print(make_ggnvp(lambda v: np.tanh(v), lambda y: np.sum(y ** 4))(x)(np.array([1., 2., 3.])))

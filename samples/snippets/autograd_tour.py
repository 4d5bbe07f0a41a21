import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad, jacobian, hessian, elementwise_grad as egrad, value_and_grad, make_vjp, hessian_vector_product, holomorphic_grad, make_jvp
from autograd.scipy.special import logsumexp, expit
from autograd.misc.flatten import flatten
from autograd.misc.optimizers import adam, sgd
from autograd.test_util import check_grads
from autograd.extend import primitive, defvjp
import autograd.scipy.stats.norm as norm
def taylor_sine(x):
    ans = currterm = x
    i = 0
    while np.abs(currterm) > 0.001:
        currterm = -currterm * x**2 / ((2 * i + 3) * (2 * i + 2))
        ans = ans + currterm
        i += 1
    return ans
grad_sine = grad(taylor_sine)
print(round(grad_sine(np.pi), 12))
ggrad_sine = grad(grad_sine)
print(round(grad(grad_sine)(np.pi), 12))
f = lambda x: np.sum(np.sin(x) * x)
x = np.array([1., 2., 3.])
print(abs(hessian(f)(x))); print(abs(jacobian(np.sin)(x))); print(value_and_grad(f)(x))
print(hessian_vector_product(f)(x, np.ones(3)))
vjp, ans = make_vjp(np.tanh)(x); print(ans, vjp(np.ones(3)))
print(make_jvp(np.tanh)(x)(np.ones(3)))
flat, unflatten = flatten([np.ones(2), {'a': np.zeros(1)}]); print(flat, unflatten(flat * 2))
def loss(params, i=0):
    return np.sum((params['w'] - 3) ** 2) + (params['b'] + 1) ** 2
print(grad(loss)({'w': np.zeros(2), 'b': 0.}))
print(adam(grad(lambda p, i: np.sum((p - 2) ** 2)), np.zeros(2), num_iters=50, step_size=0.1))
print(sgd(grad(lambda p, i: np.sum((p - 2) ** 2)), np.zeros(2), num_iters=20, step_size=0.1))
print(grad(logsumexp)(x), grad(lambda z: expit(z))(0.5), grad(lambda m: norm.logpdf(1.0, m, 2.0))(0.))
@primitive
def mylogsumexp(x):
    max_x = np.max(x)
    return max_x + np.log(np.sum(np.exp(x - max_x)))
def vjp_maker(ans, x):
    x_shape = x.shape
    return lambda g: np.full(x_shape, g) * np.exp(x - np.full(x_shape, ans))
defvjp(mylogsumexp, vjp_maker)
print(grad(lambda y: mylogsumexp(y ** 2))(np.array([1.5, 6.7])))
check_grads(mylogsumexp, modes=['rev'])(np.array([1.5, 6.7]))
for d in [np.abs, np.sqrt, np.log1p, np.arctan, lambda z: np.where(z > 2, z ** 2, z), np.max, np.prod, np.linalg.norm, np.cumsum, np.sort]:
    print(egrad(d)(x))
print(grad(lambda x: np.dot(x, np.dot(np.array([[2., 1.], [1., 3.]]), x)))(np.array([1., 2.])))
print(grad(lambda A: np.linalg.det(A))(np.array([[2., 1.], [1., 3.]])), grad(lambda A: np.trace(np.linalg.inv(A)))(np.array([[2., 1.], [1., 3.]])))
try:
    grad(lambda x: x * 2)(x)
except TypeError as e: print(e)
print(grad(lambda a, b: a * b ** 2, 1)(2., 3.), grad(lambda a, b: a * b, (0, 1))(2., 3.))

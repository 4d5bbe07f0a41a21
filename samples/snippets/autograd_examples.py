import autograd.numpy as np
from autograd import grad, elementwise_grad, jacobian, hessian, value_and_grad, make_jvp, make_vjp
import autograd.numpy.linalg as la

# Taylor approximation to sine function
def taylor_sine(x):
    ans = currterm = x
    i = 0
    while np.abs(currterm) > 0.001:
        currterm = -currterm * x**2 / ((2 * i + 3) * (2 * i + 2))
        ans = ans + currterm
        i += 1
    return ans

grad_sine = grad(taylor_sine)
print("Gradient of sin(pi) is %.12f" % grad_sine(np.pi))

def rosenbrock(x):
    return 100*(x[1] - x[0]**2)**2 + (1 - x[0])**2
print(grad(rosenbrock)(np.array([0.5, 0.5])))
print(hessian(rosenbrock)(np.array([1.0, 1.0])))
x = np.array([[1.0, 2.0], [3.0, 4.0]])
print(grad(lambda x: la.det(x))(x))
print(jacobian(lambda x: np.dot(x, np.array([1.0, -1.0])))(x).shape)
def f(params):
    w, b = params
    return np.sum((w * 2.0 + b) ** 2)
print(grad(f)((np.array([1.0, 2.0]), 0.5)))
print(grad(lambda d: d['a'] ** 2 * d['b'])({'a': 3.0, 'b': 2.0}))
print(grad(lambda x, y: x * y ** 2, 1)(2.0, 3.0))
print(value_and_grad(lambda x: np.sum(np.sin(x)))(np.array([0.0, 1.0])))
print(make_jvp(lambda x: x ** 2)(np.array([1.0, 2.0]))(np.array([1.0, 0.0])))
f_vjp, ans = make_vjp(lambda x: x ** 3)(2.0)
print(ans, f_vjp(1.0))
print(elementwise_grad(np.tanh)(np.array([0.0, 0.5, 1.0])))
print(grad(lambda x: np.max(x))(np.array([1.0, 5.0, 2.0])))
print(grad(lambda x: np.where(x > 0, x ** 2, -x).sum())(np.array([-1.0, 2.0])))
try:
    grad(lambda x: x * 2)(np.ones(3))
except TypeError as e:
    print(e)

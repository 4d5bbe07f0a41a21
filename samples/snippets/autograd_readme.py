import autograd.numpy as np
from autograd import grad, jacobian, hessian, elementwise_grad as egrad, value_and_grad, multigrad_dict
from autograd.extend import primitive, defvjp
def tanh(x):
    y = np.exp(-2.0 * x)
    return (1.0 - y) / (1.0 + y)
grad_tanh = grad(tanh)
print(grad_tanh(1.0))
print(round((tanh(1.0001) - tanh(0.9999)) / 0.0002, 9))
x = np.linspace(-1, 1, 5)
print(egrad(tanh)(x), egrad(egrad(tanh))(x))
print(grad(grad(grad(tanh)))(0.5))
def sigmoid(x): return 0.5 * (np.tanh(x / 2.) + 1)
def logistic_predictions(weights, inputs): return sigmoid(np.dot(inputs, weights))
def training_loss(weights):
    preds = logistic_predictions(weights, inputs)
    label_probabilities = preds * targets + (1 - preds) * (1 - targets)
    return -np.sum(np.log(label_probabilities))
inputs = np.array([[0.52, 1.12,  0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
targets = np.array([True, True, False, True])
training_gradient_fun = grad(training_loss)
weights = np.array([0.0, 0.0, 0.0])
print("Initial loss:", training_loss(weights))
for i in range(100):
    weights -= training_gradient_fun(weights) * 0.01
print("Trained loss:", training_loss(weights))
print(weights)
@primitive
def logsumexp(x):
    max_x = np.max(x)
    return max_x + np.log(np.sum(np.exp(x - max_x)))
def logsumexp_vjp(ans, x):
    x_shape = x.shape
    return lambda g: np.full(x_shape, g) * np.exp(x - np.full(x_shape, ans))
defvjp(logsumexp, logsumexp_vjp)
def example_func(y):
    z = y**2
    lse = logsumexp(z)
    return np.sum(lse)
print("Gradient: \n", grad(example_func)(np.array([1.5, 6.7, 1e-10])))
print(jacobian(lambda x: np.array([x[0]**2, x[0]*x[1]]))(np.array([2.,3.])), hessian(lambda x: np.sum(x**3))(np.array([1.,2.])))
print(value_and_grad(lambda x: x**2)(3.0))

try: grad(lambda x: x*2)(np.ones(3))
except TypeError as e: print(e)
import numpy as onp
onp.random.seed(0); print(onp.random.randn(3), onp.random.rand(2))
rng = onp.random.default_rng(1); print(rng.normal(size=2))
def eval_numerical_gradient(f, x):
    fx = f(x)
    grad = onp.zeros(x.shape)
    h = 0.00001
    it = onp.nditer(x, flags=['multi_index'], op_flags=['readwrite'])
    while not it.finished:
        ix = it.multi_index
        old_value = x[ix]
        x[ix] = old_value + h
        fxh = f(x)
        x[ix] = old_value
        grad[ix] = (fxh - fx) / h
        it.iternext()
    return grad
print(eval_numerical_gradient(lambda x: onp.sum(x**2), onp.array([[1.,2.],[3.,4.]])))
a = onp.array([1,2,3]); print(a, a*2, a/2, a.sum(), a.mean(), a.dtype, a**2, a[1:], a > 1, [a.sum()], a.reshape(3,1))
b = onp.arange(6).reshape(2,3); print(b, b.T, b.sum(axis=0), b @ b.T, onp.dot(b, b.T), onp.maximum(0, b-2), onp.argmax(b), b.max())
b[0, 1] = 10; b += 1; print(b, onp.where(b > 3, b, 0), onp.exp([1., 2.]), onp.sqrt(4), onp.pi)
print(repr(onp.array([1., 2.])), repr(onp.float64(2.5)), f"{onp.float64(2.5):.3f}", onp.allclose(1, 1+1e-9))

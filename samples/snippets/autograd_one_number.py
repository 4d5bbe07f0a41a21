import autograd.numpy as np
from autograd import grad, value_and_grad, elementwise_grad, hessian
f = lambda x: np.array([np.sum(x ** 2)])
for g in (grad(f), lambda x: value_and_grad(f)(x)):
    try:
        print(g(np.array([1.0, 2.0])))
    except TypeError as e:
        print(e)
g = grad(lambda x: x ** 2)
print(g(np.array([3.0])), g(np.array([[3.0]])))
try:
    g(np.array([1.0, 2.0]))
except TypeError as e:
    print(e)
print(grad(grad(lambda x: np.sum(x ** 3)))(2.0), grad(lambda x: np.dot(x.T, x))(np.array([[1.0], [2.0]])))
W = np.array([[0.5, -1.0]])
loss = lambda w: (np.dot(w, np.array([[1.0], [2.0]])) - 1.0) ** 2
print(grad(loss)(W), value_and_grad(loss)(W))
print(hessian(lambda x: np.sum(x ** 2))(np.array([1.0, 2.0])))

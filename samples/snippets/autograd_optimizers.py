import autograd.numpy as np
from autograd import grad
from autograd.misc.optimizers import adam, rmsprop, sgd


def loss(params, i):
    w, b = params
    return np.sum((w - 1.0) ** 2) + (b - 3.0) ** 2


start = [np.array([0.0, 2.0]), 0.5]
for optimizer in (sgd, rmsprop, adam):
    w, b = optimizer(grad(loss), start, num_iters=5, step_size=0.1)
    print(np.round(w, 6), round(float(b), 6))

values = adam(
    lambda x, i: 2 * x,
    np.array([1.0, -2.0]),
    callback=lambda x, i, g: print(i, x, g),
    num_iters=2,
    step_size=0.5,
)
print(values)

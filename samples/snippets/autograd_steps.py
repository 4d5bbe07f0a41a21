"""Steps in a Python loop, in double precision."""

import autograd.numpy as np
from autograd import grad

x = np.linspace(-2.0, 2.0, 9)
y = np.sin(x)


def loss(w, hard):
    residual = w[0] * x + w[1] * x**3 - y
    if hard:
        return np.sum(np.abs(residual))
    return np.mean(residual**2)


slope = grad(loss)
w = np.zeros(2)
for i in range(80):
    g = slope(w, i % 40 == 39)
    w = w - 0.02 * g
    if i % 20 == 19:
        print(i, loss(w, False))
print(g, w)

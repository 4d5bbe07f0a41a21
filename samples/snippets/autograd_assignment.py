from autograd import grad
from autograd import numpy as np
eta = np.arange(15.).reshape(5, 3)
def f2(param):
    res = np.zeros(5)
    for m in range(5):
        res[m] = np.sum(param[m] * param[0])
    return np.sum(res)
print('f2:', f2(eta))
try:
    print(grad(f2, 0)(eta))
except ValueError as e:
    print(e)
def f3(param):
    res = np.zeros(2)
    res[0] = 3.0
    res[1] = len(param)
    return np.sum(res * param[0, :2])
print(grad(f3)(eta))
def f4(x):
    x = x * 1.0
    x[0] = 2.0
    return np.sum(x)
try:
    print(grad(f4)(eta))
except TypeError as e:
    print(e)

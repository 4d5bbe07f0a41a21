import numpy as np

def eval_numerical_gradient(f, x):
    """
    a naive implementation of numerical gradient of f at x
    """
    fx = f(x) # evaluate function value at original point
    grad = np.zeros(x.shape)
    h = 0.00001

    # iterate over all indexes in x
    it = np.nditer(x, flags=['multi_index'], op_flags=['readwrite'])
    while not it.finished:
        # evaluate function at x+h
        ix = it.multi_index
        old_value = x[ix]
        x[ix] = old_value + h # increment by h
        fxh = f(x) # evalute f(x + h)
        x[ix] = old_value # restore to previous value (very important!)
        # compute the partial derivative
        grad[ix] = (fxh - fx) / h # the slope
        it.iternext() # step to next dimension
    return grad

W = np.array([[1.0, -2.0], [0.5, 3.0]])
print(np.round(eval_numerical_gradient(lambda w: np.sum(w ** 2), W), 4))

def numerical_gradient(f, x, h=1e-4):
    grad = np.zeros_like(x)
    for idx in range(x.size):
        tmp_val = x[idx]
        x[idx] = float(tmp_val) + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2*h)
        x[idx] = tmp_val
    return grad

def function_2(x):
    return x[0]**2 + x[1]**2
print(numerical_gradient(function_2, np.array([3.0, 4.0])).round(6))
x = np.array([-3.0, 4.0])
for i in range(100):
    x -= 0.1 * numerical_gradient(function_2, x)
print(np.abs(x) < 1e-8)

# forward and backward pass of a small circuit
w = [2, -3, -3]
x = [-1, -2]
import math
dot = w[0]*x[0] + w[1]*x[1] + w[2]
f = 1.0 / (1 + math.exp(-dot))
ddot = (1 - f) * f
dx = [w[0] * ddot, w[1] * ddot]
dw = [x[0] * ddot, x[1] * ddot, 1.0 * ddot]
print(["%.4f" % v for v in dx], ["%.4f" % v for v in dw])

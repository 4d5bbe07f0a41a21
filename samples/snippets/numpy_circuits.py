import numpy as np
def eval_numerical_gradient(f, x):
  """
  a naive implementation of numerical gradient of f at x
  - f should be a function that takes a single argument
  - x is the point (numpy array) to evaluate the gradient at
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
W = np.array([[.1, .2], [.3, .4]])
print(eval_numerical_gradient(lambda W: np.sum(W ** 2), W))
# circuit
x = -2; y = 5; z = -4
q = x + y # q becomes 3
f = q * z # f becomes -12
dfdz = q
dfdq = z
dfdx = 1.0 * dfdq
dfdy = 1.0 * dfdq
print(dfdx, dfdy, dfdz)
w = [2,-3,-3]
x = [-1, -2]
import math
dot = w[0]*x[0] + w[1]*x[1] + w[2]
f = 1.0 / (1 + math.exp(-dot))
ddot = (1 - f) * f
dx = [w[0] * ddot, w[1] * ddot]
dw = [x[0] * ddot, x[1] * ddot, 1.0 * ddot]
print(dx, dw)
def softmax_loss(W, X, y):
    scores = X.dot(W)
    scores -= np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    N = X.shape[0]
    loss = -np.log(p[np.arange(N), y]).mean()
    p[range(N), y] -= 1
    dW = X.T.dot(p) / N
    return loss, dW
X = np.array([[1., 2.], [3., -1.], [0., 1.]]); y = np.array([0, 2, 1])
W = np.array([[.1, .2, .3], [-.1, 0., .1]])
loss, dW = softmax_loss(W, X, y)
print(loss); print(dW)
np.random.seed(0)
print(np.random.randn(2, 2))
print(np.allclose(dW, 0), np.linalg.norm(dW))
# 2-layer
def sigmoid(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))
np.random.seed(1)
X = np.array([[0,0,1],[0,1,1],[1,0,1],[1,1,1]])
y = np.array([[0,0,1,1]]).T
syn0 = 2*np.random.random((3,1)) - 1
for iter in range(1000):
    l0 = X
    l1 = sigmoid(np.dot(l0,syn0))
    l1_error = y - l1
    l1_delta = l1_error * sigmoid(l1,True)
    syn0 += np.dot(l0.T,l1_delta)
print("Output After Training:")
print(l1)

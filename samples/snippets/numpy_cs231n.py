import numpy as np
def eval_numerical_gradient(f, x):
  """
  a naive implementation of numerical gradient of f at x
  """
  fx = f(x)
  grad = np.zeros(x.shape)
  h = 0.00001
  it = np.nditer(x, flags=['multi_index'], op_flags=['readwrite'])
  while not it.finished:
    ix = it.multi_index
    old_value = x[ix]
    x[ix] = old_value + h
    fxh = f(x)
    x[ix] = old_value
    grad[ix] = (fxh - fx) / h
    it.iternext()
  return grad
W = np.array([[0.1, -0.2], [0.3, 0.4]])
X = np.array([[1., 2.], [3., 4.], [5., 6.]])
def loss(W): return np.sum(np.tanh(X.dot(W)) ** 2)
print(eval_numerical_gradient(loss, W))
def sigmoid(x): return 1 / (1 + np.exp(-x))
def rel_error(x, y):
  return np.max(np.abs(x - y) / (np.maximum(1e-8, np.abs(x) + np.abs(y))))
print(rel_error(np.array([1.0, 2.0]), np.array([1.0001, 2.])))
# backprop
w = [2, -3, -3]
x = [-1, -2]
import math
dot = w[0]*x[0] + w[1]*x[1] + w[2]
f = 1.0 / (1 + math.exp(-dot))
ddot = (1 - f) * f
dx = [w[0] * ddot, w[1] * ddot]
dw = [x[0] * ddot, x[1] * ddot, 1.0 * ddot]
print(dx, dw)
scores = X.dot(W)
y = np.array([0, 1, 1])
exp_scores = np.exp(scores)
probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
print(probs)
num_examples = X.shape[0]
correct_logprobs = -np.log(probs[range(num_examples), y])
data_loss = np.sum(correct_logprobs) / num_examples
print("loss: %f" % data_loss)
dscores = probs
dscores[range(num_examples), y] -= 1
dscores /= num_examples
print(np.dot(X.T, dscores), np.sum(dscores, axis=0, keepdims=True))
mask = (scores > 0) * 1
print(mask, np.argmax(scores, axis=1), np.mean(np.argmax(scores, axis=1) == y))
print(np.gradient(np.array([1., 4., 9., 16.])), np.gradient(np.array([1., 4., 9.]), 2.))
print(np.allclose(W, W + 1e-9), np.round(np.pi, 2), np.linalg.norm(W), np.maximum(0, W), np.zeros((2, 2)), np.ones_like(W), np.arange(5), np.linspace(0, 1, 3))
for i, j in np.ndindex(2, 2): print(i, j, W[i, j])
np.set_printoptions(precision=3, suppress=True)
print(np.array([1.23456, 1e-9]))
print(f"{W[0, 0]:.3f}", W.T.shape, W.flatten(), repr(W), W.tolist())

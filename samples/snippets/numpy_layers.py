import numpy as np
def f(x): return x[0]**2 + 3*x[0]*x[1] + np.sin(x[1])
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
print(numerical_gradient(f, np.array([3.0, 4.0])))
class Sigmoid:
    def __init__(self):
        self.out = None
    def forward(self, x):
        out = 1 / (1 + np.exp(-x))
        self.out = out
        return out
    def backward(self, dout):
        dx = dout * (1.0 - self.out) * self.out
        return dx
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.x = self.dW = self.db = None
    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b
    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return dx
layers = [Affine(np.array([[.1, .2], [.3, .4]]), np.zeros(2)), Sigmoid(), Affine(np.array([[1.], [-1.]]), np.zeros(1))]
x = np.array([[1., 2.], [3., 4.]])
for l in layers: x = l.forward(x)
print(x)
d = np.ones_like(x)
for l in reversed(layers): d = l.backward(d)
print(d, layers[0].dW, layers[0].db, sep='\n')
print(f"{np.mean(d):.4e} {d.shape} {d.dtype}")
np.set_printoptions(precision=3, suppress=True)
print(np.array([1.23456, 1e-7]))
print(np.round(np.array([1.23456]), 2), np.argmax(np.array([1, 5, 2])), np.where(np.array([1, -1]) > 0, 1, 0))

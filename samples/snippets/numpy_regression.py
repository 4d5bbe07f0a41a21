import numpy as np
X = np.array([1, 2, 3, 4], dtype=np.float32)
Y = np.array([2, 4, 6, 8], dtype=np.float32)
w = 0.0
def forward(x): return w * x
def loss(y, y_pred): return ((y_pred - y)**2).mean()
def gradient(x, y, y_pred): return np.dot(2*x, y_pred - y).mean()
print(f'Prediction before training: f(5) = {forward(5):.3f}')
learning_rate = 0.01
for epoch in range(20):
    y_pred = forward(X)
    l = loss(Y, y_pred)
    dw = gradient(X, Y, y_pred)
    w -= learning_rate * dw
    if epoch % 4 == 0:
        print(f'epoch {epoch+1}: w = {w:.3f}, loss = {l:.8f}')
print(f'Prediction after training: f(5) = {forward(5):.3f}')
def grad_check(f, x, analytic, h=1e-5):
    for i in range(3):
        ix = tuple([np.random.randint(m) for m in x.shape]) if False else (i,)
        oldval = x[ix]
        x[ix] = oldval + h; fxph = f(x)
        x[ix] = oldval - h; fxmh = f(x)
        x[ix] = oldval
        grad_numerical = (fxph - fxmh) / (2 * h)
        rel_error = abs(grad_numerical - analytic[ix]) / (abs(grad_numerical) + abs(analytic[ix]))
        print('numerical: %f analytic: %f, relative error: %s' % (grad_numerical, analytic[ix], rel_error < 1e-6))
x = np.array([1.0, 2.0, 3.0])
grad_check(lambda x: np.sum(x**3), x, 3*x**2)
def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
scores = np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])
p = softmax(scores)
y = np.array([2, 0])
N = scores.shape[0]
print(-np.log(p[np.arange(N), y]).mean())
d = p.copy(); d[range(N), y] -= 1; d /= N
print(d)
print(d.sum(), (d**2).sum().round(4), np.linalg.norm(d).round(6))

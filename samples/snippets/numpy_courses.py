import numpy as np
X = np.array([[1, 1], [1, 2], [2, 2], [2, 3]])
y = np.dot(X, np.array([1, 2])) + 3
Xb = np.c_[np.ones((4, 1)), X]
theta = np.linalg.lstsq(Xb, y, rcond=None)[0]
print(theta.round(6))
eta, n = 0.1, 1000
th = np.zeros(3)
for it in range(n):
    th -= eta * 2 / 4 * Xb.T.dot(Xb.dot(th) - y)
print(th)
a = np.arange(12).reshape(3, 4); print(a[1:, ::2], a[a > 5], a.sum(axis=0), a.mean(), a.T.shape, a.min(), a.argmax())
print(np.gradient(np.array([1., 4., 9., 16.])), np.diff([1, 4, 9]), np.cumsum([1, 2, 3]))
print(np.linspace(0, 1, 5), np.zeros((2, 2), dtype=int), np.eye(2), np.ones(3) * 2.5)
print(np.concatenate([[1, 2], [3]]), np.stack([[1, 2], [3, 4]], axis=1), np.vstack([[1, 2], [3, 4]]), np.hstack([[1], [2]]))
print(np.where(a > 5, a, -1)); print(np.clip([-1, 5, 20], 0, 10), np.sign([-2., 0, 3]), np.abs(-3), np.sqrt(16))
print(np.linalg.inv(np.array([[1., 2.], [3., 4.]])), np.linalg.det([[1., 2.], [3., 4.]]), np.linalg.norm([3, 4]))
w, v = np.linalg.eigh(np.array([[2., 0.], [0., 1.]])); print(w)
print(np.exp([0, 1]), np.log(np.e), np.sin(np.pi / 2), np.allclose(0.1 + 0.2, 0.3), np.isnan(np.nan))
print(np.array([1.5, 2.5]).astype(int), np.float32(1.1), np.array([1, 2]) / 2, 7 // 2, -7 // 2, -7 % 3, 2 ** -1)
b = np.array([1., 2., 3.]); c = b; c[0] = 9; print(b); d = b.copy(); d += 1; print(b, d); b[1:] *= 2; print(b)
print(np.einsum('ij,jk', np.ones((2, 3)), np.ones((3, 2))), np.outer([1, 2], [3, 4]), np.dot([1, 2], [3, 4]), np.cross([1, 0, 0], [0, 1, 0]))
print(np.random.RandomState(0).rand(2), np.random.default_rng(0).normal(size=2))
np.random.seed(42); print(np.random.rand(3), np.random.randn(2, 2), np.random.randint(0, 10, 5), np.random.uniform(-1, 1, 2), np.random.choice(5, 3), np.random.permutation(4), np.random.normal(0, 1, 2))
print(repr(b), b.tolist(), b.max(), type(b), len(b), b.shape, b.ndim, b.size)
print(np.polyfit([0, 1, 2], [1, 3, 5], 1).round(6), np.polyval([1, 2, 3], 2), np.interp(1.5, [1, 2], [10, 20]), np.trapezoid([1, 2, 3]))
print(np.meshgrid([1, 2], [3, 4])[0], np.tile([1, 2], 2), np.repeat([1, 2], 2), np.unique([1, 1, 2]), np.sort([3, 1, 2]), np.argsort([3, 1, 2]))

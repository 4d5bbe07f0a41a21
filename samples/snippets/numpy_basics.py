import numpy as np

a = np.array([[1., 2.], [3., 4.]])
print(a.dot(a), a @ a.T, np.linalg.inv(a), round(np.linalg.det(a), 6))
print(a.mean(), a.std(), a.sum(axis=1), a.argmax(), a.max(axis=0))
print(np.linspace(0, 1, 5), np.arange(0, 1, 0.25), np.eye(2), np.zeros((2, 2)), np.full(3, 7))
print(a[0], a[:, 1], a[a > 2], a.ravel(), a.reshape(4, 1).shape, a.flatten().tolist())
b = np.arange(5)
b[1:3] = 10
print(b, b.dtype, b / 2, b // 2, b % 3, b ** 2, -b)
print(np.concatenate([b, b]), np.stack([b, b]).shape, np.vstack([b, b])[1], np.where(b > 3, 1, 0))
print(np.exp(1), np.log(np.e), np.sqrt(2), np.abs(-3), np.sign(-2.5), np.round(2.567, 2))
print(f"{np.mean([1, 2, 3]):.2f}", np.sum([1, 2, 3]), np.max([1.5, 2]), np.cumsum([1, 2, 3]))
print(np.array([1, 2, 3]).dtype, np.array([1.0]).dtype, np.array([True]).dtype, np.float32(1.5), np.array([1, 2], dtype=np.float32))
print([np.float64(1.5)], np.allclose([1.0], [1.0 + 1e-9]), np.array_equal(a, a))
for row in a:
    print(row, row.sum())
x, y = np.meshgrid(np.arange(2), np.arange(3))
print(x, y)
print(np.outer([1, 2], [3, 4]), np.dot([1, 2], [3, 4]), np.clip(b, 0, 4), np.diff([1, 4, 9]))
print(np.gradient(np.array([1., 4., 9., 16.])), np.trapezoid([1, 2, 3]))

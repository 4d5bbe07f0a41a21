import numpy as np
class Dual:
    def __init__(self, real, dual=0.0):
        self.real = real
        self.dual = dual
    def __add__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.real + other.real, self.dual + other.dual)
    __radd__ = __add__
    def __mul__(self, other):
        if not isinstance(other, Dual):
            other = Dual(other)
        return Dual(self.real * other.real, self.real * other.dual + self.dual * other.real)
    __rmul__ = __mul__
    def __sub__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.real - other.real, self.dual - other.dual)
    def __truediv__(self, o):
        return Dual(self.real / o.real, (self.dual * o.real - self.real * o.dual) / o.real ** 2)
    def __pow__(self, n):
        return Dual(self.real ** n, n * self.real ** (n - 1) * self.dual)
    def sin(self):
        return Dual(np.sin(self.real), np.cos(self.real) * self.dual)
    @property
    def value(self): return self.real
    def __str__(self):
        return '%.6f + %.6fε' % (self.real, self.dual)
    def __eq__(self, other): return self.real == other.real and self.dual == other.dual
    def __lt__(self, other): return self.real < other.real
    def __abs__(self): return self if self.real >= 0 else self * -1
def derivative(f, x):
    return f(Dual(x, 1.0)).dual
print(derivative(lambda x: x ** 3 + 2 * x, 2.0))
print(Dual(1., 2.) * Dual(3., 4.), Dual(1., 2.) < Dual(2., 0.), abs(Dual(-1., 1.)))
print(derivative(lambda x: (x * x).sin() / (x + 1), .5))
grads = np.gradient(np.array([1, 2, 4, 7, 11, 16], dtype=float))
print(grads, np.gradient(np.array([1., 4., 9.]), 2.))
x = np.arange(0., 2., .5)
dx = x[1] - x[0]
print(np.gradient(x ** 2, dx))
def gradient_descent(gradient, start, learn_rate, n_iter=50, tolerance=1e-06):
    vector = start
    for _ in range(n_iter):
        diff = -learn_rate * gradient(vector)
        if np.all(np.abs(diff) <= tolerance):
            break
        vector += diff
    return vector
print(gradient_descent(gradient=lambda v: 2 * v, start=10.0, learn_rate=0.2))
print(gradient_descent(lambda v: np.array([2 * v[0], 4 * v[1]**3]), np.array([1.0, 1.0]), 0.2, tolerance=1e-8))

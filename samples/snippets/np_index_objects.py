import numpy
import autograd.numpy as np
from autograd import grad
from autograd.core import make_vjp

x = np.arange(12.0).reshape(3, 4)
corner, column = numpy.s_[:2, 1:3], numpy.index_exp[:, 0]
print(x[corner], x[column], numpy.s_[1], numpy.s_[::2])
print(grad(lambda x: np.sum(x[corner] ** 2))(x))
vjp, value = make_vjp(np.cumsum, np.array([1.0, 2.0, 3.0]))
print(value, vjp(np.array([1.0, 0.0, 2.0])))
rng = numpy.random.RandomState(seed=3)
print(rng.rand(2))

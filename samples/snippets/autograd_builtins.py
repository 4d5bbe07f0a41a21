import autograd.numpy as np
from autograd import grad, checkpoint
from autograd.builtins import tuple, dict, list, isinstance

def model(params):
    w, (b, c) = params['w'], params['bc']
    out = list([w * i for i in range(3)])
    assert isinstance(out, list)
    return np.sum(np.array(out)) * b + c ** 2

p = {'w': np.array([1.0, -2.0]), 'bc': (0.5, 3.0)}
g = grad(model)(p)
print(g['w'], g['bc'])
print(grad(lambda x: tuple((x, x ** 2))[1] * dict(a=x)['a'])(2.0))
f = checkpoint(lambda x: np.sum(np.exp(np.sin(x))))
print(grad(f)(np.array([0.1, 0.2])))
print(grad(lambda x: np.linalg.slogdet(x)[1])(np.array([[2., 1.], [0., 3.]])))
print(grad(lambda x: np.sum(np.linalg.eigh(x)[0] ** 2))(np.array([[2., 1.], [1., 3.]])))
print(grad(lambda x: np.sum(np.sort(x)[:2] ** 2) + np.einsum('i,i->', x, x))(np.array([3., 1., 2.])))

# Rules by argument: None is for zero, and one that is lacking is an error.
import autograd.numpy as np
from autograd import grad
from autograd.extend import defvjp, primitive


@primitive
def unruled(x):
    return x**2


@primitive
def product(x, y):
    return x * y


def attempt(f, *args):
    try:
        print(f(*args))
    except NotImplementedError as error:
        print(error)


attempt(unruled, 3.0)
attempt(grad(unruled), 1.0)
attempt(grad(lambda x: np.sin(x) + 0.0 * unruled(2.0)), 1.0)
attempt(grad(product), 2.0, 3.0)
defvjp(product, None, lambda ans, x, y: lambda g: g * x * 10)
attempt(grad(product, 1), 2.0, 3.0)
attempt(grad(product), 2.0, 3.0)
defvjp(product, lambda ans, x, y: lambda g: g * y, argnums=(0,))
attempt(grad(product), 2.0, 3.0)
attempt(grad(product, 1), 2.0, 3.0)
attempt(grad(lambda x: product(x, x)), 2.0)
attempt(grad(lambda x: product(x, 5.0)), 2.0)

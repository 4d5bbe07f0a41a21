import jax
import jax.numpy as jnp

try:
    jax.grad(lambda x: x ** 2)(jnp.arange(3.0))
except TypeError as e:
    print(e)
try:
    jax.grad(lambda x: x ** 2)(3)
except TypeError as e:
    print(str(e)[:95])
try:
    jnp.ones(2) + jnp.ones(3)
except TypeError as e:
    print(e)
try:
    jnp.ones((2, 3)) @ jnp.ones((2, 3))
except TypeError as e:
    print(type(e).__name__)
@jax.jit
def f(x):
    if x > 0:
        return x
    return -x
try:
    f(1.0)
except jax.errors.TracerBoolConversionError as e:
    print("traced")
try:
    jax.grad(lambda x, y: x * y, argnums=2)(1.0, 2.0)
except (ValueError, TypeError) as e:
    print(type(e).__name__)

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, jit

jax_array = jnp.zeros((3, 3), dtype=jnp.float32)
try:
    jax_array[1, :] = 1.0
except TypeError as e:
    print("Exception:", type(e).__name__)

updated_array = jax_array.at[1, :].set(1.0)
print("updated array:\n", updated_array)
print("original array unchanged:\n", jax_array)
new_jax_array = jax_array.at[::2, 1:].add(7.)
print(new_jax_array)
print(jnp.arange(10)[11])
print(jnp.sum(jnp.array([1, 2, 3])))
try:
    jnp.sum([1, 2, 3])
except TypeError as e:
    print("TypeError:", e)

def f(x):
    if x < 3:
        return 3. * x ** 2
    else:
        return -4 * x
print(grad(f)(2.))  # ok!
print(grad(f)(4.))  # ok!

try:
    jit(f)(2)
except Exception as e:
    print(type(e).__name__)
f2 = jit(f, static_argnums=(0,))
print(f2(2.))

@jit
def g(x, y):
    print("Running g():")
    print(f"  x = {x}")
    result = jnp.dot(x + 1, y + 1)
    print(f"  result = {result}")
    return result
x = jnp.ones((3, 4))
y = jnp.ones(4)
g(x, y)
print(g(x, y))

x = jnp.float32(0)
print(jnp.divide(0.0, 0.0), jnp.array(2) / 0)

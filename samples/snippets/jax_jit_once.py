import jax, jax.numpy as jnp
import numpy as np
from jax import grad, jit, vmap
# sharp bits
def impure_print_side_effect(x):
    print("Executing function")
    return x
print("First call: ", jit(impure_print_side_effect)(4.))
print("Second call: ", jit(impure_print_side_effect)(5.))
print("Third call, different type: ", jit(impure_print_side_effect)(jnp.array([5.])))
g = 0.
def impure_uses_globals(x):
    return x + g
print("First call: ", jit(impure_uses_globals)(4.))
g = 10.
print("Second call: ", jit(impure_uses_globals)(5.))
jax_array = jnp.zeros((3,3), dtype=jnp.float32)
try:
    jax_array[1, :] = 1.0
except Exception as e:
    print("Exception {}".format(str(e)[:60]))
updated_array = jax_array.at[1, :].set(1.0)
print("updated array:\n", updated_array)
print("original array unchanged:\n", jax_array)
print(jnp.arange(10)[11])
print(jnp.arange(10.0).at[11].get())
print(jnp.arange(10.0).at[11].get(mode='fill', fill_value=jnp.nan))
try:
    jnp.sum([1, 2, 3])
except TypeError as e:
    print(f"TypeError: {str(e)[:80]}")
def f(x):
    if x < 3: return 3. * x ** 2
    else: return -4 * x
print(grad(f)(2.))
print(grad(f)(4.))
try:
    jit(f)(2)
except Exception as e:
    print(type(e).__name__)
f2 = jit(f, static_argnums=(0,))
print(f2(2.))
print(jnp.divide(0., 0.))
x = jnp.float32(1e10)
print(x.dtype, jnp.float64(1.0).dtype if False else 'x')
print(jnp.arange(3).dtype, jnp.ones(3).dtype, (jnp.arange(3) * 1.0).dtype, (jnp.int8(3) + 1).dtype)
try:
    grad(lambda x: x)(3)
except TypeError as e:
    print(str(e)[:100])
try:
    grad(lambda x: x * 2)(jnp.ones(2))
except TypeError as e:
    print(str(e)[:100])
@jit
def tr(x):
    print(x)
    return x * 2
print(tr(jnp.arange(2.)))
print(np.asarray(jnp.arange(3.)) * 2)
print(jnp.linalg.norm(jnp.array([3., 4.])), jnp.array([1, 2, 3]).sum(), jnp.mean(jnp.array([1, 2])))
print(repr(jnp.array([1., 2.])), repr(jnp.float32(3)), repr(jnp.array(True)))

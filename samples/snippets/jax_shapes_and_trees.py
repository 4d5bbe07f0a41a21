import jax, jax.numpy as jnp
from jax import lax
xs = jnp.arange(12.).reshape(6,2)
def f(x): return x.sum()**2
print(lax.map(f, xs, batch_size=4))
print(jax.grad(lambda x: lax.map(f, x, batch_size=4).sum())(xs))
with jax.disable_jit():
    print(jax.jit(lambda x: x*2)(3.0))
print(jax.tree.map(lambda a, b: a, {"x": 1, "y": 2}, {"x": [1,2], "y": 3}))
print(jax.eval_shape(lambda a: a @ a.T, jax.ShapeDtypeStruct((3,4), jnp.float32)))
print(jnp.atleast_2d(jnp.array([1,2])), jnp.array_equal(jnp.array([1., jnp.nan]), jnp.array([1., jnp.nan]), equal_nan=True))

# The least distance of numbers, and sums over several axes of maps.
import numpy as np, jax, jax.numpy as jnp
print(np.finfo(np.float32).eps, np.finfo(float).eps, np.finfo(np.float32).max, np.finfo(float).tiny, np.finfo(np.float64).min)
print(jnp.finfo(jnp.float32).eps, jnp.finfo(jnp.float32).max, jnp.sqrt(jnp.finfo(jnp.float32).eps))
h = np.sqrt(np.finfo(float).eps)
print(h, 2*np.finfo(float).eps, [np.finfo(float).eps])
xs = jnp.arange(3. * 4.).reshape(3, 4)
print(jax.vmap(jax.vmap(lambda x: x - jax.lax.pmean(x, ('i', 'j')), axis_name='j'), axis_name='i')(xs))
print(jax.vmap(jax.vmap(lambda x: jax.lax.psum(x, ('i', 'j')), axis_name='j'), axis_name='i')(xs))

import jax
import jax.numpy as jnp

x = jnp.array([0.52, 1.12, 0.77, 3.3, 0.2])
print(jnp.var(x), jnp.std(x), x.var(ddof=1), jnp.std(x, ddof=1), x.std(0, None, None, 1))
print(jax.grad(jnp.std)(x))
print(jnp.var(jnp.array([1, 2, 4])), jnp.var(jnp.array([1.0]), ddof=1), jnp.std(2.0))
M = jnp.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
print(M.std(axis=0, keepdims=True), jnp.var(M, axis=(0, 1)).shape)
print(jnp.var(x, where=x < 3))

import jax
import jax.numpy as jnp

f = lambda x, y: 0.5 * x - 0.5 * y
scalar = jnp.float32(0.0)
f_transpose = jax.linear_transpose(f, scalar, scalar)
print(f_transpose(1.0))
A = jnp.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
(back,) = jax.linear_transpose(lambda x: A @ x, jnp.zeros(2))(jnp.array([1.0, 0.0, 1.0]))
print(back)

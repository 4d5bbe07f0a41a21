import jax
import jax.numpy as jnp
from jax import lax

x = jnp.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
print(lax.broadcast(x[0], (2,)), lax.iota(jnp.float32, 3))
print(lax.select_n(x > 2, x, -x), lax.select_n(jnp.array([0, 2]), x[0, :2], x[1, :2], x[1, 1:]))
print(repr(lax.convert_element_type(x, jnp.int32)), repr(jnp.astype(x, bool)))
print(lax.batch_matmul(x[None], x.T[None]))
print(jnp.reshape(x, (3, 2), order="F"), x.reshape(3, -1, order="F"), x.reshape((6,)))
print(jnp.ravel(x, order="F"), x.ravel(order="F"), x.ravel())
print(
    jnp.array([1, 2], ndmin=2),
    jnp.bincount(jnp.array([1, 1, 3]), weights=jnp.array([0.5, 0.5, 1.0])),
)
print(x.at[0].apply(jnp.sin), x.at[9].set(1.0), x.at[9].add(1.0, mode="drop"))
print(jax.grad(lambda x: (jnp.reshape(x, (3, 2), order="F")[0] ** 2).sum())(x))

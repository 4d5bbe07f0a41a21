import jax
import jax.numpy as jnp

x = jnp.array([0.3, 0.7, 1.1, -2.3, 0.11])
print(x / 3, x / x.shape[0], jnp.round(x, 1))  # times what the divisor is turned over
print(x / jnp.full(5, 3.0), 1 / x, x[0] / 3)
print(jax.grad(lambda v: jnp.sum(v**2 / 3))(x))
y = jnp.sin(2.0)
print(f"{y} {y:.3f}", "%s" % y, str(y), "%.2f" % y)
try:
    jax.grad(lambda v: (v, 2.0 * v))(x)
except TypeError as error:
    print(str(error).split(".")[0])

# jnp.round multiplies with what the power of 10 is turned over; what dot says of shapes
import jax
import jax.numpy as jnp

print(jnp.round(jnp.float32(2.34981), 4), jnp.round(jnp.array([1.23456, -3.45678]), 3))
print(jnp.float32(2.345).round(2), jnp.around(2.5), jnp.round(jnp.arange(3)))
print(jax.grad(lambda x: jnp.round(x, 1) * x)(1.26))
for product in (lambda: jnp.ones(2) @ jnp.ones(3), lambda: jnp.dot(jnp.eye(2), jnp.ones(3))):
    try:
        product()
    except TypeError as error:
        print(error)

import jax.numpy as jnp

print(jnp.frobnicate(1.0))

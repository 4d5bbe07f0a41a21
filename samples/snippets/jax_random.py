import jax
import jax.numpy as jnp
from jax import random

key = random.key(42)
print(random.normal(key, (3,)))
new_key, subkey = random.split(key)
print(random.uniform(subkey, (2, 2)))
k1, k2, k3 = random.split(new_key, 3)
W = random.normal(k1, (2, 3))
x = random.normal(k2, (3,))
print(W.shape, x.shape)
print(["%.3f" % v for v in jax.grad(lambda W: jnp.sum(jnp.tanh(W @ x)))(W).ravel()])
key = random.PRNGKey(0)
print(random.uniform(key, minval=-1.0, maxval=1.0))

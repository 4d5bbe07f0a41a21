import jax
import jax.numpy as jnp
from jax import random
from jax.nn import initializers

key = random.key(43)
print(key)
print(key.shape, key.dtype, repr(random.PRNGKey(43)), random.key_data(key))
new_key, subkey = random.split(key)
del key
print(new_key, subkey)
print(random.split(subkey, 3).shape, f"{random.fold_in(subkey, 7)}")
print(random.normal(subkey, (3,)), random.uniform(subkey, (4,), minval=-3.3, maxval=1.7))
print(jax.vmap(lambda k: random.uniform(k, (2,)))(random.split(subkey, 2)))


@jax.jit
def noisy(key, x):
    print("traced", key)
    return x + random.normal(key, x.shape)


print(noisy(subkey, jnp.ones(2)))
print(random.truncated_normal(subkey, -2, 2, (6,)), random.rademacher(subkey, (5,)))
print(random.laplace(subkey, (5,)), random.logistic(subkey, (5,)))
print(random.exponential(subkey, (5,)), random.gumbel(subkey, (5,)))
print(random.multivariate_normal(subkey, jnp.zeros(2), jnp.array([[2.0, 1.0], [1.0, 2.0]]), (2,)))

print(initializers.normal(0.1)(subkey, (2, 2)), initializers.uniform(2.0)(subkey, (3,)))
print(initializers.glorot_uniform()(subkey, (2, 3), jnp.float32))
print(initializers.he_normal()(subkey, (3, 2)), initializers.lecun_normal()(subkey, (3, 2, 2)))
print(initializers.zeros(subkey, (2,)), initializers.constant(7.0)(subkey, (1, 2)))
print(initializers.variance_scaling(2.0, "fan_out", "normal")(subkey, (2, 2)))
try:
    initializers.glorot_normal()(subkey, (3,))
except ValueError as error:
    print(error)

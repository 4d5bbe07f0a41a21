import jax
import jax.numpy as jnp
from jax import lax
from jax.test_util import check_grads

print(lax.associative_scan(jnp.add, jnp.arange(4.0)))
print(lax.associative_scan(jnp.multiply, jnp.array([1.0, 2.0, 3.0]), reverse=True))
print(jax.grad(lambda x: lax.associative_scan(jnp.multiply, x)[-1])(jnp.array([2.0, 3.0, 4.0])))
check_grads(jnp.sin, (1.0,), order=2)
print(jnp.allclose(jnp.ones(2), 1.00001, 1e-4, 1e-4))
print([jnp.arange(12.0).reshape(3, 4) * 1.2345, jnp.zeros((0, 3))])

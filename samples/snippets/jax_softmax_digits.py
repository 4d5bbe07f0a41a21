# Softmax and its kin to the last digit; eager exp and log of a short vector are those of C
import jax
import jax.numpy as jnp

x = jnp.array([0.3, -1.2, 2.5])
w = jnp.array([0.7, -0.4, 0.9])
print(jax.nn.softmax(x), jax.nn.log_softmax(x), jax.scipy.special.logsumexp(x))
print(jax.grad(lambda x: jnp.vdot(w, jax.nn.softmax(x)))(x))
print(jax.grad(jax.scipy.special.logsumexp)(x))
print(jax.grad(lambda x: jnp.sum(w / x))(x), jax.grad(lambda x: jnp.sum(jax.nn.softplus(x)))(x))
print(jnp.exp(x), jnp.log(jnp.abs(x)), jnp.exp(jnp.linspace(0.0, 1.0, 7)))
rows = jnp.stack([x, 2 * w, x - w])
print(jax.nn.softmax(rows, axis=1))
print(rows / rows.sum(axis=1, keepdims=True))

"""Derivatives of derivatives, whose slopes JAX adds up in the order in which it computed them."""

import jax
import jax.numpy as jnp
from jax import grad, vmap


def second(f):
    return [round(float(grad(grad(f))(v)), 6) for v in (0.1, 0.3, 0.7, 1.3, 2.1, 2.9)]


print(second(lambda x: x**3 + jnp.sin(x) + jnp.exp(x)))
print(second(lambda x: x**4 + 3 * x**3 - 2 * x**2 + x))
print(second(lambda x: jnp.sin(x) * x**2 + jnp.exp(-x)))
print(second(lambda x: jnp.log(x) * x + jnp.sqrt(x) * jnp.sin(x)))
print(second(lambda x: x * jnp.sin(x) * jnp.exp(x)))
print(second(lambda x: jnp.sin(jnp.cos(x)) + jnp.cos(jnp.sin(x)) + x**2))
print(grad(grad(grad(lambda x: x**3 + jnp.sin(x) + jnp.exp(x))))(0.7))


def energy(x):
    return jnp.sum(jnp.sin(x) * x**2)


x = jnp.array([0.3, 1.2, -0.7])
v = jnp.array([1.0, 0.0, 2.0])
print(grad(lambda x: jnp.vdot(grad(energy)(x), v))(x))
print(vmap(grad(grad(lambda x: jnp.sin(x) * x**2)))(x))

"""Functions as XLA computes them in single precision: the numbers of JAX's first pages."""

import jax
import jax.numpy as jnp
from jax import grad, jit, vmap


def tanh(x):
    y = jnp.exp(-2.0 * x)
    return (1.0 - y) / (1.0 + y)


print(grad(tanh)(1.0), grad(tanh)(2.0))


def sum_logistic(x):
    return jnp.sum(1.0 / (1.0 + jnp.exp(-x)))


print(grad(sum_logistic)(jnp.arange(3.0)))


def selu(x, alpha=1.67, lmbda=1.05):
    return lmbda * jnp.where(x > 0, x, alpha * jnp.exp(x) - alpha)


print(selu(jnp.arange(5.0)), vmap(grad(selu))(jnp.linspace(-2.0, 1.0, 4)))
x = jnp.linspace(-3.0, 3.0, 7)
for f in (jnp.exp, jnp.tanh, jax.nn.sigmoid, jnp.expm1, jnp.sinh, jnp.cosh, jax.lax.erf):
    print(f.__name__ if hasattr(f, "__name__") else "f", f(x))
for f in (jnp.log, jnp.log1p):
    print(f(jnp.array([0.1, 0.5, 0.9, 3.0, 100.0])))
print(jax.nn.softplus(x))
print(jnp.mean(jnp.array(0.1)).weak_type, (jnp.array(0.1) * 2).weak_type)
print(x**3, x**-2)
a = jnp.sin(jnp.arange(12.0)).reshape(3, 4)
print(jnp.sum(a), jnp.sum(a, axis=0), a.mean(), a @ a[0], jnp.dot(a[1], a[2]), jnp.sum(a[:2, :2]))
print(jnp.sum(jnp.sin(jnp.arange(100.0))), jnp.mean(jnp.cos(jnp.arange(40.0))))
inputs = jnp.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30]])
targets = jnp.array([True, True, False])


def loss(W, b):
    preds = 0.5 * (jnp.tanh((inputs @ W + b) / 2) + 1)
    return -jnp.sum(jnp.log(preds * targets + (1 - preds) * (1 - targets)))


print(jax.value_and_grad(loss, (0, 1))(jnp.array([0.1, -0.2, 0.3]), 0.5))

"""Steps in a Python loop, jitted and not: what is printed within, and what changes the course."""

import jax
import jax.numpy as jnp

xs = jnp.linspace(-1.0, 1.0, 8)
ys = 2.0 * xs + 1.0


def loss(params, scale=1.0):
    return scale * jnp.mean((params["w"] * xs + params["b"] - ys) ** 2)


params = {"w": jnp.array(0.0), "b": 0.5}
for i in range(60):
    value, grads = jax.value_and_grad(loss)(params, 2.0 if i % 30 == 29 else 1.0)
    params = jax.tree.map(lambda p, g: p - 0.1 * g, params, grads)
    if i % 20 == 19:
        print(i, f"{value:.5f}")


@jax.jit
def step(params, rate):
    print("traced for", rate.shape)
    return jax.tree.map(lambda p, g: p - jnp.mean(rate) * g, params, jax.grad(loss)(params))


for i in range(40):
    params = step(params, jnp.array(0.1) if i < 35 else jnp.array([0.05, 0.1]))
print(f"{params['w']:.4f} {params['b']:.4f}")

x = jnp.array(1.5)
for i in range(40):
    f = jnp.sin if i < 36 else jnp.abs
    g = jax.grad(lambda v: f(v) * v)(x)
    x = x - 0.05 * g
print(f"{x:.5f} {g:.5f}")

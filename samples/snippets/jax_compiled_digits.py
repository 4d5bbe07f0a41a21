# What XLA rounds once in functions that are compiled, and the last digits of linspace.
import jax
import jax.numpy as jnp
from jax import lax

for a, b in ((-1.5, 1.7), (-0.76, 4.75), (5.4, 12.73), (0.0, 10.0)):
    print(jnp.linspace(a, b, 9).tolist(), jnp.linspace(a, b, 40)[1:3].tolist())
x, g = jnp.linspace(-1.5, 1.7, 7), jnp.linspace(0.3, -0.8, 7)
print(jax.jit(lambda x, g: x * g + x)(x, g), x * g + x)
print(jax.jit(lambda x, g: x * (1 - g) + x * (1 - g) * g)(x, g))
print(jax.jit(lambda x: x**3 - 2 * x - 5)(2.0945516), jax.jit(lambda x: x**4 - x)(x))
print(jax.jit(lambda x: x / 3.0 + x / 7.0)(x), jax.jit(lambda x: (x * g).reshape(7, 1).T + x)(x))
print(jax.jit(lambda x, g: jax.vjp(jnp.tanh, x)[1](g)[0])(x, g))
print(jax.jit(lambda x, g: jnp.sum((x - g) ** 2))(x, g))
print(jax.jit(jax.grad(lambda x, g: jnp.mean((x - g) ** 2)))(x, g))
W, X = jnp.array([[0.1, -0.2], [0.3, 0.4]]), jnp.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7]])


def net(W, b):
    return jnp.sum(jnp.tanh(X @ W + b) ** 2)


print(jax.jit(jax.grad(net, (0, 1)))(W, jnp.array([0.05, -0.1])))


def mse(p):
    return jnp.mean((X @ p["w"] + p["b"] - jnp.array([1.0, 2.0, 3.0])) ** 2)


@jax.jit
def step(p):
    return jax.tree.map(lambda p, g: p - 0.1 * g, p, jax.grad(mse)(p))


p = {"w": jnp.array([0.1, 0.2]), "b": 0.3}
for _ in range(5):
    p = step(p)
print(p)


def turn(i, v):
    return v * 1.1 + 0.3 * jnp.sin(v) - 0.05 * v**3


y = jnp.array([1.1, -0.7])
print(lax.fori_loop(0, 5, turn, y), jax.jit(lambda y: lax.fori_loop(0, 5, turn, y))(y))
print(lax.scan(lambda c, u: (0.9 * c + u * c, c * c - u), 0.3, jnp.arange(5.0) / 7))
print(jax.jit(jax.hessian(lambda x: jnp.sum(x**3 * jnp.sin(x))))(y))

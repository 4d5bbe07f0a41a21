import jax
import jax.numpy as jnp

x = jnp.array([0.52, 1.12, 0.77, 3.3, 0.2])


def f(x):
    return jnp.log(jnp.sqrt(x))


def g(x):
    return jnp.exp(x) * jnp.exp(2 * x)


def h(x):
    return jnp.exp(x) * jnp.exp(2 * x) + 0.1 * x


for own in (f, g, h):
    print(own(x))
    print(jax.jit(own)(x))
print(f(jnp.pi), jax.jit(f)(jnp.pi))

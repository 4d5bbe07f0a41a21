import jax
import jax.numpy as jnp
def f(x):
    return jnp.piecewise(x, [x < 0, x >= 2], [lambda x: -x, lambda x: x ** 3, lambda x: 2 * x])
xs = jnp.array([-1.0, 0.5, 1.5, 3.0])
print(f(xs), f(1.5))
print(jax.vmap(jax.grad(f))(xs))
print(jax.grad(f)(3.0), jax.jit(f)(xs))
print(jnp.piecewise(xs, [xs < 0, xs >= 1], [-1, 1]))
print(jnp.piecewise(xs, [xs < 0], [lambda x, k: k * x, 0.5], 3.0))
print(jax.grad(lambda x: jnp.piecewise(x, [x > 1], [jnp.sin, jnp.cos]).sum())(xs))

"""A rule of a function of many steps, whose derivative is taken in turn."""

import jax
import jax.numpy as jnp

@jax.custom_jvp
def solve_cubic(a):
    x = jnp.ones_like(a)
    for _ in range(20):
        x = x - (x**3 + x - a) / (3 * x**2 + 1)
    return x

@solve_cubic.defjvp
def solve_cubic_jvp(primals, tangents):
    a, = primals
    da, = tangents
    x = solve_cubic(a)
    return x, da / (3 * x**2 + 1)

print(solve_cubic(2.0), solve_cubic(10.0))
print(jax.grad(solve_cubic)(2.0))
print(jax.grad(jax.grad(solve_cubic))(2.0))
print(jax.vmap(jax.grad(solve_cubic))(jnp.array([0., 2., 10.])))
print(jax.jit(jax.jacfwd(solve_cubic))(10.0))

"""What a rule prints: numbers, where nothing but one gradient is asked for."""

import jax
import jax.numpy as jnp


@jax.custom_vjp
def debug(x):
    return x


def debug_fwd(x):
    print("forward", x)
    return debug(x), x


def debug_bwd(x, g):
    print("backward", x, g)
    return (g,)


debug.defvjp(debug_fwd, debug_bwd)
print(jax.grad(lambda x: debug(x**2) * 3.0)(2.0))
print(jax.grad(lambda x: jnp.sum(jnp.sin(debug(x))))(jnp.array([0.5, 1.0])))

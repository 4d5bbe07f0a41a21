"""Functions of the C library and of formulas of JAX's own, and their derivatives."""

import jax
import jax.numpy as jnp
import jax.scipy.special as special
from jax import grad, vmap

n = jnp.linspace(-2.93, 2.91, 24)
x = jnp.linspace(0.011, 3.97, 24)
for f in (jnp.sin, jnp.cos, jnp.tan, jnp.arctan, jnp.arcsinh, jnp.exp2, jnp.cbrt, jnp.sinc):
    print(f(n).tolist())
for f in (jnp.log2, jnp.log10, special.entr, jax.nn.mish, jax.nn.soft_sign):
    print(f(x).tolist())
print(jnp.sin(jnp.array([30.5, -77.25])), jnp.tan(7.5), jnp.arctan(2.5))
print(jnp.arcsin(n / 3), jnp.arccos(n / 3), jnp.arctanh(n / 3))
print(jnp.arccosh(1 + x), jnp.hypot(n, x), special.logit(x / 4))
print(jnp.arctan2(n, x), jnp.arctan2(-n, n))
for f in (jnp.cbrt, jnp.exp2, jnp.arctan, special.erf, jax.nn.mish, jax.nn.soft_sign):
    print(vmap(grad(f))(n).tolist())
for f in (jnp.log2, jnp.log10, lambda t: t**t, lambda t: 2.0**t, lambda t: special.xlogy(t, t)):
    print([float(grad(f)(v)) for v in (0.3, 1.7, 2.9)])
print([float(grad(lambda t: jnp.arctan2(0.7, t))(v)) for v in (0.3, 1.7, -2.9)])

# Where it is differentiated, a function with a rule for tangents is that rule.
from functools import partial

import jax
import jax.numpy as jnp

@jax.custom_jvp
def f(x, y):
    print("body")
    return jnp.sin(x) * y

@f.defjvp
def f_jvp(primals, tangents):
    print("rule")
    x, y = primals
    xd, yd = tangents
    return f(x, y), jnp.cos(x) * xd * y + jnp.sin(x) * yd

print(f(1., 2.))
print("grad", jax.grad(f)(1., 2.))
print("jvp", jax.jvp(f, (1., 2.), (1., 0.)))
print("jit", jax.jit(jax.grad(f))(1., 2.))
print("vmap", jax.vmap(jax.grad(f))(jnp.arange(3.), jnp.ones(3)))
print("jacfwd", jax.jacfwd(f)(1., 2.))

@jax.custom_jvp
def h(x):
    return x * 2

@h.defjvp
def _(primals, tangents):
    return primals[0] * 100, tangents[0] * 7

print(h(jnp.array(1.)), jax.value_and_grad(h)(jnp.array(1.)))

@partial(jax.custom_jvp, nondiff_argnums=(0,))
def apply(k, x):
    print("apply")
    return k(x)

@apply.defjvp
def _(k, primals, tangents):
    (x,), (t,) = primals, tangents
    return apply(k, x), 2. * t

print(jax.grad(apply, argnums=1)(jnp.sin, 1.))

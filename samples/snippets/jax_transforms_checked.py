# What transformations refuse, and how weak the Jacobians of Python's numbers are.
import math

import jax
import jax.numpy as jnp

x = jnp.linspace(0, 4, 5)


def model(params, x):
    return params["a"] * x + params["c"]


print(jax.jacobian(model)({"a": 2.0, "c": 0.1}, x))
print(jax.jacrev(lambda v: v * x)(2.0), jax.jacrev(lambda v: v * x)(jnp.float32(2)))
print(repr(jax.jacfwd(lambda v: v * x)(2.0)))


def refused(f):
    try:
        print(repr(f()))
    except (TypeError, ValueError) as e:
        print(type(e).__name__, str(e).split("\n")[0])


refused(lambda: jax.grad(lambda x: float(x) * 2)(1.0))
refused(lambda: jax.grad(lambda x: math.sin(x))(1.0))
refused(lambda: jax.grad(lambda x: int(x) * 2.0)(1.0))
refused(lambda: jax.vmap(lambda x: float(x))(x))
refused(lambda: jax.grad(lambda x: jnp.sum(jnp.arange(3)))(1.0))
refused(lambda: jax.jvp(lambda x: x**2, (1.0,), (1,)))
refused(lambda: jax.jvp(lambda x: x**2, (jnp.ones(2),), (jnp.ones(3),)))
refused(lambda: jax.jvp(lambda x: x**2, 1.0, 1.0))
refused(lambda: jax.jvp(lambda x, y: x * y, (1.0, 2.0), (1.0,)))
refused(lambda: jax.vjp(lambda x: x**2, 1.0)[1](jnp.ones(2)))
refused(lambda: jax.vjp(lambda x: x**2, jnp.ones(2))[1](1.0))
refused(lambda: jax.vjp(lambda x: (x, x), 1.0)[1](1.0))
refused(lambda: jax.grad(lambda x: (x, x))(1.0))
refused(lambda: jax.grad(lambda x: [x, 1])(jnp.ones(2)))
refused(lambda: jax.grad(lambda x, y: x * y, argnums=2)(1.0, 2.0))
print(jnp.array([-1.5, 2.7, 300.0]).astype("uint8"), jnp.arange(254.0, 258.0).astype("uint8"))
print(jnp.array([3e10, -3e10, jnp.nan, jnp.inf]).astype(int), jnp.array([300, -1]).astype("uint8"))
print(x.devices(), x.sharding, x.device, jax.devices(), jax.device_count(), jax.default_backend())


@jax.custom_jvp
def pair(x, y):
    return x**2, jnp.sin(y)


@pair.defjvp
def pair_jvp(primals, tangents):
    (x, y), (dx, dy) = primals, tangents
    return pair(x, y), (2 * x * dx, -jnp.sin(y) * dy)


print(jax.grad(lambda x, y: pair(x, y)[0], (0, 1))(1.0, 2.0))

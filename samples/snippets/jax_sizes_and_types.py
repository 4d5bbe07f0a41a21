import jax
import jax.numpy as jnp
from jax import lax


def attempt(f):
    try:
        print(f())
    except (TypeError, ValueError) as error:
        print(error)


attempt(lambda: lax.add(1, 1.0))
attempt(lambda: lax.mul(jnp.ones(2), jnp.ones(2, int)))
attempt(lambda: lax.max(1, 2.0))
attempt(lambda: lax.lt(1, 2.0))
attempt(lambda: lax.add(jnp.ones(2), jnp.ones(3)))
attempt(lambda: lax.add(jnp.float32(1), 1.0))
attempt(lambda: (lax.div(-7, 2), lax.div(jnp.array([7, 6]), jnp.array([-2, -3])), lax.div(1.0, 2.0)))

x = jnp.array([0, 1, 0, 2])
print(jnp.nonzero(x, size=3, fill_value=-1), jnp.where(x > 0, size=1), jnp.flatnonzero(x, size=2))
print(jnp.unique(jnp.array([3, 1, 3, 2]), size=4, return_counts=True), jnp.argwhere(jnp.eye(2), size=3))


@jax.jit
def places(x):
    return jnp.nonzero(x, size=2)[0]


print(places(x), places(jnp.array([1, 1, 0, 1])))
print(jnp.frexp(jnp.array([1.5, 8.0])))
print(lax.scan(lambda c, x: (c + x, c), 0, jnp.arange(4), reverse=True))


@jax.custom_vjp
def f(x):
    return x**2


f.defvjp(lambda x: (f(x), x), lambda x, g: (2 * x * g,))
attempt(lambda: jax.jvp(f, (1.0,), (1.0,)))

from jax.flatten_util import ravel_pytree

flat, unravel = ravel_pytree({"w": jnp.ones(2), "b": jnp.zeros(1)})
print(flat, unravel(flat * 2))
print(jnp.result_type(1, 2.0), jnp.promote_types("int32", "float32"), jnp.promote_types(jnp.int32, jnp.float16))
print(jnp.result_type(jnp.arange(2), 1.5), jnp.result_type(jnp.float16, 2.0), jnp.result_type(jnp.ones(2), jnp.int32(1)))

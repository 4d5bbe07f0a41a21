import jax
import jax.numpy as jnp
import numpy as np
from jax import debug, lax
from jax.experimental import io_callback


def f_host(x):
    return np.square(x).astype(x.dtype)


def f(x):
    result_shape = jax.ShapeDtypeStruct.like(x)
    return jax.pure_callback(f_host, result_shape, x, vmap_method="sequential")


x = jnp.arange(5.0)
print(f(x), jax.jit(f)(x), jax.vmap(f)(x))
print(lax.scan(lambda _, x: (_, f(x)), None, x)[1])
try:
    jax.grad(lambda x: f(x))(1.0)
except ValueError as error:
    print(error)


@jax.custom_jvp
def own(x):
    return f(x)


@own.defjvp
def own_jvp(primals, tangents):
    return own(*primals), 2.0 * primals[0] * tangents[0]


print(jax.grad(own)(3.0), jax.vmap(jax.grad(own))(x))


def log_value(x):
    print("log:", x)


@jax.jit
def g(x):
    debug.callback(log_value, x)
    return x


@jax.jit
def greeted(x):
    io_callback(lambda: print("hello"), None)
    return x


@jax.jit
def told(x):
    jax.debug.print("at each call")
    return x


for function in (g, told, greeted):
    function(1.0)
    function(2.0)
    jax.effects_barrier()
jax.vmap(lambda x: debug.callback(log_value, x))(x[:2])
jax.effects_barrier()
print(jax.grad(greeted)(1.0))


def typed(x):
    print(jax.typeof(x), repr(jax.typeof(x.sum())))
    return x


jax.vmap(typed)(jnp.ones((2, 3)))
print(jax.typeof(1.0), jax.typeof(jnp.arange(3)).shape)

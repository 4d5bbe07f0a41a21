import jax
import jax.numpy as jnp
from jax import lax, vmap

xs = jnp.arange(4.0)
print(vmap(lambda x: lax.psum(x, "i"), axis_name="i")(xs))
print(vmap(lambda x: x / lax.pmean(x, axis_name="b"), axis_name="b")(jnp.array([1.0, 2.0, 3.0])))
print(vmap(lambda x: (lax.pmax(x, "i"), lax.pmin(x, "i"), lax.psum(1, "i")), axis_name="i")(xs))
print(vmap(lambda x: lax.axis_index("i") * x, axis_name="i")(jnp.ones(3)))
print(vmap(lambda x: lax.all_gather(x, "i"), axis_name="i")(jnp.arange(3)))
rows = jnp.arange(6.0).reshape(2, 3)
print(vmap(vmap(lambda x: lax.psum(x, "j"), axis_name="j"), axis_name="i")(rows))


def standardized(x):
    mean = lax.pmean(x, "batch")
    return (x - mean) / jnp.sqrt(lax.pmean((x - mean) ** 2, "batch") + 1e-5)


def loss(xs, w):
    return jnp.sum(w * vmap(standardized, axis_name="batch")(xs) ** 3)


print(jax.grad(loss)(jnp.array([1.0, 2.0, 4.0]), jnp.array([1.0, -1.0, 0.5])))
grads = vmap(jax.grad(lambda w, x: (w * x - 1.0) ** 2), (None, 0))(0.5, xs)
print(grads, vmap(lambda g: lax.pmean(g, "devices"), axis_name="devices")(grads)[0])
try:
    lax.psum(1.0, "i")
except NameError as error:
    print(error)


def absolute(x):
    if x > 0:
        return x
    else:
        return -x


try:
    vmap(absolute)(xs)
except jax.errors.TracerBoolConversionError as error:
    print(str(error).split("\n")[0])
print(vmap(lambda x: jnp.where(x > 1, x, -x))(xs))


def said(x):
    jax.debug.print("x: {}", x)
    y = jnp.square(x)
    jax.debug.print("y: {}", y)
    return y


print(vmap(said)(xs))

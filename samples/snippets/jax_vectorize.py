from functools import partial

import jax
import jax.numpy as jnp


@partial(jnp.vectorize, signature="(n),(n)->()")
def dot(a, b):
    assert a.ndim == 1 and b.ndim == 1
    return jnp.sum(a * b)


@partial(jnp.vectorize, signature="(n,m),(m)->(n)")
def product(a, v):
    return a @ v


a = jnp.arange(12.0).reshape(2, 2, 3)
print(dot(a, jnp.ones(3)))
print(dot(a[0], a[:, :1]).shape)
print(product(a, jnp.arange(3.0)))
print(jnp.vectorize(lambda x, n: x**n, excluded={1})(jnp.arange(4.0), 2))
print(jnp.vectorize(lambda x, y: x * y if x.ndim == 0 else -x)(jnp.arange(3.0)[:, None], jnp.ones((1, 2))))
print(jax.grad(lambda v: dot(a, v).sum())(jnp.ones(3)))
try:
    dot(a)
except TypeError as error:
    print(type(error).__name__)

# What is the same for all rows has no axis of rows.
print(jax.vmap(lambda x, y: (x + y, y * 2.0), in_axes=(0, None), out_axes=(0, None))(jnp.ones(2), 4.0))
try:
    jax.vmap(lambda x: x, out_axes=None)(jnp.ones(2))
except ValueError as error:
    print("ValueError")


# What is written for debugging is written once for each row.
def squared(x):
    jax.debug.print("x = {}", x)
    return x**2


print(jax.vmap(squared)(jnp.arange(3.0)))


# A rule for cotangents alone: its first half runs in place of the function.
@jax.custom_vjp
def sine(x):
    return jnp.sin(x)


def forward(x):
    print("forward")
    return sine(x), jnp.cos(x)


def backward(cosine, g):
    print("backward")
    return (cosine * g,)


sine.defvjp(forward, backward)
print(sine(3.0), jax.grad(sine)(3.0))
y, pull = jax.vjp(sine, 3.0)
print(y, pull(1.0))
try:
    jax.jvp(sine, (3.0,), (1.0,))
except TypeError as error:
    print("no rule for tangents")

# Within jit the number of elements must be known.
try:
    jax.jit(lambda x: x[x < 0])(jnp.array([1.0, -2.0]))
except jax.errors.NonConcreteBooleanIndexError as error:
    print(type(error).__name__, isinstance(error, IndexError))
trees = [{"t": 1, "obs": 3}, {"t": 2, "obs": 4}]
outer, inner = jax.tree.structure([0, 0]), jax.tree.structure({"obs": 0, "t": 0})
print(jax.tree.transpose(outer_treedef=outer, inner_treedef=inner, pytree_to_transpose=trees))
print(jax.tree.structure([(1, 2), (3, 4)], is_leaf=lambda x: isinstance(x, tuple)))
print(jax.tree.reduce(lambda a, b: a + b, [1, 2], initializer=10))

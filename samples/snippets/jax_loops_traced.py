# The bodies of loops and branches are traced once, and what they carry keeps its type.
import jax
import jax.numpy as jnp
from jax import lax


def add(i, x):
    print("add", x)
    return x + 1.5


print(lax.fori_loop(0, 3, add, 0.0))
print(jax.grad(lambda w: lax.fori_loop(0, 3, add, w))(1.0))


def below(x):
    print("below", x)
    return x < 5


print(lax.while_loop(below, lambda x: x + jnp.float32(1), 0.0))


def step(x, y):
    print("step", x, y)
    return x + y, x * 2


print(lax.scan(step, 0.0, jnp.arange(3.0)))
print(lax.scan(step, 0, jnp.arange(3)))
iterator = iter(range(10))
print(lax.fori_loop(0, 10, lambda i, x: x + next(iterator), 0))

calls = []


def count(c, x):
    calls.append(x)
    return c + x, None


lax.scan(count, 0.0, jnp.arange(4.0))
lax.scan(count, 0.0, jnp.arange(4.0))
print(len(calls))


def up(x):
    print("up")
    return x + 1


def down(x):
    print("down")
    jax.debug.print("never said: {}", x)
    return x - 1


print(lax.cond(jnp.array(True), up, down, 3.0))
print(lax.switch(0, [up, lambda x: x * 2], 3.0))


def refused(run):
    try:
        print(run())
    except TypeError as e:
        print(type(e).__name__, *str(e).splitlines()[:3])


try:
    lax.fori_loop(0, 3, lambda i, x: x if i > 1 else x * 2, 1.0)
except jax.errors.TracerBoolConversionError as e:
    print(type(e).__name__)
refused(lambda: lax.fori_loop(0, 3, lambda i, x: jnp.zeros(2), 1.0))
refused(lambda: lax.fori_loop(0, 3, lambda i, x: x.astype(jnp.float32), jnp.int32(1)))
refused(lambda: lax.scan(lambda c, x: (jnp.concatenate([c, c]), x), jnp.ones(2), jnp.arange(3)))
refused(lambda: lax.while_loop(lambda x: x < 3, lambda x: (x + 1) / 2, jnp.int32(0)))
refused(lambda: lax.scan(lambda c, x: ((c[0] + 1.5, c[1]), x), (jnp.int32(0), 1.0), jnp.arange(2.0)))
refused(lambda: lax.scan(lambda c, x: c + x, 0.0, jnp.arange(2.0)))

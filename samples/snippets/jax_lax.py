import jax
import jax.numpy as jnp
from jax import lax, grad, jit

operand = jnp.array([0.])
print(lax.cond(True, lambda x: x + 1, lambda x: x - 1, operand))
print(lax.cond(False, lambda x: x + 1, lambda x: x - 1, operand))

init_val = 0
cond_fun = lambda x: x < 10
body_fun = lambda x: x + 1
print(lax.while_loop(cond_fun, body_fun, init_val))

start = 0
stop = 10
print(lax.fori_loop(start, stop, lambda i, x: x + i, 0))

def power(x, n):
    return lax.fori_loop(0, n, lambda i, acc: acc * x, 1.0)
print(power(2.0, 5))

def cumsum_sq(xs):
    def step(carry, x):
        carry = carry + x ** 2
        return carry, carry
    total, ys = lax.scan(step, 0.0, xs)
    return total
xs = jnp.array([1.0, 2.0, 3.0])
print(cumsum_sq(xs), grad(cumsum_sq)(xs))
print(lax.scan(lambda c, x: (c + x, c), 0.0, xs))
print(lax.map(lambda x: x ** 2, xs))
print(grad(lambda x: lax.cond(x > 0, lambda x: x ** 2, lambda x: -x, x))(3.0))
print(lax.switch(1, [lambda x: x, lambda x: x * 10], 2.0))
print(grad(lambda x: x * lax.stop_gradient(x))(3.0))
print(lax.select(xs > 1.5, xs, -xs))


def body(carry, x):
    print("traced")
    jax.debug.print("turn {}", x)
    return carry + x, carry * x


print(jax.lax.scan(body, 0.0, jnp.arange(3.0)))
print(jax.lax.fori_loop(0, 3, lambda i, v: (print("fori"), v + i)[1], 1.0))
with jnp.printoptions(precision=2, suppress=True):
    print(jnp.array([1.23456, 1e-5]), jnp.sum(jnp.array([True, False]), axis=0))
print(jnp.append(jnp.array([1, 2]), 3), jnp.mean(jnp.array([1, 2, 4])), jnp.fabs(jnp.array([-2, 3])))

import jax, jax.numpy as jnp
from jax import lax
def f(x):
  if x < 3:
    return 3. * x ** 2
  else:
    return -4 * x
print(jax.grad(f)(2.), jax.grad(f)(4.))
try:
  jax.jit(f)(2)
except Exception as e:
  print(type(e).__name__)
f2 = jax.jit(lambda x, n: x ** n, static_argnums=1)
print(f2(3., 4))
init_val = 0
cond_fun = lambda x: x < 10
body_fun = lambda x: x + 1
print(lax.while_loop(cond_fun, body_fun, init_val))
print(lax.fori_loop(0, 10, lambda i, x: x + i, 0))
print(lax.cond(True, lambda x: x + 1, lambda x: x - 1, jnp.array([0.])))
print(lax.switch(2, [lambda x: x, lambda x: 2 * x, lambda x: x ** 2], 3.))
def body(carry, x):
  carry = carry * x
  return carry, carry
print(lax.scan(body, 1., jnp.array([1., 2., 3.])))
print(jax.grad(lambda xs: lax.scan(body, 1., xs)[0])(jnp.array([1., 2., 3.])))
print(jax.grad(lambda x: lax.fori_loop(0, 3, lambda i, c: c * x, 1.))(2.))
try:
  jax.grad(lambda x: lax.while_loop(lambda c: c < 10., lambda c: c * x, x))(2.)
except ValueError as e:
  print(e)
print(jax.jvp(lambda x: lax.while_loop(lambda c: c < 10., lambda c: c * x, x), (2.,), (1.,)))
print(lax.map(lambda x: x ** 2, jnp.arange(4.)))
print(lax.associative_scan(jnp.add, jnp.arange(4)))
try:
  jax.grad(lambda x: lax.fori_loop(0, x.astype(int), lambda i, c: c * 2., x))(2.)
except Exception as e:
  print(type(e).__name__)

import jax
import jax.numpy as jnp
from functools import partial
@partial(jax.jit, static_argnums=(1,))
def power(x, n):
    r = 1.
    for _ in range(n): r = r * x
    return r
print(power(2., 5), jax.grad(power)(2., 5))
@jax.custom_jvp
def safe_sqrt(x): return jnp.sqrt(x)
@safe_sqrt.defjvp
def _(primals, tangents):
    (x,), (t,) = primals, tangents
    y = safe_sqrt(x)
    return y, jnp.where(x > 0, t / (2 * jnp.where(x > 0, y, 1.)), 0.)
print(jax.grad(safe_sqrt)(0.), jax.grad(safe_sqrt)(4.))
f = lambda x, y: x ** 2 * y + jnp.sin(y)
print(jax.jacfwd(f, argnums=(0, 1))(1., 2.))
print(jax.hessian(f, argnums=(0, 1))(1., 2.))
jvp_out = jax.jvp(lambda x: jnp.stack([x[0] * x[1], x[0] + x[1]]), (jnp.array([2., 3.]),), (jnp.array([1., 0.]),))
print(jvp_out)
_, pull = jax.vjp(lambda x: jnp.stack([x[0] * x[1], x[0] + x[1]]), jnp.array([2., 3.]))
print(pull(jnp.array([1., 1.])))
print(jax.vmap(jax.grad(f), in_axes=(0, None))(jnp.arange(3.), 2.))
print(jax.vmap(jax.vmap(jax.grad(f), (None, 0)), (0, None))(jnp.arange(2.), jnp.arange(2.)))
jac = jax.jacobian(lambda p: {'a': p['x'] * 2, 'b': p['y'] ** 2})({'x': jnp.ones(2), 'y': jnp.array(3.)})
print(jac['a']['x'], jac['b']['y'], jac['a']['y'])
print(jnp.linalg.inv(jnp.array([[2., 0.], [0., 4.]])), jnp.linalg.det(jnp.eye(2) * 3))
print(jnp.einsum('i,i->', jnp.arange(3.), jnp.ones(3)), jnp.outer(jnp.arange(2), jnp.arange(2)))

import jax
import jax.numpy as jnp
@jax.custom_vjp
def f(x, y):
  return jnp.sin(x) * y
def f_fwd(x, y):
  return f(x, y), (jnp.cos(x), jnp.sin(x), y)
def f_bwd(res, g):
  cos_x, sin_x, y = res
  return (cos_x * g * y, sin_x * g)
f.defvjp(f_fwd, f_bwd)
print(jax.grad(f)(2., 3.))
print(jax.grad(f, argnums=(0, 1))(2., 3.))
print(jax.vjp(f, 2., 3.)[1](1.))
straight_through = lambda x: x + jax.lax.stop_gradient(jnp.round(x) - x)
print("straight_through_f(x):", straight_through(3.2))
print("grad(straight_through_f)(x):", jax.grad(straight_through)(3.2))
value_fn = lambda theta, state: jnp.dot(theta, state)
theta = jnp.array([0.1, -0.1, 0.])
s_tm1 = jnp.array([1., 2., -1.])
r_t = jnp.array(1.)
s_t = jnp.array([2., 1., 0.])
def td_loss(theta, s_tm1, r_t, s_t):
  v_tm1 = value_fn(theta, s_tm1)
  target = r_t + value_fn(theta, s_t)
  return -0.5 * ((jax.lax.stop_gradient(target) - v_tm1) ** 2)
td_update = jax.grad(td_loss)
delta_theta = td_update(theta, s_tm1, r_t, s_t)
print(delta_theta)
def meta_loss_fn(params, data):
  """Computes the loss after one step of SGD."""
  grads = jax.grad(lambda p, d: jnp.sum((p * d - 1.) ** 2))(params, data)
  return jnp.sum((params - 0.1 * grads) ** 2)
print(jax.grad(meta_loss_fn)(jnp.array([1., 2.]), jnp.array([.5, .3])))
g = jax.checkpoint(lambda x: jnp.sin(jnp.sin(x)))
print(jax.grad(g)(1.0))
@jax.remat
def h(x):
  return jnp.exp(x) ** 2
print(jax.value_and_grad(h)(.5))
f_jvp = jax.linearize(jnp.sin, 2.)
print(f_jvp[0], f_jvp[1](3.))
f = lambda x: x**3 + 2*x**2 - 3*x + 1
dfdx = jax.grad(f)
d2fdx = jax.grad(dfdx)
d3fdx = jax.grad(d2fdx)
d4fdx = jax.grad(d3fdx)
print(dfdx(1.)); print(d2fdx(1.)); print(d3fdx(1.)); print(d4fdx(1.))

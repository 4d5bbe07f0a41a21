import jax
import jax.numpy as jnp
from functools import partial
from collections import namedtuple
Point = namedtuple("Point", ["x", "y"])
@partial(jax.custom_vjp, nondiff_argnums=(0,))
def app(f, x):
  return f(x)
def app_fwd(f, x):
  return f(x), x
def app_bwd(f, x, g):
  return (5 * g,)
app.defvjp(app_fwd, app_bwd)
print(jax.grad(lambda x: app(lambda y: y ** 2, x))(4.))
def fixed_point(f, a, x_guess):
  def cond_fun(carry):
    x_prev, x = carry
    return jnp.abs(x_prev - x) > 1e-6
  def body_fun(carry):
    _, x = carry
    return x, f(a, x)
  _, x_star = jax.lax.while_loop(cond_fun, body_fun, (x_guess, f(a, x_guess)))
  return x_star
def newton_sqrt(a):
  update = lambda a, x: 0.5 * (x + a / x)
  return fixed_point(update, a, a)
print(newton_sqrt(2.))
@partial(jax.custom_vjp, nondiff_argnums=(0,))
def fixed_point(f, a, x_guess):
  def cond_fun(carry):
    x_prev, x = carry
    return jnp.abs(x_prev - x) > 1e-6
  def body_fun(carry):
    _, x = carry
    return x, f(a, x)
  _, x_star = jax.lax.while_loop(cond_fun, body_fun, (x_guess, f(a, x_guess)))
  return x_star
def fixed_point_fwd(f, a, x_init):
  x_star = fixed_point(f, a, x_init)
  return x_star, (a, x_star)
def rev_iter(f, packed, u):
  a, x_star, x_star_bar = packed
  _, vjp_x = jax.vjp(lambda x: f(a, x), x_star)
  return x_star_bar + vjp_x(u)[0]
def fixed_point_rev(f, res, x_star_bar):
  a, x_star = res
  _, vjp_a = jax.vjp(lambda a: f(a, x_star), a)
  a_bar, = vjp_a(fixed_point(partial(rev_iter, f), (a, x_star, x_star_bar), x_star_bar))
  return a_bar, jnp.zeros_like(x_star)
fixed_point.defvjp(fixed_point_fwd, fixed_point_rev)
print(newton_sqrt(2.))
print(jax.grad(newton_sqrt)(2.))
print(jax.grad(jax.grad(newton_sqrt))(2.))
p = Point(1.0, 2.0)
print(jax.grad(lambda p: p.x ** 2 * p.y)(p))
print(jax.tree.map(lambda x: x * 2, {'a': [1, 2.], 'b': (3, None)}))
leaves, treedef = jax.tree.flatten([1, {'k1': 2, 'k2': (3, 4)}, 5])
print(leaves)
print(treedef)
print(jax.tree.unflatten(treedef, [x * 2 for x in leaves]))
example_trees = [[1, 'a', object], (1, (2, 3), ()), [1, {'k1': 2, 'k2': (3, 4)}, 5], {'a': 2, 'b': (2, 3)}, jnp.array([1, 2, 3])]
for pytree in example_trees[1:]:
  leaves = jax.tree.leaves(pytree)
  print(f"{repr(pytree):<45} has {len(leaves)} leaves: {leaves}")

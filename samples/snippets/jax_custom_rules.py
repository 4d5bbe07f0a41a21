import jax
import jax.numpy as jnp
from jax import custom_jvp, custom_vjp, grad, jit, vmap, jvp, vjp
from functools import partial

@custom_jvp
def f(x, y):
    return jnp.sin(x) * y

@f.defjvp
def f_jvp(primals, tangents):
    x, y = primals
    x_dot, y_dot = tangents
    primal_out = f(x, y)
    tangent_out = jnp.cos(x) * x_dot * y + jnp.sin(x) * y_dot
    return primal_out, tangent_out

print(f(2., 3.))
y, y_dot = jvp(f, (2., 3.), (1., 0.))
print(y)
print(y_dot)
print(grad(f)(2., 3.))

@custom_jvp
def h(x, y):
    return x ** 2 * y
h.defjvps(lambda x_dot, primal_out, x, y: 2 * x * y * x_dot,
          lambda y_dot, primal_out, x, y: x ** 2 * y_dot)
print(h(2., 3.), grad(h, 0)(2., 3.), grad(h, 1)(2., 3.))

@custom_vjp
def clip_gradient(lo, hi, x):
    return x  # identity function
def clip_gradient_fwd(lo, hi, x):
    return x, (lo, hi)  # save bounds as residuals
def clip_gradient_bwd(res, g):
    lo, hi = res
    return (None, None, jnp.clip(g, lo, hi))  # use None to indicate zero cotangents for lo and hi
clip_gradient.defvjp(clip_gradient_fwd, clip_gradient_bwd)
def clip_x(x):
    x = clip_gradient(-0.75, 0.75, x)
    return x ** 2
print(grad(clip_x)(2.0), grad(lambda x: x ** 2)(2.0))
print(vmap(grad(clip_x))(jnp.array([-1.0, 0.0, 0.25, 1.0])))

@partial(custom_vjp, nondiff_argnums=(0,))
def app(f, x):
    return f(x)
def app_fwd(f, x):
    return f(x), x
def app_bwd(f, x, g):
    return (5 * g,)
app.defvjp(app_fwd, app_bwd)
print(app(lambda x: x ** 2, 4.))
print(grad(app, 1)(lambda x: x ** 2, 4.))

@jax.custom_gradient
def cg(x):
    return x ** 2, lambda g: (g * x,)
print(grad(cg)(3.0))

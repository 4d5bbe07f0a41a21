import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, vmap, jit, jacfwd, jacrev, value_and_grad, lax
def f(x): return x ** 3 + 2 * x ** 2 - 3 * x + 1
dfdx = grad(f); d2 = grad(dfdx); d3 = grad(d2)
print(dfdx(1.), d2(1.), d3(1.), grad(d3)(1.))
def mse(params, x, y):
    w, b = params
    return jnp.mean((w * x + b - y) ** 2)
xs = jnp.linspace(0., 1., 5); ys = 2 * xs + 1
params = (jnp.array(0.), jnp.array(0.))
step = jit(lambda p: jax.tree.map(lambda a, g: a - 0.5 * g, p, grad(mse)(p, xs, ys)))
for i in range(20): params = step(params)
print([round(float(p), 3) for p in params])
def loop(x):
    for i in range(3): x = jnp.sin(x) if i % 2 == 0 else x * 2
    return x
print(f"{grad(loop)(0.5):.5f}")
print(jax.jvp(lambda x, y: x * y, (2., 3.), (1., 0.)))
print(vmap(vmap(lambda a, b: a * b, (None, 0)), (0, None))(jnp.arange(2.), jnp.arange(3.)))
print(jax.vmap(f)(jnp.arange(3.)), jax.vmap(grad(f))(jnp.arange(3.)))
@jax.custom_vjp
def safe_sqrt(x): return jnp.sqrt(x)
def fwd(x): return jnp.sqrt(x), x
def bwd(x, g): return (jnp.where(x > 0, g / (2 * jnp.sqrt(jnp.where(x > 0, x, 1.))), 0.),)
safe_sqrt.defvjp(fwd, bwd)
print(grad(safe_sqrt)(0.), grad(safe_sqrt)(4.), vmap(grad(safe_sqrt))(jnp.array([0., 1., 4.])))
A = jnp.array([[2., 1.], [1., 3.]])
print(grad(lambda x: x @ A @ x)(jnp.array([1., 2.])), jax.hessian(lambda x: x @ A @ x)(jnp.array([1., 2.])))
print(jnp.trace(A), A.T, A.sum(axis=0), A[0], A[:, 1])
print(grad(lambda A: jnp.linalg.det(A))(A).round(4))
x = jnp.array([1, 2, 3])
print(x.dtype, (x + 1.5).dtype, x.sum(), x.mean(), jnp.sum(x > 1), x.at[0].set(10), x.at[jnp.array([0, 1])].add(5), x.at[-1].multiply(3))
print(jax.device_count() if False else 1, jax.tree.leaves({'a': [1, 2], 'b': 3}), jax.tree_util.tree_map(lambda v: v + 1, (1, [2, 3])))
def g(x, *, scale=2.0): return scale * x ** 2
print(grad(g)(3.0, scale=1.0), grad(lambda d: sum(jnp.sum(v ** 2) for v in d.values()))({'a': jnp.ones(2), 'b': jnp.array(3.)}))
print(jax.value_and_grad(lambda x: (x ** 2, x + 1), has_aux=True)(3.0))
y, vjp_fn = jax.vjp(lambda a, b: a * b, 2., 3.); print(y, vjp_fn(1.0))
print(lax.scan(lambda c, x: (c * 0.5 + x, c), 0., jnp.ones(3))[0], jax.jacfwd(lambda x: lax.fori_loop(0, 3, lambda i, v: v * x, 1.0))(2.0))
print(np.asarray(jnp.ones(2)), float(jnp.array(2.5)), int(jnp.array(3)), jnp.array(2.5).item(), jnp.ones(2).tolist(), len(xs), xs.shape, xs.ndim, xs.size)
print(jnp.isnan(jnp.array([1., jnp.nan])), jnp.allclose(jnp.ones(2), 1.0), jnp.array_equal(x, x), jnp.argsort(jnp.array([3, 1, 2])), jnp.cumsum(x), jnp.prod(x), jnp.outer(x, x).shape)

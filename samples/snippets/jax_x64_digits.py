import jax
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
f = lambda x: jnp.exp(x) - 3 * x ** 2
df = jax.grad(f)
x = 1.0
for i in range(6):
    x = x - f(x) / df(x)
    print(i, x)
print(jax.hessian(lambda v: v @ v * v.sum())(jnp.array([1., 2.])))
print(jnp.ones(2).dtype)
x = jnp.linspace(-2., 3., 7)
print([float(v) for v in jnp.exp(x)])
print(float(jax.nn.sigmoid(x).sum()), jax.grad(lambda v: jnp.exp(v).sum() ** 2)(x))
print(jax.nn.softmax(jnp.array([1., 2.])).sum())
@jax.custom_jvp
def f(x, y):
    return jnp.sin(x) * y
f.defjvps(lambda t, z, x, y: jnp.cos(x) * t * y, lambda t, z, x, y: jnp.sin(x) * t)
print(jax.jvp(f, (2., 3.), (1., 0.)))

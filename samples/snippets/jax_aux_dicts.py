import jax, jax.numpy as jnp
def f(x, aux):
    y = jnp.sum(x ** 2) * aux
    return y, {'y': y, 'mean': x.mean()}
g, a = jax.grad(f, has_aux=True)(jnp.array([1., 2.]), 3.0)
print(g, a)
(v, a), g = jax.value_and_grad(f, has_aux=True)(jnp.array([1., 2.]), 3.0)
print(v, g)
try:
    jax.grad(lambda x: x * 2)(jnp.array([1., 2.]))
except TypeError as e:
    print(e)
try:
    jax.grad(lambda x: x * 2)(3)
except TypeError as e:
    print(str(e)[:60])

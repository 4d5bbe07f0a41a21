import jax
import jax.numpy as jnp

def squared_error_with_aux(x, y):
    return jnp.sum((x - y) ** 2), x - y

x = jnp.array([1.0, 2.0])
y = jnp.array([1.1, 2.1])
g, aux = jax.grad(squared_error_with_aux, has_aux=True)(x, y)
print(g.shape, aux.shape)
(value, aux), g = jax.value_and_grad(squared_error_with_aux, has_aux=True)(x, y)
print(f"{value:.4f}")

def f(x, y, z):
    return x ** 2 * y + z ** 3
print(jax.grad(f)(3.0, 2.0, 1.0))
print(jax.grad(f, argnums=(0, 1, 2))(3.0, 2.0, 1.0))
print(jax.grad(f, argnums=[1, 2])(3.0, 2.0, 1.0))
print(jax.value_and_grad(f, argnums=2)(3.0, 2.0, 1.0))
print(jax.hessian(f, argnums=(0, 1))(3.0, 2.0, 1.0))
print(jax.jacfwd(lambda x: jnp.stack([x[0] * x[1], x[1] ** 2]))(jnp.array([3.0, 2.0])))
fl = jax.linearize(lambda x: x ** 3, 2.0)
print(fl[0], fl[1](1.0))
print(jax.vmap(jax.grad(lambda w, x: w * x ** 2), in_axes=(None, 0))(2.0, jnp.arange(3.0)))
print(jax.vmap(lambda a, b: a + b, in_axes=(0, 1), out_axes=1)(jnp.ones((2, 3)), jnp.zeros((3, 2))).shape)
per_example = jax.vmap(jax.grad(lambda w, x, y: (w @ x - y) ** 2), in_axes=(None, 0, 0))
print(per_example(jnp.array([1.0, -1.0]), jnp.array([[1.0, 2.0], [3.0, 1.0]]), jnp.array([0.0, 1.0])))
print(jax.checkpoint(lambda x: jnp.sin(jnp.sin(x)))(1.0).shape)

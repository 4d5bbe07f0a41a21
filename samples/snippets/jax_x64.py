import jax
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp

print(jax.grad(jnp.sin)(2.0))
x = jnp.linspace(0, 1, 5)
print(x.dtype, x)
print(jax.grad(lambda x: jnp.sum(jnp.exp(-x ** 2)))(x))
print(jnp.arange(3).dtype, jnp.array([1.5]).dtype, jnp.float32(1) .dtype)
H = jax.hessian(lambda x: jnp.prod(x))(jnp.array([1.0, 2.0, 3.0]))
print(H)
print(repr(jax.grad(lambda x: x ** 3)(2.0)))
print(jax.jvp(jnp.sin, (1.0,), (1.0,)))

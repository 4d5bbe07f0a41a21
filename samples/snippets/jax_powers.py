import jax, jax.numpy as jnp
jax.config.update("jax_enable_x64", True)
x = jnp.array([0.95, 1.1, 1.37, 2.3, -0.7])
for n in range(-4, 13):
    f = lambda x: x ** n
    print(n, f(x), jax.vmap(jax.grad(f))(x) if n else '')
for n in (2, 3, 5, -2):
    f = lambda x: x ** n
    print(n, jax.vmap(jax.grad(jax.grad(f)))(x), jax.jit(jax.vmap(jax.grad(f)))(x))
print(x[:4] ** 2.0, x[:4] ** 0.5, x[:4] ** 2.5, jnp.power(x, 3), jnp.square(x))
print(jax.grad(lambda x: jnp.sum(1.0 / x))(x), jax.hessian(lambda x: 1.0 / x)(1.37), jax.hessian(lambda x: 2.5 / (1.0 + x))(1.37))
print(jax.vmap(jax.grad(jax.grad(lambda x: 1.0 / (1.0 + jnp.exp(-x)))))(x))
print(jax.vmap(jax.grad(jax.grad(jax.nn.sigmoid)))(x), jax.vmap(jax.grad(jax.grad(jnp.tanh)))(x))
print(jax.vmap(jax.grad(jax.grad(lambda x: jnp.log(1 + x ** 2))))(x))
print(jax.vmap(jax.grad(jax.grad(lambda x: jnp.sqrt(1 + x ** 2))))(x))

# Tangents to the last digit: a function is compiled with its tangent, a derivative goes step by step.
import jax
import jax.numpy as jnp
from jax import grad, jacfwd, jvp, linearize, vmap

x = jnp.array([0.3, -1.2, 0.7, 2.1])
v = jnp.array([0.11, 0.52, -0.73, 0.3])

for f in (jnp.tanh, lambda x: x * jnp.sin(x), lambda x: x / (1 + x**2), lambda x: 3. / x):
    print(jvp(f, (x,), (v,))[1])
    print(jnp.diag(jacfwd(f)(x)))
    print(linearize(f, x)[1](v))
    print(jvp(grad(lambda x: jnp.sum(f(x))), (x,), (v,))[1])
    print(jnp.diag(jax.hessian(lambda x: jnp.sum(f(x)))(x)))

# What is divided by one number is multiplied with its inverse where that is compiled alone.
third = lambda x: x / 3.
print(third(x), jvp(third, (x,), (x,)))
print(jax.value_and_grad(lambda x: jnp.sum(third(x)[:1]))(x), vmap(third)(x))
print(vmap(jax.value_and_grad(third))(x))
print(jvp(lambda x: x / jnp.sum(x), (x,), (v,)))

# Norms, and sums of squares that are compiled.
for n in (2, 3, 8):
    y = jnp.sin(jnp.arange(n) * 1.7 + 0.3)
    print(jnp.linalg.norm(y), grad(lambda y: jnp.linalg.norm(y) * 1.7)(y))
    print(jvp(jnp.linalg.norm, (y,), (jnp.cos(y),))[1], jax.jit(lambda y: jnp.sum(y * y))(y))
y = jnp.sin(jnp.arange(12.) * 1.7 + 0.3).reshape(4, 3)
print(jnp.linalg.norm(y, axis=1), jax.hessian(jnp.linalg.norm)(y[0]))

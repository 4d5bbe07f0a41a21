import jax
import jax.numpy as jnp
from jax.scipy.stats import norm

x = jnp.array([-2.3, -1.0, -0.5, -0.13, 0.07, 0.21, 0.5, 0.83, 1.0, 1.7, 2.0, 3.1])
for f in (jax.nn.gelu, jax.nn.log_sigmoid, norm.logpdf, norm.pdf, jnp.arctan):
    print(f.__name__, f(x))
    print(jax.grad(lambda z: f(z).sum())(x))
    print(jax.vmap(jax.grad(f))(x))

theta = jnp.array([0.5, 0.1])
data = jnp.array([1.0, 2.0, -0.5])
print(jax.grad(lambda t: norm.logpdf(data, t[0], jnp.exp(t[1])).sum())(theta))
print(norm.logpdf(1.3, 0.2, 0.9), jax.grad(jax.nn.gelu)(0.7))

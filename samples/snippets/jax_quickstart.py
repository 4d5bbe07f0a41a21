import jax
import jax.numpy as jnp
from jax import grad, jit, vmap

def selu(x, alpha=1.67, lmbda=1.05):
    return lmbda * jnp.where(x > 0, x, alpha * jnp.exp(x) - alpha)

x = jnp.arange(5.0)
print(selu(x))
selu_jit = jit(selu)
print(selu_jit(x))

def sum_logistic(x):
    return jnp.sum(1.0 / (1.0 + jnp.exp(-x)))

x_small = jnp.arange(3.)
derivative_fn = grad(sum_logistic)
print(["%.4f" % v for v in derivative_fn(x_small)])

def first_finite_differences(f, x, eps=1E-3):
    return jnp.array([(f(x + eps * v) - f(x - eps * v)) / (2 * eps)
                   for v in jnp.eye(len(x))])
print(first_finite_differences(sum_logistic, x_small).shape)

print(grad(jit(grad(jit(grad(sum_logistic)))))(1.0).shape)

mat = jnp.arange(12.).reshape(3, 4)
batched_x = jnp.ones((2, 4))
def apply_matrix(x):
    return jnp.dot(mat, x)
print(vmap(apply_matrix)(batched_x))
print(jit(lambda m, v: m @ v)(mat, batched_x[0]))

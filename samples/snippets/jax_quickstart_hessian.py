import jax
import jax.numpy as jnp
from jax import grad, jit, vmap
def selu(x, alpha=1.67, lmbda=1.05):
  return lmbda * jnp.where(x > 0, x, alpha * jnp.exp(x) - alpha)
x = jnp.arange(5.0)
print(selu(x))
selu_jit = jit(selu)
print(selu_jit(x).block_until_ready())
def sum_logistic(x):
  return jnp.sum(1.0 / (1.0 + jnp.exp(-x)))
x_small = jnp.arange(3.)
derivative_fn = grad(sum_logistic)
print(derivative_fn(x_small))
from jax import jacfwd, jacrev
def hessian(fun):
  return jit(jacfwd(jacrev(fun)))
print(hessian(sum_logistic)(x_small))
mat = jnp.arange(6.).reshape(3, 2)
batched_x = jnp.array([[1., 2.], [3., 4.]])
def apply_matrix(x):
  return jnp.dot(mat, x)
print(vmap(apply_matrix)(batched_x))

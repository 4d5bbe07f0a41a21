# Matrices to the last digit: equations, factors, eigenvalues, and gradients through them.
import jax
import jax.numpy as jnp

A = jnp.array([[3., 1., 0.5], [1., 2., 0.3], [-0.5, 0.7, 4.]])
b = jnp.array([1., -1., 0.7])
S = A @ A.T
print(jnp.linalg.solve(A, b), jnp.linalg.solve(A[:2, :2], b[:2]))
print(jnp.linalg.inv(A), jax.vmap(jnp.linalg.inv)(jnp.stack([A, S])))
L = jnp.linalg.cholesky(S)
print(L, jax.scipy.linalg.cho_solve((L, True), b))
print(jax.scipy.linalg.solve_triangular(L, b, lower=True))
print(jnp.linalg.eigvalsh(S), jnp.linalg.eigh(S))
print(jnp.linalg.svd(A, compute_uv=False), jnp.linalg.qr(A))
print(jnp.linalg.det(A), jnp.linalg.det(A[:2, :2]))
print(jax.grad(lambda A: jnp.linalg.inv(A).sum())(A))
print(jax.grad(lambda A: jnp.linalg.cholesky(A @ A.T).sum())(A))
print(jax.grad(lambda S: jnp.linalg.eigvalsh(S)[0])(S))
print(jax.vmap(jax.grad(jax.nn.elu))(jnp.array([-2., -0.5, 1.])))

import jax
import jax.numpy as jnp
from jax import grad, hessian, jacfwd, jacrev

X = jnp.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
W = jnp.array([0.31, -0.72, 0.55])
print(jacfwd(jacrev(lambda W: 0.5 * (jnp.tanh((X @ W + 0.3) / 2) + 1)))(W))
for f in (jnp.tanh, jax.nn.sigmoid):
    print(jacfwd(jacrev(lambda W: f(X @ W)))(W))
    print(hessian(lambda W: f(X @ W).sum())(W))
    print(jacrev(jacrev(lambda W: f(X @ W).mean()))(W))
    print(jax.jvp(grad(lambda W: f(X @ W).sum()), (W,), (W * 2,))[1])
    print(grad(lambda W: jnp.vdot(grad(lambda W: f(X @ W).sum())(W), W))(W))

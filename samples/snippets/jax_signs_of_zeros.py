# A zero of what was not selected is multiplied on, and shows the sign of the slope.
import jax
import jax.numpy as jnp
from jax import grad, jvp, vjp, vmap

a = jnp.array([-1., 2., 3.])
for f in (
    lambda a: (-jax.nn.relu(a) * 2).sum(),
    lambda a: (-jnp.maximum(a, 0) * 2).sum(),
    lambda a: -jnp.minimum(a, 0.).sum(),
    lambda a: (-jnp.where(a > 0, a, 0)).sum(),
    lambda a: -jnp.clip(a, 0, 2.5).sum(),
    lambda a: -jnp.max(a),
    lambda a: -a[1],
):
    print(grad(f)(a), vmap(grad(f))(jnp.stack([a, -a])))

f = lambda x: -jnp.sin(x) * 2
print(vmap(lambda s: jvp(f, (a,), (s,))[1])(jnp.eye(3)))
print(vmap(lambda s: vjp(f, a)[1](s)[0])(jnp.eye(3)))

w = jnp.array([1., -2., 0.5])
X = jnp.array([[1., 2., -3.], [2., -1., 1.]])
t = jnp.array([1., 2.])

def loss(w, x, t):
    return (jax.nn.relu(x.dot(w)) - t) ** 2

print(grad(loss)(w, X[0], t[0]))
print(vmap(grad(loss), in_axes=(None, 0, 0))(w, X, t))

import jax
import jax.numpy as jnp
from jax import grad, jit, vmap, value_and_grad
from functools import partial
# optimizers by hand, classes, static args, pytrees of params
class MLP:
    def __init__(self, sizes): self.sizes = sizes
    def init(self):
        return [{'W': jnp.full((m, n), 0.1), 'b': jnp.zeros(n)} for m, n in zip(self.sizes[:-1], self.sizes[1:])]
    @partial(jit, static_argnums=0)
    def __call__(self, params, x):
        for layer in params[:-1]:
            x = jnp.tanh(x @ layer['W'] + layer['b'])
        return x @ params[-1]['W'] + params[-1]['b']
net = MLP([2, 3, 1])
params = net.init()
X = jnp.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]]); Y = jnp.array([[0.], [1.], [1.], [2.]])
def loss(params): return jnp.mean((net(params, X) - Y) ** 2)
def adam_update(g, m, v, t, lr=0.1, b1=0.9, b2=0.999, eps=1e-8):
    m = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, m, g)
    v = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g ** 2, v, g)
    upd = jax.tree.map(lambda m, v: lr * (m / (1 - b1 ** t)) / (jnp.sqrt(v / (1 - b2 ** t)) + eps), m, v)
    return upd, m, v
m = jax.tree.map(jnp.zeros_like, params); v = jax.tree.map(jnp.zeros_like, params)
for t in range(1, 31):
    l, g = value_and_grad(loss)(params)
    upd, m, v = adam_update(g, m, v, t)
    params = jax.tree.map(lambda p, u: p - u, params, upd)
print(f"{l:.4f}", f"{loss(params):.4f}")
@partial(jit, static_argnames=['n'])
def power(x, n): return x ** n
print(power(2.0, n=3), power(2.0, n=4), grad(power)(2.0, 3))
print(vmap(grad(lambda w, x: jnp.dot(w, x) ** 2), in_axes=(None, 0))(jnp.ones(2), jnp.array([[1., 2.], [3., 4.]])))
f = lambda x, y: (x ** 2 + y, x * y)
print(jax.jacfwd(f, argnums=(0, 1))(2., 3.))
print(jax.vmap(f, in_axes=(0, None))(jnp.arange(3.), 2.))
print(jnp.where(jnp.isnan(jnp.array([1., jnp.nan])), 0., 1.), jnp.concatenate([jnp.ones(2), jnp.zeros(1)]), jnp.linspace(0, 1, 3), jnp.eye(2), jnp.full((2,), 3))
print(jax.grad(lambda x: jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.)), 0.))(0.))
print(jax.grad(jnp.max)(jnp.array([1., 3., 2.])), jax.grad(lambda x: jnp.sort(x)[0])(jnp.array([3., 1.])), jax.grad(lambda x: jnp.cumsum(x)[1])(jnp.ones(3)))
x = jnp.arange(4); print(x.at[1].set(10), x.at[1:3].add(5), x.at[jnp.array([0, 2])].multiply(2), x[::-1], x.reshape(2, 2).T, x.sum(), x.mean(), x.dtype)
print(jnp.array([1, 2]) + 1.5, jnp.array([1, 2]) / 2, jnp.float32(3) * 2, jnp.arange(3) == 1, jnp.any(jnp.array([True, False])))
state = (jnp.array(0.), jnp.array(1.))
def body(i, s): a, b = s; return b, a + b
print(jax.lax.fori_loop(0, 10, body, state))
print(jax.tree.map(lambda x, y: x + y, {'a': 1, 'b': (2, 3)}, {'a': 10, 'b': (20, 30)}))

"""Losses and their gradients, compiled together, over a few steps of training."""

import jax
import jax.numpy as jnp
from jax import grad, jit, value_and_grad, vmap

X = jnp.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
Y = jnp.array([[0.], [1.], [1.], [0.]])
x1 = jnp.linspace(-1, 1, 10)
y1 = 3 * x1 + 2
def grad_only(f): return lambda p: (0.0, grad(f)(p))
def show(name, f, p, lr=0.1, n=6):
    print(name)
    for i in range(n):
        l, g = f(p)
        p = jax.tree.map(lambda a, b: a - lr * b, p, g)
        print([v.ravel().tolist() for v in jax.tree.leaves((l, g))])
def lin(p): return jnp.mean((p['w'] * x1 + p['b'] - y1) ** 2)
show('lin', jit(value_and_grad(lin)), {'w': 0.0, 'b': 0.0})
def lin2(p): return jnp.mean((jnp.dot(X, p[0]) + p[1] - Y[:, 0]) ** 2)
show('lin2', jit(value_and_grad(lin2)), [jnp.array([0.1, -0.2]), jnp.array(0.3)])
def lin3(p): return jnp.sum((X @ p['w'] + p['b'] - Y) ** 2) / 4
show('lin3', jit(value_and_grad(lin3)), {'w': jnp.array([[0.1], [0.4]]), 'b': jnp.zeros(1)})
W1 = jnp.array([[0.5, -0.3, 0.8], [0.2, 0.7, -0.6]]); W2 = jnp.array([[0.4], [-0.9], [0.3]])
def mlp(p, act):
    h = act(X @ p['W1'] + p['b1'])
    return h @ p['W2'] + p['b2']
P = {'W1': W1, 'b1': jnp.zeros(3), 'W2': W2, 'b2': jnp.zeros(1)}
for name, act in (('tanh', jnp.tanh), ('relu', jax.nn.relu), ('sigmoid', jax.nn.sigmoid), ('gelu', jax.nn.gelu), ('softplus', jax.nn.softplus)):
    show(name, jit(value_and_grad(lambda p: jnp.mean((mlp(p, act) - Y) ** 2))), P)
def bce(p):
    q = jax.nn.sigmoid(mlp(p, jnp.tanh))
    return -jnp.mean(Y * jnp.log(q) + (1 - Y) * jnp.log(1 - q))
show('bce', jit(value_and_grad(bce)), P, n=4)
T = jnp.array([0, 1, 2, 1])
V = {'w': jnp.array([[0.1, -0.2, 0.3], [0.5, 0.1, -0.4]]), 'b': jnp.zeros(3)}
def xent(p): return -jnp.mean(jax.nn.log_softmax(X @ p['w'] + p['b'])[jnp.arange(4), T])
show('xent', jit(value_and_grad(xent)), V)
def xent2(p): return -jnp.mean(jnp.sum(jax.nn.one_hot(T, 3) * jax.nn.log_softmax(X @ p['w'] + p['b']), axis=1))
show('xent2', jit(grad_only(xent2)), V)
def quad(p): return (p['x'] - 3.0) ** 2 + (p['y'] + 1.0) ** 2 + p['x'] * p['y']
show('quad', jit(value_and_grad(quad)), {'x': 0.5, 'y': 0.7})
def rosen(p): return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2
show('rosen', jit(value_and_grad(rosen)), jnp.array([-0.5, 0.7]), lr=0.001)
def one(w, x, y): return (jnp.tanh(jnp.dot(w, x)) - y) ** 2
show('vm', jit(lambda w: (vmap(one, (None, 0, 0))(w, X, Y[:, 0]), vmap(grad(one), (None, 0, 0))(w, X, Y[:, 0]).mean(0))), jnp.array([0.3, -0.4]))
show('ridge', jit(value_and_grad(lambda w: jnp.sum((X @ w - Y[:, 0]) ** 2) + 0.1 * jnp.sum(w ** 2))), jnp.array([0.3, -0.4]))

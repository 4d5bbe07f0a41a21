import jax, jax.numpy as jnp
from jax.tree_util import register_pytree_node_class, register_pytree_node, tree_flatten, tree_unflatten
@register_pytree_node_class
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def __repr__(self):
        return f"Point(x={self.x}, y={self.y})"
    def tree_flatten(self):
        return ((self.x, self.y), None)
    @classmethod
    def tree_unflatten(cls, aux_data, children):
        return cls(*children)
def f(p):
    return p.x ** 2 + 3 * p.y
g = jax.grad(f)(Point(2.0, 5.0))
print(g)
print(jax.tree.map(lambda v: v * 2, Point(1.0, 2.0)))
class Special(object):
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def __repr__(self):
        return "Special(x={}, y={})".format(self.x, self.y)
def special_flatten(v):
    return (v.x, v.y), None
def special_unflatten(aux, children):
    return Special(*children)
register_pytree_node(Special, special_flatten, special_unflatten)
print(jax.grad(lambda s: jnp.sum(s.x ** 2) * s.y)(Special(jnp.array([1., 2.]), 3.)))
leaves, treedef = tree_flatten([1, {'a': 2., 'b': (3., None)}])
print(leaves)
print(tree_unflatten(treedef, [10 * l for l in leaves]))
print(jax.tree.leaves({'a': [1, 2], 'b': 3}))
from typing import NamedTuple
class Params(NamedTuple):
    w: jnp.ndarray
    b: jnp.ndarray
@jax.jit
def loss(p, x, y):
    return jnp.mean((p.w * x + p.b - y) ** 2)
@jax.jit
def update(p, x, y, lr=0.1):
    g = jax.grad(loss)(p, x, y)
    return jax.tree.map(lambda a, b: a - lr * b, p, g)
p = Params(jnp.array(0.), jnp.array(0.))
xs = jnp.array([0., 1., 2.]); ys = 3 * xs - 1
for _ in range(500):
    p = update(p, xs, ys)
print(p)
import dataclasses
@jax.tree_util.register_dataclass
@dataclasses.dataclass
class State:
    a: jax.Array
    b: jax.Array
print(jax.grad(lambda s: s.a * s.b)(State(2.0, 3.0)))
print(jax.tree.reduce(lambda a, b: a + b, {'x': 1, 'y': [2, 3]}))
print(jax.tree.structure((1, [2, 3])))


@jax.tree_util.register_pytree_node_class
class Named:
    def __init__(self, w, name):
        self.w, self.name = w, name

    def tree_flatten(self):
        return (self.w,), self.name

    @classmethod
    def tree_unflatten(cls, aux, children):
        return cls(*children, aux)


print(jax.tree.structure(Named(1.0, "linear")), jax.tree.structure([Named(1.0, None)]))

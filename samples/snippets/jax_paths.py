import jax
import jax.numpy as jnp
from collections import namedtuple
Point = namedtuple('Point', ['x', 'y'])
params = {'layer1': {'w': jnp.ones((2, 2)), 'b': jnp.zeros(2)}, 'layer2': [jnp.array(3.0), (jnp.array([1.0, 2.0]),)], 'p': Point(1.0, 2.0)}
for path, leaf in jax.tree_util.tree_leaves_with_path(params):
    print(jax.tree_util.keystr(path), jnp.shape(leaf))
flat, treedef = jax.tree_util.tree_flatten_with_path(params)
print(flat[0][0], treedef)
for key, value in flat:
    print(f'Value of tree{jax.tree_util.keystr(key)}: {value}')
norms = jax.tree_util.tree_map_with_path(lambda p, x: float(jnp.sum(x)), params)
print(norms)
print(jax.tree.map_with_path(lambda path, x: jax.tree_util.keystr(path), {'a': 1, 'b': [2, 3]}))
print(jax.tree_util.tree_flatten_with_path([1, {'k': 2}])[0])
print(jax.tree_util.keystr((jax.tree_util.DictKey('a'), jax.tree_util.SequenceKey(0))))
print(jax.tree_util.keystr(flat[0][0], simple=True, separator='/'))
print(jax.tree_util.all_leaves([1, 2]), jax.tree_util.all_leaves([1, [2]]))
print(jax.tree_util.tree_transpose(jax.tree.structure([0, 0]), jax.tree.structure({'a': 0, 'b': 0}), [{'a': 1, 'b': 2}, {'a': 3, 'b': 4}]))
f = jax.tree_util.Partial(lambda a, b: a * b, 3.0)
print(f(2.0), jax.grad(lambda x: jax.tree_util.Partial(jnp.multiply, x)(x))(3.0))
path, leaf = flat[1]
print(path[0].key, path[1].key if hasattr(path[1], 'key') else None)
def mask(path, x):
    return 0.0 if path[-1].key == 'b' else 1.0
print(jax.tree_util.tree_map_with_path(mask, {'w': 1., 'b': 2.}))

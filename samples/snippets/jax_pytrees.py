import jax
import jax.numpy as jnp
from jax import grad, tree_util

params = [
    {"w": jnp.array([[1.0, -1.0], [0.5, 2.0]]), "b": jnp.zeros(2)},
    {"w": jnp.array([[1.0], [-0.5]]), "b": jnp.zeros(1)},
]

def forward(params, x):
    *hidden, last = params
    for layer in hidden:
        x = jax.nn.relu(x @ layer["w"] + layer["b"])
    return x @ last["w"] + last["b"]

def loss_fn(params, x, y):
    return jnp.mean((forward(params, x) - y) ** 2)

x = jnp.array([[1.0, 2.0], [3.0, 4.0]])
y = jnp.array([[1.0], [0.0]])
print(loss_fn(params, x, y))
grads = jax.grad(loss_fn)(params, x, y)
print(jax.tree.map(lambda p: p.shape, grads))
LEARNING_RATE = 0.01
@jax.jit
def update(params, x, y):
    grads = jax.grad(loss_fn)(params, x, y)
    return jax.tree.map(lambda p, g: p - LEARNING_RATE * g, params, grads)
for i in range(3):
    params = update(params, x, y)
    print(i, f"{loss_fn(params, x, y):.4f}")
list_of_lists = [[1, 2, 3], [1, 2], [1, 2, 3, 4]]
print(jax.tree.map(lambda x: x * 2, list_of_lists))
another = list_of_lists
print(jax.tree.map(lambda x, y: x + y, list_of_lists, another))
print(jax.tree.leaves({"a": 1, "b": (2, [3, 4])}))
leaves, treedef = jax.tree.flatten({"b": 2, "a": [1, 3]})
print(leaves, treedef)
print(jax.tree.unflatten(treedef, [10, 20, 30]))
value, g = jax.value_and_grad(lambda p: p["x"] ** 2 * p["y"])({"x": 3.0, "y": 2.0})
print(value, g)

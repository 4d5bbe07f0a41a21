import jax
import jax.numpy as jnp
def predict(params, x):
    for W, b in params:
        outputs = jnp.dot(x, W) + b
        x = jnp.tanh(outputs)
    return outputs
params = [(jnp.full((3, 2), 0.1), jnp.zeros(2)), (jnp.full((2, 1), 0.5), jnp.zeros(1))]
batch = jnp.arange(6.).reshape(2, 3)
def loss(params, inputs, targets):
    preds = jax.vmap(predict, in_axes=(None, 0))(params, inputs)
    return jnp.sum((preds - targets) ** 2)
per_ex = jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))
print(jax.grad(loss)(params, batch, jnp.ones((2, 1))))
g = per_ex(params, batch[:, None], jnp.ones((2, 1, 1)))
print([tuple(a.shape for a in layer) for layer in g])

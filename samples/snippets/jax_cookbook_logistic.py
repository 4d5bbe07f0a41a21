import jax.numpy as jnp
from jax import grad, value_and_grad
def sigmoid(x):
    return 0.5 * (jnp.tanh(x / 2) + 1)
def predict(W, b, inputs):
    return sigmoid(jnp.dot(inputs, W) + b)
inputs = jnp.array([[0.52, 1.12,  0.77],
                    [0.88, -1.08, 0.15],
                    [0.52, 0.06, -1.30],
                    [0.74, -2.49, 1.39]])
targets = jnp.array([True, True, False, True])
def loss(W, b):
    preds = predict(W, b, inputs)
    label_probs = preds * targets + (1 - preds) * (1 - targets)
    return -jnp.sum(jnp.log(label_probs))
W = jnp.array([0.1, -0.2, 0.3]); b = 0.5
W_grad = grad(loss, argnums=0)(W, b)
print(f'{W_grad=}')
b_grad = grad(loss, 1)(W, b)
print(f'{b_grad=}')
W_grad, b_grad = grad(loss, (0, 1))(W, b)
print(W_grad.shape, b_grad.shape)
loss_value, Wb_grad = value_and_grad(loss, (0, 1))(W, b)
print('loss value', loss_value)
eps = 1e-4
print((loss(W, b + eps / 2.) - loss(W, b - eps / 2.)) / eps)

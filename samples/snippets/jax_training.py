import jax
import jax.numpy as jnp
from jax import grad, value_and_grad, jacobian
def sum_squared_error(x, y):
  return jnp.sum((x - y)**2)
sum_squared_error_dx = jax.grad(sum_squared_error)
x = jnp.array([1.0, 2.0, 3.0, 4.0])
y = jnp.array([1.1, 2.1, 3.1, 4.1])
print(sum_squared_error_dx(x, y))
print(jax.grad(sum_squared_error, argnums=(0, 1))(x, y))
print(jax.value_and_grad(sum_squared_error)(x, y))
def squared_error_with_aux(x, y):
  return sum_squared_error(x, y), x - y
print(jax.grad(squared_error_with_aux, has_aux=True)(x, y))
xs = jnp.array([0.1, 0.2, 0.3, 0.4])
noise = 0.1 * jnp.array([0.3, -0.2, 0.1, 0.5])
ys = xs * 3 - 1 + noise
def model(theta, x):
  w, b = theta
  return w * x + b
def loss_fn(theta, x, y):
  prediction = model(theta, x)
  return jnp.mean((prediction - y)**2)
@jax.jit
def update(theta, x, y, lr=0.1):
  return theta - lr * jax.grad(loss_fn)(theta, x, y)
theta = jnp.array([1., 1.])
for _ in range(100):
  theta = update(theta, xs, ys)
w, b = theta
print(f"w: {w:<.2f}, b: {b:<.2f}")
def init_mlp_params(layer_widths):
  params = []
  for n_in, n_out in zip(layer_widths[:-1], layer_widths[1:]):
    params.append(dict(weights=jnp.ones((n_in, n_out)) * jnp.sqrt(2 / n_in), biases=jnp.ones(shape=(n_out,))))
  return params
params = init_mlp_params([1, 8, 8, 1])
print(jax.tree.map(lambda x: x.shape, params))
def forward(params, x):
  *hidden, last = params
  for layer in hidden:
    x = jax.nn.relu(x @ layer['weights'] + layer['biases'])
  return x @ last['weights'] + last['biases']
def loss(params, x, y):
  return jnp.mean((forward(params, x) - y) ** 2)
LEARNING_RATE = 0.0001
@jax.jit
def update(params, x, y):
  grads = jax.grad(loss)(params, x, y)
  return jax.tree.map(lambda p, g: p - LEARNING_RATE * g, params, grads)
X = jnp.linspace(-1, 1, 5)[:, None]
for _ in range(5):
  params = update(params, X, X ** 2)
print(params[2]['biases'])
from typing import NamedTuple
class Params(NamedTuple):
  weight: jnp.ndarray
  bias: jnp.ndarray
def l2(params: Params, xs, ys):
  return jnp.mean((params.weight * xs + params.bias - ys) ** 2)
p = Params(jnp.array(1.), jnp.array(0.))
g = jax.grad(l2)(p, xs, ys)
print(g)
new = jax.tree.map(lambda p, g: p - 0.1 * g, p, g)
print(new.weight)

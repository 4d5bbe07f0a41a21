# What is made within a traced function is traced, and convolutions over one axis and over two.
import jax
import jax.numpy as jnp
from jax import lax


@jax.jit
def shown(x):
    print(f"x = {x}")
    print(f"x.shape = {x.shape}")
    print(f"jnp.array(x.shape).prod() = {jnp.array(x.shape).prod()}")
    return x * 2


shown(jnp.ones((2, 3)))


@jax.jit
def flattened(x):
    return x.reshape(jnp.array(x.shape).prod())


try:
    flattened(jnp.ones((2, 3)))
except TypeError as e:
    print(type(e).__name__, str(e)[:64])
x, y = jnp.array([1, 2, 1]), jnp.ones(10)
full = [(len(y) - 1, len(y) - 1)]
images = x.reshape(1, 1, 3).astype(float), y.reshape(1, 1, 10)
print(lax.conv_general_dilated(*images, window_strides=(1,), padding=full)[0, 0])
a, k = jnp.arange(16.0).reshape(1, 1, 4, 4), jnp.ones((1, 1, 2, 2))
print(jax.grad(lambda k: jnp.sum(lax.conv_general_dilated(a, k, (2, 2), "VALID") ** 2))(k))
last = lax.conv_general_dilated(
    a.reshape(1, 4, 4, 1), k.reshape(2, 2, 1, 1), (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
)
print(last[0, :, :, 0])

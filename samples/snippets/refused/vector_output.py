import jax
print(jax.grad(lambda x: x * 2)(jax.numpy.ones(3)))

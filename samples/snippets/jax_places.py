import jax, jax.numpy as jnp
iu = jnp.triu_indices(3)
print(iu)
v = jnp.array([2., 0.5, 0.1, 3., -0.2, 1.])
def unpack(v):
    m = jnp.zeros((3, 3)).at[iu].set(v)
    return m + m.T - jnp.diag(jnp.diag(m))
print(jnp.unique(jnp.array([1, 2, 2, 3])), jnp.nonzero(jnp.array([0, 3, 0, 4])), jnp.argwhere(jnp.array([[1., 0.], [0., 2.]])))
print(jnp.unique(jnp.array([1.5, 2., 2.]), return_counts=True))
print(jax.grad(lambda a: jnp.sum(jnp.apply_along_axis(jnp.prod, 0, a)))(jnp.array([[1., 2.], [3., 4.]])))
print(jnp.isin(jnp.array([1, 2, 3]), jnp.array([2])), jnp.tril_indices(2, -1), jnp.diag_indices(2))
print(jnp.bitwise_and(6, 3), jnp.array([6]) & jnp.array([3]))
@jax.jit
def f(x):
    return jnp.nonzero(x)
try:
    f(v)
except jax.errors.ConcretizationTypeError as e:
    print(type(e).__name__)
p = jnp.array([1., -3., 2.])
print(jax.grad(lambda p: jnp.polyval(p, 2.5))(p), jnp.polyder(p))

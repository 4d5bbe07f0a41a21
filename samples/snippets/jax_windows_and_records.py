# Windows that are folded by functions of lax; fields of a dataclass that are no parts of a tree.
import dataclasses

import jax
import jax.numpy as jnp
from jax import lax

image = jnp.arange(16.).reshape(1, 1, 4, 4) / 8
print(lax.reduce_window(image, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID"))
total = lambda x: lax.reduce_window(x, 0., lax.add, (1, 1, 2, 2), (1, 1, 1, 1), "SAME")
print(total(image)[0, 0])
print(jax.grad(lambda x: jnp.sum(total(x) ** 2))(image)[0, 0])

@jax.tree_util.register_dataclass
@dataclasses.dataclass
class Power:
    base: jnp.ndarray
    exponent: int = dataclasses.field(metadata=dict(static=True), default=2)
    names: list = dataclasses.field(default_factory=list, metadata={"static": True})

power = Power(jnp.array([1., 2.]), 3)
print(jax.grad(lambda p: jnp.sum(p.base ** p.exponent))(power))
print(jax.tree.leaves(power), Power(jnp.array(1.)).exponent)
try:
    Power()
except TypeError as error:
    print(error)

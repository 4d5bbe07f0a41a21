import jax
import jax.numpy as jnp

cases = {
    "zeros": lambda n: jnp.zeros(n),
    "ones": lambda n: jnp.ones((n, 2)),
    "arange": lambda n: jnp.arange(n),
    "full": lambda n: jnp.full(n, 2.0),
    "reshape": lambda n: jnp.arange(6.0).reshape(n, 2),
    "linspace": lambda n: jnp.linspace(0, 1, n),
    "slice": lambda n: jnp.arange(6)[:n],
    "index": lambda n: jnp.arange(6)[n],
    "fill": lambda n: jnp.full(3, n),
}
for name, function in cases.items():
    try:
        print(name, jax.jit(function)(3))
    except Exception as error:
        print(name, type(error).__name__, str(error)[:90])
    print(name, jax.jit(function, static_argnums=0)(3))
print(jax.grad(lambda x: jnp.sum(x[: len(x) - 1] ** 2))(jnp.ones(3)))

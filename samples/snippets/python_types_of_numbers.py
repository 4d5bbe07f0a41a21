import numpy as np, jax.numpy as jnp, torch
print(np.full((2,), 3), np.full(2, 3.), np.full((1, 2), 7, dtype=float), jnp.full((2,), 3), jnp.full(2, 1.5), torch.full((2,), 3), torch.full((2,), 3.), torch.full((2, 2), 1))
print(np.zeros(2, int), np.ones((2,), dtype=np.int64), np.arange(3.), np.arange(0, 1, 0.5), np.eye(2, dtype=int), jnp.zeros(2, jnp.int32), torch.zeros(2, dtype=torch.int64), np.array([1, 2], float), jnp.array([1, 2], jnp.float32))

import numpy as np

x = np.random.randn(3)
print(x.shape)
print(x)

import numpy as np
x = np.zeros(2, np.float32)
print(x.dtype == np.float32, x.dtype == np.float64, np.float32 == x.dtype, x.dtype != np.float32, x.dtype == 'float32')
print(np.float32, [np.float64], np.float32 == np.float32)

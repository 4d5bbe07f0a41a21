import numpy as np
z = np.array([1 + 2j])

import numpy as np
from scipy.optimize import minimize

print(minimize(lambda x: x @ x, np.ones(3000)).x)

import numpy as np
import matplotlib.pyplot as plt

x = np.linspace(0, 1, 5)
plt.plot(x, x ** 2)

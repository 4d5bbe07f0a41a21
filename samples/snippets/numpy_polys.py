import numpy as np
p = np.poly1d([1, -2, 3])
print(np.polyval(p, 2), np.polyval([3, 2, 1], 2), np.polyder([3, 2, 1]), np.polyint([2., 1.]))
print(np.polyder(p), np.polyadd([1, 2], [3]), np.polymul([1, 1], [1, -1]))
print(np.polyval(np.array([1., 2.]), np.array([0., 1.])), np.polyfit([0., 1., 2.], [1., 3., 5.], 1).round(6))
print(np.poly1d(np.polyfit([0., 1., 2.], [1., 3., 5.], 1))(3.0).round(6))

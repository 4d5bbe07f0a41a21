# Shapes, axes and indices that do not fit, in NumPy's words.
import numpy as np

a = np.array([[1.0, 2.0], [3.0, 4.0]])


def attempt(compute):
    try:
        print(compute())
    except (ValueError, IndexError) as error:
        print(type(error).__name__, error)


attempt(lambda: a + np.ones(3))
attempt(lambda: a @ np.ones(3))
attempt(lambda: np.ones(3) @ a)
attempt(lambda: a @ np.ones((3, 2)))
attempt(lambda: np.dot(a, np.ones(3)))
attempt(lambda: np.dot(np.ones((3, 2)), np.ones((3, 2))))
attempt(lambda: a[5])
attempt(lambda: a[0, -3])
attempt(lambda: np.stack([np.ones(2), np.ones(3)]))
attempt(lambda: a.sum(axis=3))
attempt(lambda: np.mean(a, axis=-3))

# Gradients by the names of the arguments
import autograd.numpy as np
from autograd import multigrad_dict


def loss(scale, shift=1.0):
    return np.sum((scale * np.array([1.0, 2.0]) + shift) ** 2)


gradients = multigrad_dict(loss)(scale=3.0, shift=2.0)
print(gradients)
print(gradients["scale"], sorted(gradients))

"""NumPy, SciPy and autograd."""

# SciPy's searches with autograd's gradients, as its examples have them.
import autograd.numpy as np
from autograd import grad, hessian, value_and_grad
from scipy import optimize
from scipy.optimize import check_grad, curve_fit, minimize


def rosenbrock(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


# Build a function that also returns gradients using autograd.
rosenbrock_with_grad = value_and_grad(rosenbrock)

# Optimize using conjugate gradients.
result = minimize(rosenbrock_with_grad, x0=np.array([0.0, 0.0]), jac=True, method="CG")
print("Found minimum at {0}".format(np.round(result.x, 3)), result.success, result.message)

f = lambda x: np.sum((x - np.array([1.0, 2.0])) ** 4) + x[0] * x[1]
result = minimize(f, np.zeros(2), jac=grad(f), hess=hessian(f), method="Newton-CG")
print(result["success"], np.round(result.x, 4), round(float(result.fun), 6), type(result).__name__)
steps = []
result = minimize(
    f, np.zeros(2), jac=grad(f), method="L-BFGS-B", bounds=[(0, 1), (None, None)],
    callback=lambda xk: steps.append(xk.copy()),
)
print(np.round(result.x, 4), len(steps) == result.nit)
constraints = (
    {"type": "ineq", "fun": lambda x: x[0] - 2 * x[1] + 2},
    {"type": "eq", "fun": lambda x: x[0] + x[1] - 1, "jac": lambda x: np.array([1.0, 1.0])},
)
far = lambda x, a: (x[0] - a) ** 2 + (x[1] - 2.5) ** 2
found = minimize(far, (2, 0), args=(1,), method="SLSQP", constraints=constraints).x
print(np.abs(found - np.array([0.0, 1.0])).max() < 1e-6)
print(check_grad(f, grad(f), np.array([0.5, -0.2])) < 1e-5)
print(np.round(optimize.approx_fprime(np.array([1.0, 2.0]), lambda x: x[0] * x[1]), 4))
print(round(optimize.newton(lambda x: x**2 - 2, 1.0, fprime=lambda x: 2 * x), 8))
popt, pcov = curve_fit(
    lambda x, a, b: a * np.exp(-b * x), np.array([0.0, 1.0, 2.0]), np.array([2.5, 1.5, 0.9])
)
print(np.round(popt, 3), pcov.shape)
try:
    minimize(f, np.zeros(2), method="nope")
except ValueError as error:
    print(error)

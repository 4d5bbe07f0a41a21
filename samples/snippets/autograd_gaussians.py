# A mixture of Gaussians, searched by Newton's method over one vector of all parameters.
import autograd.numpy as np
import autograd.numpy.random as npr
import autograd.scipy.stats.multivariate_normal as mvn
from autograd import grad, hessian_vector_product
from autograd.misc.flatten import flatten_func
from autograd.scipy.special import logsumexp
from scipy.optimize import Bounds, NonlinearConstraint, minimize


def log_likelihood(params, data):
    cluster_lls = []
    for log_proportion, mean, root in zip(
        params["log proportions"] - logsumexp(params["log proportions"]),
        params["means"],
        params["lower triangles"],
    ):
        cluster_lls.append(log_proportion + mvn.logpdf(data, mean, np.dot(root.T, root)))
    return np.sum(logsumexp(np.vstack(cluster_lls), axis=0))


rs = npr.RandomState(0)
init_params = {
    "log proportions": rs.randn(2) * 0.1,
    "means": rs.randn(2, 2) * 0.1,
    "lower triangles": np.zeros((2, 2, 2)) + np.eye(2),
}
centre = np.array([2.0, 0.5])
data = np.concatenate([rs.randn(15, 2) * 0.5 + centre, rs.randn(15, 2) * 0.5 - centre])
objective = lambda params: -log_likelihood(params, data)
flattened_obj, unflatten, flattened = flatten_func(objective, init_params)
print(flattened.shape, np.round(flattened_obj(flattened), 8))
print(np.round(grad(flattened_obj)(flattened)[:6], 8))
result = minimize(
    flattened_obj, flattened, jac=grad(flattened_obj),
    hessp=hessian_vector_product(flattened_obj), method="Newton-CG", options={"maxiter": 5},
)
print(np.round(unflatten(result.x)["means"], 2), result.nit)

cov = np.array([[2.0, 0.3], [0.3, 0.5]])
print(np.round(mvn.logpdf(np.array([1.0, -1.0]), np.zeros(2), cov), 12), mvn.pdf(np.zeros((2, 2)), np.zeros(2), cov))
print(grad(lambda m: mvn.logpdf(np.array([1.0, -1.0]), m, cov))(np.zeros(2)))
print(np.round(grad(lambda c: mvn.logpdf(np.array([1.0, -1.0]), np.zeros(2), c))(cov), 10))

within = NonlinearConstraint(lambda x: np.array([x[0] ** 2 - (x[1] - 1) ** 2]), 2, np.inf)
result = minimize(
    lambda x: x[0] ** 2 + x[1] ** 2, [1.0, 2.0], method="SLSQP", constraints=[within],
    bounds=Bounds([-np.inf, -np.inf], [np.inf, np.inf]),
)
print(np.round(result.x, 3), round(result.fun, 3))

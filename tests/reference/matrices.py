"""What the functions of linear algebra are."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.reference.words import Call, call, det, eye, inv, log, matrices, mp, placed, sqrt

if TYPE_CHECKING:
    from collections.abc import Callable


def to_array(m: Any) -> Any:
    """A matrix of mpmath as an array."""
    return np.array(m.tolist(), object)


def symmetric(x: Any) -> Any:
    """A matrix and its transpose."""
    return x + np.swapaxes(x, -1, -2)


def definite(x: Any) -> Any:
    """A positive definite matrix."""
    return x @ x.T + 2 * eye(len(x))


def eigenvalues(a: Any) -> Any:
    """The eigenvalues of a symmetric matrix, ascending."""
    return np.array(sorted(mp.eigsy(mp.matrix(a.tolist()), eigvals_only=True)), object)


def eigenvectors(a: Any) -> Any:
    """The eigenvectors of a symmetric matrix."""
    values, vectors = mp.eigsy(mp.matrix(a.tolist()))
    order = np.argsort(np.array(list(values), object))
    return to_array(vectors)[:, order]


def svd(a: Any) -> tuple[Any, Any, Any]:
    """The thin singular value decomposition."""
    u, s, v = mp.svd_r(mp.matrix(a.tolist()))
    return to_array(u), np.array(list(s), object), to_array(v)


def qr(a: Any) -> tuple[Any, Any]:
    """The thin QR decomposition."""
    q, r = mp.qr(mp.matrix(a.tolist()), mode="skinny")
    return to_array(q), to_array(r)


def lu(a: Any) -> Any:
    """Both factors of Gauss's elimination in one matrix, by the largest pivots."""
    z, n = a.copy(), len(a)
    for k in range(n):
        top = k + int(np.argmax(abs(z[k:, k])))
        z[[k, top]] = z[[top, k]]
        z[k + 1 :, k] = z[k + 1 :, k] / z[k, k]
        z[k + 1 :, k + 1 :] -= np.outer(z[k + 1 :, k], z[k, k + 1 :])
    return z


expm = matrices(lambda a: mp.expm(a, method="taylor"))

sqrtm = matrices(mp.sqrtm)

cholesky = matrices(mp.cholesky)


def pinv(a: Any) -> Any:
    """The pseudoinverse of a tall or wide matrix."""
    return inv(a.T @ a) @ a.T if a.shape[0] >= a.shape[1] else a.T @ inv(a @ a.T)


def band(ab: Any, low: int, up: int) -> Any:
    """The matrix whose diagonals are the rows."""
    n = ab.shape[1]
    out = np.full((n, n), mp.zero, object)
    for i, j in product(range(n), range(n)):
        if -low <= j - i <= up:
            out[i, j] = ab[up + i - j, j]
    return out


def distances(x: Any, y: Any, length: Callable[..., Any]) -> Any:
    """The length of all differences of rows."""
    return np.array([[length(a - b) for b in y] for a in x], object)


def length(d: Any) -> Any:
    """The 2-norm."""
    return mp.sqrt(np.sum(d * d))


def unit(x: Any) -> Any:
    """A vector over its length."""
    return x / length(x)


def cosine(x: Any, y: Any) -> Any:
    """The cosine of the angle between vectors."""
    return np.sum(x * y) / length(x) / length(y)


# fmt: off
CALLS: list[Call] = [
    call("vecdot(x, y)", lambda x, y: (x * y).sum(-1), x=(2, 3), y=(3,)),
    call("vecdot(x, y, axis=0)", lambda x, y: (x * y).sum(0), x=(2, 3), y=(2, 3)),
    call("matvec(x, y)", lambda x, y: (x * y[:, None]).sum(-1), x=(2, 2, 2), y=(2, 2)),
    call("vecmat(x, y)", lambda x, y: x @ y, x=(2,), y=(2, 3)),
    call("multi_dot((x, y, x))", lambda x, y: x @ y @ x, x=(2, 3), y=(3, 2)),
    call("multi_dot((x, y, x))", lambda x, y: x @ y @ x, x=(3,), y=(3, 3)),
    call("dot_general(x, y, (((1,), (2,)), ((2,), (0,))))",
         lambda x, y: np.stack([x[..., k] @ y[k].T for k in (0, 1)]), x=(1, 3, 2), y=(2, 2, 3)),
    call("cross(x, y)", np.cross, x=(2, 3), y=(3,)),
    call("matrix_transpose(x)", lambda x: x.swapaxes(1, 2), x=(2, 2, 3)),
    call("addmm(x, y, y, beta=2, alpha=3)", lambda x, y: 2 * x + 3 * (y @ y), x=(2,), y=(2, 2)),
    call("baddbmm(x, y, y)", lambda x, y: x + y @ y, x=(2, 2, 2), y=(2, 2, 2)),
    call("addr(x, y, y)", lambda x, y: x + np.outer(y, y), x=(2, 2), y=(2,)),
    call("solve_triangular(x + 6*eye(3), y)",
         lambda x, y: inv(np.triu(x) + 6 * eye(3)) @ y, x=(3, 3), y=(3,)),
    call("solve_triangular(x + 6*eye(2), y, lower=true)",
         lambda x, y: np.stack([inv(np.tril(x[i]) + 6 * eye(2)) @ y[i] for i in (0, 1)]),
         x=(2, 2, 2), y=(2, 2, 1)),
    call("solve_triangular(x, y, lower=true, trans=true, unit_diagonal=true)",
         lambda x, y: inv((np.tril(x, -1) + eye(3)).T) @ y, x=(3, 3), y=(3, 2)),
    call("cholesky_solve(x + 6*eye(2), y)",
         lambda x, y: inv((np.tril(x) + 6 * eye(2)) @ (np.tril(x) + 6 * eye(2)).T) @ y,
         x=(2, 2), y=(2,)),
    call("cho_solve(cho_factor(x @ x.T + 2*eye(2)), y)",
         lambda x, y: inv(definite(x)) @ y, x=(2, 2), y=(2,)),
    call("solve_triangular(x + 6*eye(2), y, upper=false)",
         lambda x, y: inv(np.tril(x) + 6 * np.eye(2, dtype=int)) @ y, x=(2, 2), y=(2,)),
    call("cho_factor(x @ x.T + 2*eye(3))[0]", lambda x: cholesky(definite(x)).T, x=(3, 3)),
    call("solve_banded((1, 1), x + [[0, 0, 0], [9, 9, 9], [0, 0, 0]], y)",
         lambda x, y: inv(band(x, 1, 1) + 9 * eye(3)) @ y, x=(3, 3), y=(3,)),
    call("tridiagonal_solve(x + [[0, 0, 0], [9, 9, 9], [0, 0, 0]], y)",
         lambda x, y: inv(np.diag(x[1]) + np.diag(x[0, :2], 1) + np.diag(x[2, 1:], -1)
                          + 9 * eye(3)) @ y, x=(3, 3), y=(3,)),
    call("slogdet(x)[1]", lambda x: log(abs(det(x))), x=(3, 3)),
    call("slogdet(x)[0]", lambda x: mp.sign(det(x)), x=(2, 2)),
    call("logdet(x @ x.T + 2*eye(2))", lambda x: log(det(definite(x))), x=(2, 2)),
    call("tridiagonal_solve(x, y + 9, x, z, whole=true)",
         lambda x, y, z: inv(np.diag(x[1:], -1) + np.diag(y + 9) + np.diag(x[:-1], 1)) @ z,
         x=(3,), y=(3,), z=(3, 1)),
    call("cholesky(x @ x.T + 2*eye(2), lower=false)", lambda x: cholesky(definite(x)).T, x=(2, 2)),
    call("logdet_cholesky(x @ x.T + 2*eye(2))", lambda x: log(det(definite(x))), x=(2, 2)),
    call("cholesky(x @ x.T + 2*eye(3))", lambda x: cholesky(definite(x)), x=(3, 3)),
    call("lu_factor(x)[0]", lu, x=(3, 3)),
    call("lu(x)[2]", lambda x: np.triu(lu(x)), x=(3, 3)),
    call("lu(x, true)[0] @ y + lu(x, true)[1]", lambda x, y: x @ inv(np.triu(lu(x))) @ y
         + np.triu(lu(x)), x=(2, 2), y=(2, 2)),
    call("lu_factor(x)[0]", lambda x: np.stack([lu(a) for a in x]), x=(2, 2, 2)),
    call("qr(x)[0]^2", lambda x: qr(x)[0] ** 2, x=(3, 2)),
    call("qr(x)[1]^2", lambda x: qr(x)[1] ** 2, x=(3, 3)),
    call("qr(x)[1]^2", lambda x: (qr(x[:, :2])[0].T @ x) ** 2, x=(2, 3)),
    call("eigvalsh(x + x.T)", lambda x: eigenvalues(symmetric(x)), x=(3, 3)),
    call("eigh(x + x.T)[1]^2", lambda x: eigenvectors(symmetric(x)) ** 2, x=(3, 3)),
    call("eigh(x + x.T)[0]", lambda x: eigenvalues(symmetric(x)), x=(2, 2)),
    call("svdvals(x)", lambda x: svd(x)[1], x=(2, 3)),
    call("svd(x)[0]^2", lambda x: svd(x)[0] ** 2, x=(3, 2)),
    call("svd(x)[2]^2", lambda x: svd(x)[2] ** 2, x=(2, 3)),
    call("svd(x)[2]^2", lambda x: svd(x)[2] ** 2, x=(3, 2)),
    call("cond(x)", lambda x: max(svd(x)[1]) / min(svd(x)[1]), x=(2, 2)),
    call("matrix_rank(x)", lambda x: 2, x=(2, 3)),
    call("gram_schmidt(x)",
         lambda x: np.stack([unit(x[0]), unit(x[1] - unit(x[0]) * (unit(x[0]) @ x[1]))]),
         x=(2, 3)),
    call("pinv(x)", pinv, x=(3, 2)),
    call("pinv(x)", pinv, x=(2, 3)),
    call("lstsq(x, y)[0]", lambda x, y: pinv(x) @ y, x=(3, 2), y=(3,)),
    call("lstsq(x, y)[1]", lambda x, y: ((x @ (pinv(x) @ y) - y) ** 2).sum(0),
         x=(3, 2), y=(3, 2)),
    call("matrix_power(x, 5)", lambda x: x @ x @ x @ x @ x, x=(2, 2)),
    call("matrix_power(x + 4*eye(2), -2)",
         lambda x: inv((x + 4 * eye(2)) @ (x + 4 * eye(2))), x=(2, 2)),
    call("matrix_power(x, 0)", lambda x: eye(2) + 0 * x, x=(2, 2)),
    call("expm(x)", expm, x=(2, 2)),
    call("sqrtm(x @ x.T + 2*eye(2))", lambda x: sqrtm(definite(x)), x=(2, 2)),
    call("toeplitz(x)", lambda x: x[abs(np.subtract.outer(range(3), range(3)))], x=(3,)),
    call("toeplitz(x, y)", lambda x, y: np.array([[x[0], y[1]], [x[1], x[0]], [x[2], x[1]]]),
         x=(3,), y=(2,)),
    call("circulant(x)", lambda x: x[np.subtract.outer(range(3), range(3)) % 3], x=(3,)),
    call("hankel(x, y)", lambda x, y: np.array([[x[0], x[1]], [x[1], y[1]]]), x=(2,), y=(2,)),
    call("block_diag((x, y))",
         lambda x, y: placed(x, (3, 3), slice(2), slice(2)) + placed(y, (3, 3), 2, slice(2, 3)),
         x=(2, 2), y=(1,)),
    call("cdist(x, y)", lambda x, y: distances(x, y, length), x=(2, 2), y=(3, 2)),
    call('cdist(x, y, "cityblock")', lambda x, y: distances(x, y, lambda d: abs(d).sum()),
         x=(2, 2), y=(2, 2)),
    call("chain_matmul(x)", lambda x: x, x=(2, 2)),
    call("chain_matmul(x, y, x)", lambda x, y: x @ y @ x, x=(1, 2), y=(2, 1)),
    call("dist(x, y)", lambda x, y: sqrt(np.sum((x - y) ** 2)), x=(2, 3), y=(3,)),
    call("dist(x, y, 1)", lambda x, y: np.sum(abs(x - y)), x=(4,), y=(4,)),
    call("renorm(x, 2, 0, 2)", lambda x: np.array([
        row * 2 / (sqrt(np.sum(row**2)) + mp.mpf(1e-7)) if np.sum(row**2) > 4 else row
        for row in x]), x=(4, 2)),
    call("tensorinv(x + 3*reshape(eye(4), (2, 2, 4)), 2)",
         lambda x: inv(x.reshape(4, 4) + 3 * np.eye(4, dtype=int)).reshape(4, 2, 2), x=(2, 2, 4)),
    call("tensorsolve(x + 3*reshape(eye(4), (4, 2, 2)), y, 0)",
         lambda x, y: inv(x.reshape(4, 4).T + 3 * np.eye(4, dtype=int)) @ y.reshape(4),
         x=(4, 2, 2), y=(2, 2)),
    call("pdist(x)", lambda x: distances(x, x, length)[np.triu_indices(3, 1)], x=(3, 2)),
    call("pairwise_distance(x, y)", lambda x, y: sqrt(((x - y) ** 2).sum(-1)), x=(2, 3), y=(2, 3)),
    call("cosine_similarity(x, y)", cosine, x=(3,), y=(3,)),
]
# fmt: on

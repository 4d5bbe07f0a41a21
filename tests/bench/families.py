"""The workloads of the broad bench, by families; each in gradcli and once for all peers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.bench.compiled import Work, works

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 0


@cache
def _rng() -> np.random.Generator:
    return np.random.default_rng(SEED)


def _normal(*shape: int) -> Any:
    return _rng().normal(size=shape)


def _positive(*shape: int) -> Any:
    return _rng().uniform(0.5, 3, shape)


def _regular(n: int) -> Any:
    """A positive definite matrix."""
    a = _normal(n, n)
    return a @ a.T / n + np.eye(n)


# --- statistics, losses, layers -------------------------------------------------------------------


def statistics() -> Iterator[Work]:
    """Means, variances, quantiles and correlations."""
    x, y = _normal(2, 1_000_000)
    yield Work(
        "correlation",
        "a = x - mean(x); b = y - mean(y); sum(a*b)/sqrt(sum(a^2)*sum(b^2))",
        {"x": x, "y": y},
        _correlation,
    )
    yield Work(
        "skewness",
        "a = x - mean(x); mean(a^3)/mean(a^2)^1.5",
        {"x": x},
        lambda xp, x: _moments(x - x.mean()),
    )
    yield Work(
        "covariance",
        "sum(cov(X)^2)",
        {"X": _normal(100, 10_000)},
        lambda xp, X: (xp.cov(X) ** 2).sum(),  # noqa: N803 - the field's letter
    )
    yield Work(
        "median",
        "median(x) + quantile(x, 0.9)",
        {"x": _normal(300_001)},
        lambda xp, x: xp.quantile(x, 0.5) + xp.quantile(x, 0.9),
    )
    yield Work("norm", "norm(x)", {"x": x}, lambda xp, x: xp.sqrt((x**2).sum()))


def _correlation(xp: Any, x: Any, y: Any) -> Any:
    a, b = x - x.mean(), y - y.mean()
    return (a * b).sum() / xp.sqrt((a**2).sum() * (b**2).sum())


def _moments(a: Any) -> Any:
    return (a**3).mean() / (a**2).mean() ** 1.5


def losses() -> Iterator[Work]:
    """What models are fitted by."""
    rows, w = _normal(20_000, 100), _normal(100) / 10
    y = (_rng().uniform(size=20_000) < 0.5).astype(float)
    fit = {"X": rows, "w": w, "b": np.float64(0.1), "y": y}
    yield Work(
        "logistic regression",
        "z = X @ w + b; mean(log1p(exp(-abs(z))) + relu(z) - y*z)",
        fit,
        _logistic,
        ("w", "b"),
    )
    yield Work("hinge", "mean(relu(1 - (2*y - 1)*(X @ w + b)))", fit, _hinge, ("w", "b"))
    yield Work(
        "Huber",
        "r = abs(X @ w - y); mean(where(r < 1, r^2/2, r - 0.5))",
        {"X": rows, "w": w, "y": y},
        _huber,
        ("w",),
    )
    yield Work(
        "cross-entropy of labels",
        "-mean(log_softmax(Z, 1)[i, k])",
        {"Z": _normal(10_000, 50), "i": np.arange(10_000), "k": _rng().integers(0, 50, 10_000)},
        lambda xp, Z, i, k: -xp.log_softmax(Z, 1)[i, k].mean(),  # noqa: N803
        ("Z",),
    )


def _logistic(xp: Any, X: Any, w: Any, b: Any, y: Any) -> Any:  # noqa: N803 - the field's letters
    z = X @ w + b
    return (xp.log1p(xp.exp(-abs(z))) + xp.relu(z) - y * z).mean()


def _hinge(xp: Any, X: Any, w: Any, b: Any, y: Any) -> Any:  # noqa: N803 - the field's letters
    return xp.relu(1 - (2 * y - 1) * (X @ w + b)).mean()


def _huber(xp: Any, X: Any, w: Any, y: Any) -> Any:  # noqa: N803 - the field's letters
    r = abs(X @ w - y)
    return xp.where(r < 1, r**2 / 2, r - 0.5).mean()


def layers() -> Iterator[Work]:
    """Networks, their activations and normalizations."""
    labels = np.eye(10)[_rng().integers(0, 10, 1024)]
    net = {"X": _normal(1024, 256), "W": _normal(256, 512) / 16, "b": np.zeros(512)}
    net |= {"V": _normal(512, 10) / 22, "c": np.zeros(10), "Y": labels}
    tail = "; -sum(Y*log_softmax(H @ V + c, 1))/1024"
    for name in ("tanh", "relu", "gelu"):
        yield Work(
            f"two layers, {name}",
            f"H = {name}(X @ W + b){tail}",
            net,
            _network(name),
            tuple("WbVc"),
        )
    single = {k: v.astype(np.float32) for k, v in net.items()}
    text = f"H = tanh(X @ W + b){tail}"
    yield Work("two layers, float32", text, single, _network("tanh"), tuple("WbVc"))
    yield Work(
        "batch norm",
        "sum(relu((X - mean(X, 0))/sqrt(var(X, 0) + 1e-5)*g + b)^2)",
        {"X": _normal(4096, 256), "g": _normal(256), "b": _normal(256)},
        _batch_norm,
    )


def _network(name: str) -> Callable[..., Any]:
    def network(xp: Any, X: Any, W: Any, b: Any, V: Any, c: Any, Y: Any) -> Any:  # noqa: N803
        hidden = getattr(xp, name)(X @ W + b)
        return -(Y * xp.log_softmax(hidden @ V + c, 1)).sum() / 1024

    return network


def _batch_norm(xp: Any, X: Any, g: Any, b: Any) -> Any:  # noqa: N803 - the field's letters
    a = X - X.mean(0)
    return (xp.relu(a / xp.sqrt((a**2).mean(0) + 1e-5) * g + b) ** 2).sum()


# --- images, attention, recurrent cells -----------------------------------------------------------


def images() -> Iterator[Work]:
    """Convolution and pooling."""
    x, w = _normal(8, 16, 32, 32), _normal(32, 16, 3, 3) / 12
    yield Work(
        "convolution 3x3",
        'sum(conv2d(x, w, layout="NCHW")^2)',
        {"x": x, "w": w},
        lambda xp, x, w: (xp.conv(x, w) ** 2).sum(),
    )
    yield Work(
        "max pooling",
        'sum(max_pool2d(x, 2, layout="NCHW")^2)',
        {"x": _normal(8, 16, 64, 64)},
        lambda xp, x: (xp.max_pool(x) ** 2).sum(),
    )
    yield Work(
        "mean pooling",
        'sum(avg_pool2d(x, 2, layout="NCHW")^2)',
        {"x": _normal(8, 16, 64, 64)},
        lambda xp, x: (xp.avg_pool(x) ** 2).sum(),
    )
    yield Work(
        "small network of images",
        'H = max_pool2d(relu(conv2d(x, w, layout="NCHW")), 2, layout="NCHW"); mean(H^2)',
        {"x": x, "w": w},
        lambda xp, x, w: (xp.max_pool(xp.relu(xp.conv(x, w))) ** 2).mean(),
        ("w",),
    )
    yield Work(
        "long convolution",
        'sum(convolve(x, k, "valid")^2)',
        {"x": _normal(20_000), "k": _normal(2_000)},
        lambda xp, x, k: (xp.conv(x[None, None], xp.flip(k)[None, None]) ** 2).sum(),
    )


def attention() -> Iterator[Work]:
    """Attention, and sums of products."""
    q, k, v = _normal(3, 16, 128, 64)
    yield Work(
        "attention",
        "sum((softmax(q @ swapaxes(k, 1, 2)/8, -1) @ v)^2)",
        {"q": q, "k": k, "v": v},
        lambda xp, q, k, v: ((xp.softmax(q @ k.swapaxes(1, 2) / 8, -1) @ v) ** 2).sum(),
    )
    yield Work(
        "einsum of three with a batch",
        'sum(einsum("bij,bjk,kl->bil", x, y, z)^2)',
        {"x": _normal(16, 64, 48), "y": _normal(16, 48, 56), "z": _normal(56, 40)},
        lambda xp, x, y, z: (xp.einsum("bij,bjk,kl->bil", x, y, z) ** 2).sum(),
    )
    yield Work(
        "einsum of two with a batch",
        'sum(einsum("bhid,bhjd->bhij", x, y)^2)',
        {"x": _normal(4, 8, 64, 32), "y": _normal(4, 8, 64, 32)},
        lambda xp, x, y: (xp.einsum("bhid,bhjd->bhij", x, y) ** 2).sum(),
    )
    chain = "ij,jk,kl,lm,mn,no,op,pq->iq"
    arrays = {name: _normal(40, 40) / 6 for name in "abcdefgh"}
    yield Work(
        "einsum of eight",
        f'sum(einsum("{chain}", {", ".join(arrays)})^2)',
        arrays,
        lambda xp, *arrays: (xp.einsum(chain, *arrays) ** 2).sum(),
    )
    yield Work(
        "bilinear form",
        'sum(einsum("ni,ij,nj->n", x, A, y))',
        {"x": _normal(5000, 60), "A": _normal(60, 60), "y": _normal(5000, 60)},
        lambda xp, x, A, y: xp.einsum("ni,ij,nj->n", x, A, y).sum(),  # noqa: N803
    )


def cells() -> Iterator[Work]:
    """Recurrent networks."""
    values = {"X": _normal(30, 64, 32), "W": _normal(32, 64) / 6, "U": _normal(64, 64) / 8}
    yield Work(
        "recurrent network",
        "h = zeros((64, 64)); for x in X { h = tanh(x @ W + h @ U) }; sum(h^2)",
        values,
        _recurrent,
        ("W", "U"),
    )


def _recurrent(xp: Any, X: Any, W: Any, U: Any) -> Any:  # noqa: N803 - the field's letters
    h = 0 * (X[0] @ W)
    for x in X:
        h = xp.tanh(x @ W + h @ U)
    return (h**2).sum()


# --- indices, order, linear algebra ---------------------------------------------------------------


def indices() -> Iterator[Work]:
    """Indexing and scattering."""
    rows = _rng().integers(0, 1000, 20_000)
    yield Work(
        "embedding, repeated indices",
        "sum(tanh(E[i])^2)",
        {"E": _normal(1000, 64), "i": rows},
        lambda xp, E, i: (xp.tanh(E[i]) ** 2).sum(),  # noqa: N803 - the field's letter
        ("E",),
    )
    yield Work(
        "gather of numbers",
        "sum(x[i]^2*y)",
        {"x": _normal(10_000), "i": _rng().integers(0, 10_000, 500_000), "y": _normal(500_000)},
        lambda xp, x, i, y: (x[i] ** 2 * y).sum(),
        ("x", "y"),
    )
    yield Work(
        "sums of groups",
        "sum(segment_sum(x, i, 1000)^2)",
        {"x": _normal(20_000, 16), "i": rows},
        lambda xp, x, i: (xp.scattered((1000, 16), i, x) ** 2).sum(),
        ("x",),
    )


def order() -> Iterator[Work]:
    """Sorting and cumulative sums."""
    x, y = _normal(2, 300_000)
    yield Work(
        "cumsum, sort, diff",
        "s = sort(x); sum(cumsum(s)*y) + sum(diff(s)^2)",
        {"x": x, "y": y},
        _sorted,
    )
    yield Work(
        "cumsum along rows",
        "sum(cumsum(X, 1)^2)",
        {"X": _normal(1000, 500)},
        lambda xp, X: (xp.cumsum(X, 1) ** 2).sum(),  # noqa: N803 - the field's letter
    )
    yield Work(
        "cumprod", "sum(cumprod(x))", {"x": 1 + x / 1000}, lambda xp, x: xp.cumprod(x, 0).sum()
    )


def _sorted(xp: Any, x: Any, y: Any) -> Any:
    s = xp.sort(x)
    return (xp.cumsum(s, 0) * y).sum() + ((s[1:] - s[:-1]) ** 2).sum()


PROCESS = """
K = exp(-(x[:, None] - x)^2/(2*l^2)) + s*eye(400)
L = cholesky(K)
y @ solve(K, y)/2 + sum(log(diag(L)))
"""


def algebra() -> Iterator[Work]:
    """Factorisations and systems of equations."""
    a, b = _regular(300), _normal(300)
    process = {"x": np.sort(_normal(400)), "y": _normal(400), "l": 0.5, "s": 0.1}
    yield Work("Gaussian process", PROCESS, process, _process, ("l", "s"))
    yield Work(
        "normal density",
        "b @ solve(A, b)/2 + logdet(A)/2",
        {"A": a, "b": b},
        lambda xp, A, b: b @ xp.linalg.solve(A, b) / 2 + xp.logdet(A) / 2,  # noqa: N803
    )
    yield Work(
        "inverse",
        "sum(inv(A)^2)",
        {"A": a},
        lambda xp, A: (xp.linalg.inv(A) ** 2).sum(),  # noqa: N803
    )
    yield Work(
        "eigenvalues",
        "sum(log(eigvalsh(A)))",
        {"A": _regular(150)},
        lambda xp, A: xp.log(xp.linalg.eigvalsh(A)).sum(),  # noqa: N803
    )
    yield Work(
        "many small systems",
        "sum(solve(A, b)^2)",
        {"A": _normal(2000, 5, 5) + 5 * np.eye(5), "b": _normal(2000, 5, 1)},
        lambda xp, A, b: (xp.linalg.solve(A, b) ** 2).sum(),  # noqa: N803
    )


def _process(xp: Any, x: Any, y: Any, l: Any, s: Any) -> Any:  # noqa: E741 - the field's letter
    k = xp.exp(-((x[:, None] - x) ** 2) / (2 * l**2)) + s * xp.eye(400, dtype=x.dtype)
    root = xp.linalg.cholesky(k)
    return y @ xp.linalg.solve(k, y) / 2 + xp.log(xp.diagonal(root)).sum()


# --- signals, special functions, distributions, second derivatives --------------------------------


def signals() -> Iterator[Work]:
    """Differences and moving sums."""
    yield Work(
        "total variation",
        "sum(abs(x[1:] - x[:-1])) + sum((x - y)^2)",
        {"x": _normal(1_000_000), "y": _normal(1_000_000)},
        lambda xp, x, y: abs(x[1:] - x[:-1]).sum() + ((x - y) ** 2).sum(),
        ("x",),
    )
    yield Work(
        "moving sums",
        "c = cumsum(x); sum((c[50:] - c[:-50])^2)",
        {"x": _normal(500_000)},
        lambda xp, x: _moving(xp.cumsum(x, 0)),
    )


def _moving(c: Any) -> Any:
    return ((c[50:] - c[:-50]) ** 2).sum()


def special() -> Iterator[Work]:
    """Special functions and densities."""
    x, y = _positive(2, 200_000)
    yield Work("lgamma", "sum(lgamma(x))", {"x": x}, lambda xp, x: xp.gammaln(x).sum())
    yield Work("digamma", "sum(digamma(x))", {"x": x}, lambda xp, x: xp.digamma(x).sum())
    yield Work("erf", "sum(erf(x)*y)", {"x": x, "y": y}, lambda xp, x, y: (xp.erf(x) * y).sum())
    yield Work("Bessel", "sum(i0(x))", {"x": x}, lambda xp, x: xp.i0(x).sum())
    yield Work(
        "Student density",
        "sum(lgamma((n+1)/2) - lgamma(n/2) - log(n*pi)/2 - (n+1)/2*log1p(x^2/n))",
        {"x": x, "n": y},
        _student,
    )
    yield Work(
        "gamma density",
        "sum((a-1)*log(x) - x*b + a*log(b) - lgamma(a))",
        {"x": x, "a": y, "b": 1.5},
        lambda xp, x, a, b: ((a - 1) * xp.log(x) - x * b + a * np.log(1.5) - xp.gammaln(a)).sum(),
        ("x", "a"),
    )


def _student(xp: Any, x: Any, n: Any) -> Any:
    start = xp.gammaln((n + 1) / 2) - xp.gammaln(n / 2) - xp.log(n * np.pi) / 2
    return (start - (n + 1) / 2 * xp.log1p(x**2 / n)).sum()


ROSENBROCK = "f = sum(100*(x[1:] - x[:-1]^2)^2 + (1 - x[:-1])^2); sum(grad(f, x)*v)"


def seconds() -> Iterator[Work]:
    """Derivatives of derivatives."""
    x, v = _normal(2, 300_000)
    yield Work(
        "Hessian of Rosenbrock times a vector", ROSENBROCK, {"x": x, "v": v}, _curved, ("x",)
    )
    yield Work(
        "gradient penalty",
        "f = sum(tanh(X @ w)); g = grad(f, X); sum((sum(g^2, 1) - 1)^2)",
        {"X": _normal(5_000, 100), "w": _normal(100) / 10},
        _penalty,
        ("w",),
    )


def _curved(xp: Any, x: Any, v: Any) -> Any:
    def f(x: Any) -> Any:
        return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()

    return (xp.slope(f, x) * v).sum()


def _penalty(xp: Any, X: Any, w: Any) -> Any:  # noqa: N803 - the field's letter
    g = (1 - xp.tanh(X @ w) ** 2)[:, None] * w
    return (((g**2).sum(1) - 1) ** 2).sum()


FAMILIES = (
    statistics,
    losses,
    layers,
    images,
    attention,
    cells,
    indices,
    order,
    algebra,
    signals,
    special,
    seconds,
)

ROWS = 200_000


def all_works() -> Iterator[Work]:
    """All of them; elementwise work, rows and stencils come from the bench of machine code."""
    for family in FAMILIES:
        yield from family()
    yield from works(ROWS)

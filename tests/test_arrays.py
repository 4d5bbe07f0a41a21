"""Functions of whole arrays: what a prefix changes, conventions at odd points, refusals."""

from __future__ import annotations

import ast
import itertools
from typing import Any

import numpy as np
import pytest
import scipy.signal

import gradcli
from gradcli.engine.api import Program
from gradcli.errors import DomainError, GradcliError, MatrixError, ProgramNameError, ShapeError
from gradcli.ir.node import ancestors
from gradcli.ops import factors, lapack, matmul, reductions, running
from gradcli.ops.catalog import FUNCTIONS
from gradcli.ops.factors import factors_of
from gradcli.ops.last import Last
from gradcli.passes.modes import by_cotangents, by_tangents, jacobian, reverse

NAN, INF = np.nan, np.inf

MEANINGS: dict[str, Any] = {
    "np.std([1, 2, 3])": np.sqrt(2 / 3),
    "torch.std([1, 2, 3])": 1,
    "torch.var([1, 2, 3], unbiased=False)": 2 / 3,
    "np.median([4, 1, 2, 3])": 2.5,
    "torch.median([4, 1, 2, 3])": 2,
    "torch.median([[4, 1, 2, 3]], dim=1)": ([2], [2]),
    "torch.max([1, 3], [2, 2])": [2, 3],
    "torch.max([[1, 3], [5, 2]], 1)": ([3, 5], [1, 0]),
    "torch.min([3, 1, 2])": 1,
    "torch.repeat([1, 2], 2)": [1, 2, 1, 2],
    "np.repeat([1, 2], 2)": [1, 1, 2, 2],
    "np.identity(2)": np.eye(2),
    "tf.identity([1, 2])": [1, 2],
    "np.diag([[1, 2], [3, 4]])": [1, 4],
    "tf.linalg.diag([[1, 2]])": [[[1, 0], [0, 2]]],
    "gather([[1, 2], [3, 4]], [1])": [[3, 4]],
    "torch.gather([[1, 2], [3, 4]], 1, [[1], [0]])": [[2], [3]],
    "np.transpose([[[1, 2]]], (2, 0, 1))": [[[1]], [[2]]],
    "torch.transpose([[[1, 2]]], 0, 2)": [[[1]], [[2]]],
    "np.split([1, 2, 3, 4], 2)": ([1, 2], [3, 4]),
    "np.split([1, 2, 3, 4], [1, 3])": ([1], [2, 3], [4]),
    "tf.split([1, 2, 3, 4], [1, 3])": ([1], [2, 3, 4]),
    "torch.split([1, 2, 3], 2)": ([1, 2], [3]),
    "np.cumsum([[1, 2], [3, 4]])": [1, 3, 6, 10],
    "tf.cumsum([[1, 2], [3, 4]])": [[1, 2], [4, 6]],
    "topk([1, 3, 3], 2)": [3, 3],
    "tf.math.top_k([1, 3, 3], k=2)": ([3, 3], [1, 2]),
    "jax.lax.top_k([1, 3, 3], 2)": ([3, 3], [1, 2]),
    "torch.sort([2, 1], descending=True)": ([2, 1], [0, 1]),
    "np.gradient([1, 4, 9])": [3, 4, 5],
    "torch.gradient([1, 4, 9])": ([3, 4, 5],),
    "norm([[1, 2], [3, 4]], 1)": 6,
    "tf.norm([[1, 2], [3, 4]], 1)": 10,
    "torch.linalg.norm([[1, 2], [3, 4]], inf)": 7,
    "correlate([1, 2, 3], [0, 1])": [2, 3],
    "sp.signal.correlate([1, 2, 3], [0, 1])": [1, 2, 3, 0],
    "F.pad([[1]], (1, 0, 0, 1))": [[0, 1], [0, 0]],
    "F.pad([1, 2, 3], (-1, 0))": [2, 3],
    'np.pad([1, 2], 1, "edge")': [1, 1, 2, 2],
    "jax.lax.pad([1, 2], 7, ((1, -1, 1),))": [7, 1, 7],
    "jax.numpy.pad([1, 2], 1)": [0, 1, 2, 0],
    "np.maximum.accumulate([1, 3, 2])": [1, 3, 3],
    "tf.linalg.trace([[[1, 2], [3, 4]]])": [5],
    "torch.hann_window(4)": [0, 0.5, 1, 0.5],
    "np.hanning(3)": [0, 1, 0],
    "tfjs.image.resizeBilinear([[[1], [3]]], [1, 4])": [[[1], [2], [3], [3]]],
    "tf.image.resize([[[1], [3]]], [1, 4])": [[[1], [1.5], [2.5], [3]]],
    "F.max_pool2d([[[1, 2], [3, 4]]], 2)": [[[4]]],
    "maxPool([[[1], [2]], [[3], [4]]], 2, 2, 'same')": [[[4]]],
    "F.avg_pool1d([[2, 4]], 2, padding=1)": [[1, 2]],
    "tf.nn.avg_pool1d([[[2], [4]]], 2, 1, 'SAME')": [[[3], [4]]],
    "tf.nn.conv2d([[[[1], [2]]]], [[[[1]], [[1]]]], strides=[1, 1, 1, 1], padding='SAME')": [
        [[[3], [2]]]
    ],
    "F.conv2d([[[[1, 2]]]], [[[[1, 1]]]], [5], stride=1)": [[[[8]]]],
    'lax.conv([[[[1, 2]]]], [[[[1, 1]]]], (1, 1), "VALID")': [[[[3]]]],
    'lax.conv_transpose([[[1], [2]]], [[[1]], [[1]]], (1,), "SAME")': [[[1], [3]]],
}


@pytest.mark.parametrize("text", MEANINGS)
def test_meanings(text: str) -> None:
    """What a name means, plainly and behind a framework's prefix."""
    got, wanted = Program(text.replace("'", '"'))(), MEANINGS[text]
    assert isinstance(got, tuple) == isinstance(wanted, tuple)
    for value, exact in zip(
        *(v if isinstance(v, tuple) else (v,) for v in (got, wanted)), strict=True
    ):
        np.testing.assert_allclose(value, exact, rtol=1e-15)


CONVENTIONS: dict[str, list[tuple[Any, Any]]] = {
    "sum(cummax(x))": [
        ([1, 3, 3], [1, 1.5, 0.5]),
        ([INF, INF], [1.5, 0.5]),
        ([1, NAN], [NAN, NAN]),
    ],
    "sum(cummin(x))": [([3, 1, 1], [1, 1.5, 0.5])],
    "sum(cumprod(x))": [([1, 0, 0, 2], [1, 1, 0, 0]), ([0, 2, 3], [9, 0, 0])],
    "median(x)": [
        ([1, 2, 3, 4], [0, 0.5, 0.5, 0]),
        ([1, 2, 2], [0, 0.5, 0.5]),
        ([1, NAN], [NAN, NAN]),
    ],
    "nanmedian(x)": [([1, NAN, 3, 3], [0, 0, 0.5, 0.5])],
    "quantile(x, 0.25)": [([1, 1, 2], [0.5, 0.5, 0])],
    "nanmax(x)": [([1, NAN, 1], [0.5, 0, 0.5]), ([NAN, NAN], [NAN, NAN])],
    "nansum(sqrt(x))": [([-1, 4], [0, 0.25])],
    "nanstd(x)": [([2, NAN, 2], [0, 0, 0])],
    "sum(interp(x, [0, 1, 2], [0, 1, 4]))": [([0, 1, 2, -1, 3, 0.5], [0.5, 2, 1.5, 0, 0, 1])],
    "norm(x, 3)": [([0, 0], [0, 0])],
    "norm(x, inf)": [([1, -1], [0.5, -0.5])],
    "sum(pdist(x))": [([[1, 1], [1, 1]], [[0, 0], [0, 0]])],
    "sum(segment_max(x, [0, 0, 1]))": [([2, 2, 5], [0.5, 0.5, 1])],
    "sum(eigvalsh(x))": [([[2, 0], [0, 2]], [[1, 0], [0, 1]])],
    "sum(svdvals(x))": [([[0, 0], [0, 0]], [[0, 0], [0, 0]]), ([[2, 0], [0, 2]], np.eye(2))],
    "sum(eigh(x)[1])": [([[2, 0], [0, 2]], [[0, 0], [0, 0]])],
    "sum(max_pool(x, 2))": [([[[1], [1]], [[0], [1]]], [[[1 / 3], [1 / 3]], [[0], [1 / 3]]])],
    "sum(F.max_pool1d(x, 2, 1)*[inf, 1, 1])": [([[1, 3, 2, 5]], [[0, INF, 0, 1]])],
    "sum(topk(x, 1))": [([2, 2], [1, 0])],
}


@pytest.mark.parametrize("text", CONVENTIONS)
def test_conventions(text: str) -> None:
    """Gradients at ties, zeros, knots and NaN."""
    for at, wanted in CONVENTIONS[text]:
        _, grads = Program(text).value_and_grads(x=np.array(at, float))
        np.testing.assert_allclose(grads["x"], wanted, rtol=1e-14, atol=1e-15)


SECOND: dict[str, tuple[Any, Any]] = {
    "sum(cumprod(x))": ([0, 0, 2], [[0, 3, 0], [3, 0, 0], [0, 0, 0]]),
    "norm(x, 3)": ([0, 0], np.zeros((2, 2))),
    "sum(svdvals(x))": ([[0, 0], [0, 0]], np.zeros((2, 2, 2, 2))),
    "sum(eigvalsh(x))": ([[2, 0], [0, 2]], np.full((2, 2, 2, 2), NAN)),
}


@pytest.mark.parametrize("text", SECOND)
def test_second_order(text: str) -> None:
    """Second derivatives at zeros and repeats."""
    at, wanted = SECOND[text]
    run = Program(text).record({"x": np.array(at, float)})
    (x,) = run.inputs.values()
    (slope,) = reverse(run.results, [x])
    assert slope is not None
    np.testing.assert_allclose(run.arrays(jacobian(slope, x)), wanted, atol=1e-15)


@pytest.mark.parametrize(
    ("text", "at", "wanted"),
    [
        ("cumprod(sqrt(x))", [4, 0], [[0.25, 0], [0, INF]]),
        ("cummax(sqrt(x))", [4, 0], [[0.25, 0], [0.25, 0]]),
        ("segment_sum(sqrt(x), [0, 1])", [0, 4], [[INF, 0], [0, 0.25]]),
        ("convolve(sqrt(x), [1])", [0, 4], [[INF, 0], [0, 0.25]]),
    ],
)
def test_strong_zeros(text: str, at: Any, wanted: Any) -> None:
    """Off the support of a row there are zeros, not NaN."""
    run = Program(text).record({"x": np.array(at, float)})
    (x,) = run.inputs.values()
    for way in (by_cotangents, by_tangents):
        np.testing.assert_allclose(run.arrays(way(run.results[0], x)), wanted, rtol=1e-15)


REFUSED = {
    "cholesky([[1, 2], [2, 1]])": "not positive definite",
    "cholesky([[1, 2], [0, 1]])": "not symmetric",
    "cholesky([[1e-20, 2e-20], [0, 1e-20]])": "not symmetric",
    "eigvalsh([[1, 2], [3, 4]])": "not symmetric",
    "inv([[1, 2], [2, 4]])": "singular",
    "solve_triangular([[1, 2], [2, 0]], [1, 1])": "0 on its diagonal",
    "sqrtm([[-1, 0], [0, 1]])": "has no real square root",
    "svd([[1, 2]], full_matrices=true)": "arbitrary",
    "quantile([], 0.5)": "no elements",
    "quantile([1], 2)": "between 0 and 1",
    "split([1, 2, 3], 2)": "does not split",
    "topk([1], 2)": "no 2 elements",
    "fdiff([1])": "need 2 elements",
    "conv2d([[1]], [[1]])": "4 axes",
    "conv1d([[1]], [[[1]], [[1]]])": "does not fit",
    "pad([1], 1, 'odd')": "no mode",
    "norm([[1]], 3)": "no order",
    "segment_sum([1, 2], [0])": "a group for each row",
    "bincount([0.5])": "whole numbers",
    "interp(1, [1, 2], [1])": "two vectors",
    "gather_nd([1], [[0, 0]])": "name 1 to 1 axes",
    "scatter([1, 2], 0, [0], [5], 'mean')": "no reduction",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    """A clear sentence where there is no answer."""
    with pytest.raises(GradcliError, match=REFUSED[text]) as refusal:
        Program(text.replace("'", '"'))()
    assert isinstance(refusal.value, (DomainError, ShapeError)) or refusal.value.span


@pytest.mark.parametrize("rule", ["", "; vjp f(u, dy) = 2*u*dy"])
@pytest.mark.parametrize("value", ["f(x)", "sum(f(x))"])
def test_an_empty_input_has_an_empty_derivative(value: str, rule: str) -> None:
    program = Program(f"f(u) = u^2{rule}; {value}")
    jacobian = program.jacobian(x=[])["x"]
    assert jacobian.shape == (*np.shape(program.evaluate(x=[])), 0)
    assert program.check(x=[]).rows == []


def test_names_of_something_else() -> None:
    """Names that mean something else here say what."""
    for text, said in {"gradient(x)": "use fdiff", "fft(x)": "complex numbers"}.items():
        with pytest.raises(ProgramNameError) as refusal:
            Program(text)(x=1)
        assert said in str(refusal.value.help)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("m", "n"), [(5, 3), (3, 5), (4, 4), (4, 1)])
def test_modes_of_convolution(mode: str, m: int, n: int) -> None:
    """As NumPy's and as SciPy's, whichever is the longer."""
    x, y = np.random.default_rng(m).normal(size=m), np.random.default_rng(9 + n).normal(size=n)
    known: dict[str, Any] = {
        "np.convolve": np.convolve,
        "np.correlate": np.correlate,
        "sp.signal.convolve": scipy.signal.convolve,
        "sp.signal.correlate": scipy.signal.correlate,
        "sp.signal.fftconvolve": scipy.signal.fftconvolve,
    }
    for name, function in known.items():
        got = Program(f'{name}(x, y, mode="{mode}")')(x=x, y=y)
        np.testing.assert_allclose(got, function(x, y, mode=mode), atol=1e-14)


@pytest.mark.parametrize(("text", "of"), [("fdiff(x)", 5), ("x[[2, 0]]", 4), ("sort(x)", 4)])
def test_nodes_do_not_grow(text: str, of: int) -> None:
    """One graph for all rows of a Jacobian, whatever their number."""
    counts = []
    for n in (of, 40 * of):
        run = Program(text).record({"x": np.linspace(0, 1, n)})
        (x,) = run.inputs.values()
        before = run.graph.count
        by_tangents(run.results[0], x)
        counts.append(run.graph.count - before)
    assert counts[0] == counts[1] < 100


@pytest.mark.parametrize("factor", [1.0, 0.5, -1.0, 0.0])
def test_long_running_products_have_the_slopes_of_a_recurrence(
    factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By products and sums; a step at a time where these fail, as beside a zero."""
    x = np.random.default_rng(1).uniform(0.8, 1.25, 600)
    x[300] *= factor
    weights = np.cos(np.arange(600))
    quick = Program("sum(cumprod(x)*w)").grad(x=x, w=weights, wrt="x")
    monkeypatch.setattr(running, "_LONG", 10**9)
    slow = Program("sum(cumprod(x)*w)").grad(x=x, w=weights, wrt="x")
    np.testing.assert_allclose(quick, slow, rtol=1e-12, atol=1e-12 * np.abs(slow).max())


@pytest.mark.parametrize("combine", [np.add, np.multiply, np.maximum])
@pytest.mark.parametrize("shape", [(5, 200), (3, 7, 40), (1, 500), (0, 300), (3, 0), (50,)])
def test_what_is_accumulated_in_whole_rows_is_numpys_to_the_bit(
    combine: np.ufunc, shape: tuple[int, ...]
) -> None:
    """Long rows go one after another, whatever the axis; what is given stays as it was."""
    x = np.random.default_rng(0).normal(size=shape)
    given = x.copy()
    for axis in range(x.ndim):
        rows = running.accumulated(combine, x, axis)
        np.testing.assert_array_equal(rows, combine.accumulate(x, axis))
    np.testing.assert_array_equal(x, given)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("how", ["", ", strides=2", ", dilations=(2, 1)", ', padding="same"'])
def test_large_images_with_their_channels_first_are_convolved_as_with_them_last(
    groups: int, how: str
) -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 4, 17, 18)), rng.normal(size=(6, 4 // groups, 3, 2))
    first = f'conv2d(x, w, layout="NCHW", groups={groups}{how})'
    last = f"conv2d(x.transpose(0, 2, 3, 1), w.transpose(2, 3, 1, 0), groups={groups}{how})"
    found = [
        Program(f"sum(sin({text}))").value_and_grads(x=x, w=w)
        for text in (first, f"transpose({last}, (0, 3, 1, 2))")
    ]
    (value, slopes), (other, others) = found
    np.testing.assert_allclose(value, other, rtol=1e-12)
    for name, slope in slopes.items():
        np.testing.assert_allclose(slope, others[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("large", "in_rows"), [(6, True), (7, False)])
def test_the_cotangent_of_a_large_transposed_factor_lies_as_the_factor_does(
    large: int, in_rows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In rows, where they are read one after the other."""
    monkeypatch.setattr(matmul, "LARGE", large)
    run = Program("sum((A.T @ B)^2)").record({"A": np.ones((2, 3)), "B": np.ones((2, 4))})
    (cotangent,) = reverse(run.results, [run.inputs["A"]])
    assert run.evaluator(cotangent).flags.c_contiguous == in_rows


@pytest.mark.parametrize("text", ["sum((x[1:] - x[:-1])^2)", "c = cumsum(x); sum(c[3:]*c[:-3])"])
def test_slices_of_an_array_are_added_or_taken_away(text: str) -> None:
    """Their derivatives stand among zeros, and none is made negative before."""
    run = Program(text).record({"x": np.arange(9.0)})
    (cotangent,) = reverse(run.results, [run.inputs["x"]])
    made = [node.op.name for node in ancestors([cotangent])]
    assert made.count("place") == 2
    assert "neg" not in made


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("found", [True, False])
def test_the_library_of_numpy_solves_as_scipy_does(
    monkeypatch: pytest.MonkeyPatch, dtype: Any, found: bool
) -> None:
    """Whichever way both matrices lie in memory, and where only SciPy's library can be asked."""
    if not found:
        monkeypatch.setattr(lapack, "_routine", lambda name, letter: None)
    rng = np.random.default_rng(0)
    a = (rng.normal(size=(12, 12)) + 12 * np.eye(12)).astype(dtype)
    even = (a @ a.T + (a @ a.T).T) / 2
    near = {"rtol": 1e3 * np.finfo(dtype).eps, "atol": 1e3 * np.finfo(dtype).eps}
    unit_matrix = np.eye(12, dtype=dtype)
    for b in (rng.normal(size=(12, 5)).astype(dtype), np.ones((12, 1), dtype), unit_matrix):
        for left, right in itertools.product(
            (a, a.T, np.repeat(a, 2, 1)[:, ::2]), (b, b.copy("F"))
        ):
            for lower, unit in itertools.product((False, True), repeat=2):
                part = np.tril(left, -unit) if lower else np.triu(left, unit)
                x = lapack.triangular(left, right, lower, unit)
                np.testing.assert_allclose((part + unit * np.eye(12)) @ x, right, **near)
            factors, pivots, failed = lapack.eliminated(left)
            assert not failed
            np.testing.assert_allclose(lapack.inverted(factors, pivots) @ left, np.eye(12), **near)
            for turned in (False, True):
                x = lapack.solved(factors, pivots, right, turned)
                np.testing.assert_allclose((left.T if turned else left) @ x, right, **near)
    root = lapack.cholesky(even)
    np.testing.assert_allclose(root, np.linalg.cholesky(even), **near)
    np.testing.assert_allclose(lapack.inverted_root(root) @ root, np.eye(12), **near)
    assert lapack.cholesky(-even) is None
    assert lapack.eliminated(np.zeros((3, 3), dtype))[2]


@pytest.mark.parametrize("shape", [(4095,), (4096,), (4700,), (64, 64), (61, 83)])
def test_norms_of_many_elements(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(1).normal(size=shape)
    assert Program("norm(x), norm(x.T)")(x=x) == pytest.approx((np.linalg.norm(x),) * 2, rel=1e-15)


def test_one_elimination_for_all_of_a_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solutions, the determinant and slopes of one matrix, which changes then."""
    made: list[Any] = []

    class Counted(factors.Factors):
        def __init__(self, matrix: Any, *, is_even: bool) -> None:
            made.append(matrix)
            super().__init__(matrix, is_even=is_even)

    monkeypatch.setattr(factors, "Factors", Counted)
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(140, 140)), rng.normal(size=140)
    text = "b @ solve(A, b) + slogdet(A)[1] + sum(inv(A).T) + b @ solve(A.T, b)"
    program = Program(text, wrt=("A",))
    for _ in range(2):
        made.clear()
        value, slopes = program.value_and_grads(A=a, b=b)
        inverse = np.linalg.inv(a)
        x, y = inverse @ b, inverse.T @ b
        wanted = 2 * b @ x + np.linalg.slogdet(a)[1] + inverse.sum()
        slope = inverse.T - 2 * np.outer(y, x) - np.outer(inverse.sum(0), inverse.sum(1))
        np.testing.assert_allclose(value, wanted, rtol=1e-9)
        np.testing.assert_allclose(slopes["A"], slope, rtol=1e-9, atol=1e-9 * np.abs(slope).max())
        assert len(made) == 1
        a[3] += 1
    with pytest.raises(MatrixError, match="is singular"):
        program(A=np.ones((140, 140)), b=b)


def calls_of(patch: pytest.MonkeyPatch, module: Any, name: str) -> list[Any]:
    """What a function is given from now on."""
    given: list[Any] = []
    function = getattr(module, name)

    def counted(matrix: Any) -> Any:
        given.append(matrix)
        return function(matrix)

    patch.setattr(module, name, counted)
    return given


def test_a_symmetric_matrix_is_reduced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eigenvalues, their vectors and slopes of one matrix, to the bit those of NumPy."""
    made = calls_of(monkeypatch, lapack, "reduced")
    c = np.random.default_rng(0).normal(size=(90, 90))
    program = Program("sum(log(eigvalsh(A)))", wrt=("A",))
    for a in (np.eye(90) + c @ c.T, 2 * np.eye(90) + c @ c.T):
        made.clear()
        value, slopes = program.value_and_grads(A=a)
        np.testing.assert_allclose(value, np.linalg.slogdet(a)[1], rtol=1e-12)
        np.testing.assert_allclose(slopes["A"], np.linalg.inv(a), atol=1e-12)
        assert len(made) == 1
        values, vectors = np.linalg.eigh(a)
        np.testing.assert_array_equal(reductions.eigenvectors(a), vectors)
        np.testing.assert_array_equal(reductions.eigenvalues(a), np.linalg.eigvalsh(a))
        for scaled in (a * 1e200, a * 1e-150):
            np.testing.assert_array_equal(
                reductions.eigenvalues(scaled), np.linalg.eigvalsh(scaled)
            )
        np.testing.assert_allclose(values, reductions.eigenvalues(a), rtol=1e-12)


def test_a_positive_definite_matrix_is_factored_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its root serves for its systems, its determinant and its inverse."""
    made = calls_of(monkeypatch, lapack, "cholesky")
    rng = np.random.default_rng(0)
    b, c = rng.normal(size=140), rng.normal(size=(140, 140))
    a = np.eye(140) + (c @ c.T + (c @ c.T).T) / 280
    text = "b @ solve(A, b) + slogdet(A)[1] + sum(log(diag(cholesky(A)))) + sum(inv(A)^2)"
    value = Program(text)(A=a, b=b)
    inverse, size = np.linalg.inv(a), np.linalg.slogdet(a)[1]
    np.testing.assert_allclose(value, b @ inverse @ b + 1.5 * size + (inverse**2).sum(), rtol=1e-9)
    assert len(made) == 1
    known = factors_of(a)
    assert known is not None
    assert known[0].root is not None


def test_what_was_found_last_is_kept_as_long_as_its_array() -> None:
    last, array, other = Last(), np.ones(3), np.ones(3)
    last.keep(other, "other")
    last.keep(array[1:][1:], "found")
    del other
    assert last.found == "found"
    del array
    assert last.found is None


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("sum(log(diag(cholesky(A))))", lambda a, root: np.linalg.inv(a) / 2),
        ("sum(sum(log(diag(cholesky(A))), 1)*3)", lambda a, root: np.linalg.inv(a) * 1.5),
        (
            "sum(diag(cholesky(A))*c)",
            lambda a, root: inverse_between(root, np.arange(9) * root.diagonal() / 2),
        ),
    ],
)
def test_slopes_by_the_diagonal_of_a_root(text: str, slope: Any) -> None:
    """They need no product with a whole cotangent, and are symmetric to the bit."""
    x = np.random.default_rng(0).normal(size=(2, 9, 9))
    a = x @ x.mT + np.eye(9)
    program = Program(text, wrt=("A",))
    both = program.grads(A=(a + a.mT) / 2, **({"c": np.arange(9.0)} if "*c" in text else {}))["A"]
    for found, matrix in zip(both, a, strict=True):
        np.testing.assert_allclose(found, slope(matrix, np.linalg.cholesky(matrix)), atol=1e-12)
        np.testing.assert_array_equal(found, found.T)


def inverse_between(root: Any, weights: Any) -> Any:
    """inv(root).T @ diag(weights) @ inv(root)."""
    inverse = np.linalg.inv(root)
    return inverse.T * weights @ inverse


# --- stacks ---------------------------------------------------------------------------------------

OF_MATRICES = """
    matrix_transpose diag_part tril triu band_part inv det slogdet logdet matrix_power expm sqrtm
    cholesky logdet_cholesky qr gram_schmidt lu eigvalsh svdvals svd pinv matrix_norm cond
    lp_pool1d adaptive_avg_pool1d adaptive_max_pool1d
""".split()


def of_example(name: str) -> tuple[str, np.ndarray[Any, Any]]:
    """The example of a function with `x` in the place of the matrix, and the matrix."""
    call: Any = ast.parse(FUNCTIONS[name].example, mode="eval").body
    matrix = np.array(ast.literal_eval(call.args[0]), float)
    call.args[0] = ast.Name("x")
    return ast.unparse(call), matrix


@pytest.mark.parametrize("name", OF_MATRICES)
@pytest.mark.parametrize("method", ["reverse", "forward"])
def test_a_stack_is_each_matrix_by_itself(name: str, method: str) -> None:
    """Values and slopes of one matrix in a stack, and of several."""
    call, matrix = of_example(name)
    value = gradcli.evaluate(call, x=matrix)
    parts = [f"y[{i}]" for i in range(len(value))] if isinstance(value, tuple) else ["y"]
    program = f"y = {call}; {' + '.join(f'sum(sin({part}))' for part in parts)}"
    matrices = [matrix + shift * np.eye(*matrix.shape) for shift in (0.25, 0.5)]
    alone = [gradcli.value_and_grad(program, x=each, method=method) for each in matrices]
    for count in (1, 2):
        value, slope = gradcli.value_and_grad(program, x=matrices[:count], method=method)
        assert value == pytest.approx(sum(v for v, _ in alone[:count]), rel=1e-12)
        np.testing.assert_allclose(slope, [g for _, g in alone[:count]], rtol=1e-9, atol=1e-12)

"""What a record does to one element, as machine code, against its NumPy kernel."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np
import pytest

import gradcli.ops
from gradcli.exec.region import Role, Space, Work
from gradcli.ir.function import Function
from gradcli.ir.node import Graph
from gradcli.ir.op import CAST, Elementwise
from gradcli.ir.scalar import BOOL
from gradcli.ops.gamma import polygamma_of

pytest.importorskip("llvmlite")
from gradcli.exec.compiled import functions, instructions
from gradcli.exec.compiled.emit import LANES
from gradcli.exec.compiled.forms import has_form
from gradcli.exec.compiled.region import CompiledRegion

if TYPE_CHECKING:
    from gradcli.ir.node import Node

SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.0,
    -2.0,
    3.0,
    6.0,
    1e-300,
    -1e-300,
    5e-324,
    1e-310,
]
SPECIAL += [1e8, -1e8, 1e300, -1e300, 1e22, 745.2, -745.2, 709.5, np.inf, -np.inf, np.nan]


def _records() -> dict[str, Elementwise]:
    """All elementwise records that modules of operations name, by what they are called there."""
    records: dict[Elementwise, str] = {CAST: "cast"}
    for module in pkgutil.iter_modules(gradcli.ops.__path__):
        if module.name == "write_names":
            continue
        for name, item in vars(importlib.import_module(f"gradcli.ops.{module.name}")).items():
            op = item.op if isinstance(item, Function) else item
            if isinstance(op, Elementwise):
                records.setdefault(op, f"{module.name}.{name}")
    return {name: op for op, name in records.items()}


RECORDS = _records()


def _node(op: Elementwise, shape: tuple[int, ...], dtype: str) -> Node:
    """The record on inputs, the first of which is a truth value where it selects."""
    graph = Graph(dtype, stabilize=False)
    count = len(op.partials)
    truths = count if op.result_bool else count - 1 if len(op.partials) > 1 else 0
    kinds = [BOOL if op.keeps_bool and i < max(truths, 0) else graph.dtype for i in range(count)]
    if op.name == "where":
        kinds = [BOOL, graph.dtype, graph.dtype]
    inputs = tuple(graph.input(f"x{i}", shape, kind) for i, kind in enumerate(kinds))
    attrs = (graph.dtype,) if op.name == "cast" else (1,) if op.name == "name" else ()
    return graph.node(op, inputs, attrs, shape, BOOL if op.result_bool else graph.dtype)


def _with_form() -> list[str]:
    return [
        name
        for name, op in RECORDS.items()
        if op.rows is None and has_form(_node(op, (4,), "float64"), LANES)
    ]


def _operands(node: Node) -> list[Any]:
    """Special values in all combinations, and some others."""
    rng = np.random.default_rng(1)
    columns = [SPECIAL if len(node.inputs) < 3 else SPECIAL[::3]] * len(node.inputs)
    grid = np.array(np.meshgrid(*columns)).reshape(len(node.inputs), -1)
    drawn = [rng.normal(size=(len(grid), 1001)) * scale for scale in (1, 30)]
    values = np.concatenate([grid, *drawn], 1)
    with np.errstate(all="ignore"):
        return [
            (v > 0) if x.is_bool else v.astype(x.dtype)
            for x, v in zip(node.inputs, values, strict=True)
        ]


def _region(node: Node) -> CompiledRegion:
    works = [Work(node, list(node.inputs), Role.ELEMENT, True)]
    return CompiledRegion(Space(node.shape, None), works, lambda _: False)


def _compiled(node: Node, operands: list[Any]) -> Any:
    values = dict(zip(node.inputs, operands, strict=True))
    bound = _region(node).bound(values, ())
    bound.run(1)
    return bound.results[node]


CANCELS = {
    "digamma",
    "j0",
    "j1",
    "lgamma",
    "logaddexp",
    "logaddexp2",
    "logsubexp",
    "log_expm1",
    "log_abs_expm1",
}
"""Records whose terms may cancel: their digits are counted from those of the terms."""


LOSES = {"erfcx": 1_000, "log_ndtr": 4_000, "lgamma": 200, "digamma": 200, "i1": 16, "i1e": 16}
"""Kernels of SciPy's that lose so many units themselves, and the smallest numbers."""


def _calls(node: Node) -> int:
    region = _region(node)
    return sum(i.op == "call" for i in region.code.instructions)


def _units(node: Node, found: Any, expected: Any) -> Any:
    """How far two results are apart, in units of the last digit; 0 where both are NaN."""
    least = 1.0 if node.op.name in CANCELS else 1e-300 if node.op.name in LOSES else 0.0
    size = np.maximum(np.abs(expected), least).astype(node.dtype)
    with np.errstate(all="ignore"):
        units = np.abs(found.astype(float) - expected) / np.spacing(size)
    return np.where((found == expected) | (np.isnan(found) & np.isnan(expected)), 0, units)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", _with_form())
def test_as_the_kernel(name: str, dtype: str) -> None:
    """Bit for bit, zero signs included, where nothing is called; else to a few units."""
    op = RECORDS[name]
    operands = _operands(_node(op, (1,), dtype))
    node = _node(op, operands[0].shape, dtype)
    found, calls = _compiled(node, operands), _calls(node)
    assert found.dtype == node.dtype
    with np.errstate(all="ignore"):
        expected = np.asarray(op.kernel(*operands, *node.attrs), node.dtype)
    if calls == 0:
        np.testing.assert_array_equal(found, expected)
        known = expected == expected
        np.testing.assert_array_equal(np.signbit(found[known]), np.signbit(expected[known]))
        return
    wide = [x if x.dtype == bool else x.astype(float) for x in operands]
    with np.errstate(all="ignore"):
        exact = np.asarray(op.kernel(*wide), float).astype(node.dtype).astype(float)
    units = np.fmin(_units(node, found, expected.astype(float)), _units(node, found, exact))
    limit = LOSES.get(op.name, 8 if len(op.partials) == calls == 1 else 16)
    bad = np.flatnonzero(~(units <= limit))
    rows = [[*(float(x[i]) for x in operands), found[i], expected[i], units[i]] for i in bad[:5]]
    assert not len(bad), (len(bad), rows)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["exp", "cosh"])
def test_powers_of_two_in_two_steps(name: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As machines do it that have no instruction for them."""
    for module in (functions, instructions):
        monkeypatch.setattr(module, "is_longest", lambda: False)
    test_as_the_kernel(next(key for key, op in RECORDS.items() if op.name == name), dtype)


COVERED = """
    abs acos acosh add and asin asinh atan atan2 atan_slope atanh cast cbrt ceil clip
    copysign cos cosh digamma div eq erf erfc erfcinv erfcx erfinv exp exp2 expm1 floor
    floordiv fmax fmin gate gauss ge gt half_gauss hypot i0 i0e i1 i1e isnan j0 j1 le lgamma
    log log10 log1p log2 log_ndtr log_sigmoid log_slope logaddexp lt maximum minimum mod mul
    ndtr ndtri ne neg not or pow reciprocal relu rint rsqrt sigmoid sigmoid_slope sign sin
    sinh softplus sqrt square sub taint tan tanh tie_share trunc where xdivy xlogy
""".split()


def test_what_has_a_form() -> None:
    """Losses and formulas are made of these; none of them may fall back to a border unseen."""
    assert set(COVERED) <= {RECORDS[name].name for name in _with_form()}


EXACT = {
    "exp": (mpmath.exp, -740, 709),
    "expm1": (mpmath.expm1, -3, 3),
    "log": (mpmath.log, 1e-320, 1e300),
    "log1p": (mpmath.log1p, -0.99, 3),
    "sin": (mpmath.sin, -1e6, 1e6),
    "cos": (mpmath.cos, -700, 700),
    "tan": (mpmath.tan, -100, 100),
    "atan": (mpmath.atan, -10, 10),
    "tanh": (mpmath.tanh, -20, 20),
    "sinh": (mpmath.sinh, -700, 700),
    "erf": (mpmath.erf, -6, 6),
    "erfc": (mpmath.erfc, -5, 26),
    "ndtr": (mpmath.ncdf, -37, 8),
    "cbrt": (mpmath.cbrt, 0, 1e9),
    "erfcx": (lambda x: mpmath.exp(x * x) * mpmath.erfc(x), -26, 20),
    "log_ndtr": (lambda x: mpmath.log(mpmath.ncdf(x)), -37, 8),
    "lgamma": (lambda x: mpmath.log(abs(mpmath.gamma(x))), -20, 100),
    "erfinv": (mpmath.erfinv, -1, 1),
    "erfcinv": (lambda x: mpmath.erfinv(1 - x), 0, 2),
    "ndtri": (lambda x: mpmath.sqrt(2) * mpmath.erfinv(2 * x - 1), 0, 1),
    "digamma": (mpmath.digamma, 0, 100),
    "i0": (lambda x: mpmath.besseli(0, x), -713, 713),
    "i1": (lambda x: mpmath.besseli(1, x), -20, 20),
    "i0e": (lambda x: mpmath.besseli(0, x) * mpmath.exp(-abs(x)), -20, 20),
    "i1e": (lambda x: mpmath.besseli(1, x) * mpmath.exp(-abs(x)), -900, 900),
}
"""Functions that a form calls, as they are in mpmath, and where they are tried."""


@pytest.mark.parametrize("name", EXACT)
def test_within_four_units(name: str) -> None:
    """Of the exact value, wherever it is."""
    exact, low, high = EXACT[name]
    x = np.random.default_rng(3).uniform(low, high, 400)
    op = next(op for op in RECORDS.values() if op.name == name)
    found = _compiled(_node(op, x.shape, "float64"), [x])
    with mpmath.workprec(200):
        for point, value in zip(x, found, strict=True):
            truth = exact(mpmath.mpf(float(point)))
            assert abs(truth - mpmath.mpf(float(value))) <= 4 * np.spacing(abs(float(truth))), point


@pytest.mark.parametrize("name", functions.ELSEWHERE)
def test_without_vector_functions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written out where the library has none is as precise, special values included."""
    monkeypatch.setattr(functions, "symbol", lambda function, *_: (function, 1))
    for dtype in ("float64", "float32"):
        test_as_the_kernel(next(k for k, op in RECORDS.items() if op.name == name), dtype)
    test_within_four_units(name)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_derivatives_of_digamma(n: int) -> None:
    """Within 16 units of the exact value, poles and both ends as the kernel has them."""
    rng = np.random.default_rng(n)
    x = np.concatenate([rng.uniform(0, 20, 200), rng.uniform(-12, 0, 100), [1e-40, 1e40, 7e3]])
    ends = np.array([0.0, -0.0, -1.0, -7.0, np.inf, -np.inf, np.nan, 5e-324, -1e300])
    op = polygamma_of(n)
    assert isinstance(op, Elementwise)
    found = _compiled(_node(op, x.shape, "float64"), [x])
    with mpmath.workprec(200):
        for point, value in zip(x, found, strict=True):
            truth = mpmath.polygamma(n, mpmath.mpf(float(point)))
            error = abs(truth - mpmath.mpf(float(value)))
            assert error <= 16 * np.spacing(abs(float(truth))), point
    np.testing.assert_array_equal(
        _compiled(_node(op, ends.shape, "float64"), [ends]), op.kernel(ends)
    )


@pytest.mark.parametrize("n", [0, 1])
def test_bessel_waves(n: int) -> None:
    """Within 1e-15 of the exact value, beyond the end of the polynomials and of the reduction."""
    rng = np.random.default_rng(n)
    x = np.concatenate([rng.uniform(-12, 12, 200), 10 ** rng.uniform(-300, 12, 100)])
    op = RECORDS[f"bessel.j{n}"]
    found = _compiled(_node(op, x.shape, "float64"), [x])
    with mpmath.workprec(300):
        for point, value in zip(x, found, strict=True):
            truth = mpmath.besselj(n, mpmath.mpf(float(point)))
            assert abs(truth - mpmath.mpf(float(value))) <= 1e-15, point

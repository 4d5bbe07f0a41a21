"""Functions that blocks compute in NumPy's arithmetic alone: digits, special values, cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np
import pytest

from gradcli.exec import block_steps, region
from gradcli.exec.block_steps import DOUBLE, MANY
from gradcli.exec.region import Bound, Region, Role, Space, Work
from gradcli.ir.node import Graph
from gradcli.ops.error_functions import GAUSS, HALF_GAUSS, erfc, ndtr
from gradcli.ops.trigonometry import cos, sin

if TYPE_CHECKING:
    from collections.abc import Callable

SPECIAL = [0.0, -0.0, 5e-324, -5e-324, 1e-310, 1e-300, 1e-9, 0.5, -1.0, 9.0, -37.0, 1e5, -1e5]
SPECIAL += [100_001.0, -1e6, 1e22, 1e300, -1e308, np.inf, -np.inf, np.nan]

EXACT: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "sin": (sin.op, mpmath.sin),
    "cos": (cos.op, mpmath.cos),
    "ndtr": (ndtr.op, mpmath.ncdf),
    "erfc": (erfc.op, mpmath.erfc),
    "gauss": (GAUSS, lambda x: mpmath.exp(-x * x)),
    "half_gauss": (HALF_GAUSS, lambda x: mpmath.exp(-x * x / 2)),
}
"""The operations and what they are in mpmath."""


def quarters(rng: Any) -> Any:
    """Numbers as near as there are to multiples of a quarter of a turn, and others beside them."""
    count = np.unique(np.concatenate([29 * 2 ** np.arange(12), rng.integers(1, 63_000, 300)]))
    with mpmath.workprec(200):
        near = np.array([float(int(n) * mpmath.pi / 2) for n in count])
    return np.concatenate([near, -near, np.nextafter(near, 0), near + 1e-9 * near])


def points(name: str) -> Any:
    """Where a function is tried."""
    rng = np.random.default_rng(5)
    spread = [rng.uniform(-1, 1, 1_000) * 10.0**k for k in range(-8, 6)]
    around = quarters if name in {"sin", "cos"} else None
    return np.concatenate([*spread, *([around(rng)] if around else []), SPECIAL])


def computed(names: list[str], x: Any, dtype: Any = DOUBLE) -> dict[str, Any]:
    """What a region gives of all of them at once."""
    node = Graph(np.dtype(dtype).name).input("x", x.shape)
    works = [Work(EXACT[name][0](node), [node], Role.ELEMENT, True) for name in names]
    bound = Bound(Region(Space(x.shape, None), works, lambda _: False), {node: x})
    bound.run(2)
    return {work.node.op.name: bound.results[work.node] for work in works}


def padded(x: Any) -> Any:
    """So many that they are worth it."""
    return np.concatenate([x, np.full(max(MANY - len(x), 0), 0.25)])


UNITS = {"ndtr": 4.0, "erfc": 4.0, "gauss": 1.5, "half_gauss": 1.5}
"""How many units of the last place they may be off; the sine and the cosine, one."""


@pytest.mark.parametrize("name", EXACT)
def test_digits(name: str) -> None:
    """They are those of the exact value, wherever it is, but for the last."""
    x = points(name)
    found = computed([name], padded(x))[name][: len(x)]
    op, exact = EXACT[name]
    is_finite = np.isfinite(x)
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(found[~is_finite], op.kernel(x[~is_finite]))
    with mpmath.workprec(400):
        for point, value in zip(x[is_finite], found[is_finite], strict=True):
            truth = exact(mpmath.mpf(float(point)))
            unit = max(np.spacing(abs(float(truth))), 5e-324)
            away = abs(truth - mpmath.mpf(float(value)))
            assert away <= UNITS.get(name, 1.05) * unit, (point, value)


def test_signs_of_zeros() -> None:
    found = computed(["sin"], padded(np.array([0.0, -0.0])))["sin"]
    assert np.signbit(found[:2]).tolist() == [False, True]


def test_pairs() -> None:
    """Together they are what each of them is alone."""
    for pair in (["sin", "cos"], ["ndtr", "half_gauss"], ["erfc", "gauss"]):
        x = padded(points(pair[0]))
        both = computed(pair, x)
        for name, value in both.items():
            np.testing.assert_array_equal(value, computed([name], x)[name])


@pytest.mark.parametrize("name", EXACT)
def test_cuts_make_no_difference(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of blocks and pieces; nor does it matter what is beside an element."""
    x = padded(points(name))
    whole = computed([name], x)[name]
    monkeypatch.setattr(region, "BLOCK", 1_000)
    monkeypatch.setattr(block_steps, "PIECE", 77)
    np.testing.assert_array_equal(computed([name], x)[name], whole)
    shuffled = np.random.default_rng(1).permutation(len(x))
    np.testing.assert_array_equal(computed([name], x[shuffled])[name], whole[shuffled])


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize(("size", "dtype"), [(MANY - 1, "float64"), (9_999, "float32")])
def test_who_has_the_kernel(name: str, size: int, dtype: str) -> None:
    """Few elements, and those of single precision, are the plain executor's to the bit."""
    x = np.random.default_rng(2).normal(size=size).astype(dtype)
    kernel = EXACT[name][0].kernel
    np.testing.assert_array_equal(computed([name], x, dtype)[name], kernel(x))

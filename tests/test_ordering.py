"""The order of the elements of large rows, beside NumPy's, which keeps equal ones as they stand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.ops import ordering

RNG = np.random.default_rng(0)
SINGLES = RNG.normal(size=500)
STEPS = np.nextafter(SINGLES, RNG.choice([-9, 9], 500))

ROWS: dict[str, Any] = {
    "of several axes": RNG.normal(size=(7, 40, 6)),
    "equal ones": RNG.integers(-5, 5, (30, 50)),
    "zeros of both signs": RNG.choice([0.0, -0.0, 1.0, -1.0], 300),
    "extremes": RNG.choice([np.inf, -np.inf, 5e-324, -5e-324, 0.0, 1.8e308, -1.8e308], 300),
    "a few that differ in the last bit": [*SINGLES, *STEPS[:20], 1 + 2e-16, 1, 1 - 1e-16, 1],
    "the same, negative": [*SINGLES, -1 - 2e-16, -1, -1 + 1e-16, -1, -1 - 4e-16],
    "many that differ in the last bit": RNG.permutation([*SINGLES, *STEPS]),
    "NaN of both signs": [*SINGLES, np.nan, -np.nan, np.inf],
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", ROWS)
def test_order(name: str, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering, "LARGE", 2)
    with np.errstate(over="ignore"):
        x = np.asarray(ROWS[name]).astype(dtype)
    for axis in range(x.ndim):
        found = ordering.order_of(x, axis)
        np.testing.assert_array_equal(found, np.argsort(x, axis=axis, kind="stable"))

"""Numbers added at places that repeat: as NumPy's add.at, to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.ops import repeated
from gradcli.ops.keys import Key, has_repeats

KEYS = [
    ((7, 5), ((30,),)),
    ((7, 5), ((30,), (30,))),
    ((7, 5, 3), ((4, 1), (1, 6))),
    ((7,), ((9,),)),
    ((7, 3), ((),)),
    ((7, 3), ((0,),)),
]


@pytest.mark.parametrize("dtype", "fdgD")
@pytest.mark.parametrize("many", [0, repeated.MANY])
@pytest.mark.parametrize(("shape", "keys"), KEYS)
def test_as_add_at(
    monkeypatch: pytest.MonkeyPatch, dtype: str, many: int, shape: tuple[int, ...], keys: tuple
) -> None:
    monkeypatch.setattr(repeated, "MANY", many)
    rng = np.random.default_rng(0)
    key = tuple(rng.integers(-n, n, size) for n, size in zip(shape, keys, strict=False))
    g = rng.normal(size=np.broadcast_shapes(*keys) + shape[len(key) :]).astype(dtype)
    g.flat[: min(2, g.size)] = (np.inf, np.nan)[: g.size]
    expected = np.zeros(shape, dtype)
    np.add.at(expected, key, g)
    added = repeated.add_at(shape, key, g)
    np.testing.assert_array_equal(added, expected)
    assert added.dtype == expected.dtype


@pytest.mark.parametrize("count", [4, 1000])
def test_has_repeats(count: int) -> None:
    assert has_repeats(np.array([3, 0, 3]), count)
    assert not has_repeats(np.array([3, 0, 1]), count)
    assert not has_repeats(np.array([], int), count)


@pytest.mark.parametrize(
    ("indices", "fit"), [([0, 2], True), ([-3], True), ([3], False), ([0, -4], False), ([], False)]
)
def test_machine_code_takes_within_arrays_alone(indices: list[int], fit: bool) -> None:
    """It takes by the numbers of parts, and looks no further."""
    key = Key((np.array(indices, int),))
    assert (key.named((3, 2)) is not None) == fit

"""What blocks have added up, joined in machine code, and the memory that each block has."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gradcli.exec import rooms

pytest.importorskip("llvmlite")

from gradcli.exec.compiled import joins
from gradcli.exec.compiled.joins import Joins, Sums
from gradcli.ir.scalar import DOUBLE, SHORT

BLOCKS = 5
LANES = Sums(DOUBLE, 0, rows=3, lanes=16, lost=128)
PLACES = Sums(DOUBLE, LANES.rows * LANES.width, rows=2, places=19, lost=24 * 8)


def cells_for(*sums: Sums) -> Any:
    """Cells of blocks for these."""
    size = max(x.offset + x.rows * x.width for x in sums) // sums[0].dtype.itemsize
    cells = rooms.apart(BLOCKS, size, sums[0].dtype)
    cells[:] = 1
    return cells


def halves(sums: Sums, cells: Any) -> Any:
    """The numbers of sums, by block, by row, and whether they are what was lost."""
    first, end = sums.offset // 8, (sums.offset + sums.rows * sums.width) // 8
    return cells[:, first:end].reshape(BLOCKS, sums.rows, 2, -1)


def terms(sums: Sums, cells: Any) -> list[Any]:
    """The numbers of which each sum is made, what was lost beside them."""
    parts = halves(sums, cells)
    if sums.lanes:
        return [parts[:, i].ravel() for i in range(sums.rows)]
    return [parts[:, i, :, k].ravel() for i in range(sums.rows) for k in range(sums.places)]


@pytest.mark.parametrize("threads", [1, 3])
def test_joined_sums_are_exact(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all were added without rounding, where numbers cancel, too."""
    monkeypatch.setattr(joins, "LARGE", 8)
    cells, rng = cells_for(LANES, PLACES), np.random.default_rng(0)
    cells[:] = rng.choice([-1e17, 1e17, 1.0, 0.3, -3.0], cells.shape)
    for sums in (LANES, PLACES):
        halves(sums, cells)[:, :, 1] *= 1e-17
    found = np.concatenate(Joins([LANES, PLACES], cells, threads)())
    expected = [math.fsum(x) for sums in (LANES, PLACES) for x in terms(sums, cells)]
    np.testing.assert_allclose(found, expected, rtol=1e-15, atol=1e-13)


@pytest.mark.parametrize("dtype", [DOUBLE, SHORT])
@pytest.mark.parametrize("size", [1, 7, 40_000])
def test_arrays_of_blocks_are_added(dtype: Any, size: int) -> None:
    """Those of many elements have memory of their own, and are others each time."""
    sums = Sums(dtype, 0, places=size)
    cells = cells_for(sums)
    cells[:] = np.random.default_rng(1).integers(0, 99, cells.shape)
    join = Joins([sums], cells, 2)
    for factor in (1, 2):
        cells[:] = cells * factor
        (found,) = join()
        np.testing.assert_array_equal(found, cells[:, :size].sum(0))
        assert found.dtype == dtype
        assert not np.may_share_memory(found, join()[0])


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_sums_that_are_not_finite_are_known(bad: float) -> None:
    """What was lost is of no use there."""
    cells = cells_for(LANES, PLACES)
    cells[2, 0] = cells[1, PLACES.offset // 8 + 3] = bad
    join = Joins([LANES, PLACES], cells, 1)
    in_lanes, in_places = join()
    np.testing.assert_array_equal(in_lanes, [bad, *[terms(LANES, cells)[1].sum()] * 2])
    np.testing.assert_array_equal(np.flatnonzero(~np.isfinite(in_places)), [3])
    assert join.bad == [0, 1]
    cells[:] = 1
    join()
    assert join.bad == []


@pytest.mark.parametrize("size", [1, 15, 16, 17, 100_000])
def test_memory_of_several_is_apart(size: int) -> None:
    """No two write to the same lines of the cache, which would wait for one another."""
    rows = rooms.apart(3, size, DOUBLE)
    assert rows.shape[0] == 3
    assert rows.shape[1] >= size
    assert {rooms.address(row) % rooms.PAIR for row in rows} <= {0}

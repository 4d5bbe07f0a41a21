"""Columns of numbers as text: orjson and PyArrow write the same bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcli.data.tables import digits
from gradcli.data.tables.digits import FEW, behind
from gradcli.data.tables.encode import as_texts, csv_lines, json_lines
from tests.tables import pa

ODD = [
    0,
    -0.0,
    1,
    -7,
    9.99e-6,
    1e-6,
    2e-7,
    1e10,
    1.5e10,
    1e16,
    1e23,
    5e-324,
    np.nan,
    np.inf,
    -np.inf,
]

DTYPES = [np.float64, np.float32]


def numbers(dtype: Any) -> Any:
    """Plain numbers of all sizes, and among them a few that are spelled in other ways."""
    rng = np.random.default_rng(0)
    values = (rng.choice([-1, 1], 4000) * np.exp(rng.uniform(-13, 25, 4000))).astype(dtype)
    with np.errstate(over="ignore", under="ignore"):
        values[:: 4000 // len(ODD)][: len(ODD)] = ODD
    return pa.array(values, mask=np.arange(4000) % 997 == 5)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rows", [slice(None), slice(3, 4), slice(5, 900), slice(0, 0)])
def test_orjson_and_pyarrow_write_the_same(
    dtype: Any, rows: slice, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pa.array(np.arange(1, 4001, dtype=dtype))  # of which PyArrow writes all
    other = numbers(DTYPES[dtype == DTYPES[0]])
    every = [pa.array(range(4000)), numbers(dtype), numbers(dtype), whole, other, numbers(dtype)]
    columns = [column[rows] for column in every]
    some = columns[:1], columns[1:2], columns[1:3], columns, columns[::-1]

    def written() -> list[bytes]:
        lines = [csv_lines(these, mark) for these in some for mark in ",\t"]
        return [bytes(text) for text in (*lines, json_lines("abcdef", columns))]

    by_orjson = written()
    monkeypatch.setattr(digits, "_dumps", lambda: None)
    assert by_orjson == written()


@pytest.mark.parametrize(("odd", "is_fast"), [(0, True), (FEW, True), (1.1 * FEW, False)])
def test_orjson_writes_columns_of_which_few_are_odd(odd: float, is_fast: bool) -> None:
    pytest.importorskip("orjson")
    values = np.full(1000, 0.5)
    values[: int(odd * 1000)] = 2
    pieces = behind(",", [pa.array(values)], as_texts)
    assert (len(pieces) == 1) == is_fast

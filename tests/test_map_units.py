"""How rows are put together and cut for workers: nothing is lost, and no unit is too large."""

from __future__ import annotations

from itertools import accumulate, cycle, islice, pairwise, product

import pytest

from gradcli.data.tables import sizes
from gradcli.data.tables.hive import keys_of, typed_keys
from gradcli.data.tables.units import gathered, packed, tapering

COUNTS = [*product(range(4), repeat=4), (9,), (), (7, 1)]


def ranges(counts: tuple[int, ...]) -> list[range]:
    """Items of so many elements, one behind the other."""
    ends = [0, *accumulate(counts)]
    return [range(start, end) for start, end in pairwise(ends)]


@pytest.mark.parametrize("most", [(1,), (2,), (3,), (2, 1, 4)])
def test_packed(most: tuple[int, ...]) -> None:
    """Each list but the last holds just as much as it is to; empty items are in none."""
    for counts in COUNTS:
        items = ranges(counts)
        lists = [*packed(items, cycle(most), len, lambda x, start, end: x[start:end])]
        assert [n for found in lists for x in found for n in x] == [*range(sum(counts))]
        assert all(map(len, (x for found in lists for x in found)))
        totals = [sum(map(len, found)) for found in lists]
        wanted = [*islice(cycle(most), len(totals))]
        assert totals[:-1] == wanted[:-1]
        assert not totals or 0 < totals[-1] <= wanted[-1]


@pytest.mark.parametrize("most", [1, 2, 3, 6, 7])
def test_gathered(most: int) -> None:
    """A list ends as soon as it holds more than half of that much."""
    for counts in COUNTS:
        lists = [*gathered(counts, most, int)]
        assert tuple(n for found in lists for n in found) == counts
        assert all(sum(found[:-1]) <= most // 2 for found in lists)
        assert all(sum(found) > most // 2 for found in lists[:-1])


@pytest.mark.parametrize(
    ("rows", "taken"), [(19, [10]), (90, [10] * 9), (91, [30, 10]), (151, [30, 30, 30, 10])]
)
def test_units_become_small_at_the_end(
    rows: int, taken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "GROUP", 10)
    assert [*islice(tapering(rows, 3), len(taken))] == taken


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["0", "-3", "12"], [0, -3, 12]),
        (["9" * 18, None], [10**18 - 1, None]),
        (["9" * 19, "1"], ["9" * 19, "1"]),
        (["01", "2"], ["01", "2"]),
        (["-0"], ["-0"]),
        (["1.5", "2"], ["1.5", "2"]),
        (["", "2"], ["", "2"]),
        (["a b", "2"], ["a b", "2"]),
    ],
)
def test_keys_of_folders(texts: list[str | None], values: list[object]) -> None:
    """They are whole numbers where all are, and read back from the names of folders."""
    shown = ["__HIVE_DEFAULT_PARTITION__" if x is None else x.replace(" ", "%20") for x in texts]
    found = {x: keys_of("data", f"data/n={x}/other/m=1/t.csv") for x in shown}
    assert [*found.values()] == [{"n": x, "m": "1"} for x in texts]
    assert [dict(keys)["n"] for keys in typed_keys(found).values()] == values
    assert all(dict(keys)["m"] == 1 for keys in typed_keys(found).values())

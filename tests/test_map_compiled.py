"""`map` by machine code: the answers of the other executors, however a table is cut."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcli.data.tables import sizes
from gradcli.engine.program import Text
from gradcli.engine.settings import Settings
from gradcli.engine.tables.mapper import Mapper, Results
from gradcli.engine.tables.row_program import RowProgram, RowRequest
from gradcli.exec import executors, planned
from gradcli.exec.compiled import machine
from gradcli.memory import MEMORY
from tests.tables import Done, pa, written

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("llvmlite")

COUNT = 5000

PROGRAMS = [
    "x*exp(-y^2) + sin(x)",
    "(x*y, tanh(x), 3)",
    "if x > 0.5 { x^2 } else { log(x) }",
    "where(t == 'b', x, abs(x - y))".replace("'", '"'),
    "log(x - 0.2)",
    "sum(v*x)",
    "matmul(v, v) + x",
    "s = x; while s < 1 { s = 2*s + 0.1 }; s",
    "x > y",
    "where(isnan(z), 0, z*x)",
    "z + x",
    "erf(x)/(x - x)",
    "2*x + 1",
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(3)
    x, y, z = rng.random((3, COUNT))
    x[:9] = np.repeat([0.0, 0.2, 0.5], 3)
    y[:9] = np.tile([0.0, 0.2, 0.5], 3)
    columns = {
        "x": x,
        "y": y,
        "z": pa.array(z, mask=z < 0.1),
        "t": rng.choice(["a", "b"], COUNT),
        "v": list(rng.random((COUNT, 3))),
    }
    return written(tmp_path_factory.mktemp("compiled") / "data.parquet", pa.table(columns))


def mapped(program: str, path: Path, *args: str) -> Done:
    return Done(program, path, "--to", "jsonl", *args)


def numbers(done: Done) -> list[float]:
    """All numbers of the rows, those of lists too."""
    rows = [json.loads(line) for line in done.out.splitlines()]
    cells = [cell for row in rows for cell in row.values()]
    flat = [x for cell in cells for x in (cell if isinstance(cell, list) else [cell])]
    return [np.nan if x is None else float(x) for x in flat]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_same_answers(program: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADCLI_EXECUTOR", "compiled")
    compiled = mapped(program, path, "--keep", "")
    monkeypatch.setenv("GRADCLI_EXECUTOR", "plain")
    plain = mapped(program, path, "--keep", "")
    assert (compiled.status, compiled.err) == (plain.status, plain.err)
    np.testing.assert_allclose(numbers(compiled), numbers(plain), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("program", PROGRAMS)
def test_cuts_make_no_difference(program: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADCLI_EXECUTOR", "compiled")
    whole = mapped(program, path, "--workers", "1")
    for rows in (700, 2500):
        monkeypatch.setattr(sizes, "ROWS", rows)
        monkeypatch.setattr(sizes, "GROUP", rows)
        assert mapped(program, path, "--workers", "2").bytes == whole.bytes


def compiles(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How large the arrays are from which each plan that a map makes works in blocks."""
    sizes: list[int] = []
    inner = planned.Planned

    def noted(outputs: Any, inputs: Any, evaluator: Any, large: int) -> Any:
        assert evaluator.how.executor == executors.COMPILED
        sizes.append(large)
        return inner(outputs, inputs, evaluator, large)

    monkeypatch.setattr(planned, "Planned", noted)
    return sizes


CHOICES = [
    ("x*exp(-y^2)", 1e-3, "", True),
    ("x*exp(-y^2)", 1e-12, "", False),
    ("x*exp(-y^2)", 1e-3, "blocked", False),
    ("x*exp(-y^2)", 1e-3, "plain", False),
    ("x*exp(-y^2)", 1e-12, "compiled", True),
    ("if x > 0.5 { x } else { exp(y) }", 1e-3, "", False),
    ("if x > 0.5 { x } else { exp(y) }", 1e-12, "compiled", True),
    ("sum(v*x)", 1e-3, "", False),
]


@pytest.mark.parametrize(("program", "saved", "executor", "is_compiled"), CHOICES)
def test_which_runs(
    program: str,
    saved: float,
    executor: str,
    is_compiled: bool,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Long tables whose rows all go one way, unless the environment says otherwise."""
    monkeypatch.setattr(executors, "_saved", lambda _: saved)
    monkeypatch.setattr(executors, "MOST", saved / executors.INSTRUCTION)
    monkeypatch.setenv("GRADCLI_EXECUTOR", executor)
    plans = compiles(monkeypatch)
    assert mapped(program, path).status == 0
    assert bool(plans) == is_compiled


@pytest.mark.parametrize(
    ("rows", "counts", "others"),
    [
        (sizes.ROWS, [sizes.ROWS, sizes.ROWS // 2], 0),
        (40_000, [40_000, 41_000, 30_000, 11_000], 0),
        (40_000, [43_008, 44_000], 1),
        (40_000, [10_000], 1),
    ],
)
def test_all_is_made_before_rows_come(
    rows: int, counts: list[int], others: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Machine code and plan, by a sample of rows, for as many as are computed at a time.

    Other plans are made for more than a little more rows, and for far less.
    """
    made = []
    for owner, name in ((machine, "compiled"), (planned, "Planned")):
        inner = getattr(owner, name)
        recorded = partial(lambda inner, *args: made.append(inner) or inner(*args), inner)
        monkeypatch.setattr(owner, name, recorded)
    program = RowProgram(Text("x^2"), ["x"], {}, Settings(), RowRequest(compiled=True))
    mapper = Mapper(program)
    mapper.prepare([np.arange(3.0)], rows)
    assert len(made) == 2
    for count in counts:
        x = np.arange(float(count))
        results = Results()
        mapper([x], np.arange(count), results)
        ((_, (value, slope)),) = results.pieces
        assert ((value == x**2) & (slope == 2 * x)).all()
    assert len(made) == 2 * (1 + others)


def test_a_kernel_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remarks name nodes by numbers that are others in a graph made anew."""
    texts = []
    compiled = machine.Compiled
    monkeypatch.setattr(
        machine, "Compiled", lambda text, *rest: texts.append(text) or compiled(text, *rest)
    )
    MEMORY.clear()
    text = "define void @run() {\n  ; %12 = sin(%3)\n  ret void\n}\n"
    found = [
        machine.compiled(text.replace("12", number), machine.OF_TURNS) for number in ("7", "12")
    ]
    assert (len(texts), found[0]) == (1, found[1])


@pytest.mark.parametrize("kind", ["csv", "jsonl", "arrow", "parquet"])
def test_rows_are_counted(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """About, before all of them are read; of a pipe nobody knows."""
    counts = []
    monkeypatch.setattr(
        "gradcli.engine.tables.mapper.Mapper.is_worth_compiling",
        lambda self, rows: counts.append(rows) or False,
    )
    table = pa.table({"x": np.random.default_rng(0).random(COUNT)})
    path = written(tmp_path / f"data.{kind}", table)
    assert Done("x", path).status == 0
    written(tmp_path / f"more.{kind}", table.slice(0, COUNT // 2))
    assert Done("x", path, tmp_path / f"more.{kind}").status == 0
    assert Done("x", "-", "--from", kind, stdin=path.read_bytes()).status == 0
    once, twice, piped = counts
    assert COUNT * 0.8 < once < COUNT * 1.3
    assert COUNT * 1.2 < twice < COUNT * 2
    assert piped == 0

"""What is at a limit fits, and what is beyond it by one does not: all limits that are stated."""

from __future__ import annotations

import io
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import gradcli
from gradcli.cli.main import run
from gradcli.data import files
from gradcli.data.console import Console, StandardInput
from gradcli.data.missing import some
from gradcli.data.report import Report
from gradcli.engine.plotting.ranges import axis
from gradcli.engine.plotting.settings import settings_of
from gradcli.engine.program import Text
from gradcli.engine.values_elsewhere import value_here
from gradcli.errors import shortened
from gradcli.syntax.elsewhere import rewritten
from gradcli.syntax.products import statement
from gradcli.syntax.sums import with_cells

if TYPE_CHECKING:
    from collections.abc import Callable


def value(program: str, **options: Any) -> bool:
    """Whether a program has a value; errors of gradcli say no by themselves."""
    return gradcli.evaluate(program, x=1.0, **options) is not None


def ran(*words: str, data: bytes = b"") -> bool:
    """Whether a command is well with what standard input holds."""
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    return run([*words], Console(io.BytesIO(data), out, io.StringIO(), {}, width=100)) == 0


def mapped(data: str, kind: str = "csv") -> bool:
    return ran("map", "x", "-", "--from", kind, "--to", "csv", data=data.encode())


def answered(data: str, form: str = "jsonl") -> bool:
    Path("jobs").write_text(data, encoding="utf-8")
    return ran("batch", "jobs", "--from", form, "-q")


def read(text: str) -> bool:
    return files.read_text("-", StandardInput(io.BytesIO(text.encode()))) == text


def noticed(text: str) -> str:
    return "".join(notice.message for notice in Text(text).names().notices)


def job(size: int) -> str:
    return '{"expr": "' + "1" * (size - 12) + '"}'


def cell(lines: int) -> str:
    return 'expr\n"1' + "\n" * (lines - 1) + '"\n'


def coefficients(order: int) -> Any:
    return gradcli.taylor("exp(x)", x=1.0, order=order)


def is_rewritten(text: str) -> bool:
    return "\\" not in rewritten(text, bool)


MAP = "map", "f = exp(x); f", "-", "--from", "csv", "--to", "csv"

LIMITS: dict[str, tuple[float, float, Callable[[Any], Any]]] = {
    # of programs
    "syntax.lexer.MAX_BYTES": (9, 11, lambda n: value("x" + "+1" * (n // 2))),
    "syntax.lexer.MAX_BYTES ": (9, 11, lambda n: value("x  # " + "é" * ((n - 5) // 2))),
    "lower.calls.MAX_CALLS": (9, 10, lambda n: value(f"f(n) = f(n - 1) if n > 1 else x; f({n})")),
    "lower.interpreter.MAX_DEPTH": (4, 5, lambda n: value("(" * n + "x" + ",)" * n)),
    "ir.node.MAX_AXES": (4, 5, lambda n: value("[" * n + "x" + "]" * n)),
    "lower.taylor.HIGHEST": (3, 4, lambda n: value(f"taylor(t => exp(t), x, {n})")),
    "lower.arguments._LARGEST": (9, 10, lambda n: value(f"pad([x], {n})")),
    "ops.einsum.MAX_PRODUCTS": (6, 7, lambda n: value(f"einsum('i->', x*ones({n}))")),
    "ops.joining.MOST_PARTS": (6, 7, lambda n: value(f"unstack(x*ones({n}))[0]")),
    # of questions
    "engine.questions.taylor.HIGHEST": (3, 4, lambda n: len(coefficients(n))),
    "engine.ratio.MAX_ORDER": (3, 4, lambda n: ran(*MAP, "--ask", f"d{n}f/dx{n}", data=b"x\n1\n")),
    "engine.lengths.MAX_AXES": (2, 3, lambda n: gradcli.diff("sum(x)", shape={"x": [2] * n})),
    "engine.lengths.LENGTH": (9, 10, lambda n: gradcli.diff("sum(x)", shape={"x": [n]})),
    "engine.plotting.settings.MOST": (3, 4, lambda n: settings_of({}, {"a": [1.0] * n})),
    "engine.plotting.ranges.LARGEST": (8, 9, lambda n: axis("x", (-n, 1), float, "x")),
    "engine.plotting.ranges.LARGEST ": (8, 9, lambda n: axis("x", (1, n), float, "x")),
    "engine.plotting.ranges.NARROWEST": (1, 0.5, lambda n: axis("x", (0, n), float, "x")),
    "engine.tables.api.MOST_DIGITS": (9, 10, lambda n: gradcli.map("x", {"x": [1]}, precision=n)),
    # of files
    "data.files.LONGEST_TEXT": (9, 10, lambda n: read("1" * n)),
    "data.job_lines.LONGEST_LINE": (30, 31, lambda n: answered(job(n - 1) + "\n")),
    "data.job_lines.LONGEST_LINE ": (30, 31, lambda n: answered(job(n))),
    "data.job_files._LONGEST_CELL": (4, 5, lambda n: answered(cell(n), "csv")),
    "data.tables.sizes.LONGEST": (30, 31, lambda n: mapped("x\n" + "0" * n)),
    "data.tables.sizes.LONGEST ": (30, 31, lambda n: mapped("x," + "y" * (n - 3) + "\n1,2\n")),
    "data.tables.delimited.HEADER_LINES": (4, 5, lambda n: mapped("\n" * (n - 1) + "x\n1\n")),
    "data.tables.delimited.HEADER_LINES ": (
        4,
        5,
        lambda n: mapped('x,"' + "\n" * (n - 1) + '"\n1,2\n'),
    ),
    # of what is shown
    "data.missing._SHOWN": (3, 4, lambda n: "more" not in some("x" * n)),
    "data.report._LINES": (6, 7, lambda n: "…" not in str(Report(["n"], [[1.0]] * (n - 1), {}))),
    "engine.program._LONGEST": (9, 10, lambda n: Text("x, " + "1" * (n - 3)).stacked),
    "lower.names._LONGEST": (9, 10, lambda n: "`" in noticed("1" * (n - 1) + "; 2")),
    "lower.names._LONGEST ": (9, 10, lambda n: "several" in noticed("1,5*" + "2" * (n - 5))),
    "engine.values_elsewhere._SHORT": (9, 10, lambda n: value_here("1" * n + " rad")),
    "syntax.elsewhere._LONGEST": (9, 10, lambda n: is_rewritten("\\pi " + "1" * (n - 4))),
    "syntax.products._LONGEST": (9, 10, lambda n: statement("1" * n, 0)),
    "syntax.products._LONGEST ": (9, 10, lambda n: statement("x\n" + "1" * n, 3)),
    "syntax.sums._MOST": (6, 7, lambda n: "," in with_cells(f"A1:A{n}")),
    "syntax.sums._MOST ": (6, 7, lambda n: "," in with_cells(f"A1:B{n // 2 + n % 2}")),
}
"""By a constant, what it is set to, what is beyond it, and what asks for so many."""


@pytest.mark.parametrize("name", LIMITS)
def test_what_is_at_a_limit_fits(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    at, beyond, ask = LIMITS[name]
    module, _, constant = f"gradcli.{name.strip()}".rpartition(".")
    monkeypatch.setattr(import_module(module), constant, at)
    monkeypatch.setattr("gradcli.data.tables.sizes.CHUNK", 8)
    assert ask(at)
    with suppress(gradcli.GradcliError):
        assert not ask(beyond)


@pytest.mark.parametrize(("most", "shown"), [(3, "abc"), (2, "a…")])
def test_long_texts_are_shortened(most: int, shown: str) -> None:
    assert shortened("abc", most) == shown

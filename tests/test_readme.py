"""The README is true: its sessions and its Python run, its install line is what CI runs."""

from __future__ import annotations

import doctest
import re

import pytest

from tests import pictures
from tests.sessions import ROOT, again, installs

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_sessions() -> None:
    assert again(README) == TEXT


@pytest.mark.parametrize("block", PYTHON.findall(TEXT))
def test_python(block: str) -> None:
    examples = doctest.DocTestParser().get_doctest(block, {}, README.name, None, 0)
    assert examples.examples
    results = doctest.DocTestRunner().run(examples)
    assert results.failed == 0


def test_pictures_are_current() -> None:
    """`python -m tests.pictures` makes them; other versions of Rich may draw them otherwise."""
    assert pictures.words(pictures.SCREEN.read_text("utf-8")) == pictures.words(
        pictures.svg(pictures.screen())
    )
    assert pictures.GRAPH.read_text("utf-8") == pictures.graph()
    for path in pictures.FOLDER.iterdir():
        assert f"samples/pictures/{path.name}" in TEXT


def test_ci_runs_the_install_line() -> None:
    """CI takes the line from here, and it is the one that installs and tests."""
    (line,) = (line for line in installs(TEXT) if "bin/pytest" in line)
    assert TEXT.index("bin/pytest") == TEXT.index(line) + line.index("bin/pytest")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "eval \"$(grep -m1 'bin/pytest' README.md | sed 's/^\\$ //')\"" in script

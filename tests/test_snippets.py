"""Snippets of other frameworks print what they print there."""

from __future__ import annotations

from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import pytest

from gradcli.cli.main import run
from gradcli.data.console import Console
from gradcli.passes import modes
from gradcli.passes.reverse import reverse
from gradcli.snippets.arrays.repeated import MISSED
from tests.sessions import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def snippets(folder: str) -> list[Path]:
    """The snippets of a folder, in all languages."""
    return sorted(p for p in (ROOT / folder).iterdir() if p.suffix in (".py", ".js", ".ipynb"))


GOLDEN = snippets("tests/golden/snippets")
SAMPLES = snippets("samples/snippets")


REFUSED = snippets("samples/snippets/refused")


class Done:
    """What a run of a command line has printed, and its status."""

    def __init__(self, args: Sequence[str], text: str = "") -> None:
        out, err = StringIO(), StringIO()
        console = Console(BytesIO(text.encode()), out, err, {}, is_terminal=False)
        self.status = run(args, console)
        self.out, self.err = out.getvalue(), err.getvalue()


def words(text: str) -> list[list[str]]:
    """The lines of a text without the white space within them."""
    return [line.split() for line in text.rstrip().split("\n")]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    done = Done(["run", str(path)])
    assert words(done.out) == words(path.with_suffix(".out").read_text("utf-8"))
    assert done.status == 0


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample(path: Path) -> None:
    """Each prints to the character what its framework printed when the sample was written."""
    done = Done(["run", str(path)])
    assert done.out == path.with_suffix(".out").read_text("utf-8")
    assert done.status == 0


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_refused(path: Path) -> None:
    """One mistake each, or one thing outside of the subset: status 1, and the place underlined."""
    done = Done(["run", str(path.relative_to(ROOT)), "--max-steps", "1000"])
    assert done.status == 1
    assert done.err == path.with_suffix(".err").read_text("utf-8")
    assert done.err.count("error: ") == 1
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("import torch\nprint(torch.ones(2))\n", "python"),
        ("from autograd import grad\nprint(grad(lambda x: x*x)(3.0))\n", "python"),
        ("const a = tf.scalar(2);\na.print();\n", "tfjs"),
        ("x = 3\nfoo(x)\n", None),
    ],
)
def test_a_text_of_another_language_is_told_of(text: str, language: str | None) -> None:
    done = Done(["run", "-"], text)
    assert done.status == 1
    assert ("--lang" in done.err) == (language is not None)
    assert f"--lang {language} runs it" in done.err or language is None


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 40
    assert len(REFUSED) >= 15


def counted(derived: list[int]) -> Callable[..., Any]:
    """Reverse mode that notes down how often it is asked."""

    def noting(*args: Any, **named: Any) -> Any:
        derived.append(1)
        return reverse(*args, **named)

    return noting


STEPS = [path for path in SAMPLES if path.stem.endswith("_steps")]


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_gradients_made_alike_are_derived_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Far fewer gradients are derived than steps taken, and the answers are the same without."""
    counts = []
    for most in (0, MISSED):
        derived: list[int] = []
        with monkeypatch.context() as patch:
            patch.setattr("gradcli.snippets.arrays.repeated.MISSED", most)
            patch.setattr(modes, "reverse", counted(derived))
            assert Done(["run", str(path)]).out == path.with_suffix(".out").read_text("utf-8")
        counts.append(len(derived))
    assert len(counts) == 2
    assert counts[1] < 0.8 * counts[0]

"""What a shell is offered for a word that is half typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_cli import gradcli

OFFERED = [
    ("gradcli gr", "grad"),
    ("gradcli grad x^2 --met", "--method"),
    ("gradcli grad x^2 --method ", "complex-step"),
    ("gradcli grad x^2*foo --fo", "--foo"),
    ("gradcli grad x^2 -o j", "json"),
    ("gradcli grad x+ata", "x+atan"),
    ("gradcli functions whi", "while"),
    ("gradcli grad x --x @po", "@points.csv"),
    ("gradcli grad @po", "@points.csv"),
    ("gradcli grad x+( --met", "--method"),
    ("gradcli grads x*yy --wrt ", "yy"),
    ("gradcli grads x*yy --wrt x,", "x,yy"),
    ("gradcli gradients x*y --xs ", "x"),
]


@pytest.mark.parametrize(("line", "word"), OFFERED)
def test_offered(line: str, word: str, tmp_path: Path) -> None:
    (tmp_path / "points.csv").touch()
    words = line.split(" ")
    shell = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run(
        [sys.executable, "-m", "gradcli"],
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "_GRADCLI_COMPLETE": "bash_complete"}
        | shell,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"plain,{word}" in done.stdout.splitlines()
    assert done.stderr == ""


def test_a_wrong_line_is_no_error_yet(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gradcli"],
        env={
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "_GRADCLI_COMPLETE": "bash_complete",
            "COMP_WORDS": "gradcli foo --x",
            "COMP_CWORD": "2",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script(shell: str) -> None:
    assert f"_GRADCLI_COMPLETE={shell}_complete" in gradcli(f"completion {shell}").out

"""What a shell is offered for a word that is half typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import get_completion_class

from gradcli.cli.commands import COMPLETE
from gradcli.cli.completion import add_shells
from gradcli.cli.main import cli
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


BY_BASH = r"""
eval "$(gradcli completion bash)"
compopt() { :; }
try() {
    COMPREPLY=() COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _gradcli_completion gradcli
    echo "${COMPREPLY[@]}"
}
try gradcli grad "'x*foo'" --fo
try gradcli grad '"x*cbr'
try gradcli grad x --x @ po
try gradcli grad x --x =@ po
try gradcli grad x --x =@ 'my\ da'
try gradcli grad x --x =@ '"my da'
try gradcli map S po
gradcli completion bash > /dev/full || echo $?
gradcli > /dev/full || echo $?
"""
"""Words as bash itself takes them apart: `@` and `=@` are words of their own."""


def test_bash(tmp_path: Path) -> None:
    """The script for bash, run by bash; what is not offered is a file, which bash knows."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "points.csv").touch()
    (tmp_path / "my data.csv").touch()
    command = tmp_path / "bin" / "gradcli"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gradcli "$@"\n')
    command.chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", BY_BASH],
        env={
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "--foo --format",
        "x*cbrt",
        "@points.csv",
        "points.csv",
        "my\\ data.csv",
        "my data.csv",
        "",
        "2",
        "2",
    ]
    full = "error: the answer cannot be written: no space left on device"
    assert done.stderr.splitlines() == [full, full]


BY_OTHERS = [
    ("zsh", "gradcli grad x*foo --fo", "--foo"),
    ("zsh", "gradcli grad x --x=@po", "--x=@points.csv"),
    ("fish", "gradcli grad x --method=c", "--method=complex-step"),
    ("fish", "gradcli map S po", ""),
]


@pytest.mark.parametrize(("shell", "line", "word"), BY_OTHERS)
def test_other_shells(
    shell: str, line: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What zsh and fish are told by Click's protocol, in which they replace the whole word."""
    (tmp_path / "points.csv").touch()
    monkeypatch.chdir(tmp_path)
    *_, last = words = line.split()
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1) if shell == "zsh" else last)
    add_shells()
    kind = get_completion_class(shell)
    assert kind is not None
    told = kind(cli, {}, "gradcli", COMPLETE).complete()
    lines = {"zsh": f"plain\n{word}\n", "fish": f"plain,{word}"} if word else {shell: "file,po"}
    assert lines[shell] in told
    assert f"{COMPLETE}={shell}_complete" in gradcli(f"completion {shell}").out

"""What a help says to write can be written: it is a program, and gives a value where it can."""

from __future__ import annotations

import io
import re
import shlex
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

import gradcli
from gradcli.cli.main import run
from gradcli.data.console import Console
from gradcli.engine.program import Text
from gradcli.errors import GradcliError
from tests.sessions import ROOT, steps
from tests.test_elsewhere import LINES

WRITTEN = re.compile(r"write ((?:`[^`]+`(?:, or | or |, )?)+)")
COMMANDS = frozenset("eval grad grads diff value-and-grad value-and-grads check".split())
NO_PROGRAMS = frozenset("and or not \" ' * - == = . => x.ndim".split())
"""What a help says to write that is a word of a program, and not the whole."""


class Advice(NamedTuple):
    """A command whose program is at fault, and a line that its help says to write."""

    words: list[str]
    line: str

    def __str__(self) -> str:
        return f"{shlex.join(self.words)} → {self.line}"


@cache
def advices() -> list[Advice]:
    """All lines of help in the samples that stand for a whole program."""
    return [
        Advice(words, line)
        for path in sorted((ROOT / "samples").rglob("*.console"))
        for step in steps(path.read_text(encoding="utf-8"))[1]
        if len(words := _words(step.command)) > 2 and words[1] in COMMANDS
        for line in _lines(step.output)
    ]


def _words(command: str) -> list[str]:
    """The words of a command that runs gradcli alone; none of others."""
    if not command.startswith("gradcli ") or re.search(r" [|<>] |\n", command):
        return []
    return shlex.split(command)


def _lines(output: str) -> list[str]:
    """What to write, of errors in programs."""
    if " at --" in output:
        return []
    helps = re.findall(r"^  help: (.*)$", output, re.MULTILINE)
    written = [line for text in helps for found in WRITTEN.findall(text) for line in _each(found)]
    return [line for line in written if line not in NO_PROGRAMS and "…" not in line]


def _each(written: str) -> list[str]:
    return re.findall(r"`([^`]+)`", written)


@pytest.mark.parametrize("advice", advices(), ids=str)
def test_a_line_of_help_is_a_program(advice: Advice) -> None:
    assert Text(advice.line).names() is not None


def _fits(advice: Advice) -> bool:
    """Whether the options of the command are the inputs of the line."""
    given = {word[2:].partition("=")[0] for word in advice.words if word.startswith("--")}
    try:
        return set(Text(advice.line).names().inputs) == given
    except GradcliError:
        return False


@pytest.mark.parametrize("advice", list(filter(_fits, advices())), ids=str)
def test_a_line_of_help_gives_a_value(advice: Advice) -> None:
    """In place of the program; a line may have more inputs than `grad` takes."""
    _, command, _, *rest = advice.words
    command = "grads" if command == "grad" else command
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    status = run([command, advice.line, *rest], Console(io.BytesIO(), out, err, {}, width=100))
    err.seek(0)
    assert status == 0, err.read()


def _values(names: list[str]) -> list[dict[str, object]]:
    """Numbers, vectors, matrices, and vectors beside matrices in capitals, for the names."""
    number, vector, matrix = 2.0, np.array([2.0, 3.0]), np.array([[2.0, 1.0], [1.0, 3.0]])
    mixed = {name: matrix if name.isupper() else vector for name in names}
    same = [dict.fromkeys(names, value) for value in (number, vector, matrix)]
    return [*same, mixed, mixed | {"b": number}]


@pytest.mark.parametrize("line", [line for _, line in LINES if line != "None"])
def test_a_line_of_elsewhere_gives_a_value(line: str) -> None:
    """With some values of its inputs."""
    errors = []
    for values in _values(list(Text(line).names().inputs)):
        try:
            gradcli.eval(line, values)
        except GradcliError as error:
            errors.append(str(error))
        else:
            return
    pytest.fail("\n".join(errors))


def test_there_are_lines() -> None:
    assert len(advices()) > 40
    assert len(list(filter(_fits, advices()))) > 20

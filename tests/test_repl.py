"""The prompt of `gradcli repl`: when an entry ends, what is completed, what is coloured."""

from __future__ import annotations

import gc
import io
import signal
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from gradcli.cli import piped, prompt
from gradcli.cli.main import run
from gradcli.data.console import Console
from gradcli.engine.entry import called, foreign, is_open
from gradcli.ir.node import Node

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("x", False),
        ("f(t) = {", True),
        ("f(t) = {\n2*t\n}", False),
        ("sum([1, 2", True),
        ("x +", True),
        ("x = ", True),
        ("if x > 0 { 1 }", False),
        ("x => x^2", False),
        ("(x", True),
        ("x)", False),
        ("x;", False),
        ("", False),
    ],
)
def test_an_entry_ends_where_nothing_is_open(text: str, more: bool) -> None:
    assert is_open(text) is more


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 + np.arctan(", "atan(x)  The angle in radians whose tangent is x."),
        ("atan(sin(x) + ", "atan(x)  The angle in radians whose tangent is x."),
        ("atan(x)", ""),
        ("f(", ""),
    ],
)
def test_the_function_that_is_being_called(text: str, shown: str) -> None:
    assert called(text) == shown


def typed(keys: str, monkeypatch: pytest.MonkeyPatch, state: Path) -> list[str]:
    """The entries that keys make, until Ctrl-D."""
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
        keyboard.send_text(keys)
        return list(prompt.entries(lambda: ["speed"], ["grads", "vars"], lambda: "1> "))


def test_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Enter ends an entry or a line of it, Ctrl-C gives one up, Ctrl-D ends."""
    entries = typed("x = 1\rf(t) = {\rt\r}\rlost\x03:vars\r\x04", monkeypatch, tmp_path)
    assert entries == ["x = 1", "f(t) = {\nt\n}", ":vars"]
    assert "f(t) = {" in (tmp_path / "gradcli" / "history").read_text("utf-8")


def test_a_search_ends_with_what_it_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Enter in a search goes to the place that was found, and the next ends the entry."""
    entries = typed("y = sin(x)\x12sin\r2*\r\x04", monkeypatch, tmp_path)
    assert entries == ["y = 2*sin(x)"]


def test_no_place_for_the_history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "gradcli").write_text("a file", encoding="utf-8")
    assert typed("1+1\r\x04", monkeypatch, tmp_path) == ["1+1"]


@pytest.mark.parametrize(
    ("is_terminal", "shown"), [(False, ", 98, 99]"), (True, "x = [0, 1, 2, 3, 4, 5, 6, 7, 8, …]")]
)
def test_a_terminal_shows_the_first_numbers_of_an_array(is_terminal: bool, shown: str) -> None:
    out = io.StringIO()
    keyboard = io.BytesIO(b"n = 100\nx = range(n)\n:vars\n")
    run(["repl"], Console(keyboard, out, out, {}, width=36, is_terminal=is_terminal))
    assert out.getvalue().endswith(f"{shown}\n")


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        ("d(x^3)/dx", "12"),
        ("d((x + 1)*(x - 1))/dx", "4"),
        ("d(x)*(x)/dx", "unknown function 'd'"),
        ("d(t) = 5*t\ndx = 4\nd(x)*(x)/dx", "5"),
        ("d(t) = 5*t\ndx = 4\nd(x)/dx", "2.5"),
        ("dy/dx", "4"),
    ],
)
def test_slopes_are_told_from_quotients(entry: str, shown: str) -> None:
    out = io.StringIO()
    session = f"x = 2; y = x^2\n{entry}\n"
    run(["repl"], Console(io.BytesIO(session.encode()), out, out, {}))
    assert shown in out.getvalue().split("\n")[0]


def test_a_line_of_a_session_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piped, "LONGEST_TEXT", 8)
    out = io.StringIO()
    status = run(["repl"], Console(io.BytesIO(b"x=1+1+1\nx\nx+1+1+1+\n1"), out, out, {}))
    said = "3\nerror: a line of the session is longer than 8 bytes\n"
    assert (status, out.getvalue()) == (1, said)


class Impatient(io.BytesIO):
    """Lines, and a Ctrl-C behind each that is a loop without end, later from line to line."""

    count = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if b"while true" in line:
            self.count += 1
            signal.setitimer(signal.ITIMER_REAL, 0.02 * self.count)
        return line


def nodes() -> int:
    """How many nodes there are, garbage included."""
    return sum(isinstance(x, Node) for x in gc.get_objects())


def test_every_interrupt_leads_back_to_the_prompt() -> None:
    """Nothing is left of what was broken off: no value, and no nodes that wait to be collected.

    What other tests left is collected before: an interrupt in what that calls would be lost.
    """
    gc.collect()
    times, held = 10, nodes()
    lines = "a = 7\n" + "a = 0; while true { a += 1 }\n" * times + "a\n"
    out, err = io.StringIO(), io.StringIO()
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        status = run(["repl"], Console(Impatient(lines.encode()), out, err, {}))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert (status, out.getvalue()) == (0, "7\n")
    assert err.getvalue() == "interrupted\n" * times
    assert nodes() - held < 1000


@pytest.mark.parametrize(
    ("text", "first"),
    [("2*atan", "atan"), (":v", "vars"), ("sp", "speed"), ("x + ", None), ("whil", "while")],
)
def test_completion(text: str, first: str | None) -> None:
    completer = prompt.Names(lambda: ["speed"], ["grads", "vars"])
    offered = list(completer.get_completions(Document(text), CompleteEvent()))
    assert (offered[0].text if offered else None) == first


def test_colours() -> None:
    line = ":grads 2*sin(x) + if 'a' # why"
    pieces = prompt.Colours().lex_document(Document(line))(0)
    assert "".join(text for _, text, *_ in pieces) == line
    styles = {text: style for style, text, *_ in pieces if style}
    assert styles == {
        ":grads": "class:command",
        "2": "class:number",
        "sin": "class:function",
        "if": "class:keyword",
        "'a'": "class:string",
        "# why": "class:comment",
    }


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("import torch", "PyTorch"),
        ("y.backward()", "PyTorch"),
        ("x = tf.Variable(3.0)", "TensorFlow"),
        ("const x = tf.tensor1d([1, 2]);", "TensorFlow.js"),
        ("jax.grad(f)(1.0)", "JAX"),
        ("from autograd import grad", "autograd"),
        ("def f(x):\n    return x**2", "Python"),
        ("console.log(1)", "JavaScript"),
        ("sin(x)*cos(y)", None),
        ("torch.sum(x)", None),
    ],
)
def test_what_stems_from_elsewhere(text: str, language: str | None) -> None:
    assert foreign(text) == language

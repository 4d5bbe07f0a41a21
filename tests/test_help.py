"""The pages of `gradcli help`, and the manual page made from them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click import Context

import gradcli
from gradcli.cli.commands.help import TOPICS, page
from gradcli.cli.main import cli, every_command, run
from gradcli.cli.manual import MANUAL, manual
from gradcli.data.console import Console
from gradcli.engine.question import GROUPS
from tests.sessions import again

PAGES = Path(gradcli.__file__).parent / "cli" / "pages"


def shown(topic: str, width: int, *, terminal: bool) -> str:
    """What `gradcli help TOPIC` prints."""
    out = io.StringIO()
    console = Console(
        io.BytesIO(), out, io.StringIO(), {"NO_COLOR": "1"}, width=width, is_terminal=terminal
    )
    assert run(["help", topic], console) == 0
    return out.getvalue()


def test_topics_are_the_pages() -> None:
    assert sorted(TOPICS) == sorted(path.stem for path in PAGES.glob("*.md"))
    overview = shown("help", 80, terminal=False)
    assert all(topic in overview for topic in TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_examples_are_true(topic: str) -> None:
    assert again(PAGES / f"{topic}.md") == page(topic)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_pipe_gets_the_text(topic: str) -> None:
    assert shown(topic, 80, terminal=False).endswith(page(topic))


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("width", [60, 200])
def test_a_terminal_gets_it_laid_out(topic: str, width: int) -> None:
    title = page(topic).splitlines()[0].removeprefix("# ")
    *_, text = shown(topic, width, terminal=True).split(title, 1)
    assert max(map(len, text.splitlines())) <= min(width, 100)
    assert all(mark not in text for mark in ("\x1b", "```", "|---", "## "))


@pytest.mark.parametrize("command", sorted(cli.list_commands(Context(cli))))
def test_every_command_has_two_examples(command: str) -> None:
    if command != "version":
        text = shown(command, 80, terminal=False)
        assert text.count(f"gradcli {command} ") >= 3  # one is the usage


@pytest.mark.parametrize("group", GROUPS)
def test_ranks_count_the_commands_of_a_group(group: str) -> None:
    ranks = [command.rank for command in every_command() if command.group == group]
    assert ranks == [*range(len(ranks))]


def test_the_manual_is_current() -> None:
    """`python -m gradcli.cli.manual` writes it."""
    assert manual() == (PAGES / MANUAL).read_text("utf-8")

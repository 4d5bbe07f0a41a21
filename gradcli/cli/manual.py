"""The manual page of gradcli, from what `--help` says and the pages about topics.

`python -m gradcli.cli.manual` writes it anew; `pip` puts it where `man gradcli` finds it.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from gradcli import __version__
from gradcli.cli.commands.help import TOPICS, page
from gradcli.cli.main import cli, listed_commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

MANUAL = "gradcli.1"
"""The file beside the pages."""


def manual() -> str:
    """The whole page, as troff."""
    lines = [f'.TH GRADCLI 1 "" "gradcli {__version__}"', ".SH NAME"]
    lines += ["gradcli \\- values and gradients of formulas and small programs", ".SH SYNOPSIS"]
    lines += ["\\fBgradcli\\fR COMMAND [--VARIABLE VALUE]... [OPTIONS] PROGRAM", ".SH DESCRIPTION"]
    lines += [*_paragraphs(cli.help or ""), ".SH COMMANDS"]
    for group, rows in listed_commands():
        lines += [f".SS {group}"]
        for name, sentence in rows:
            lines += [".TP", f"\\fB{name}\\fR", _plain(sentence)]
    lines += [".PP", "\\fBgradcli help COMMAND\\fR shows the options of one."]
    for topic in TOPICS:
        lines += troff(page(topic))
    return "\n".join(lines) + "\n"


def troff(markdown: str) -> Iterator[str]:
    """A page of Markdown as lines of troff."""
    tokens = MarkdownIt().enable("table").parse(markdown)
    cells: list[str] = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        match token.type:
            case "inline" if before is not None and before.type == "heading_open":
                text = _inline(token)
                yield f".SH {text.upper()}" if before.tag == "h1" else f".SS {text}"
            case "inline" if before is not None and before.type == "td_open":
                cells.append(_inline(token))
            case "inline" if before is not None and before.type != "th_open":
                yield from (".PP", _inline(token))
            case "fence" | "code_block":
                block = token.content.rstrip("\n").split("\n")
                yield from (".PP", ".nf", ".RS 4", *map(_plain, block), ".RE", ".fi")
            case "tr_close" if cells:
                yield from _row(cells)
                cells = []


def _row(cells: Sequence[str]) -> Iterator[str]:
    """A row of a table: its first cell, and behind it the others."""
    yield from (".TP", cells[0], "; ".join(cell for cell in cells[1:] if cell) or "\\&")


def _inline(token: Token) -> str:
    """Text of one paragraph, its code in bold."""
    return "".join(map(_piece, token.children or ()))


def _piece(token: Token) -> str:
    if token.type == "code_inline":
        return f"\\fB{_plain(token.content)}\\fR"
    return " " if token.type == "softbreak" else _plain(token.content)


def _plain(text: str) -> str:
    """Text in which troff finds nothing to do."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def _paragraphs(text: str) -> Iterator[str]:
    for part in text.strip().split("\n\n"):
        yield from (".PP", _plain(" ".join(part.split())))


if __name__ == "__main__":
    path = files("gradcli.cli").joinpath("pages", MANUAL)
    with open(str(path), "w", encoding="utf-8") as stream:
        stream.write(manual())

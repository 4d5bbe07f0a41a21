"""What is typed at the prompt, looked at before it is run: its words, its end, where it is from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcli.lower.signatures import signature
from gradcli.ops import catalog
from gradcli.syntax.lexer import WORD, is_blank, is_open, terminal
from gradcli.syntax.tables import NAME, NUMBER, STRING, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["called", "foreign", "is_open", "pieces"]

_CALLED = re.compile(r"([^\W\d][\w.]*)\([^()]*(?:\([^()]*\)[^()]*)*$")
"""A function before the bracket that is open at the end."""


def called(text: str) -> str:
    """The signature and the sentence of the function whose bracket is open; "" for none."""
    function = _CALLED.search(text)
    record = None if function is None else catalog.find(function[1].rpartition(".")[2])
    return "" if record is None else f"{signature(record)}  {record.doc.splitlines()[0]}"


def pieces(line: str) -> Iterator[tuple[str, str]]:
    """The pieces of a line with what they are: command, keyword, function, number …, or ""."""
    command = re.match(r":\w*", line)
    if command is not None:
        yield "command", command[0]
        line = line[command.end() :]
    for word in WORD.findall(line):
        yield _kind(word), word


def _kind(word: str) -> str:
    if word in WORDS:
        return "keyword" if word.isalpha() else ""
    if is_blank(word):
        return "comment" if "#" in word else ""
    kind = terminal(word)
    if kind == NAME:
        return "function" if catalog.find(word) is not None else ""
    return "number" if kind == NUMBER else "string" if kind == STRING else ""


_FOREIGN = {
    "PyTorch": r"\btorch\b(?!\.)|torch\.tensor\(|\.backward\(|requires_grad",
    "TensorFlow": r"\btensorflow\b|GradientTape|\btf\.(Variable|constant)\(",
    "TensorFlow.js": r"\b(const|let|var) \w+ *=|\btf\.(tensor|scalar|variableGrads)",
    "JAX": r"\bimport jax\b|\bjax\.(grad|jit|vmap|jacobian)\(",
    "autograd": r"\b(from|import) autograd\b",
    "Python": r"^ *(def|import|from|return|with|class) |\blambda\b",
    "JavaScript": r"\bfunction *\w*\(|\bconsole\.log\(",
}


def foreign(entry: str) -> str | None:
    """The language or framework that a text which is no entry seems to be written for."""
    searched = (name for name, mark in _FOREIGN.items() if re.search(mark, entry, re.MULTILINE))
    return next(searched, None)

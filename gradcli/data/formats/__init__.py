"""The formats of an answer by name; each is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcli.data.answer import Answer
    from gradcli.data.console import Console

FORMATS = ("table", "plain", "json", "jsonl", "csv", "tsv", "npy", "npz")
BINARY = ("npy", "npz")
EXTENSIONS = {
    ".txt": "plain",
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".npy": "npy",
    ".npz": "npz",
}


def as_text(answer: Answer, name: str, precision: int | None = None) -> str:
    """The answer in one of the formats for reading on."""
    if name == "plain":
        from gradcli.data.formats.plain import plain

        return plain(answer, precision)
    if name in ("csv", "tsv"):
        from gradcli.data.formats.separated import separated

        return separated(answer, "," if name == "csv" else "\t", precision)
    from gradcli.data.formats import objects

    return (objects.json_line if name == "json" else objects.jsonl)(answer, precision)


def as_bytes(answer: Answer, name: str) -> bytes:
    """The answer as one of NumPy's files."""
    from gradcli.data.formats.binary import npy, npz

    return npy(answer) if name == "npy" else npz(answer)


def as_table(
    answer: Answer, console: Console | None, *, everything: bool, precision: int | None
) -> str:
    """The answer for the eye; `console` is the terminal that shows it, if one does."""
    from gradcli.data.formats.table import Page, render

    return render(answer, Page.of(console, everything=everything, precision=precision))

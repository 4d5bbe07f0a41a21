"""Plain text for pipes: an array alone, or a line for each name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.data.formats.leaves import leaves
from gradcli.data.numbers import texts
from gradcli.data.report import Report

if TYPE_CHECKING:
    from gradcli.data.answer import Answer
    from gradcli.data.formats.leaves import Leaf
    from gradcli.data.formats.page import Page


def plain(answer: Answer | Report, page: Page) -> str:
    """The answer as lines; the one array alone where the command answers just that."""
    if isinstance(answer, Report):
        drawing = answer.drawing(page)
        if drawing is not None:
            return drawing
        return "".join("\t".join(line) + "\n" for line in answer.lines(page.precision))
    parts = leaves(answer)
    if not answer.alone:
        return "".join(_line(leaf, page) for leaf in parts)
    apart = "\n" if any(leaf.shape for leaf in parts) else ""
    return apart.join(_block(leaf, page) for leaf in parts)


def _line(leaf: Leaf, page: Page) -> str:
    """A name and its elements, and the verdicts on them below."""
    cells = ["none"] if leaf.array is None else texts(leaf.array, page.precision)
    line = "\t".join([leaf.name, *cells]) + "\n"
    if leaf.verdicts is None:
        return line
    return line + "\t".join([f"verdict {leaf.name}", *texts(leaf.verdicts)]) + "\n"


def _block(leaf: Leaf, page: Page) -> str:
    """The elements of an array, each with its verdict; those on a matrix stand behind it."""
    if leaf.array is None:
        return "none\n"
    cells = texts(leaf.array, page.precision)
    if leaf.verdicts is None:
        return _rows(cells, leaf.array.shape)
    verdicts = texts(leaf.verdicts)
    if leaf.array.ndim < 2:
        pairs = zip(cells, verdicts, strict=True)
        return "".join(f"{cell}\t{verdict}\n" for cell, verdict in pairs)
    return _rows(cells, leaf.array.shape) + "\n" + _rows(verdicts, leaf.array.shape)


def _rows(cells: list[str], shape: tuple[int, ...]) -> str:
    """A scalar on a line, a vector one number a line, a matrix one row a line.

    The matrices of higher ranks stand apart by an empty line.
    """
    if len(shape) < 2:
        return "\n".join([*cells, ""])
    height, width = shape[-2:]
    starts = range(0, len(cells), width) if width else []
    rows = ["\t".join(cells[start : start + width]) + "\n" for start in starts]
    return "\n".join("".join(rows[i : i + height]) for i in range(0, len(rows), height or 1))

"""Plain text for pipes: an array alone, or a line for each name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.data.formats.leaves import Leaf, leaves
from gradcli.data.numbers import texts

if TYPE_CHECKING:
    from gradcli.data.answer import Answer, Array


def plain(answer: Answer, precision: int | None = None) -> str:
    """The answer as lines; the one array alone where the command answers just that."""
    found = leaves(answer)
    if answer.alone:
        apart = "\n" if any(leaf.array is not None and leaf.array.ndim for leaf in found) else ""
        return apart.join(block(leaf.array, precision) for leaf in found)
    return "".join(_line(leaf, precision) for leaf in found)


def _line(leaf: Leaf, precision: int | None) -> str:
    cells = ["none"] if leaf.array is None else texts(leaf.array, precision)
    return "\t".join([leaf.name, *cells]) + "\n"


def block(array: Array | None, precision: int | None = None) -> str:
    """A scalar on a line, a vector one number a line, a matrix one row a line.

    The matrices of higher ranks stand apart by an empty line.
    """
    if array is None:
        return "none\n"
    cells = texts(array, precision)
    if array.ndim < 2:
        return "".join(f"{cell}\n" for cell in cells)
    height, width = array.shape[-2:]
    starts = range(0, len(cells), width) if width else []
    rows = ["\t".join(cells[start : start + width]) + "\n" for start in starts]
    blocks = ["".join(rows[at : at + height]) for at in range(0, len(rows), height or 1)]
    return "\n".join(blocks)

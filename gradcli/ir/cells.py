"""What an operation does to all small parts of arrays alike: windows of images, small matrices.

Each has a place, and a cell of elements in each array. So the operation is stated once more, over
the scalars of one place, which machine code can do for many places side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Cells(NamedTuple):
    """An operation whose places go over so many `axes`.

    `form(*cells)` gives the cell of the result from those of the inputs: NumPy arrays of scalars of
    code, or one scalar. `views` say for each input, and last for the result, how an array is seen
    from its beginning: the axes of places, then those of a cell. Where `apart` is given, cells of
    the result may overlap or leave gaps, and are added to zeros, element after element of a cell;
    they overlap only where their places are the same on the first `apart` axes. If it is not
    `is_sure`, the form gives what the kernel does only as long as all of the result is finite.
    """

    form: Callable[..., Any]
    axes: int
    views: tuple[Callable[[Any], Any], ...]
    apart: int | None = None
    is_sure: bool = False


def itself(x: Any) -> Any:
    """An array whose last axes are those of cells."""
    return x

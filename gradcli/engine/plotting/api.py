"""`gradcli.plot`: the picture of a program as a figure of matplotlib."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gradcli.engine.plotting.pictures import picture_of
from gradcli.engine.plotting.points import points_of
from gradcli.engine.plotting.ranges import axis, is_range
from gradcli.engine.plotting.settings import refuse_axes, settings_of
from gradcli.engine.program import check_values
from gradcli.engine.settings import canonical, whole
from gradcli.engine.values import typed_value
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcli.engine.program import Text
    from gradcli.engine.settings import Settings
    from gradcli.render.picture import Picture

HIGHEST = 3
"""The highest derivative that is drawn."""


def python_picture(
    text: Text,
    given: Mapping[str, Any],
    how: Settings,
    *,
    order: int,
    over: Mapping[str, Sequence[Any]],
    data: Any,
    way: Callable[[str], str],
) -> Picture:
    """The picture that a call asks for: a pair of numbers, or a text `-pi:pi`, is a range."""
    if whole(order) not in range(HIGHEST + 1):
        raise UsageError(f"order is {order!r}", help=f"a whole number from 0 to {HIGHEST}")
    several = {canonical(name): list(items) for name, items in over.items()}
    ranges = {name: value for name, value in given.items() if is_range(value)}
    axes = [
        axis(name, value, partial(typed_value, name=name), name) for name, value in ranges.items()
    ]
    names = text.names({*given, *several})
    if not axes:
        without = next((n for n in names.inputs if n not in several), "")
        refuse_axes(axes, several, without, "{}=(-4, 4)".format)
    check_values(text, names, {**given, **several}, way)
    refuse_axes(axes, several, "", str)
    constants = {name: value for name, value in given.items() if name not in ranges}
    points = None if data is None else points_of(data, axes[0])
    settings = settings_of(constants, several)
    return picture_of(text, axes, settings, how, order=order, points=points)


def figure_of(picture: Picture) -> Any:
    """The picture as a figure of matplotlib."""
    try:
        from gradcli.render.figure import figure
    except ImportError:
        raise UsageError(
            "a figure needs matplotlib, which is not installed", help="pip install 'gradcli[plot]'"
        ) from None
    return figure(picture)


def file_of(picture: Picture, kind: str) -> bytes:
    """The picture as the bytes of a file: png, svg or pdf."""
    drawing = figure_of(picture)
    from gradcli.render.figure import as_file

    return as_file(drawing, kind)

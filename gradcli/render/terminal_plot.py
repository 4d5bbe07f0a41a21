"""A picture in characters, by plotext: braille where there is Unicode, colours if they may be."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import plotext

from gradcli.render.picture import number, round_places

if TYPE_CHECKING:
    from gradcli.render.picture import Curve, Field, Picture

PEN = "default"
"""The colour in which the terminal writes: white is not seen on white."""

COLOURS = ("cyan", "orange", "green", "magenta", "red", "blue", PEN, "gray")
RISING = ("blue", "cyan", "green", "orange", "red", "magenta")
"""Colours of contours, from the lowest to the highest."""

SIGNS = {"kink": ("◆", "^"), "vertical tangent": ("◆", "^")}
"""What marks a place, in Unicode and in ASCII; where a curve has a hole or an end, it is a dot."""

PLAIN = ("*", ".", ":", "+", "x", "o", "#", "~")
"""What draws the curves in ASCII."""

SHAPES = ("braille", "·", "∘", "+", "×", "▪", "~", ".")
"""What draws them without colours."""

ARROWS = ("→↗↑↖←↙↓↘", ">/^\\</v\\")
MOST_MARKS = 12
"""Marks that are told below a picture."""


class Screen(NamedTuple):
    """The room for a picture, in characters, and what may be used to fill it."""

    width: int
    height: int
    unicode: bool
    colour: bool


def in_characters(picture: Picture, screen: Screen) -> str:
    """The lines of a picture, with what is to be said of it below."""
    notes = _notes(picture, screen)
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limit_size(False, False)
    plotext.plotsize(screen.width, max(screen.height - len(notes) - 1, 8))
    plotext.title(_plain(picture.title, screen))
    if picture.field is None:
        _curves(picture, screen)
    else:
        _field(picture, picture.field, screen)
    ticks = picture.axis.ticks(max(screen.width // 10, 2))
    plotext.xlim(picture.axis.low, picture.axis.high)
    plotext.xticks(ticks[0], [_plain(label, screen) for label in ticks[1]])
    drawn = plotext.build()
    lines = [line.rstrip() for line in _cleaned(drawn, screen).splitlines()]
    return "\n".join([*lines, *notes]) + "\n"


def _cleaned(text: str, screen: Screen) -> str:
    """Without colours where there are to be none, and with a frame of ASCII without Unicode."""
    if not screen.colour:
        text = plotext.uncolorize(text)
    return text if screen.unicode else text.translate(_FRAME)


_FRAME = str.maketrans("┌┐└┘┬┴├┤┼─│⢕⣿", "+++++++++-|##")


def _plain(text: str, screen: Screen) -> str:
    """A text in ASCII, if there is no more."""
    if screen.unicode:
        return text
    for sign, word in {"′": "'", "″": "''", "‴": "'''", "π": "pi", "…": "..."}.items():
        text = text.replace(sign, word)
    return text.encode("ascii", "replace").decode()


def _curves(picture: Picture, screen: Screen) -> None:
    """The lines, functions over their derivatives, points of a table on them, marks on top."""
    low, high = picture.heights()
    plotext.ylim(low, high)
    _y_ticks(round_places(low, high, max(screen.height // 4, 3)))
    for i, curve in sorted(enumerate(picture.curves), key=lambda drawn: -drawn[1].order):
        _line(curve, i, picture, screen)
    if picture.points is not None:
        sign = "•" if screen.unicode else "o"
        x, y = picture.points.x.tolist(), picture.points.y.tolist()
        plotext.scatter(x, y, marker=sign, color=PEN)
    for mark in picture.marks:
        signs = SIGNS.get(mark.kind, ("●○", "@o"))[not screen.unicode]
        for y, filled in mark.dots:
            if low <= y <= high:
                sign = signs[0] if filled else signs[-1]
                plotext.scatter([mark.x], [y], marker=sign, color=COLOURS[4])


def _y_ticks(places: list[float]) -> None:
    plotext.yticks(places, [number(place) for place in places])


def _line(curve: Curve, i: int, picture: Picture, screen: Screen) -> None:
    """One curve, piece by piece."""
    marker, colour = _style(i, screen)
    low, high = picture.heights()
    for piece in curve.pieces():
        x, y = _few(*piece, picture, 4 * screen.width)
        near = _clipped(y, low, high)
        plotext.plot(x.tolist(), near.tolist(), marker=marker, color=colour)
    for band in curve.bands:
        columns = (band.right - band.left) / (picture.axis.high - picture.axis.low) * screen.width
        x = np.repeat(np.linspace(band.left, band.right, int(2 * columns) + 2), 2)
        sides = np.clip([band.low, band.high, band.high, band.low], low, high)
        y = np.resize(sides, len(x))
        plotext.plot(x.tolist(), y.tolist(), marker=marker, color=colour)


def _style(i: int, screen: Screen) -> tuple[str, str]:
    """What draws the curve of this number, and its colour."""
    shapes = SHAPES if screen.unicode else PLAIN
    coloured = screen.colour and screen.unicode
    return "braille" if coloured else shapes[i % len(shapes)], COLOURS[i % len(COLOURS)]


def _legend(picture: Picture, screen: Screen) -> str:
    """Which curve is which, in a line."""
    entries = []
    for i, curve in enumerate(picture.curves):
        marker, colour = _style(i, screen)
        sample = 3 * ("⠒" if marker == "braille" else marker)
        if screen.colour:
            sample = plotext.colorize(sample, colour)
        entries.append(f"{sample} {_plain(curve.label, screen)}")
    if picture.points is not None:
        entries.append(("•" if screen.unicode else "o") + " data")
    return "   ".join(entries)


def _few(x: Any, y: Any, picture: Picture, columns: int) -> tuple[Any, Any]:
    """The first, lowest, highest and last point of each column of dots: the same picture sooner."""
    low, high = picture.axis.low, picture.axis.high
    column = np.floor((x - low) / (high - low) * columns)
    first = np.unique(column, return_index=True)[1]
    order = np.lexsort([y, column])
    last = np.append(first[1:], len(x)) - 1
    kept = np.unique([first, order[first], order[last], last])
    return x[kept], y[kept]


def _clipped(y: Any, low: float, high: float) -> Any:
    """What is far beyond the frame comes near it: lines are drawn step by step, beyond it, too."""
    room = (high - low) / 2
    return np.clip(y, low - room, high + room)


# --- two variables ------------------------------------------------------------------------------


def _field(picture: Picture, field: Field, screen: Screen) -> None:
    """Lines between the bands of values, and arrows along the gradient."""
    axis = field.y_axis
    places, labels = axis.ticks(max(screen.height // 3, 3))
    plotext.ylim(axis.low, axis.high)
    plotext.yticks(places, [_plain(label, screen) for label in labels])
    plotext.ylabel(axis.name)
    plotext.xlabel(picture.axis.name)
    finer = _finer(field, ceil(2 * screen.width / len(field.x)))
    levels = field.levels
    for i, level in enumerate(levels):
        x, y = _contour(finer, level, 3 * (levels[-1] - levels[0]))
        marker = "braille" if screen.unicode else "."
        if len(x):
            colour = RISING[i * len(RISING) // len(levels)]
            plotext.scatter(x.tolist(), y.tolist(), marker=marker, color=colour)
    _arrows(picture, field, screen)


def _finer(field: Field, times: int) -> Field:
    """The field with so many times as many points, so that contours have no gaps."""
    if times < 2:
        return field
    values, places = field.values, []
    for along, grid in enumerate((field.y, field.x)):
        even = np.linspace(0, len(grid) - 1, times * (len(grid) - 1) + 1)
        left = np.minimum(even.astype(int), len(grid) - 2)
        share = np.expand_dims(even - left, 1 - along)
        low, high = values.take(left, along), values.take(left + 1, along)
        values = np.where(share == 0, low, np.where(share == 1, high, low + share * (high - low)))
        places.append(np.interp(even, np.arange(len(grid)), grid))
    return field._replace(x=places[1], y=places[0], values=values)


def _contour(field: Field, level: float, leap: float) -> tuple[Any, Any]:
    """Where the values pass a level between neighbours on the grid, but do not leap over it."""
    parts = []
    for axis in (0, 1):
        a, b = _neighbours(field.values, axis)
        with np.errstate(all="ignore"):
            share = (level - a) / (b - a)
            leaps = np.abs(b - a) > leap
        rows, columns = np.nonzero((share >= 0) & (share < 1) & ~leaps)
        share = share[rows, columns]
        along = field.x if axis else field.y
        moved = (columns if axis else rows) + share
        place = np.interp(moved, np.arange(len(along)), along)
        parts.append((place, field.y[rows]) if axis else (field.x[columns], place))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _neighbours(values: Any, axis: int) -> tuple[Any, Any]:
    return (values[:, :-1], values[:, 1:]) if axis else (values[:-1], values[1:])


def _arrows(picture: Picture, field: Field, screen: Screen) -> None:
    """Arrows that point uphill, at some points of the grid."""
    signs = ARROWS[not screen.unicode]
    across = screen.width / picture.axis.width
    upward = 2 * screen.height / field.y_axis.width  # a character is twice as high as wide
    right, up = field.arrows
    for i in range(8, len(field.y), 18):
        for j in range(8, len(field.x), 16):
            slope = right[i, j] * across, up[i, j] * upward
            if any(slope):
                eighth = round(float(np.arctan2(slope[1], slope[0])) / (np.pi / 4)) % 8
                place = [float(field.x[j])], [float(field.y[i])]
                plotext.scatter(*place, marker=signs[eighth], color=PEN)


# --- what is told below -------------------------------------------------------------------------


def _notes(picture: Picture, screen: Screen) -> list[str]:
    """The legend, what goes beyond, the marks in words, and the levels of contours."""
    if picture.field is not None:
        low, high = picture.field.limits
        if low == high:
            return [f"the value is {number(low)} everywhere"]
        levels = ", ".join(map(number, picture.field.levels))
        colours = f" from {RISING[0]} to {RISING[-1]}" if screen.colour else ""
        return [_plain(f"contours at {levels}{colours}; arrows along the gradient", screen)]
    texts = [*picture.beyond(), *(mark.text for mark in picture.marks)]
    most = min(MOST_MARKS, screen.height // 3)
    more = [f"… and {len(texts) - most} more"] if len(texts) > most else []
    return [_legend(picture, screen), *(_plain(text, screen) for text in texts[:most] + more)]

"""A picture as a figure of matplotlib, which no window is opened for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure

from gradcli.render.picture import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gradcli.render.picture import Axis, Field, Picture

STYLES = ("-", "--", ":", "-.")
"""The lines of the curve and of its derivatives, where colours tell settings apart."""

SHAPES = {"kink": "D", "vertical tangent": "D"}
"""The marks of places; elsewhere it is a dot, open where the value is not. Poles are lines."""

EVEN = 2.5
"""How much longer one range may be than the other for both to have one scale."""


class Drawing(Figure):
    """A figure that notebooks show by themselves."""

    def _repr_png_(self) -> bytes:
        return as_file(self, "png")


def figure(picture: Picture) -> Drawing:
    """The picture, drawn."""
    drawing = Drawing(figsize=(7.2, 4.8), dpi=150, layout="constrained")
    FigureCanvasAgg(drawing)
    axes = drawing.add_subplot()
    axes.set_title(picture.title.replace("$", r"\$"), fontsize=11)
    axes.set_xlabel(picture.axis.name)
    axes.set_xlim(picture.axis.low, picture.axis.high)
    if picture.axis.in_pi:
        axes.set_xticks(*_ticks(picture.axis))
    if picture.field is None:
        _curves(axes, picture)
    else:
        _field(drawing, axes, picture, picture.field)
    return drawing


def as_file(drawing: Figure, kind: str) -> bytes:
    """The bytes of a file of this kind: png, svg or pdf; the same for the same picture."""
    from matplotlib import rc_context

    stream = io.BytesIO()
    dates: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with rc_context({"svg.hashsalt": "gradcli"}):
        drawing.savefig(stream, format=kind, metadata=dates.get(kind))
    return stream.getvalue()


def _ticks(axis: Axis) -> tuple[list[float], list[str]]:
    """Places on an axis and their labels, with the minus sign that matplotlib writes elsewhere."""
    places, labels = axis.ticks(9)
    return places, list(map(_with_minus, labels))


def _with_minus(label: str) -> str:
    return label.replace("-", "\N{MINUS SIGN}")


def _curves(axes: Axes, picture: Picture) -> None:
    """Lines with gaps, points of a table on them, marks on top, asymptotes dotted."""
    low, high = picture.heights()
    axes.set_ylim(low, high)
    axes.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    groups = 1 + max((curve.group for curve in picture.curves), default=0)
    if picture.points is not None:
        dots: Any = {"color": "0.25", "markeredgecolor": "white", "markeredgewidth": 0.6}
        where: Any = {"label": "data", "zorder": 2.5, "markersize": 5}
        axes.plot(picture.points.x, picture.points.y, "o", **dots, **where)
    for curve in picture.curves:
        colour = f"C{curve.group if groups > 1 else curve.order}"
        style = STYLES[curve.order] if groups > 1 else "-"
        near = np.clip(curve.y, low - 4 * (high - low), high + 4 * (high - low))
        line: Any = {"color": colour, "linewidth": 1.6, "zorder": 2 - curve.order / 10}
        axes.plot(curve.x, near, style, label=curve.label, **line)
        for band in curve.bands:
            ends, sides = [band.left, band.right], np.clip([band.low, band.high], low, high)
            axes.fill_between(ends, *sides, color=colour, alpha=0.5, linewidth=0)
    for mark in picture.marks:
        if mark.kind == "pole":
            axes.axvline(mark.x, color="0.7", linewidth=0.8, linestyle=":", zorder=0)
        for y, filled in mark.dots:
            shape = SHAPES.get(mark.kind, "o")
            inside = "C3" if filled else "white"
            how: Any = {"markersize": 4, "markerfacecolor": inside, "zorder": 3}
            axes.plot([mark.x], [y], shape, color="C3", **how)
    beside: Any = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.0}
    if len(picture.curves) > 1 or picture.points is not None:
        axes.legend(frameon=False, fontsize=9, **beside)


def _field(drawing: Figure, axes: Axes, picture: Picture, field: Field) -> None:
    """Bands of values with lines between them, and arrows along the gradient."""
    axes.set_ylim(field.y_axis.low, field.y_axis.high)
    axes.set_ylabel(field.y_axis.name)
    if field.y_axis.in_pi:
        axes.set_yticks(*_ticks(field.y_axis))
    tall = field.y_axis.width / picture.axis.width
    is_tall = 1 < tall <= EVEN
    if 1 / EVEN <= tall <= EVEN:
        axes.set_aspect("equal")  # circles are round
        drawing.set_size_inches(max(4.0 / tall, 2.8) + 1.6, 4.8)
    values, levels = np.ma.masked_invalid(field.values), field.levels
    if len(levels) == 1:
        levels = [levels[0] - 1, levels[0] + 1]
    even: Any = {"norm": BoundaryNorm(levels, 256, extend="both"), "extend": "both"}
    bands = axes.contourf(field.x, field.y, values, levels, alpha=0.75, **even)
    axes.contour(field.x, field.y, values, levels, colors="0.35", linewidths=0.6)
    bar = drawing.colorbar(bands, ax=axes, ticks=levels)
    bar.set_ticklabels([_with_minus(number(level)) for level in levels])
    some = slice(8, None, 12)
    right, up = (part[some, some] for part in field.arrows)
    right = np.where((right == 0) & (up == 0), np.nan, right)  # no dots
    if np.isfinite(right).any():  # else the length of arrows has no measure
        cell = 12 / (len(field.x) - 1)
        by: Any = {"scale_units": "width" if is_tall else "height", "scale": 1 / (0.9 * cell)}
        how: Any = {"angles": "xy", "color": "0.1", "width": 0.0025, "pivot": "mid"}
        axes.quiver(field.x[some], field.y[some], right, up, **by, **how)

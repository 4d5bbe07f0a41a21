"""A drawing as a PNG, by matplotlib: the places are those of the SVG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from gradcli.errors import UsageError
from gradcli.render.drawing import FOLDED, INPUT, RESULT, Scene

if TYPE_CHECKING:
    from gradcli.render.drawing import Drawing, Label

DPI, SCALE = 100, 2
"""Pixels of a unit of the drawing."""

LARGEST = 16_000
"""Pixels that a side may have; what is larger is drawn smaller."""

_FILL = {INPUT: "#ddf4ff", RESULT: "#fff8c5"}
_COLOURS = {"value": "#116329", "gradient": "#a40e26"}
_LINE, _INK, _BOX = "#8c959f", "#1f2328", "#57606a"


def png(drawing: Drawing) -> bytes:
    """The picture as the bytes of a file; a UsageError without matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        message = "a PNG is drawn by matplotlib, which is not installed"
        raise UsageError(message, help="pip install 'gradcli[plot]', or write ⟨svg FILE⟩") from None
    scene = Scene(drawing)
    width, height = scene.size
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.axis("off")
    _draw(axes, scene)
    stream = io.BytesIO()
    scale = min(SCALE, LARGEST / max(width, height))
    figure.savefig(stream, format="png", dpi=DPI * scale, facecolor="white")
    return stream.getvalue()


def _draw(axes: Any, scene: Scene) -> None:
    """Boxes below links below nodes."""
    for i, frame in scene.drawing.frames.items():
        x, y, width, height = scene.frame(i)
        _rectangle(axes, (x, y, width, height), 6, fc="none", ec=_BOX, ls=":")
        _text(axes, x + 8, y + 15, frame.label, _BOX, 11, ha="left")
    for edge in scene.drawing.edges:
        _curve(axes, scene.curve(edge))
        _labels(axes, scene.labels(edge))
    for left, right, y, labels in scene.stubs():
        axes.plot([left, right], [y, y], color=_LINE, lw=1, zorder=1)
        _labels(axes, labels)
    for i, vertex in scene.drawing.nodes.items():
        x, y, width, height = scene.node(i)
        fill = _FILL.get(vertex.kind, "#f6f8fa")
        folded = vertex.kind == FOLDED
        style = "--" if folded else "-"
        _rectangle(
            axes, (x, y, width, height), 4 if folded else height / 2, fc=fill, ec=_LINE, ls=style
        )
        _text(axes, x + width / 2, y + height / 2 + 4, vertex.text, _INK, 12)


def _rectangle(
    axes: Any, place: tuple[float, float, float, float], radius: float, **style: Any
) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y, width, height = place
    round_ = f"round,pad=0,rounding_size={radius}"
    axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=round_, lw=1, zorder=2, **style))


def _curve(axes: Any, points: list[tuple[float, float]]) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    codes = [Path.MOVETO, *[Path.CURVE4] * (len(points) - 1)]
    axes.add_patch(PathPatch(Path(points, codes), fc="none", ec=_LINE, lw=1, zorder=1))


def _labels(axes: Any, labels: list[Label]) -> None:
    for x, y, text, what in labels:
        halo = {"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8}
        _text(axes, x, y, text, _COLOURS[what], 10.5, bbox=halo)


def _text(
    axes: Any, x: float, y: float, text: str, colour: str, pixels: float, **more: Any
) -> None:
    """A text whose base line is at y; matplotlib counts in points."""
    axes.text(
        x,
        y,
        text.replace("$", r"\$"),
        color=colour,
        size=pixels * 72 / DPI,
        family="monospace",
        va="baseline",
        zorder=3,
        **{"ha": "center", **more},
    )

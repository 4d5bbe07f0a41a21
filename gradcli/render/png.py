"""A drawing as a PNG, by matplotlib: the places are those of the SVG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from gradcli.errors import UsageError
from gradcli.render.drawing import FOLDED, INPUT, RESULT
from gradcli.render.labels import block
from gradcli.render.scene import Scene

if TYPE_CHECKING:
    from gradcli.render.drawing import Drawing
    from gradcli.render.labels import Text
    from gradcli.render.scene import Piece

DPI, SCALE = 100, 2
"""Pixels of a unit of the drawing."""

LARGEST, MOST = 16_000, 50_000_000
"""Pixels that a side and the whole may have; what is larger is drawn smaller."""

_FILL = {INPUT: "#ddf4ff", RESULT: "#fff8c5"}
_COLOURS = {"value": "#116329", "gradient": "#a40e26", "name": "#57606a"}
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
    scale = min(SCALE, LARGEST / max(width, height), (MOST / (width * height)) ** 0.5)
    figure.savefig(stream, format="png", dpi=DPI * scale, facecolor="white")
    return stream.getvalue()


def _draw(axes: Any, scene: Scene) -> None:
    """Boxes below links below nodes."""
    for i, frame in scene.drawing.frames.items():
        for x, y, width, height in scene.frames[i]:
            _rectangle(axes, (x, y, width, height), 6, fc="none", ec=_BOX, ls=":")
            _text(axes, x + 8, y + 15, frame.label, _BOX, 11, ha="left")
    _curves(axes, [link.pieces for link in scene.links])
    for stub in scene.stubs:
        axes.plot([stub.left, stub.right], [stub.y, stub.y], color=_LINE, lw=1, zorder=1)
    texts = [*(link.texts for link in scene.links), *(stub.texts for stub in scene.stubs)]
    _labels(axes, [text for some in (*texts, scene.names) for text in some])
    for i, vertex in scene.drawing.nodes.items():
        x, y, width, height = scene.nodes[i]
        dashes = "--" if vertex.kind == FOLDED else "-"
        style = {"fc": _FILL.get(vertex.kind, "#f6f8fa"), "ec": _LINE, "ls": dashes}
        _rectangle(axes, scene.nodes[i], scene.rounding(i), **style)
        _text(axes, x + width / 2, y + height / 2 + 4, vertex.text, _INK, 12)


def _rectangle(
    axes: Any, place: tuple[float, float, float, float], radius: float, **style: Any
) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y, width, height = place
    round_ = f"round,pad=0,rounding_size={radius}"
    axes.add_artist(FancyBboxPatch((x, y), width, height, boxstyle=round_, lw=1, zorder=2, **style))


def _curves(axes: Any, links: list[list[Piece]]) -> None:
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    codes = [Path.MOVETO, *[Path.CURVE4] * 3]
    paths = [Path([p for piece in link for p in piece], codes * len(link)) for link in links]
    axes.add_artist(PathCollection(paths, fc="none", ec=_LINE, lw=1, zorder=1))


def _labels(axes: Any, texts: list[Text]) -> None:
    """Texts, behind each of them a patch that pales the lines."""
    from matplotlib.collections import PolyCollection

    patches = []
    for text in texts:
        x, y, width, height = block(text)
        patches.append([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
        _text(axes, text.x, text.y, text.text, _COLOURS[text.what], 10.5)
    axes.add_artist(PolyCollection(patches, fc="white", ec="none", alpha=0.8, zorder=1.5))


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

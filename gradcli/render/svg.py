"""A drawing as SVG: boxes, links with value above and gradient below, nodes; light and dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from gradcli.render.drawing import FOLDED, Scene

if TYPE_CHECKING:
    from gradcli.render.drawing import Drawing, Label

STYLE = """
.gradcli text{font:12px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1f2328}
.gradcli .back{fill:#ffffff}
.gradcli .node rect{fill:#f6f8fa;stroke:#8c959f}
.gradcli .input rect{fill:#ddf4ff}.gradcli .result rect{fill:#fff8c5}
.gradcli .folded rect{stroke-dasharray:4 3}
.gradcli .box rect{fill:none;stroke:#57606a;stroke-dasharray:2 3}
.gradcli .box text{fill:#57606a;font-size:11px}
.gradcli .link path{fill:none;stroke:#8c959f;stroke-width:1.2}
.gradcli .link text{font-size:10.5px;text-anchor:middle}
.gradcli .link .halo{fill:none;stroke:#ffffff;stroke-width:3px}
.gradcli .link .value{fill:#116329}.gradcli .link .gradient{fill:#a40e26}
@media(prefers-color-scheme:dark){.gradcli text{fill:#e6edf3}.gradcli .back{fill:#0d1117}
.gradcli .node rect{fill:#161b22;stroke:#6e7681}.gradcli .input rect{fill:#0c2d6b}
.gradcli .result rect{fill:#4b2900}.gradcli .box rect{stroke:#8b949e}
.gradcli .box text{fill:#8b949e}.gradcli .link path{stroke:#6e7681}
.gradcli .link .halo{stroke:#0d1117}.gradcli .link .value{fill:#56d364}
.gradcli .link .gradient{fill:#ff7b72}}
"""
"""Colours in which values are green and gradients red, as in lectures."""


def svg(drawing: Drawing) -> str:
    """The picture as one SVG document."""
    scene = Scene(drawing)
    width, height = scene.size
    whole = f'width="{width:.0f}" height="{height:.0f}"'
    start = '<svg xmlns="http://www.w3.org/2000/svg" class="gradcli" role="img"'
    parts = [
        f'{start} {whole} viewBox="0 0 {width:.0f} {height:.0f}">',
        "<title>forward and backward pass</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="back" {whole}/>',
        *(_box(scene, i) for i in drawing.frames),
        *(_link(scene, i) for i in range(len(drawing.edges))),
        *map(_stub, scene.stubs()),
        *(_node(scene, i) for i in drawing.nodes),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _box(scene: Scene, i: int) -> str:
    x, y, width, height = scene.frame(i)
    frame = scene.drawing.frames[i]
    parent = "" if frame.parent is None else frame.parent
    return (
        f'<g class="box" data-box="{i}" data-parent="{parent}">'
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="6"/>'
        f'<text x="{x + 8:.1f}" y="{y + 15:.1f}">{escape(frame.label)}</text></g>'
    )


def _link(scene: Scene, i: int) -> str:
    edge = scene.drawing.edges[i]
    (x, y), *curves = scene.curve(edge)
    path = f"M{x:.1f} {y:.1f}" + "".join(
        "C" + " ".join(f"{u:.1f} {v:.1f}" for u, v in curves[n : n + 3])
        for n in range(0, len(curves), 3)
    )
    texts = "".join(_text(label) for label in scene.labels(edge))
    return (
        f'<g class="link" data-from="{edge.source}" data-to="{edge.target}">'
        f'<path d="{path}"/>{texts}</g>'
    )


def _stub(line: Any) -> str:
    left, right, y, labels = line
    texts = "".join(map(_text, labels))
    return f'<g class="link"><path d="M{left:.1f} {y:.1f}H{right:.1f}"/>{texts}</g>'


def _text(label: Label) -> str:
    """A text on a link, before which its halo hides the line."""
    x, y, text, what = label
    return "".join(
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
        for kind in ("halo", what)
    )


def _node(scene: Scene, i: int) -> str:
    vertex = scene.drawing.nodes[i]
    x, y, width, height = scene.node(i)
    round_ = 4 if vertex.kind == FOLDED else height / 2
    return (
        f'<g class="node {vertex.kind}" data-node="{i}"><rect x="{x:.1f}" y="{y:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}" rx="{round_:.1f}"/>'
        f'<text x="{x + width / 2:.1f}" y="{y + height / 2 + 4:.1f}" text-anchor="middle">'
        f"{escape(vertex.text)}</text></g>"
    )

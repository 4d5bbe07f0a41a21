"""A drawing as SVG: boxes, links with value above and gradient below, nodes; light and dark."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from gradcli.render.scene import Scene

if TYPE_CHECKING:
    from gradcli.render.drawing import Drawing, Edge
    from gradcli.render.labels import Text
    from gradcli.render.scene import Link, Stub

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
.gradcli .link .name{fill:#57606a}
.gradcli .link .value{fill:#116329}.gradcli .link .gradient{fill:#a40e26}
@media(prefers-color-scheme:dark){.gradcli text{fill:#e6edf3}.gradcli .back{fill:#0d1117}
.gradcli .node rect{fill:#161b22;stroke:#6e7681}.gradcli .input rect{fill:#0c2d6b}
.gradcli .result rect{fill:#4b2900}.gradcli .box rect{stroke:#8b949e}
.gradcli .box text{fill:#8b949e}.gradcli .link path{stroke:#6e7681}
.gradcli .link .halo{stroke:#0d1117}.gradcli .link .name{fill:#8b949e}
.gradcli .link .value{fill:#56d364}
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
        *(_line(link) for link in scene.links),
        *map(_stub, scene.stubs),
        *(_texts(link.edge, link.texts) for link in scene.links if link.texts),
        *(f'<g class="link">{_text(name)}</g>' for name in scene.names),
        *(_node(scene, i) for i in drawing.nodes),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _box(scene: Scene, i: int) -> str:
    frame = scene.drawing.frames[i]
    parent = "" if frame.parent is None else frame.parent
    parts = "".join(
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="6"/>'
        f'<text x="{x + 8:.1f}" y="{y + 15:.1f}">{escape(frame.label)}</text>'
        for x, y, width, height in scene.frames[i]
    )
    return f'<g class="box" data-box="{i}" data-parent="{parent}">{parts}</g>'


def _line(link: Link) -> str:
    path, end = "", None
    for start, *bends in link.pieces:
        path += "" if start == end else "M{:.1f} {:.1f}".format(*start)
        path += "C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in bends)
        end = bends[-1]
    return f'<g class="link" {_ends(link.edge)}><path d="{path}"/></g>'


def _texts(edge: Edge, texts: list[Text]) -> str:
    return f'<g class="link" {_ends(edge)}>{"".join(map(_text, texts))}</g>'


def _ends(edge: Edge) -> str:
    return f'data-from="{edge.source}" data-to="{edge.target}"'


def _stub(line: Stub) -> str:
    texts = "".join(map(_text, line.texts))
    return f'<g class="link"><path d="M{line.left:.1f} {line.y:.1f}H{line.right:.1f}"/>{texts}</g>'


def _text(text: Text) -> str:
    """A text on a link, before which its halo hides the line."""
    return "".join(
        f'<text class="{kind}" x="{text.x:.1f}" y="{text.y:.1f}">{escape(text.text)}</text>'
        for kind in ("halo", text.what)
    )


def _node(scene: Scene, i: int) -> str:
    vertex = scene.drawing.nodes[i]
    x, y, width, height = scene.nodes[i]
    return (
        f'<g class="node {vertex.kind}" data-node="{i}"><rect x="{x:.1f}" y="{y:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}" rx="{scene.rounding(i):.1f}"/>'
        f'<text x="{x + width / 2:.1f}" y="{y + height / 2 + 4:.1f}" text-anchor="middle">'
        f"{escape(vertex.text)}</text></g>"
    )

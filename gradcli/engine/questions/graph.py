"""The graph of a program, with values and gradients: a tree, or a picture in a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.writer import write_file
from gradcli.engine.circuit import Circuit
from gradcli.engine.options import DY, FILE, FLAG, WRT, Option
from gradcli.engine.picture import Picture
from gradcli.engine.question import EVERYDAY, question
from gradcli.errors import UsageError
from gradcli.render.drawing import drawn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.data.report import Report
    from gradcli.engine.run import Run
    from gradcli.lower.names import Names

DOT = Option("dot", FLAG, "In the language of Graphviz.", default=False, in_jobs=False)
MERMAID = Option("mermaid", FLAG, "In the language of Mermaid.", default=False, in_jobs=False)
SVG = Option("svg", FILE, "Draw it into this SVG file.", "FILE", in_jobs=False)
PNG = Option("png", FILE, "Draw it into this PNG file (by matplotlib).", "FILE", in_jobs=False)
HTML = Option("html", FILE, "Draw it on this page, on which boxes open.", "FILE", in_jobs=False)


def _unknown(names: Names, values: Mapping[str, Any], _options: Any) -> dict[str, Any]:
    """Numbers that nobody knows for inputs without values."""
    return {**dict.fromkeys(names.inputs, np.nan), **values}


ENDINGS = {"html": ("html", "htm")}
"""How files of a kind may end, where that is not as it is called."""


def _refuse_ending(kind: str, path: str | os.PathLike[str] | None) -> None:
    """A picture goes into a file that is called after its kind, or after none."""
    if path is None:
        return
    stem, ending = os.path.splitext(os.fspath(path))
    if ending and ending[1:].lower() not in ENDINGS.get(kind, (kind,)):
        raise UsageError(f"⟨{kind}⟩ writes {kind}, not '{path}'", help=f"⟨{kind} {stem}.{kind}⟩")


@question(
    "graph",
    group=EVERYDAY,
    rank=6,
    options=[WRT, DY, DOT, MERMAID, SVG, PNG, HTML],
    answers="graph",
    by_turns=True,
    fills=_unknown,
    examples=['graph "(x + y) * z" --x -2 --y 5 --z -4', 'graph "tanh(w*x + b)" --mermaid'],
)
def graph(
    run: Run,
    wrt: list[str],
    dy: Any,
    dot: bool,
    mermaid: bool,
    svg: str | None,
    png: str | None,
    html: str | None,
) -> Report:
    """Draws the operations of PROGRAM, with the value and the gradient that flow along each link.

    Without values it draws the formula alone. Functions, loops and what repeats are boxes; of many
    that are alike the first and the last are open. A file is written whole or not at all.
    """
    if dot and mermaid:
        raise UsageError("⟨dot⟩ or ⟨mermaid⟩, not both")
    if "-" in (svg, png, html):
        raise UsageError("pictures go into files", help="⟨svg graph.svg⟩; ⟨dot⟩ prints text")
    for kind, path in {"svg": svg, "png": png, "html": html}.items():
        _refuse_ending(kind, path)
    circuit = Circuit(run, wrt, dy)
    if not circuit.steps:
        raise UsageError("the value depends on no input: there is nothing to draw")
    drawing = drawn(circuit.steps.values(), circuit.results)
    shown = "dot" if dot else "mermaid" if mermaid else "" if svg or png or html else "tree"
    picture = Picture(drawing, run.text.source.text, shown)
    if svg is not None:
        write_file(svg, picture.svg().encode())
    if png is not None:
        write_file(png, picture.png())
    if html is not None:
        write_file(html, picture.html().encode())
    return picture

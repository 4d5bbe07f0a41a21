"""The calls and the turns of loops in which the nodes of a run were made, one within another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.engine.long_sums import fold_long_sums
from gradcli.errors import shortened
from gradcli.lower.values import Closure
from gradcli.render.steps import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradcli.engine.run import Run
    from gradcli.errors import Source
    from gradcli.ir.node import Node

ALIKE = 3
"""How many turns of a loop, or calls of a function, are shown; of more the first and the last."""

LONGEST = 40
"""Characters of the head of a loop in the label of its box."""


def boxed(run: Run, nodes: Sequence[Node]) -> dict[Node, Box]:
    """The innermost box of each node that was made in one, or stands in a long sum."""
    frames = sorted(run.interpreter.frames, key=lambda frame: (frame.start, -frame.end))
    waiting = iter(frames)
    ahead = next(waiting, None)
    innermost: dict[Node, Box] = {}
    around: list[Box] = []
    for node in nodes:
        while ahead is not None and ahead.start < node.order:
            around = [box for box in around if box.end > ahead.start]
            parent = around[-1] if around else None
            around.append(Box(ahead.of, ahead.end, parent))
            ahead = next(waiting, None)
        around = [box for box in around if box.end >= node.order]
        if around and node.inputs:
            innermost[node] = around[-1]
    fold_long_sums(nodes, run.results, innermost)
    _tell_apart(innermost.values(), run.text.source)
    return innermost


def _tell_apart(innermost: Iterable[Box], source: Source) -> None:
    """Labels the boxes that hold something, and hides those between the first and the last."""
    used: dict[Box, None] = {}
    for box in innermost:
        used.update(dict.fromkeys(reversed([b for b in box.chain() if not b.label])))
    alike: dict[Any, list[Box]] = {}
    for box in used:
        alike.setdefault((box.parent, box.of), []).append(box)
    for row in alike.values():
        for i, box in enumerate(row, 1):
            number = f", {i} of {len(row)}" if len(row) > 1 else ""
            box.head = _head(box.of, source)
            box.label = f"{box.head}{number}"
            box.alike = len(row)
            box.hidden = len(row) > ALIKE and 1 < i < len(row)


def _head(of: Any, source: Source) -> str:
    """`f(x)`, `for i in range(3)`."""
    if isinstance(of, Closure):
        return of.head()
    text = source.text[of.start : of.end].splitlines()[0].partition("{")[0].strip()
    return shortened(text, LONGEST)

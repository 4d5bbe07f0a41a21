"""A layered layout, drawn from left to right, of nodes in boxes in boxes.

Boxes are laid out by themselves and stand in the layout around them as one node, so they never
overlap; links pass their borders at gates. Libraries were tried: the one in plain Python takes 6 s
for 1,000 nodes, those that are quicker are young compiled ones, and none knows boxes within boxes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.render.layers import FLAT, Gate, Layers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Key = Any
    Link = tuple[Key, Key]
    Size = tuple[float, float]
    Point = tuple[float, float]
    Level = dict[Link, list[Link]]

MARGIN, HEAD = 18.0, 36.0
"""Between a box and what is in it, and for its label above."""


class Arrangement(NamedTuple):
    """Corners and sizes of nodes and boxes, the points between the ends of each link, the whole."""

    corners: dict[Key, Point]
    sizes: dict[Key, Size]
    bends: dict[Link, list[Point]]
    size: Size


def arranged(
    sizes: Mapping[Key, Size], links: Mapping[Link, float], parents: Mapping[Key, Key | None]
) -> Arrangement:
    """The layout of nodes of some sizes, of links with labels of some widths, and of boxes.

    `parents` gives the box around each node and around each box that holds something; None is the
    outermost. Links lead from left to right and make no circle.
    """
    inside: dict[Key | None, list[Key]] = {None: []}
    for key, parent in parents.items():
        inside.setdefault(parent, []).append(key)
    boxes = [None, *_outside_in(inside)]
    levels = _levels(links, parents)
    all_sizes = dict(sizes)
    layers: dict[Key | None, Layers] = {}
    for box in reversed(boxes):
        level = levels[box]
        gates = {end: (0.0, FLAT) for link in level for end in link if isinstance(end, Gate)}
        widths = {
            link: max(links[whole] if whole[1] == link[1] else 0.0 for whole in of)
            for link, of in level.items()
        }
        layers[box] = Layers([*inside[box], *gates], widths, {**all_sizes, **gates})
        width, height = layers[box].size
        all_sizes[box] = (width + 2 * MARGIN, height + MARGIN + HEAD)
    plan = Arrangement({}, all_sizes, {}, layers[None].size)
    _place(plan, boxes, layers, levels)
    return plan


def _outside_in(inside: Mapping[Key | None, list[Key]]) -> list[Key]:
    """The boxes, each before those in it."""
    boxes: list[Key] = []
    stack = [key for key in inside[None] if key in inside]
    while stack:
        box = stack.pop()
        boxes.append(box)
        stack += [key for key in inside[box] if key in inside]
    return boxes


def _levels(
    links: Mapping[Link, float], parents: Mapping[Key, Key | None]
) -> dict[Key | None, Level]:
    """For each box the links between what is directly in it, with those that each stands for."""
    levels: dict[Key | None, Level] = {parent: {} for parent in [None, *parents.values()]}
    for link in links:
        first, last = (_chain(key, parents) for key in link)
        while len(first) > 1 and len(last) > 1 and first[-1] == last[-1]:
            first.pop()
            last.pop()
        levels[parents[first[-1]]].setdefault((first[-1], last[-1]), []).append(link)
        for node, box in pairwise(first):
            levels[box].setdefault((node, Gate(box, link[0], True)), []).append(link)
        for node, box in pairwise(last):
            levels[box].setdefault((Gate(box, link[0], False), node), []).append(link)
    return levels


def _chain(key: Key, parents: Mapping[Key, Key | None]) -> list[Key]:
    """A node, the box around it, and so on outwards."""
    chain = [key]
    while (parent := parents[chain[-1]]) is not None:
        chain.append(parent)
    return chain


def _place(
    plan: Arrangement,
    boxes: Sequence[Key | None],
    layers: Mapping[Key | None, Layers],
    levels: Mapping[Key | None, Level],
) -> None:
    """Makes the places within boxes places in the whole picture."""
    for box in boxes:
        x, y = 0.0, 0.0
        if box is not None:
            x, y = plan.corners[box]
            x, y = x + MARGIN, y + HEAD
        for key, (left, top) in layers[box].corners.items():
            plan.corners[key] = (x + left, y + top)
        for link, points in layers[box].bends.items():
            ends = [plan.corners[end] for end in link if isinstance(end, Gate)]
            here = [*ends, *((x + u, y + v) for u, v in points)]
            for whole in levels[box][link]:
                plan.bends[whole] = sorted([*plan.bends.get(whole, []), *here])

"""Long sums and products in a picture: their first operation, one box for many, and the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.errors import shortened
from gradcli.ir.op import Elementwise
from gradcli.render.steps import Box

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gradcli.ir.node import Node

    Users = dict[Node, list[Node]]

LONG = 9
"""Operations in a row that are shown; of more the first and the last."""

LONGEST = 20
"""Characters of an operand in the label of the box."""


def fold_long_sums(
    nodes: Sequence[Node], results: Collection[Node], innermost: dict[Node, Box]
) -> None:
    """Puts all but the ends of each long sum, and what serves these alone, into hidden boxes."""
    users: Users = {node: [] for node in nodes}
    for node in nodes:
        for x in dict.fromkeys(node.inputs):
            if x in users:
                users[x].append(node)
    for y in results:
        if y in users:
            users[y].append(y)  # which is seen from outside
    for row in _rows(nodes, users, innermost):
        if len(row) > LONG:
            _hide(row, users, innermost)


def _rows(nodes: Sequence[Node], users: Users, innermost: dict[Node, Box]) -> list[list[Node]]:
    """The operations that are written in a row, each of which goes on with the one before."""
    rows: dict[Node, list[Node]] = {}
    found: list[list[Node]] = []
    for node in nodes:
        if _strength(node) is None:
            continue
        first = node.inputs[0]
        row = rows.get(first)
        if (
            row is None
            or users[first] != [node]
            or _strength(first) != _strength(node)
            or innermost.get(first) is not innermost.get(node)
            or not _is_part(first, node)
        ):
            row = []
            found.append(row)
        row.append(node)
        rows[node] = row
    return found


def _strength(node: Node) -> int | None:
    """How strongly an operation binds that is written between two operands."""
    op = node.op
    is_infix = isinstance(op, Elementwise) and len(node.inputs) == 2 and op.notation is not None
    return op.notation[1] if is_infix and op.notation is not None else None


def _is_part(first: Node, node: Node) -> bool:
    """Whether one is written at the start of the other."""
    a, b = first.span, node.span
    return a is not None and b is not None and a.source is b.source and a.start == b.start


def _hide(row: list[Node], users: Users, innermost: dict[Node, Box]) -> None:
    """A hidden box for each operation but the first and the last, with what only it needs."""
    around = innermost.get(row[0])
    middle = row[1:-1]
    head = f"{_added(row[0], middle[0])} … {_added(middle[-2], middle[-1])}"
    owners: dict[Node, Box] = {}
    for node in middle:
        box = owners[node] = Box(row[0], node.order, around)
        box.head, box.label = head, head
        box.alike, box.hidden = len(row), True
    waiting: dict[Node, int] = {}
    stack = list(reversed(middle))
    while stack:  # what serves nothing else is in the same box
        node = stack.pop()
        for x in dict.fromkeys(node.inputs):
            if x in users and x not in owners and x is not row[0]:
                waiting[x] = waiting.get(x, len(users[x])) - 1
                if not waiting[x]:
                    owners[x] = owners[node]
                    stack.append(x)
    _move(owners, around, innermost)


def _move(owners: dict[Node, Box], around: Box | None, innermost: dict[Node, Box]) -> None:
    """Puts nodes into the boxes of their owners, with the calls that they were made in."""
    hidden = {*owners.values()}
    for node, owner in owners.items():
        inner = innermost.get(node)
        if inner is around or inner is None:
            innermost[node] = owner
            continue
        outermost = next((box for box in inner.chain() if box.parent is around), None)
        if outermost is not None and outermost not in hidden:
            outermost.parent = owner


def _added(before: Node, node: Node) -> str:
    """`+ x`, as it is written behind what was before."""
    assert before.span is not None
    assert node.span is not None
    text = " ".join(node.span.source.text[before.span.end : node.span.end].split())
    return shortened(text, LONGEST)

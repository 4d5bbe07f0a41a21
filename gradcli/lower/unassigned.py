"""Why a name has no value where it stands, though the program assigns it somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gradcli.lower.trees import assigned_by, children
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.errors import Source


class _Part(NamedTuple):
    """A part of a program, the body of the function it is in, and what opens the block around it.

    `opener` is a tree at whose line the `word` stands; None outside of blocks.
    """

    node: tree.Tree
    body: tree.Tree
    opener: tree.Tree | None = None
    word: str = ""


def why_missing(source: Source, program: tree.Block, use: tree.Name) -> str | None:
    """A clause such as "the `if` at line 1 did not run"; None if nothing assigns the name."""
    assignments = [
        part
        for part in _parts(program)
        if use.id in assigned_by(part.node) and part.body.start <= use.start < part.body.end
    ]
    if not assignments:
        return None
    node, _, opener, word = max(assignments, key=lambda part: part.body.start)
    if isinstance(node, tree.For):
        opener, word = node, "for"
    if opener is None or opener.start <= use.start < node.end:
        return f"it gets one only at line {source.place(node.start)[0]}"
    return f"the `{word}` at line {source.place(opener.start)[0]} did not run"


def _parts(program: tree.Block) -> Iterator[_Part]:
    """All parts of a program."""
    stack = [_Part(program, program)]
    while stack:
        part = stack.pop()
        yield part
        stack += [_below(part, child) for child in children(part.node)]


def _below(part: _Part, child: tree.Tree) -> _Part:
    """A tree right below a part, with what is around it."""
    node = part.node
    if isinstance(node, (tree.Define, tree.Lambda, tree.DerivativeRule)) and child is node.body:
        return _Part(child, child)
    if not isinstance(child, tree.Block) or not isinstance(node, (tree.If, tree.While, tree.For)):
        return part._replace(node=child)
    if isinstance(node, tree.While):
        return _Part(child, part.body, node, "while")
    if isinstance(node, tree.For):
        return _Part(child, part.body, node, "for")
    if child is node.branches[0][1]:
        return _Part(child, part.body, node, "if")
    return _Part(child, part.body, child, "else" if child is node.otherwise else "else if")

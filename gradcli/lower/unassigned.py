"""Why a name has no value where it stands, though the program assigns it somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.lower.walk import children, target_names
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.errors import Source


class _Place:
    """An assignment: its tree, the body of the function and the block around it."""

    __slots__ = ("around", "body", "node", "word")

    def __init__(self, node: Any, body: tree.Tree, around: tree.Tree | None, word: str) -> None:
        self.node = node
        self.body = body
        self.around = around
        self.word = word


def why_missing(source: Source, program: tree.Block, use: tree.Name) -> str | None:
    """A clause such as "the `if` at line 1 did not run"; None if nothing assigns the name."""
    found = [
        place
        for place in _assignments(program, use.id)
        if place.body.start <= use.start < place.body.end
    ]
    if not found:
        return None
    place = max(found, key=lambda place: place.body.start)
    if place.around is None or place.around.start <= use.start < place.node.end:
        return f"it gets one only at line {source.place(place.node.start)[0]}"
    return f"the `{place.word}` at line {source.place(place.around.start)[0]} did not run"


def _assignments(program: tree.Block, name: str) -> Iterator[_Place]:
    """Everything that gives the name a value."""
    stack = [_Place(program, program, None, "")]
    while stack:
        here = stack.pop()
        node = here.node
        if name in _given(node):
            yield _Place(node, here.body, node, "for") if isinstance(node, tree.For) else here
        stack += _below(here)


def _given(node: tree.Tree) -> list[str]:
    """The names to which a statement itself gives values."""
    if isinstance(node, (tree.Assign, tree.For)):
        return target_names(node.target)
    return [node.id] if isinstance(node, tree.Define) else []


def _below(here: _Place) -> Iterator[_Place]:
    """The parts of a tree with what is around them."""
    node = here.node
    for child in children(node):
        if isinstance(node, (tree.Define, tree.Lambda, tree.DerivativeRule)) and child is node.body:
            yield _Place(child, child, None, "")
        elif isinstance(child, tree.Block) and isinstance(node, (tree.If, tree.While, tree.For)):
            yield _Place(child, here.body, *_header(node, child))
        else:
            yield _Place(child, here.body, here.around, here.word)


def _header(node: tree.If | tree.While | tree.For, block: tree.Block) -> tuple[tree.Tree, str]:
    """What opens a block: the word, and the tree at whose line it stands."""
    if isinstance(node, tree.While):
        return node, "while"
    if isinstance(node, tree.For):
        return node, "for"
    if block is node.branches[0][1]:
        return node, "if"
    return block, "else" if block is node.otherwise else "else if"

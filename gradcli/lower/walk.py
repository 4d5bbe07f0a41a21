"""Walks over the tree: what stands below a node, and which names statements mention."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_PATH = 6
"""Words that a prefix and what is behind it may be."""


_PARTS: dict[type[tree.Tree], str | None] = {
    tree.Number: None,
    tree.String: None,
    tree.Name: None,
    tree.Arithmetic: "operands",
    tree.Power: "operands",
    tree.Compare: "operands",
    tree.Logical: "operands",
    tree.Tuple: "items",
    tree.Array: "items",
}
"""Of frequent kinds of nodes the slot that holds all that stands below, in order."""


def parts(node: tree.Tree) -> Sequence[tree.Tree]:
    """The nodes directly below a node of the tree, in the order of the text."""
    kind = node.__class__
    if kind in _PARTS:
        slot = _PARTS[kind]
        found: Sequence[tree.Tree] = () if slot is None else getattr(node, slot)
        return found
    return sorted(children(node), key=attrgetter("start"))


def children(node: tree.Tree) -> Iterator[tree.Tree]:
    """The nodes directly below a node of the tree, in no particular order."""
    for slot in _SLOTS.get(node.__class__) or _slots(node.__class__):
        stack = [getattr(node, slot)]
        while stack:
            item = stack.pop()
            if isinstance(item, tree.Tree):
                yield item
            elif isinstance(item, tuple):
                stack.extend(item)


_SLOTS: dict[type[tree.Tree], tuple[str, ...]] = {}
"""What the kinds of nodes that were seen hold besides their place."""


def _slots(kind: type[tree.Tree]) -> tuple[str, ...]:
    found = [slot for base in kind.__mro__ for slot in getattr(base, "__slots__", ())]
    _SLOTS[kind] = tuple([slot for slot in found if slot not in ("start", "end")])
    return _SLOTS[kind]


def bare_names(block: tree.Block) -> set[str]:
    """Names that stand anywhere but directly before a dot."""
    found: set[str] = set()
    stack: list[tree.Tree] = [block]
    while stack:
        node = stack.pop()
        if isinstance(node, tree.Attribute) and isinstance(node.value, tree.Name):
            continue
        if isinstance(node, tree.Name):
            found.add(node.id)
        stack.extend(children(node))
    return found


def assigned_in(statements: Iterable[tree.Statement]) -> set[str]:
    """The names that statements assign, blocks included, functions' bodies not."""
    found: set[str] = set()
    stack: list[Any] = list(statements)
    while stack:
        node = stack.pop()
        if isinstance(node, tree.Assign):
            found.update(target_names(node.target))
        elif isinstance(node, tree.Define):
            found.add(node.id)
        elif isinstance(node, tree.If):
            stack.extend(s for _, block in node.branches for s in block.statements)
            stack.extend(node.otherwise.statements if node.otherwise else ())
        elif isinstance(node, (tree.While, tree.For)):
            if isinstance(node, tree.For):
                found.update(target_names(node.target))
            stack.extend(node.block.statements)
    return found


def target_names(target: tree.Target) -> list[str]:
    """The names in the target of an assignment."""
    if isinstance(target, tree.Name):
        return [target.id]
    return [name for item in target.items for name in target_names(item)]  # type: ignore[arg-type]


def dotted(node: tree.Expression) -> list[str] | None:
    """The words of `a.b.c`; None if it starts with anything but a name, or is too long a path."""
    words: list[str] = []
    inner: Any = node
    while isinstance(inner, tree.Attribute) and len(words) < LONGEST_PATH:
        words.append(inner.id)
        inner = inner.value
    if not isinstance(inner, tree.Name):
        return None
    return [inner.id, *reversed(words)]

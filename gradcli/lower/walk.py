"""Walks over the tree: what stands below a node, and which names statements mention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_PATH = 6
"""Words that a prefix and what is behind it may be."""


def children(node: tree.Tree) -> Iterator[tree.Tree]:
    """The nodes directly below a node of the tree, in no particular order."""
    for kind in type(node).__mro__:
        for slot in getattr(kind, "__slots__", ()):
            stack = [getattr(node, slot)]
            while stack:
                item = stack.pop()
                if isinstance(item, tree.Tree):
                    yield item
                elif isinstance(item, tuple):
                    stack.extend(item)


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

"""Values that a program differentiates by names, as functions of what these stand for.

Frameworks differentiate functions: `b = a^2; grad(b, a)` is the slope of `a => a^2` at a. So what
the value is made of is put in its place, as far as it depends on the names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.lower.trees import assigned_by, walked
from gradcli.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Collection

    from gradcli.translation.work import Work


def function_of(work: Work, value: tree.Expression, by: Collection[str]) -> tree.Lambda | None:
    """The function whose parameters are the names; None where that is not plain to see."""
    block = work.tree.block
    moving = _moving(block, by)
    givers = {n: _only_giver(work, n) for n in moving if n not in by}
    body: Any = value
    for _ in range(len(givers) + 1):
        needed = _names(body) & givers.keys()
        if not needed:
            ends = value.start, value.end
            parameters = tuple([tree.Parameter(name, None, *ends) for name in by])
            return tree.Lambda(parameters, body, *ends)
        if any(givers[n] is None for n in needed) or _are_given_again(work, by, value):
            return None
        body = replaced(body, givers)
    return None


def _names(node: tree.Tree) -> set[str]:
    return {x.id for x in walked(node) if isinstance(x, tree.Name)}


def _are_given_again(work: Work, names: Collection[str], value: tree.Tree) -> bool:
    """Whether one may have had another value before, of which something else was made."""
    block = work.tree.block
    behind = [x for x in block.statements if x.start >= value.end and isinstance(x, tree.Assign)]
    nodes = [node for node in walked(block) if node not in behind]
    given = [n for node in nodes for n in assigned_by(node)]
    return any(given.count(n) + (n in work.inputs) > 1 for n in names)


def _moving(block: tree.Block, by: Collection[str]) -> set[str]:
    """The names that may depend on others, and these."""
    moving, count = set(by), 0
    while count != len(moving):
        count = len(moving)
        for node in walked(block):
            if moving & _names(node):
                moving.update(assigned_by(node))
    return moving


def _only_giver(work: Work, name: str) -> tree.Expression | None:
    """What a name stands for, if it is given a value once, by the program itself."""
    block = work.tree.block
    nodes = [node for node in walked(block) if name in assigned_by(node)]
    if len(nodes) != 1 or name in work.inputs or nodes[0] not in block.statements:
        return None
    (node,) = nodes
    is_plain = isinstance(node, tree.Assign) and isinstance(node.target, tree.Name)
    return node.value if isinstance(node, tree.Assign) and is_plain and not node.op else None


def replaced(node: Any, values: Any) -> Any:
    """A tree with expressions in the place of names."""
    if isinstance(node, tuple):
        return tuple([replaced(x, values) for x in node])
    if not isinstance(node, tree.Tree):
        return node
    if isinstance(node, tree.Name):
        return values.get(node.id) or node
    new = object.__new__(node.__class__)
    for slot in (*node.__slots__, "start", "end"):
        setattr(new, slot, replaced(getattr(node, slot), values))
    return new

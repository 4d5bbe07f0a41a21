"""A program that may go several ways as one that computes all of them and chooses: by `where`.

So a target that has the graph alone has branches, too. What is decided in each turn of a loop, or
may never end, has no such form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.lower.trees import FUNCTIONS, walked
from gradcli.syntax import tree
from gradcli.translation.slopes import replaced
from gradcli.translation.stable import where

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    Values = Mapping[str, tree.Expression]


class NoFormError(Exception):
    """What is raised where branches have no form as a choice."""


class Ways:
    """Puts choices in the place of branches whose conditions hold one of the `questions`."""

    def __init__(self, text: str, questions: Collection[str]) -> None:
        self._text = text
        self._questions = questions

    def block(self, block: tree.Block, has_value: bool) -> tree.Block:
        """A block without such branches; the last statement is its value if it `has_value`."""
        statements: list[Any] = []
        for i, node in enumerate(block.statements):
            is_last = has_value and i == len(block.statements) - 1
            statements += self._statement(node, is_last)
        return tree.Block(tuple(statements), block.start, block.end)

    def _statement(self, node: Any, is_last: bool) -> list[Any]:
        if isinstance(node, tree.If):
            return self._if(node, is_last)
        return [self._inside(node)]

    def _inside(self, node: Any) -> Any:
        """A tree with choices in the place of what decides in it."""
        if isinstance(node, tuple):
            return tuple([self._inside(x) for x in node])
        if not isinstance(node, tree.Tree):
            return node
        if isinstance(node, tree.Choice) and self._decides(node.condition):
            parts = [self._inside(x) for x in (node.condition, node.value, node.other)]
            return where(parts[0], parts[1], parts[2], node)
        if isinstance(node, (tree.While, tree.Slice)) and self._decides(node):
            raise NoFormError
        new = object.__new__(node.__class__)
        for slot in (*node.__slots__, "start", "end"):
            part = getattr(node, slot)
            is_block = isinstance(part, tree.Block)
            has_value = is_block and isinstance(node, FUNCTIONS)
            setattr(new, slot, self.block(part, has_value) if is_block else self._inside(part))
        return new

    def _decides(self, condition: tree.Tree) -> bool:
        return any(self._text[x.start : x.end] in self._questions for x in walked(condition))

    def _if(self, node: tree.If, is_last: bool) -> list[Any]:
        """The assignments, and the value, of a statement whose branches are all computed."""
        branches = [(self._inside(c), self.block(b, is_last)) for c, b in node.branches]
        other = None if node.otherwise is None else self.block(node.otherwise, is_last)
        if not any(self._decides(c) for c, _ in node.branches):
            return [tree.If(tuple(branches), other, node.start, node.end)]
        conditions = [c for c, _ in branches]
        ways = [_done(block) for _, block in branches]
        ways.append(({}, None) if other is None else _done(other))
        names = list(dict.fromkeys(name for values, _ in ways for name in values))
        ends = node.start, node.end
        made: list[Any] = []
        if names and not is_last:
            old = [tree.Name(name, *ends) for name in names]
            pairs = zip(names, old, strict=True)
            new = [_chosen(conditions, [v.get(n, x) for v, _ in ways], node) for n, x in pairs]
            made.append(tree.Assign(tree.Tuple(tuple(old), *ends), None, _listed(new, node), *ends))
        if is_last:
            values = [value for _, value in ways if value is not None]
            if len(values) < len(ways):
                raise NoFormError
            made.append(_chosen(conditions, values, node))
        return made


def _listed(values: Sequence[Any], at: tree.Tree) -> tree.Tuple:
    return tree.Tuple(tuple(values), at.start, at.end)


def _chosen(conditions: Sequence[Any], values: Sequence[Any], at: tree.Tree) -> Any:
    """The value of the first condition that holds, or the last one."""
    result = values[-1]
    for condition, value in zip(reversed(conditions), reversed(values[:-1]), strict=True):
        result = where(condition, value, result, at)
    return result


def _done(block: tree.Block) -> tuple[Values, Any]:
    """What a block gives to names, and its value, by the names as they are before it."""
    values: dict[str, Any] = {}
    last: Any = None
    for node in block.statements:
        if any(isinstance(x, (*FUNCTIONS, tree.If, tree.For, tree.While)) for x in walked(node)):
            raise NoFormError
        if not isinstance(node, tree.Assign):
            last = replaced(node, values)
            continue
        value = replaced(_assigned(node), values)
        if isinstance(node.target, tree.Name):
            values[node.target.id] = value
            last = value
        elif isinstance(value, tree.Tuple) and len(value.items) == len(node.target.items):
            pairs = zip(node.target.items, value.items, strict=True)
            values |= {getattr(target, "id", ""): item for target, item in pairs}
            last = value
        else:
            raise NoFormError
    return values, last


def _assigned(node: tree.Assign) -> tree.Expression:
    """What is assigned, with the operator of `+=` written out."""
    ends = node.start, node.end
    if node.op is None:
        return node.value
    operands = (node.target, node.value)
    if node.op == "^":
        return tree.Power(operands, *ends)
    return tree.Arithmetic(operands, (node.op,), *ends)


def in_one_way(program: tree.SyntaxTree, questions: Collection[str]) -> tree.SyntaxTree | None:
    """The program with choices where it branches by such questions; None if that has no form."""
    try:
        block = Ways(program.source.text, questions).block(program.block, has_value=True)
    except NoFormError:
        return None
    return tree.SyntaxTree(block, program.size, program.source)

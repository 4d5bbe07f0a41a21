"""The statements of a program as those of Python, and the program as a function of its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.lower.trees import walked
from gradcli.syntax import tree
from gradcli.translation.definitions import rules
from gradcli.translation.expressions import Expressions
from gradcli.translation.kinds import is_range
from gradcli.translation.python import indented

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Script(Expressions):
    """Writes a program: expressions as terms, statements as lines."""

    def function(self, name: str) -> list[str]:
        """The program as a function of its inputs."""
        inputs = ", ".join(map(self._naming, self._work.inputs))
        return [f"def {name}({inputs}):", *indented(self.body(self._work.tree.block))]

    def helper(self, node: tree.Define) -> str:
        """A function that stands before the program, with its rule if it has one."""
        rule = rules().get(node.id)
        lines = self._statement(node)
        return "\n".join(lines if rule is None else [*lines, *self._statement(rule)])

    # --- statements ---------------------------------------------------------------------------

    def body(self, body: tree.Body) -> list[str]:
        """The lines of a function's body, the last of which gives its value."""
        if not isinstance(body, tree.Block):
            return self._lines(lambda: [f"return {self.text(body)}"])
        *statements, last = body.statements
        return [*self._block(statements), *self._returned(last)]

    def _returned(self, last: tree.Tree) -> list[str]:
        """The lines of a last statement, whose value is that of the block."""
        if isinstance(last, tree.If):
            return self._if(last, self.body)
        if isinstance(last, tree.Assign):
            lines = self._statement(last)
            return [*lines, f"return {self._target(last.target)}"]
        if isinstance(last, (tree.While, tree.For, tree.Define, tree.DerivativeRule)):
            return self._statement(last)
        return self._lines(lambda: [f"return {self.value(last)}"])

    def _block(self, statements: Sequence[tree.Tree]) -> list[str]:
        return [line for node in statements for line in self._statement(node)] or []

    def _inner(self, block: tree.Block) -> list[str]:
        return self._block(block.statements) or ["pass"]

    def _lines(self, write: Callable[[], list[str]]) -> list[str]:
        """Lines, behind those of functions that stand in them."""
        outer, self.before = self.before, []
        lines = write()
        before, self.before = self.before, outer
        return [*before, *lines]

    def _statement(self, node: tree.Tree) -> list[str]:
        write = getattr(self, _STATEMENTS.get(node.__class__, "_expression"))
        return self._lines(lambda: write(node))

    def _expression(self, node: Any) -> list[str]:
        return [self.text(node)]

    def _assign(self, node: tree.Assign) -> list[str]:
        target = self._target(node.target)
        if node.op is None:
            return [f"{target} = {self.value(node.value, self._kinds.lifts(node.target))}"]
        operands, ends = (node.target, node.value), (node.start, node.end)
        if node.op == "^":
            return [f"{target} = {self.text(tree.Power(operands, *ends))}"]
        return [f"{target} = {self.text(tree.Arithmetic(operands, (node.op,), *ends))}"]

    def _target(self, target: tree.Expression) -> str:
        if isinstance(target, tree.Tuple):
            parts = [self._target(item) for item in target.items]
            return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
        assert isinstance(target, tree.Name)
        return self._naming(target.id)

    def _define(self, node: tree.Define) -> list[str]:
        return [
            f"def {self._naming(node.id)}({self._parameters(node.parameters)}):",
            *indented(self.body(node.body)),
        ]

    def _if(
        self, node: tree.If, inner: Callable[[tree.Block], list[str]] | None = None
    ) -> list[str]:
        inner = inner or self._inner
        lines = []
        for i, (condition, block) in enumerate(node.branches):
            lines += [f"{'el' * (i > 0)}if {self.condition(condition)}:", *indented(inner(block))]
        if node.otherwise is not None:
            lines += ["else:", *indented(inner(node.otherwise))]
        return lines

    def _while(self, node: tree.While) -> list[str]:
        return [f"while {self.condition(node.condition)}:", *indented(self._inner(node.block))]

    def _for(self, node: tree.For) -> list[str]:
        target = self._target(node.target)
        return [
            f"for {target} in {self._items(node.iterable)}:",
            *indented(self._inner(node.block)),
        ]

    def _items(self, node: tree.Expression) -> str:
        """What a loop goes over: a range of whole numbers, or an array."""
        if is_range(node):
            return f"range({', '.join(self.plain(a.value) for a in node.arguments)})"
        return self.text(node)

    def _rule(self, node: tree.DerivativeRule) -> list[str]:
        """A derivative rule: a function of its own, and the other one with it."""
        has_arrays = any(x.shape for x in self._work.inputs.values())
        lacks = self._style.rules_of_elements and (has_arrays or not is_linear(node))
        if (lacks and not self.is_plain) or "with_rule" not in self._style.spelling.helpers:
            raise self.refuse("derivative rules of a program's own", node)
        rule = f"{node.id}_slope"
        while rule in self._work.names.defined or rule in self._work.inputs:
            rule += "_"
        body = _of_tuple(node.body)
        if body is None:
            raise self.refuse("rules that end with such a statement", node)
        define = tree.Define(rule, node.parameters, body, 0, node.start, node.end)
        name = self._naming(node.id)
        wrapped = f"{self._help('with_rule')}({name}, {self._naming(rule)})"
        return [*self._define(define), f"{name} = {wrapped}"]


def is_linear(rule: tree.DerivativeRule) -> bool:
    """Whether a rule is plainly so many times its last parameter, for each of the others."""
    name = rule.parameters[-1].id
    body: Any = rule.body
    if isinstance(body, tree.Block) and len(body.statements) == 1:
        (body,) = body.statements
    parts = body.items if isinstance(body, tree.Tuple) else (body,)
    return all(_is_multiple(part, name) for part in parts)


def _is_multiple(node: tree.Tree, name: str) -> bool:
    if isinstance(node, tree.UnaryOperation):
        return _is_multiple(node.operand, name)
    if not isinstance(node, tree.Arithmetic):
        return getattr(node, "id", "") == name
    others = [x for op, x in zip(("*", *node.ops), node.operands, strict=True) if op != "*"]
    factors = [x for x in node.operands if any(getattr(y, "id", "") == name for y in walked(x))]
    if {*node.ops} <= {"+", "-"}:
        return all(_is_multiple(x, name) for x in node.operands)
    return len(factors) == 1 and factors[0] not in others and _is_multiple(factors[0], name)


def _of_tuple(body: Any) -> Any:
    """The body of a rule, whose value is a tuple, of one slope too; None if it is no expression."""
    if isinstance(body, tree.Block):
        *others, last = body.statements
        inner = None if isinstance(last, (tree.If, tree.Assign)) else _of_tuple(last)
        return inner and tree.Block((*others, inner), body.start, body.end)
    if isinstance(body, tree.Tuple):
        return body
    return tree.Tuple((body,), body.start, body.end)


_STATEMENTS: Mapping[type, str] = {
    tree.Assign: "_assign",
    tree.Define: "_define",
    tree.DerivativeRule: "_rule",
    tree.If: "_if",
    tree.While: "_while",
    tree.For: "_for",
}
"""The method that writes each kind of statement; all others are expressions."""

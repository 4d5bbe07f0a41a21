"""The statements of a program as those of Python, and the program as a function of its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.syntax import tree
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
        raise self.refuse("derivative rules of a program's own", node)


_STATEMENTS: Mapping[type, str] = {
    tree.Assign: "_assign",
    tree.Define: "_define",
    tree.DerivativeRule: "_rule",
    tree.If: "_if",
    tree.While: "_while",
    tree.For: "_for",
}
"""The method that writes each kind of statement; all others are expressions."""

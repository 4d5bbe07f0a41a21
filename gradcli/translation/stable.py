"""Expressions in a form that frameworks compute, and differentiate, without overflow and NaN.

gradcli has such forms as its graph is built (`ops.stabilize`); a framework computes what stands in
the file. So there log(1 + exp(x)) is its function for that, and an argument is shielded by the
condition of the `where` in which it stands, for there a slope that is not finite would become NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.ir.op import Elementwise
from gradcli.lower.trees import assigned_in
from gradcli.syntax import tree
from gradcli.translation.calls import Called, called

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcli.translation.work import Work

SHIELDED: Mapping[str, float] = {
    "sqrt": 1.0,
    "rsqrt": 1.0,
    "log": 1.0,
    "log2": 1.0,
    "log10": 1.0,
    "reciprocal": 1.0,
    "log1p": 0.0,
    "asin": 0.0,
    "acos": 0.0,
    "atanh": 0.0,
    "acosh": 2.0,
}
"""Functions that are not everywhere, and a number at which each has a value and a slope."""


class Stable:
    """The forms of one program's expressions, of functions that the target `has`."""

    def __init__(self, work: Work, has: Callable[[str], bool]) -> None:
        self._work = work
        self._has = has
        self._assigned = assigned_in(work.tree.block)

    def form(self, node: tree.Expression) -> tree.Expression:
        """The expression in another form, or as it is."""
        if isinstance(node, tree.Arithmetic) and len(node.operands) == 2:
            return self._arithmetic(node)
        call = self.called(node)
        if call is None:
            return node
        if call.record.name == "where" and len(call.arguments) == 3:
            return self._where(node, call)
        if call.record.name in ("softmax", "log_softmax"):
            return self._share(node, call)
        return self._logarithm(node)

    # --- what stands there ----------------------------------------------------------------------

    def called(self, node: tree.Expression) -> Called | None:
        """A call of a function of the library."""
        call = called(self._work, node) if isinstance(node, tree.Call) else None
        return call if isinstance(call, Called) else None

    def _argument(self, node: tree.Expression, name: str) -> tree.Expression | None:
        """What a function of this name is applied to, if nothing else is."""
        call = self.called(node)
        if call is None or call.record.name != name or call.defaults or len(call.arguments) != 1:
            return None
        trees = next(iter(call.arguments.values()))
        return trees[0] if len(trees) == 1 else None

    def _exponent(self, node: tree.Expression) -> tree.Expression | None:
        """The x of exp(x)."""
        return self._argument(node, "exp")

    def _beside_one(self, node: tree.Expression) -> tree.Expression | None:
        """The x of 1 + x and x + 1."""
        if not isinstance(node, tree.Arithmetic) or node.ops != ("+",):
            return None
        left, right = node.operands
        if is_one(left):
            return right
        return left if is_one(right) else None

    def _share(self, node: tree.Expression, call: Called) -> tree.Expression:
        """The softmax of a number, exp(x - x), which most frameworks have of arrays alone."""
        (x,) = call.arguments["x"]
        if not self._is_number(x):
            return node
        gap = tree.Arithmetic((x, x), ("-",), node.start, node.end)
        return self._applied("exp", gap, node) if call.record.name == "softmax" else gap

    def _is_number(self, node: tree.Expression) -> bool:
        """Whether the text says that this is one number."""
        if isinstance(node, tree.Name):
            x = self._work.inputs.get(node.id)
            return x is not None and not x.shape and node.id not in self._assigned
        if isinstance(node, tree.UnaryOperation):
            return self._is_number(node.operand)
        if isinstance(node, (tree.Arithmetic, tree.Power)):
            return all(map(self._is_number, node.operands))
        return isinstance(node, tree.Number)

    # --- other forms ----------------------------------------------------------------------------

    def _logarithm(self, node: tree.Expression) -> tree.Expression:
        """log(1 + exp(x)), log(1 + x), log(sum(exp(x))), log(sigmoid(x)), log1p(exp(x))."""
        inner = self._argument(node, "log")
        name = "log"
        if inner is None:
            inner, name = self._argument(node, "log1p"), "log1p"
        if inner is None:
            return node
        beside = inner if name == "log1p" else self._beside_one(inner)
        if beside is not None:
            exponent = self._exponent(beside)
            if exponent is not None:
                return self._applied("softplus", exponent, node)
            return self._applied("log1p", beside, node)
        wide = self._argument(inner, "cosh")
        if wide is not None:
            return self._applied("log_cosh", wide, node)
        share = self._argument(inner, "sigmoid")
        if share is not None:
            return self._applied("log_sigmoid", share, node)
        total = self._argument(inner, "sum")
        exponent = None if total is None else self._exponent(total)
        return node if exponent is None else self._applied("logsumexp", exponent, node)

    def _arithmetic(self, node: tree.Arithmetic) -> tree.Expression:
        """exp(x) - 1, 1/(1 + exp(-x)) and exp(x)/(1 + exp(x))."""
        left, right = node.operands
        if node.ops == ("-",) and is_one(right):
            exponent = self._exponent(left)
            return node if exponent is None else self._applied("expm1", exponent, node)
        beside = self._beside_one(right) if node.ops == ("/",) else None
        exponent = None if beside is None else self._exponent(beside)
        if exponent is None:
            return node
        if is_one(left):
            if isinstance(exponent, tree.UnaryOperation) and exponent.ops == ("-",):
                return self._applied("sigmoid", exponent.operand, node)
            minus = tree.UnaryOperation(("-",), exponent, exponent.start, exponent.end)
            return self._applied("sigmoid", minus, node)
        own = self._exponent(left)
        if own is not None and self._text(own) == self._text(exponent):
            return self._applied("sigmoid", exponent, node)
        return node

    def over_itself(self, node: tree.Arithmetic) -> tuple[str, tree.Expression | None]:
        """The definition that sin(x)/x, expm1(x)/x or (1 - cos(x))/x^2 is of, and the x."""
        if node.ops != ("/",):
            return "", None
        above, below = node.operands
        names = [("sin", "sin_over"), ("expm1", "expm1_over")]
        pairs = [(name, self._argument(above, word)) for word, name in names]
        if isinstance(above, tree.Arithmetic) and above.ops == ("-",):
            left, right = above.operands
            if is_one(right):
                pairs.append(("expm1_over", self._exponent(left)))
            if is_one(left) and isinstance(below, tree.Power) and len(below.operands) == 2:
                base, two = below.operands
                if isinstance(two, tree.Number) and two.value == 2:
                    pairs, below = [("cos_over", self._argument(right, "cos"))], base
        for name, x in pairs:
            if x is not None and self._text(x).strip("()") == self._text(below).strip("()"):
                return name, x
        return "", None

    def _text(self, node: tree.Expression) -> str:
        return "".join(self._work.source.text[node.start : node.end].split())

    def _applied(
        self, name: str, argument: tree.Expression, node: tree.Expression
    ) -> tree.Expression:
        """The call of a function, if the target has it and the program does not call another so."""
        arguments = [argument]
        if name == "softplus" and not self._has(name) and self._has("logaddexp"):
            name = "logaddexp"
            arguments.append(tree.Number(0.0, node.start, node.end))
        is_there = self._has(name) or name == "log_cosh"
        if not is_there or name in self._work.names.defined:
            return node
        given = tuple([tree.Argument(None, a, node.start, node.end) for a in arguments])
        return tree.Call(tree.Name(name, node.start, node.end), given, node.start, node.end)

    # --- shields --------------------------------------------------------------------------------

    def _where(self, node: tree.Expression, call: Called) -> tree.Expression:
        """`where(c, sqrt(x), 0)` with sqrt(where(c, x, 1)), whose slope is finite everywhere."""
        if "where" in self._work.names.defined or "condition" not in call.arguments:
            return node
        (condition,), *branches = call.arguments.values()
        shields = (Shield(self, condition, is_first=True), Shield(self, condition, is_first=False))
        made = [s.within(b[0]) for s, b in zip(shields, branches, strict=True)]
        if all(new is old[0] for new, old in zip(made, branches, strict=True)):
            return node
        return where(condition, made[0], made[1], node)


class Shield:
    """What a condition shields in a branch, the one taken where it holds or the other one."""

    def __init__(self, stable: Stable, condition: tree.Expression, *, is_first: bool) -> None:
        self._stable = stable
        self._condition = condition
        self._is_first = is_first

    def within(self, node: tree.Expression) -> tree.Expression:
        """A branch with its arguments shielded, as far as it goes element by element."""
        if isinstance(node, tree.Arithmetic) and "@" not in node.ops:
            return self._arithmetic(node)
        if isinstance(node, tree.UnaryOperation):
            inner = self.within(node.operand)
            if inner is node.operand:
                return node
            return tree.UnaryOperation(node.ops, inner, node.start, node.end)
        if isinstance(node, tree.Power) and len(node.operands) == 2:
            base, exponent = node.operands
            inner = self.within(base)
            if not (isinstance(exponent, tree.Number) and exponent.value in range(1, 100)):
                inner = self.shielded(inner, 1.0)
            if inner is base:
                return node
            return tree.Power((inner, exponent), node.start, node.end)
        return self._call(node) if isinstance(node, tree.Call) else node

    def _arithmetic(self, node: tree.Arithmetic) -> tree.Expression:
        other = self._stable.form(node)
        if isinstance(other, tree.Call):
            return self.within(other)
        operands = [self.within(x) for x in node.operands]
        for i, op in enumerate(node.ops, 1):
            if op in ("/", "//", "%"):
                operands[i] = self.shielded(operands[i], 1.0)
        if all(new is old for new, old in zip(operands, node.operands, strict=True)):
            return node
        return tree.Arithmetic(tuple(operands), node.ops, node.start, node.end)

    def _call(self, node: tree.Call) -> tree.Expression:
        other = self._stable.form(node)
        if other is not node or not isinstance(node.function, tree.Name):
            return other
        call = self._stable.called(node)
        if call is None or not isinstance(call.record.op, Elementwise):
            return node
        safe = SHIELDED.get(call.record.name)
        arguments = []
        for argument in node.arguments:
            inner = self.within(argument.value)
            inner = inner if safe is None else self.shielded(inner, safe)
            same = inner is argument.value
            own = tree.Argument(argument.id, inner, argument.start, argument.end)
            arguments.append(argument if same else own)
        if all(new is old for new, old in zip(arguments, node.arguments, strict=True)):
            return node
        return tree.Call(node.function, tuple(arguments), node.start, node.end)

    def shielded(self, node: tree.Expression, safe: float) -> tree.Expression:
        """An argument where the branch is taken, and a number elsewhere."""
        if isinstance(node, tree.Number):
            return node
        number = tree.Number(safe, node.start, node.end)
        if self._is_first:
            return where(self._condition, node, number, node)
        return where(self._condition, number, node, node)


def where(
    condition: tree.Expression, first: tree.Expression, second: tree.Expression, at: tree.Tree
) -> tree.Call:
    """`where(condition, first, second)`."""
    given = tuple([tree.Argument(None, x, at.start, at.end) for x in (condition, first, second)])
    return tree.Call(tree.Name("where", at.start, at.end), given, at.start, at.end)


def is_one(node: tree.Expression) -> bool:
    """Whether an expression is the number 1."""
    return isinstance(node, tree.Number) and node.value == 1


def is_squares(work: Work, node: tree.Expression) -> bool:
    """Whether this is a sum of squares, which is flat where it is 0."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tree.Arithmetic) and {*node.ops} == {"+"}:
            waiting += node.operands
            continue
        last = node.operands[1] if isinstance(node, tree.Power) else None
        if isinstance(last, tree.Number):
            if last.value in (2, 4, 6):
                continue
            return False
        inner = called(work, node) if isinstance(node, tree.Call) else None
        if not isinstance(inner, Called) or inner.record.name not in ("sum", "mean", "square"):
            return False
        if inner.record.name != "square":
            waiting += inner.arguments["x"]
    return True

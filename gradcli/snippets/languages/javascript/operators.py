"""What operators do in JavaScript."""

from __future__ import annotations

import math
from typing import Any

from gradcli.snippets.errors import Raised
from gradcli.snippets.languages.javascript.numbers import ARITHMETIC, signed, whole
from gradcli.snippets.languages.javascript.properties import Properties
from gradcli.snippets.languages.javascript.tree import UNDEFINED
from gradcli.snippets.limits import joined
from gradcli.snippets.values import Array, ClassValue, Closure, Instance, Kind

METHODS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod", "**": "pow"}
"""The methods that tensors have in place of operators."""


class Operators(Properties):
    """Operators of values, which make them numbers or text first."""

    def binary(self, op: str, left: Any, right: Any) -> Any:
        """An operator of two operands."""
        if type(left) is float and type(right) is float:
            return self.arithmetic(op, left, right)
        x, y = self.primitive(left), self.primitive(right)
        if op == "+" and (isinstance(x, str) or isinstance(y, str)):
            return self.joined(self.text(x), self.text(y))
        for value in (left, right):
            if isinstance(value, Array):
                self.note_tensor(op, value)
        return self.arithmetic(op, self.number(x), self.number(y))

    def arithmetic(self, op: str, x: float, y: float) -> float:
        """An operator of two numbers."""
        try:
            return ARITHMETIC[op](x, y)
        except OverflowError:
            return math.inf

    def joined(self, left: str, right: str) -> str:
        """Two texts as one."""
        return joined([left, right])

    def note_tensor(self, op: str, value: Array) -> None:
        """Tells that operators of JavaScript do not compute with tensors."""
        method = METHODS.get(op)
        help_ = f"x.{method}(y) computes with tensors" if method else None
        self.machine.note(
            f"`{op}` of a {value.home.type_name} is NaN in JavaScript, which knows no tensors",
            help=help_,
        )

    def augmented(self, op: str, left: Any, right: Any) -> Any:
        """`left += right`."""
        return self.binary(op, left, right)

    def unary(self, op: str, operand: Any) -> Any:
        """An operator before its operand."""
        number = self.number(operand)
        return {"-": -number, "+": number}[op] if op != "~" else signed(~whole(number))

    def compare(self, op: str, left: Any, right: Any) -> bool:
        """A comparison."""
        if op in ("===", "!=="):
            return self.identical(left, right) == (op == "===")
        if op in ("==", "!="):
            return self.equal(left, right) == (op == "==")
        if op == "in":
            return self.text(left) in self.keys(right) or self.has_item(right, left)
        if op == "instanceof":
            return self.is_instance(left, right)
        x, y = self.primitive(left), self.primitive(right)
        if not (isinstance(x, str) and isinstance(y, str)):
            x, y = self.number(x), self.number(y)
        return {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op]

    def identical(self, left: Any, right: Any) -> bool:
        """`left === right`."""
        for kind in (bool, str, (int, float)):
            if isinstance(left, kind) or isinstance(right, kind):
                both = isinstance(left, kind) and isinstance(right, kind)
                same = isinstance(left, bool) == isinstance(right, bool)
                return bool(both and same and left == right)
        if isinstance(left, Closure) and isinstance(right, Closure):
            return left.function is right.function and left.scope is right.scope
        return left is right

    def equal(self, left: Any, right: Any) -> bool:
        """`left == right`."""
        nothing = (None, UNDEFINED)
        if any(left is n for n in nothing) or any(right is n for n in nothing):
            return any(left is n for n in nothing) and any(right is n for n in nothing)
        plain = (str, float, bool, int)
        if isinstance(left, plain) != isinstance(right, plain):
            return self.equal(self.primitive(left), self.primitive(right))
        if isinstance(left, plain) and isinstance(left, str) != isinstance(right, str):
            return self.number(left) == self.number(right)
        if isinstance(left, bool) or isinstance(right, bool):
            return self.number(left) == self.number(right)
        return self.identical(left, right)

    def has_item(self, value: Any, key: Any) -> bool:
        """`key in value`, of methods and of places of an array."""
        return (
            isinstance(value, Instance) and self.attribute(value, self.text(key)) is not UNDEFINED
        )

    def is_instance(self, value: Any, of: Any) -> bool:
        """`value instanceof of`."""
        if isinstance(of, ClassValue):
            return isinstance(value, Instance) and of in value.of.ancestry()
        if isinstance(of, Kind):
            if isinstance(value, Instance):
                names = [base.name for base in value.of.ancestry() if isinstance(base, Kind)]
                return of.name in names or (of.name == "Error" and bool(names))
            return of.holds(value)
        raise Raised("TypeError", "Right-hand side of 'instanceof' is not callable")

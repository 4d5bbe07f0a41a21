"""What operators do in Python."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from gradcli.errors import LimitError
from gradcli.snippets.errors import Raised, Refusal
from gradcli.snippets.languages.python.items import Items
from gradcli.snippets.languages.python.text import fields, type_name, width
from gradcli.snippets.limits import MAX_ITEMS, check_bits, check_items, check_length, check_nested
from gradcli.snippets.values import Array, Instance, Kind, Object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}
"""What operators do to Python's own values."""

COMPARING: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

UNARY: dict[str, Callable[[Any], Any]] = {
    "-": operator.neg,
    "+": operator.pos,
    "~": operator.invert,
}

SPECIAL = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "==": "eq",
    "!=": "ne",
    "&": "and",
    "|": "or",
    "^": "xor",
}
"""Operators, and the methods by which a class gives them a meaning."""

MIRRORED = {"<": "gt", "<=": "ge", ">": "lt", ">=": "le", "==": "eq", "!=": "ne"}

SEQUENCES = (str, bytes, list, tuple)

PLAIN = (int, float, str, list, tuple, dict, set, bool, range, type(None), bytes, complex)


class Operators(Items):
    """Operators of Python's own values, of arrays, and of objects that give them a meaning."""

    def binary(self, op: str, left: Any, right: Any) -> Any:
        """An operator of two operands."""
        if op == "%" and isinstance(left, str):
            return self.percent(left, right)
        owner = self.machine.owner(left, right)
        if owner is not None and not isinstance(left, Instance):
            return owner.operator(op, left, right)
        if isinstance(left, (Instance, Object)) or isinstance(right, (Instance, Object)):
            return self.of_classes(op, left, right)
        return self.plain(op, left, right)

    def plain(self, op: str, left: Any, right: Any) -> Any:
        """An operator of Python's own values."""
        function = BINARY.get(op)
        if function is None or not (isinstance(left, PLAIN) and isinstance(right, PLAIN)):
            raise self.no_operator(op, left, right)
        _check_size(op, left, right)
        try:
            value = function(left, right)
        except TypeError:
            raise self.no_operator(op, left, right) from None
        except (ArithmeticError, ValueError) as error:
            raise Raised(type(error).__name__, *error.args) from None
        if isinstance(value, complex):
            raise Refusal("complex numbers are not part of the subset")
        return value

    def no_operator(self, op: str, left: Any, right: Any) -> Raised:
        """What Python says of operands that do not go with an operator."""
        kinds = f"'{type_name(left)}' and '{type_name(right)}'"
        if op in COMPARING:
            return Raised("TypeError", f"'{op}' not supported between instances of {kinds[:]}")
        if op == "+" and isinstance(left, str):
            text = f'can only concatenate str (not "{type_name(right)}") to str'
            return Raised("TypeError", text)
        sign = "** or pow()" if op == "**" else op
        return Raised("TypeError", f"unsupported operand type(s) for {sign}: {kinds}")

    def of_classes(self, op: str, left: Any, right: Any) -> Any:
        """An operator that a class of the snippet gives a meaning."""
        word = SPECIAL.get(op, op)
        method = self.special(left, f"__{word}__")
        if method is not None:
            value = self.machine.call(method, [right])
            if value is not NotImplemented:
                return value
        mirrored = MIRRORED.get(op, f"r{word}")
        method = self.special(right, f"__{mirrored}__")
        if method is not None:
            return self.machine.call(method, [left])
        if op in ("==", "!="):
            return (left is right) == (op == "==")
        raise self.no_operator(op, left, right)

    def augmented(self, op: str, left: Any, right: Any) -> Any:
        """`left += right`, which changes lists, and arrays of some frameworks, in their place."""
        if isinstance(left, list) and op == "+":
            items = [*self.machine.items(right)]
            check_items(len(left) + len(items))
            left += items
            return left
        if isinstance(left, Array):
            return left.home.augmented(op, left, right)
        if isinstance(left, Instance):
            method = self.special(left, f"__i{SPECIAL.get(op, op)}__")
            if method is not None:
                return self.machine.call(method, [right])
        return self.binary(op, left, right)

    def unary(self, op: str, operand: Any) -> Any:
        """An operator before its operand."""
        array = operand if isinstance(operand, Array) else self.machine.array_in(operand)
        if array is not None:
            return array.home.unary(op, array)
        method = self.special(operand, {"-": "__neg__", "+": "__pos__", "~": "__invert__"}[op])
        if method is not None:
            return self.machine.call(method)
        try:
            return UNARY[op](operand if isinstance(operand, PLAIN) else object())
        except TypeError:
            text = f"bad operand type for unary {op}: '{type_name(operand)}'"
            raise Raised("TypeError", text) from None

    def compare(self, op: str, left: Any, right: Any) -> Any:
        """A comparison."""
        if op in ("is", "is not"):
            return (self.same(left, right)) == (op == "is")
        if op in ("in", "not in"):
            return self.contains(right, left) == (op == "in")
        owner = self.machine.owner(left, right)
        if owner is not None and left is not None and right is not None:
            if op in ("==", "!=") and any(isinstance(x, (str, dict)) for x in (left, right)):
                return op == "!="
            return owner.compare(op, left, right)
        if isinstance(left, Instance) or isinstance(right, Instance):
            return self.of_classes(op, left, right)
        if op in ("==", "!="):
            equal = self.equal(left, right)
            return equal if op == "==" else not equal
        for operand in (left, right):
            if isinstance(operand, (list, tuple)):
                check_nested(operand)
        try:
            return COMPARING[op](left, right)
        except TypeError:
            raise self.no_operator(op, left, right) from None

    def equal(self, left: Any, right: Any) -> bool:
        """Whether two values that are no arrays are equal."""
        if not self.machine.nested:
            check_nested(left)
        if isinstance(left, (list, tuple)) and type(left) is type(right):
            pairs = zip(left, right, strict=False)
            return len(left) == len(right) and self.all_equal(pairs)
        if isinstance(left, dict) and isinstance(right, dict):
            values = ((value, right[key]) for key, value in left.items())
            return left.keys() == right.keys() and self.all_equal(values)
        if isinstance(left, Kind) and isinstance(right, Kind):
            return left.name == right.name
        if isinstance(left, PLAIN) and isinstance(right, PLAIN):
            return bool(left == right)
        left, right = _number_type(left), _number_type(right)
        return left is right or (getattr(left, "key", left) == getattr(right, "key", right))

    def all_equal(self, pairs: Iterable[tuple[Any, Any]]) -> bool:
        """Whether what is in one value equals what is in another."""
        machine = self.machine
        with machine.deeper():
            for left, right in pairs:
                machine.spend()
                if not machine.truth(self.compare("==", left, right)):
                    return False
        return True

    def same(self, left: Any, right: Any) -> bool:
        """`left is right`."""
        if isinstance(left, Kind) and isinstance(right, Kind):
            return left.name == right.name
        if isinstance(left, (int, str)) and type(left) is type(right):
            return bool(left == right)
        return left is right

    def contains(self, within: Any, value: Any) -> bool:
        """`value in within`."""
        if isinstance(within, str):
            return isinstance(value, str) and value in within
        if isinstance(within, (dict, set)):
            return self.key(value) in within
        if isinstance(within, range) and isinstance(value, (int, float, str)):
            return not isinstance(value, str) and value == value // 1 and int(value) in within
        method = self.special(within, "__contains__")
        if method is not None:
            return bool(self.machine.truth(self.machine.call(method, [value])))
        return any(
            value is item or self.machine.truth(self.compare("==", item, value))
            for item in self.machine.items(within)
        )

    def truth(self, value: Any) -> bool:
        """Whether a value that is no array is true."""
        if isinstance(value, Instance):
            for name in ("__bool__", "__len__"):
                method = self.special(value, name)
                if method is not None:
                    return bool(self.machine.call(method))
            return True
        inner = self.machine.array_in(value)
        if inner is not None:
            return inner.home.truth(inner)
        return bool(value) if isinstance(value, PLAIN) else True

    def percent(self, text: str, values: Any) -> str:
        """`text % values`."""
        parts = values if isinstance(values, tuple) else (values,)
        layouts = [layout for _, layout in fields(text)]
        if any("*" in layout for layout in layouts):
            raise Refusal("`*` in a format is not part of the subset", help="write the width")
        named = isinstance(values, dict)
        written = [values.get(key) for key, _ in fields(text)] if named else parts
        length = sum(len(part) for part in written if isinstance(part, str))
        check_length(len(text) + sum(map(width, layouts)) + length)
        own: Any = tuple(self.printer.operand(part) for part in parts)
        if isinstance(values, dict):
            own = {key: self.printer.operand(value) for key, value in values.items()}
        try:
            return text % own
        except (TypeError, ValueError, KeyError) as error:
            raise Raised(type(error).__name__, *error.args) from None


def _check_size(op: str, left: Any, right: Any) -> None:
    """Refuses numbers, texts and lists that would be huge."""
    if isinstance(left, int) and isinstance(right, int):
        if op == "*":
            check_bits(left.bit_length() + right.bit_length())
        elif op == "**" and left not in (-1, 0, 1):
            check_bits(left.bit_length() * max(right, 0))
        elif op == "<<":
            check_bits(left.bit_length() + max(right, 0))
        return
    length = 0
    if op == "+" and isinstance(left, SEQUENCES) and isinstance(right, type(left)):
        length = len(left) + len(right)
    elif op == "*":
        for sequence, count in ((left, right), (right, left)):
            if isinstance(sequence, SEQUENCES) and isinstance(count, int):
                length = len(sequence) * count
    if length > MAX_ITEMS:
        raise LimitError("this text or list is too large")


def _number_type(value: Any) -> Any:
    """The type of numbers that `np.float32` stands for; any other value as it is."""
    return value.attributes.get("", value) if isinstance(value, Kind) else value

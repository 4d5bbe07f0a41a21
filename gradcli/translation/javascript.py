"""The tree of a program as JavaScript, whose arrays have functions in the place of operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.lower.trees import assigned_in, target_names, walked
from gradcli.lower.words import CONSTANTS
from gradcli.syntax import tree
from gradcli.translation.calls import Called, called
from gradcli.translation.kinds import NUMBER, TRUTH, is_range
from gradcli.translation.python import (
    AND,
    ATOM,
    CHOICE,
    COMPARE,
    LAMBDA,
    OR,
    PRODUCT,
    SIGN,
    indented,
    nested,
)
from gradcli.translation.script import Script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.translation.python import Term

SPELLED = {"inf": "Infinity", "nan": "NaN"}
_CONSTANTS = {"pi": "Math.PI", "e": "Math.E", "tau": "(2*Math.PI)", "inf": "Infinity", "nan": "NaN"}
_FUNCTIONS = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "%": "mod",
    "@": "dot",
    "<": "less",
    "<=": "lessEqual",
    ">": "greater",
    ">=": "greaterEqual",
    "==": "equal",
    "!=": "notEqual",
}
_TWICE = frozenset(
    """sin cos tan sec csc cot asin acos atan atan2 asinh acosh atanh log log1p abs sign square cube
    reciprocal add sub mul div neg erf erfc ndtr gelu softsign tanhshrink sum mean mse dot matmul
    outer reshape ravel transpose squared_difference l2_loss len range print zeros ones
    linspace""".split()
)
"""Functions that are differentiated twice there: of others what hangs on the result is lost."""

_EQUAL = {"==": "===", "!=": "!=="}


class JavaScript(Script):
    """Writes a program for TensorFlow.js."""

    def function(self, name: str) -> list[str]:
        """The program as a function of its inputs."""
        block = self._work.tree.block
        inputs = ", ".join(map(self._naming, self._work.inputs))
        local = self._declared(block, set(self._work.inputs))
        return [f"function {name}({inputs}) {{", *indented([*local, *self.body(block)]), "}"]

    def helper(self, node: tree.Define) -> str:
        """A function that stands before the program."""
        return f"let {super().helper(node)}"

    # --- statements ---------------------------------------------------------------------------

    def _declared(self, body: tree.Body, parameters: set[str]) -> list[str]:
        """The declaration of the names that a function assigns; blocks are no scopes."""
        if not isinstance(body, tree.Block):
            return []
        loops = {n for f in _loops(body) for n in target_names(f.target)}
        names = sorted((assigned_in(body) | loops) - parameters)
        return [f"let {', '.join(map(self._naming, names))};"] if names else []

    def body(self, body: tree.Body) -> list[str]:
        """The lines of a function's body."""
        return [_ended(line) for line in super().body(body)]

    def _statement(self, node: tree.Tree) -> list[str]:
        return [_ended(line) for line in super()._statement(node)]

    def _target(self, target: tree.Expression) -> str:
        if isinstance(target, tree.Tuple):
            return f"[{', '.join(map(self._target, target.items))}]"
        return super()._target(target)

    def _rule(self, node: tree.DerivativeRule) -> list[str]:
        lines = super()._rule(node)
        return [f"const {lines[0]}", *lines[1:]]

    def _define(self, node: tree.Define) -> list[str]:
        text = f"{self._naming(node.id)} = {self._arrow(node.parameters, node.body)};"
        return text.splitlines()

    def _arrow(self, parameters: Sequence[tree.Parameter], body: tree.Body) -> str:
        head = f"({self._parameters(parameters)}) =>"
        if not isinstance(body, tree.Block):
            return f"{head} {self.text(body)}"
        local = self._declared(body, {p.id for p in parameters})
        return "\n".join([f"{head} {{", *indented([*local, *self.body(body)]), "}"])

    def _if(self, node: tree.If, inner: Any = None) -> list[str]:
        inner = inner or self._inner
        lines = []
        for i, (condition, block) in enumerate(node.branches):
            head = f"{'} else ' * (i > 0)}if ({self.condition(condition)}) {{"
            lines += [head, *indented(inner(block))]
        if node.otherwise is not None:
            lines += ["} else {", *indented(inner(node.otherwise))]
        return [*lines, "}"]

    def _inner(self, block: tree.Block) -> list[str]:
        return self._block(block.statements)

    def _while(self, node: tree.While) -> list[str]:
        head = f"while ({self.condition(node.condition)}) {{"
        return [head, *indented(self._inner(node.block)), "}"]

    def _for(self, node: tree.For) -> list[str]:
        target = self._target(node.target)
        block = [*indented(self._inner(node.block)), "}"]
        if is_range(node.iterable):
            start, stop, step = self._range(node.iterable)
            return [f"for ({target} = {start}; {target} < {stop}; {target} += {step}) {{", *block]
        return [f"for ({target} of tf.unstack({self.text(node.iterable)})) {{", *block]

    def _range(self, node: tree.Call) -> tuple[str, str, str]:
        texts = [self.plain(a.value) for a in node.arguments]
        if len(texts) == 3 and not isinstance(node.arguments[2].value, tree.Number):
            raise self.refuse("loops whose steps may go backward", node)
        return ("0", texts[0], "1") if len(texts) == 1 else (*texts, "1")[:3]  # type: ignore[return-value]

    # --- expressions --------------------------------------------------------------------------

    def _string(self, node: tree.String) -> Term:
        return f'"{node.text}"' if '"' not in node.text else f"'{node.text}'", ATOM

    def _constant(self, name: str) -> Term:
        value = CONSTANTS[name]
        if value is None or isinstance(value, bool):
            return "null" if value is None else str(value).lower(), ATOM
        return _CONSTANTS.get(name, repr(value)), ATOM

    def _tuple(self, node: tree.Tuple) -> Term:
        return f"[{', '.join(map(self.text, node.items))}]", ATOM

    def _array(self, node: tree.Array) -> Term:
        if self._kinds.is_literal(node):
            return f"tf.tensor({self.plain(node)})", ATOM
        items = [self._tensor(item) for item in node.items]
        return f"tf.stack([{', '.join(items)}])", ATOM

    def _tensor(self, node: tree.Tree) -> str:
        """An expression as a tensor, for what takes no numbers."""
        text = self._operand(node)
        return f"tf.scalar({text})" if self._kinds.of(node) == NUMBER else text

    def _unary(self, node: tree.UnaryOperation) -> Term:
        is_plain = self._kinds.of(node.operand) != "array" and "not" not in node.ops
        text, binds = self.term(node.operand)
        for op in reversed(node.ops):
            if is_plain:
                text = f"({text})" if text[0] in "+-" or binds <= SIGN else text
                text, binds = f"{op}{text}", SIGN
            elif op == "-":
                text, binds = f"tf.neg({text})", ATOM
            elif op == "not":
                text, binds = f"tf.logicalNot({text})", ATOM
        return text, binds

    def _arithmetic(self, node: tree.Arithmetic) -> Term:
        if self._kinds.of(node) == NUMBER:
            return self._of_numbers(node)
        limited = self._limited(node)
        if limited:
            return limited, ATOM
        first, *others = node.operands
        text = self._operand(first)
        for op, right in zip(node.ops, others, strict=True):
            other = self._operand(right)
            if op == "//":
                text = f"tf.floor(tf.div({text}, {other}))"
            elif op == "@" and any(x.ndim > 2 for x in self._work.inputs.values()):
                text = f"tf.matMul({text}, {other})"
            else:
                text = f"tf.{_FUNCTIONS[op]}({text}, {other})"
        return text, ATOM

    def _of_numbers(self, node: tree.Arithmetic) -> Term:
        """Arithmetic of JavaScript's own numbers, whose % has the sign of the dividend."""
        if not {"//", "%"} & {*node.ops}:
            return super()._arithmetic(node)
        first, *others = node.operands
        text = self.inside(first, PRODUCT)
        for op, right in zip(node.ops, others, strict=True):
            other = self.inside(right, PRODUCT + 0.5)
            if op == "//":
                text = f"Math.floor({text}/{other})"
            else:
                text = f"({text} % {other} + {other}) % {other}" if op == "%" else text + op + other
            text = f"({text})" if op == "%" else text
        return text, PRODUCT

    def _operand(self, node: tree.Tree) -> str:
        return self._as_number(node) if self._kinds.of(node) == TRUTH else self.text(node)

    def _power(self, node: tree.Power) -> Term:
        if self._is_root(node):
            return super()._power(node)
        *bases, last = node.operands
        text = self._operand(last)
        is_number = self._kinds.of(node) == NUMBER
        for base in reversed(bases):
            name = "Math" if is_number else "tf"
            text = f"{name}.pow({self._operand(base)}, {text})"
        return text, ATOM

    def _compared(self, op: str, left: str, right: str) -> str:
        """A comparison, of which TensorFlow.js has no gradient, not even zero."""
        return f"{self._help('compared')}(tf.{_FUNCTIONS[op]})({left}, {right})"

    def _compare(self, node: tree.Compare) -> Term:
        sides = [self._tensor(operand) for operand in node.operands]
        pairs = [self._compared(op, sides[i], sides[i + 1]) for i, op in enumerate(node.ops)]
        text = pairs[0]
        for pair in pairs[1:]:
            text = f"tf.logicalAnd({text}, {pair})"
        return text, ATOM

    def _logical(self, node: tree.Logical) -> Term:
        name = "logicalAnd" if node.op == "and" else "logicalOr"
        text = self._truth(node.operands[0], 0)
        for x in node.operands[1:]:
            text = f"tf.{name}({text}, {self._truth(x, 0)})"
        return text, ATOM

    def _truth(self, node: tree.Tree, least: float) -> str:  # noqa: ARG002 - calls need no brackets
        text = self.text(node)
        return text if self._kinds.of(node) == TRUTH else f"tf.notEqual({text}, 0)"

    def condition(self, node: tree.Tree, least: float = CHOICE) -> str:
        """What is decided by: the number of a tensor, or a comparison of numbers."""
        if isinstance(node, tree.Logical):
            sign, binds = ("&&", AND) if node.op == "and" else ("||", OR)
            text = f" {sign} ".join(self.condition(x, binds + 0.5) for x in node.operands)
            return f"({text})" if binds < least else text
        if isinstance(node, tree.UnaryOperation) and node.ops == ("not",):
            return f"!({self.condition(node.operand)})"
        if isinstance(node, tree.Compare):
            pairs = zip(node.ops, node.operands, node.operands[1:], strict=False)
            text = " && ".join(self._decided(*pair) for pair in pairs)
            return f"({text})" if len(node.ops) > 1 and least > AND else text
        text = self.text(node)
        return text if text in ("true", "false") else f"{text}.dataSync()[0]"

    def _decided(self, op: str, left: tree.Tree, right: tree.Tree) -> str:
        """A comparison whose truth decides."""
        if self._kinds.of(left) == self._kinds.of(right) == NUMBER:
            sides = [self.inside(x, COMPARE + 1) for x in (left, right)]
            return f" {_EQUAL.get(op, op)} ".join(sides)
        return f"tf.{_FUNCTIONS[op]}({self._operand(left)}, {self._operand(right)}).dataSync()[0]"

    def _choice(self, node: tree.Choice) -> Term:
        value, other = self.inside(node.value, OR), self.inside(node.other, CHOICE)
        return f"{self.condition(node.condition, OR)} ? {value} : {other}", CHOICE

    def _lambda(self, node: tree.Lambda) -> Term:
        return self._arrow(node.parameters, node.body), LAMBDA

    def _own(self, node: tree.Call) -> str:
        """A call of a function of the program: what has a name here stands in its place there."""
        names = [a.id for a in node.arguments if a.id]
        if not names:
            return super()._own(node)
        function = (
            next(
                (
                    f
                    for f in walked(self._work.tree.block)
                    if getattr(f, "id", "") == node.function.id and isinstance(f, tree.Define)
                ),
                None,
            )
            if isinstance(node.function, tree.Name)
            else None
        )
        if function is None:
            raise self.refuse("arguments by name", node)
        given = {a.id: self.value(a.value, True) for a in node.arguments if a.id}
        parts = [self.value(a.value, True) for a in node.arguments if not a.id]
        parts += [given.pop(p.id, "undefined") for p in function.parameters[len(parts) :]]
        while parts and parts[-1] == "undefined":
            parts.pop()
        return f"{self.text(node.function)}({', '.join(parts)})"

    def _slope(self, node: tree.Call, are_several: bool) -> str:
        """A derivative inside the program; TensorFlow.js loses a part of some second ones."""
        by = node.arguments[-1].value
        if are_several or isinstance(by, tree.Tuple):
            raise self.refuse("several derivatives at once inside a program", node)
        for x in walked(self._work.tree.block):
            call = called(self._work, x) if isinstance(x, tree.Call) else None
            word = call.record.name if isinstance(call, Called) else ""
            if isinstance(x, tree.Power) and self._kinds.of(x.operands[-1]) != NUMBER:
                word = "pow"
            if word and word not in _TWICE:
                raise self.refuse(f"second derivative of {word}", x)
        return super()._slope(node, are_several)

    def _index(self, node: tree.Index) -> Term:
        if isinstance(node.value, tree.Attribute):
            (item,) = node.items
            return f"{self.text(node.value)}.at({self.plain(item)})", ATOM
        text = self.text(node.value)
        (first, *others) = node.items
        call = called(self._work, node.value) if isinstance(node.value, tree.Call) else None
        if isinstance(call, Called) and call.record.name == "slogdet":
            return f"{text}[{self.plain(first)}]", ATOM
        if not others and self._kinds.is_literal(first) and "-" not in self.plain(first):
            return f'tf.gather({text}, tf.tensor1d({self.plain(first)}, "int32"))', ATOM
        if not others and isinstance(first, tree.Slice) and first.step is not None:
            return self._strided(text, first), ATOM
        kinds = [self._kinds.of(x) for x in node.items if not isinstance(x, tree.Slice)]
        if any(kind != NUMBER for kind in kinds):
            help_ = "x[i], x[i, j], x[a:b] and A[:, i] can be written"
            raise self.refuse("index like this", node, help_)
        if len(kinds) < len(node.items):
            return self._sliced(text, node), ATOM
        for item in node.items:
            text = f"tf.unstack({text}).at({self.plain(item)})"
        return text, ATOM

    def _strided(self, text: str, item: tree.Slice) -> str:
        """Every so many elements along the first axis, or all of them from the end."""
        step = self.plain(item.step) if item.step is not None else "1"
        begin = "0" if item.lower is None else self.plain(item.lower)
        if item.upper is None and step == "-1" and item.lower is None:
            return f"tf.reverse({text}, 0)"
        if item.upper is not None or not (begin.isdecimal() and step.isdecimal()):
            raise self.refuse("slices by steps but x[::-1] and x[a::n]", item)
        return f"{self._help('every')}({text}, {begin}, {step})"

    def _sliced(self, text: str, node: tree.Index) -> str:
        """Elements between whole numbers along some axes, and at one along others."""
        begins: list[str] = []
        sizes: list[str] = []
        gone: list[str] = []
        new = [i for i, x in enumerate(node.items) if getattr(x, "id", "") in ("newaxis", "None")]
        for item in (x for i, x in enumerate(node.items) if i not in new):
            axis = len(begins)
            if isinstance(item, tree.Slice):
                begin, size = self._ends(text, axis, item)
            else:
                begin, size = self._whole(text, axis, item), "1"
                gone.append(str(axis))
            begins.append(begin)
            sizes.append(size)
        if new and gone:
            raise self.refuse("new axes beside single elements", node)
        if len(begins) > 1:
            places = f"[{', '.join(begins)}], [{', '.join(sizes)}]"
        else:
            places = begins[0] if sizes[0] == "-1" else f"{begins[0]}, {sizes[0]}"
        if {*begins} != {"0"} or {*sizes} != {"-1"}:
            text = f"tf.slice({text}, {places})"
        for axis in new:
            text = f"tf.expandDims({text}, {axis})"
        return f"tf.squeeze({text}, [{', '.join(gone)}])" if gone else text

    def _ends(self, text: str, axis: int, item: tree.Slice) -> tuple[str, str]:
        """Where a slice begins, and its length; -1 for all that is behind."""
        if item.step is not None:
            raise self.refuse("slices by steps", item)
        begin = "0" if item.lower is None else self._whole(text, axis, item.lower)
        if item.upper is None:
            return begin, "-1"
        end = self._whole(text, axis, item.upper)
        if begin == "0":
            return begin, end
        both = begin.isdecimal() and end.isdecimal()
        return begin, str(max(int(end) - int(begin), 0)) if both else f"{end} - {begin}"

    def _whole(self, text: str, axis: int, item: tree.Tree) -> str:
        """A place along an axis; one from the end needs the length, and so an array with a name."""
        place = self.plain(item)
        if not place.startswith("-"):
            return place
        if not text.isidentifier():
            raise self.refuse("places from the end of what has no name", item)
        return f"{text}.shape[{axis}] - {place[1:]}"

    def _special(self, node: tree.Call, name: str) -> str:
        text = super()._special(node, name)
        return text.replace("print(", "console.log(", 1)

    def plain(self, node: tree.Tree) -> str:
        """A value that is a number, a flag or a list of JavaScript's own."""
        if isinstance(node, (tree.Array, tree.Tuple)):
            return f"[{', '.join(map(self.plain, node.items))}]"
        return self.text(node)

    def sequence(self, texts: Sequence[str]) -> str:
        """Several values of JavaScript's own."""
        return f"[{', '.join(texts)}]"

    def literal(self, value: Any) -> str:
        """A value as JavaScript has it."""
        if value is None:
            return "undefined"
        if isinstance(value, bool):
            return str(value).lower()
        return repr(value) if isinstance(value, str) else nested(value, SPELLED)


def _loops(block: tree.Block) -> list[tree.For]:
    found: list[tree.For] = []
    stack: list[Any] = [*block.statements]
    while stack:
        node = stack.pop()
        if isinstance(node, tree.For):
            found.append(node)
        if isinstance(node, tree.If):
            blocks = [block for _, block in node.branches]
            stack += [s for b in [*blocks, node.otherwise] if b for s in b.statements]
        if isinstance(node, (tree.For, tree.While)):
            stack += node.block.statements
    return found


def _ended(line: str) -> str:
    """A line with the semicolon of a statement."""
    return line if line.endswith(("{", ";")) or line.strip() == "}" else f"{line};"

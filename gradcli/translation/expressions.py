"""The expressions of a program as those of Python, as a person would write them for a framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.errors import ProgramTypeError, Span
from gradcli.ir.function import REQUIRED
from gradcli.lower.trees import is_update
from gradcli.lower.values import BuiltIn
from gradcli.lower.words import CONSTANTS
from gradcli.syntax import tree
from gradcli.translation.calls import Called, called, meaning, path_of
from gradcli.translation.definitions import SAFE
from gradcli.translation.helpers import Helpers
from gradcli.translation.kinds import NUMBER, TRUTH
from gradcli.translation.python import (
    AND,
    ATOM,
    CHOICE,
    COMPARE,
    LAMBDA,
    NOT,
    OR,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    indented,
    number,
    short,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.ir.function import Function, Parameter
    from gradcli.translation.python import Term

BITS_AND, BITS_OR = 4.6, 4.3
_BINDS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "//": PRODUCT, "%": PRODUCT, "@": PRODUCT}
_SPELLED = {"inf": "math.inf", "nan": "math.nan"}
_PLAIN = frozenset("Axes Axis Flag Int Ints Nested Number Numbers Shape Sizes Text Wholes".split())


class Expressions(Helpers):
    """Writes expressions as terms."""

    def body(self, body: tree.Body) -> list[str]:
        """The lines of a function's body."""
        raise NotImplementedError

    # --- expressions --------------------------------------------------------------------------

    def text(self, node: tree.Tree) -> str:
        """An expression as it stands by itself."""
        return self.term(node)[0]

    def value(self, node: tree.Tree, lifts: bool = False) -> str:
        """An expression as an array, where a number has to become one."""
        return self.lifted(node) if lifts and self._kinds.of(node) == NUMBER else self.text(node)

    def lifted(self, node: tree.Tree) -> str:
        """A number as an array."""
        text = self.text(node)
        if isinstance(node, tree.Number):
            text = number(node.value, _SPELLED)[0]
        elif text.lstrip("-").isdecimal():
            text += ".0"
        return self._style.lifted.format(text)

    def inside(self, node: tree.Tree, least: float, *, as_number: bool = False) -> str:
        """An operand, in brackets if it binds less."""
        if as_number and (self._kinds.of(node) == TRUTH or self._is_place(node)):
            return self._as_number(node)
        text, binds = self.term(node)
        return f"({text})" if binds < least else text

    def _is_place(self, node: tree.Tree) -> bool:
        """Whether this is where an element stands, which frameworks have as a whole number."""
        call = called(self._work, node) if isinstance(node, tree.Call) else None
        return isinstance(call, Called) and call.record.name in ("argmax", "argmin")

    def term(self, node: tree.Tree) -> Term:
        """An expression, and how strongly it binds."""
        if self._style.is_numeric and isinstance(node, (tree.Call, tree.Arithmetic)):
            node = self._stable.form(node)
        term: Term = getattr(self, _TERMS[node.__class__])(node)
        return term

    def _number(self, node: tree.Number) -> Term:
        return short(number(node.value, _SPELLED))

    def _string(self, node: tree.String) -> Term:
        return repr(node.text), ATOM

    def _name(self, node: tree.Name) -> Term:
        if self._kinds.is_constant(node.id):
            return self._constant(node.id)
        own = node.id in self._work.names.defined or node.id in self._work.inputs
        return (self._naming(node.id), ATOM) if own else self._function_value(node)

    def _function_value(self, node: tree.Name | tree.Attribute) -> Term:
        """A function of the library as a value: one that calls it."""
        call = tree.Call(node, (), node.start, node.end)
        function = meaning(self._work, call)
        if not isinstance(function, BuiltIn):
            if function is None:
                return self._naming(node.id), ATOM  # a parameter of such a function
            raise self.refuse(f"{node.id} as a value", node)
        names = [p.name for p in function.record.parameters if p.default is REQUIRED]
        ends = node.start, node.end
        arguments = tuple(tree.Argument(None, tree.Name(n, *ends), *ends) for n in names)
        parameters = tuple(tree.Parameter(n, None, *ends) for n in names)
        return self._lambda(tree.Lambda(parameters, tree.Call(node, arguments, *ends), *ends))

    def _constant(self, name: str) -> Term:
        value = CONSTANTS[name]
        if value is None or isinstance(value, bool):
            return str(value), ATOM
        if name == "euler_gamma":
            return repr(value), ATOM
        self.imports.add("math")
        return f"math.{name}", ATOM

    def _tuple(self, node: tree.Tuple) -> Term:
        inner = ", ".join(map(self.text, node.items))
        return f"({inner}{',' * (len(node.items) == 1)})", ATOM

    def _array(self, node: tree.Array) -> Term:
        if self._kinds.is_literal(node):
            return self._style.arrays.format(self.plain(node)), ATOM
        items = [self.value(item, True) for item in node.items]
        return self._style.stacked.format(f"[{', '.join(items)}]"), ATOM

    def _unary(self, node: tree.UnaryOperation) -> Term:
        text, binds = self.inside(node.operand, SIGN, as_number=node.ops[-1] != "not"), float(SIGN)
        for op in reversed(node.ops):
            if op == "not":
                text, binds = self._negated(node, text), NOT
            elif op == "-":
                text = f"({text})" if text[0] in "+-" or binds < SIGN else text
                text, binds = f"-{text}", SIGN
        return text, binds

    def _negated(self, node: tree.UnaryOperation, text: str) -> str:
        if self._kinds.of(node.operand) != TRUTH:
            return f"({text}) == 0"
        return f"~({text})"

    def _arithmetic(self, node: tree.Arithmetic) -> Term:
        limited = self._limited(node)
        if limited:
            return limited, ATOM
        first, *others = node.operands
        binds = _BINDS[node.ops[0]]
        text = self.inside(first, binds, as_number=True)
        for op, right in zip(node.ops, others, strict=True):
            if op == "@" and self._style.matmul:
                text = f"{self._help(self._style.matmul)}({text}, {self.text(right)})"
                continue
            other = self.inside(right, binds + 0.5, as_number=True)
            if op == "%" and self._style.remainder:
                text = f"{self._help(self._style.remainder)}({text}, {other})"
                continue
            if op == "//" and self._kinds.of(node) != NUMBER:
                if "floor" in self._style.spelling.helpers:
                    self._help("floor")
                text = f"{self._style.spelling.head('floor')}({text}/{other})"
                continue
            text = f"{text}{op}{other}" if op in "*/" else f"{text} {op} {other}"
        return text, binds

    def _power(self, node: tree.Power) -> Term:
        *bases, last = node.operands
        if self._is_root(node):
            return f"{self._help(f'{SAFE}sqrt')}({self.text(bases[0])})", ATOM
        if (
            "pow" in self.met & self._style.differs
            and len(bases) == 1
            and self._kinds.of(last) != NUMBER
        ):
            texts = [self._lifted(x) for x in node.operands]
            return f"{self._help(f'{SAFE}pow')}({', '.join(texts)})", ATOM
        text = self.inside(last, SIGN, as_number=True)
        for base in reversed(bases):
            text = f"{self._base(base)}**{text}"
        is_negative = isinstance(bases[0], tree.UnaryOperation)
        if self._style.roots and is_negative and self._kinds.of(node) == NUMBER:
            return f"{self._help(self._style.roots)}({text})", ATOM
        return text, POWER

    def _base(self, node: tree.Tree) -> str:
        """What is raised: a number with its point, since whole numbers may grow too large."""
        if isinstance(node, tree.Number):
            return number(node.value, _SPELLED)[0]
        if isinstance(node, tree.UnaryOperation) and self._kinds.of(node) == NUMBER:
            return self.lifted(node)  # a root of a negative number is no complex number here
        return self.inside(node, POWER + 1, as_number=True)

    def _compare(self, node: tree.Compare) -> Term:
        sides = [self.inside(operand, COMPARE + 1, as_number=True) for operand in node.operands]
        pairs = [self._compared(op, sides[i], sides[i + 1]) for i, op in enumerate(node.ops)]
        if len(pairs) == 1:
            return pairs[0], COMPARE
        return " & ".join(f"({pair})" for pair in pairs), BITS_AND

    def _compared(self, op: str, left: str, right: str) -> str:
        helper = self._style.compared.get(op)
        if not helper:
            return f"{left} {op} {right}"
        return f"{helper if '.' in helper else self._help(helper)}({left}, {right})"

    def _as_number(self, node: tree.Tree) -> str:
        """A truth value as a number."""
        template = self._style.as_number
        name = template.partition("(")[0]
        if name in self._style.spelling.helpers:
            self._help(name)
        return template.format(self.text(node))

    def _logical(self, node: tree.Logical) -> Term:
        sign, binds = ("&", BITS_AND) if node.op == "and" else ("|", BITS_OR)
        return f" {sign} ".join(self._truth(x, binds + 0.1) for x in node.operands), binds

    def _truth(self, node: tree.Tree, least: float) -> str:
        if self._kinds.of(node) == TRUTH:
            return self.inside(node, least)
        return f"({self.inside(node, COMPARE + 1)} != 0)"

    def condition(self, node: tree.Tree, least: float = CHOICE) -> str:
        """What is decided by: `and` and `or` stop at the first operand that decides."""
        if isinstance(node, tree.Logical):
            binds = AND if node.op == "and" else OR
            text = f" {node.op} ".join(self.condition(x, binds + 0.5) for x in node.operands)
            return f"({text})" if binds < least else text
        if isinstance(node, tree.UnaryOperation) and node.ops == ("not",):
            text = f"not {self.condition(node.operand, NOT)}"
            return f"({text})" if least > NOT else text
        return self.inside(node, least)

    def _choice(self, node: tree.Choice) -> Term:
        value = self.inside(node.value, OR)
        other = self.inside(node.other, CHOICE)
        return f"{value} if {self.condition(node.condition, OR)} else {other}", CHOICE

    def _lambda(self, node: tree.Lambda) -> Term:
        if isinstance(node.body, tree.Block):
            name = self._naming.new("f")
            self.before += [
                f"def {name}({self._parameters(node.parameters)}):",
                *indented(self.body(node.body)),
            ]
            return name, ATOM
        parameters = self._parameters(node.parameters)
        return f"lambda {parameters}: {self.text(node.body)}".replace(" :", ":"), LAMBDA

    def _parameters(self, parameters: Sequence[tree.Parameter]) -> str:
        return ", ".join(
            self._naming(p.id)
            if p.default is None
            else f"{self._naming(p.id)}={self.value(p.default, True)}"
            for p in parameters
        )

    # --- postfixes ----------------------------------------------------------------------------

    def _attribute(self, node: tree.Attribute) -> Term:
        if path_of(self._work, node):
            if node.id in CONSTANTS:
                return self._constant(node.id)
            return self._function_value(node)
        template = self._style.attributes.get(node.id)
        if template is None:
            raise self.refuse(f".{node.id}", node)
        if "math." in template:
            self.imports.add("math")
        return template.format(self.inside(node.value, ATOM)), ATOM

    def _index(self, node: tree.Index) -> Term:
        array = self.inside(node.value, ATOM)
        node, turned = self._turned(node)
        array += turned
        if turned and len(node.items) == 1:
            return array, ATOM
        if len(node.items) == 1 and self._kinds.is_literal(node.items[0]):
            places = self.plain(node.items[0])
            if "gather" in self._style.picks and "-" in places:
                raise self.refuse("list of places from the end", node)
            return self._style.picks.format(array, places), ATOM
        return f"{array}[{', '.join(map(self._item, node.items))}]", ATOM

    def _turned(self, node: tree.Index) -> tuple[tree.Index, str]:
        """An index without `::-1`, and the call that turns these axes, where none may go back."""
        plain = all(isinstance(x, tree.Slice) for x in node.items)
        axes = [i for i, x in enumerate(node.items) if plain and _is_turned(x)]
        if self._style.backward_steps or not axes:
            return node, ""
        items = [x if i not in axes else _whole(x) for i, x in enumerate(node.items)]
        turned = f".flip({', '.join(map(str, axes))})"
        return tree.Index(node.value, tuple(items), node.start, node.end), turned

    def _item(self, node: tree.Tree) -> str:
        if isinstance(node, tree.Dots):
            return "..."
        if self._kinds.is_literal(node):
            head, _, inner = self._style.picks.partition("[")
            if head != "{0}":
                raise self.refuse("lists of places beside other indices", node)
            return inner.removesuffix("]").format("", self.plain(node))
        if not isinstance(node, tree.Slice):
            return self.text(node)
        if not self._style.backward_steps and isinstance(node.step, tree.UnaryOperation):
            raise self.refuse("slices that go backward", node, "flip(x) turns an array round")
        parts = [node.lower, node.upper] + [node.step] * (node.step is not None)
        return ":".join("" if x is None else self.text(x) for x in parts)

    def _call(self, node: tree.Call) -> Term:
        if is_update(node.function):
            raise self.refuse("x.at[…]", node)
        call = called(self._work, node)
        if (
            isinstance(call, Called)
            and call.record.name == "len"
            and "len" in self._style.attributes
        ):
            (array,) = call.arguments["x"]
            return self._style.attributes["len"].format(self.inside(array, ATOM)), ATOM
        if isinstance(call, Called):
            taken = self._taken(node, call)
            if taken is not None:
                return self.term(taken)
            safe = self._safe(call)
            if safe:
                return safe, ATOM
            text, helper = self._style.spelling.write(
                call, lambda p, trees: self._argument(call.record, p, trees), self.literal
            )
            if helper:
                self._help(helper, call.span)
            return text, ATOM
        if call is not None:
            return self._special(node, call.name), ATOM
        return self._own(node), ATOM

    def _taken(self, node: tree.Call, call: Called) -> tree.Index | None:
        """`gather(x, [0, 2])` as x[[0, 2]]."""
        if call.record.name != "gather" or [*call.arguments] != ["x", "indices"]:
            return None
        (array,), (indices,) = call.arguments.values()
        if call.defaults or not self._kinds.is_literal(indices):
            return None
        return tree.Index(array, (indices,), node.start, node.end)

    def _special(self, node: tree.Call, name: str) -> str:
        if name == "print":
            return f"print({', '.join(self.text(a.value) for a in node.arguments)})"
        if name in ("grad", "grads") and "slopes" in self._style.spelling.helpers:
            return self._slope(node, name == "grads")
        raise ProgramTypeError(
            f"{name} inside a program is not translated",
            span=Span(self._work.source, node.start, node.end),
            help="the file differentiates the whole: translate what is inside by itself",
        )

    def _own(self, node: tree.Call) -> str:
        """A call of a function of the program."""
        function, receiver = node.function, []
        if isinstance(function, tree.Name) and self._is_defined(function.id):
            texts = [self.text(a.value) for a in node.arguments]
            return f"{self._help(function.id)}({', '.join(texts)})"
        if isinstance(function, tree.Attribute):
            receiver = [self.value(function.value, True)]
            function = tree.Name(function.id, function.id_start, function.end)
        parts = [
            (f"{self._naming(a.id)}=" if a.id else "") + self.value(a.value, True)
            for a in node.arguments
        ]
        return f"{self.inside(function, ATOM)}({', '.join([*receiver, *parts])})"

    def _argument(
        self, record: Function, parameter: Parameter, trees: list[tree.Expression]
    ) -> str:
        """An argument of a library function, as the kind of its parameter has it."""
        if parameter.kind in _PLAIN:
            texts = [self.plain(x) for x in trees]
            alone = len(texts) == 1 and not (
                parameter.kind == "Shape" and self._kinds.of(trees[0]) == NUMBER
            )
            return texts[0] if alone else self.sequence(texts)
        if parameter.kind == "Array":
            takes_truth = getattr(record.op, "result_bool", False) or parameter.name == "condition"
            return self._lifted(trees[0], as_number=not takes_truth)
        if parameter.kind in ("Arrays", "Rest"):
            return self._several(trees)
        return self.text(trees[0])

    def _lifted(self, node: tree.Tree, *, as_number: bool = True) -> str:
        """An argument that has to be an array, of numbers mostly."""
        kind = self._kinds.of(node)
        if kind == TRUTH and as_number:
            return self._as_number(node)
        return self.lifted(node) if kind == NUMBER else self.text(node)

    def _several(self, trees: list[tree.Expression]) -> str:
        """Several arrays as a list."""
        if len(trees) == 1:
            if not isinstance(trees[0], (tree.Tuple, tree.Array)):
                return self.text(trees[0])
            trees = list(trees[0].items)
        return f"[{', '.join(self._lifted(x) for x in trees)}]"

    def plain(self, node: tree.Tree) -> str:
        """A value that is a number, a flag or a list of Python's own."""
        if isinstance(node, (tree.Array, tree.Tuple)):
            inner = ", ".join(map(self.plain, node.items))
            if isinstance(node, tree.Array):
                return f"[{inner}]"
            return f"({inner}{',' * (len(node.items) == 1)})"
        return self.text(node)

    def sequence(self, texts: Sequence[str]) -> str:
        """Several values of Python's own."""
        return f"({', '.join(texts)}{',' * (len(texts) == 1)})"

    def literal(self, value: Any) -> str:
        """A value as Python has it."""
        return repr(value) if not isinstance(value, float) else number(value, _SPELLED)[0]


def _is_turned(item: Any) -> bool:
    """Whether this is `::-1`."""
    step = item.step
    is_back = isinstance(step, tree.UnaryOperation) and step.ops == ("-",)
    is_one = is_back and getattr(step.operand, "value", 0) == 1
    return is_one and item.lower is None and item.upper is None


def _whole(item: tree.Tree) -> tree.Slice:
    """All along an axis."""
    return tree.Slice(None, None, None, item.start, item.end)


_TERMS: Mapping[type, str] = {
    tree.Number: "_number",
    tree.String: "_string",
    tree.Name: "_name",
    tree.Tuple: "_tuple",
    tree.Array: "_array",
    tree.UnaryOperation: "_unary",
    tree.Arithmetic: "_arithmetic",
    tree.Power: "_power",
    tree.Compare: "_compare",
    tree.Logical: "_logical",
    tree.Choice: "_choice",
    tree.Lambda: "_lambda",
    tree.Attribute: "_attribute",
    tree.Index: "_index",
    tree.Call: "_call",
}
"""The method that writes each kind of expression."""
